using System.Net;
using System.Net.Sockets;

namespace Edge.Tests.Scenarios;

/// <summary>A bad cable between an agent and its hub: a TCP relay on loopback that delays, stalls, throttles, resets, and can be
/// cut.</summary>
internal sealed class DegradedLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int> _targetPort;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<DegradedConnection> _open = [];
    private readonly LinkValve _up = new();
    private readonly LinkValve _down = new();
    private readonly Task _accepting;
    private DegradedLinkOptions _options;
    private bool _cut;

    public DegradedLink(Func<int> targetPort, DegradedLinkOptions options, TimeProvider time)
    {
        _targetPort = targetPort;
        _options = options;
        _time = time;
        _listener.Start();
        _accepting = AcceptAsync(_stopping.Token);
    }

    /// <summary>Where the agent's end of the cable is.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Bytes that arrived so far: from the agent, and at the agent.</summary>
    public (long Up, long Down) Bytes => (_up.Bytes, _down.Bytes);

    /// <summary>How bad it is for connections from now on; those that are open stay as they were.</summary>
    public void Degrade(DegradedLinkOptions options)
    {
        lock (_gate)
        {
            _options = options;
        }
    }

    /// <summary>Resets what is open, and everything that comes until it is healed.</summary>
    public void Cut()
    {
        DegradedConnection[] open;
        lock (_gate)
        {
            _cut = true;
            open = [.. _open];
        }

        Array.ForEach(open, c => c.Reset());
    }

    /// <summary>Bytes of one direction, or of both, vanish without a word to either end; after the healing they are sent again.</summary>
    public void Silence(bool up, bool down)
    {
        _up.Turn(open: !up);
        _down.Turn(open: !down);
    }

    /// <summary>Lets everything through again.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _cut = false;
        }

        Silence(up: false, down: false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken stoppingToken)
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync(stoppingToken);
                relays.RemoveAll(r => r.IsCompleted);
                relays.Add(RelayAsync(near, stoppingToken));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient near, CancellationToken stoppingToken)
    {
        using var connection = Enter(near);
        if (connection is null)
        {
            near.Client.Close(timeout: 0);
            return;
        }

        try
        {
            await connection.RunAsync(_targetPort(), _up, _down, stoppingToken);
        }
        catch (Exception end)
            when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException
                or OperationCanceledException)
        {
            // A cable has no opinion about why it was cut.
        }
        finally
        {
            connection.Reset();
            lock (_gate)
            {
                _open.Remove(connection);
            }
        }
    }

    private DegradedConnection? Enter(TcpClient near)
    {
        lock (_gate)
        {
            if (_cut)
            {
                return null;
            }

            var connection = new DegradedConnection(near, _options, _options.Seed + (Connections++ * 2), _time);
            _open.Add(connection);
            return connection;
        }
    }
}

/// <summary>Lets the bytes of a direction through, or holds them.</summary>
internal sealed class LinkValve
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _open = Opened();

    /// <summary>Bytes that went through.</summary>
    public long Bytes { get; private set; }

    public void Turn(bool open)
    {
        lock (_gate)
        {
            if (open)
            {
                _open.TrySetResult();
            }
            else if (_open.Task.IsCompleted)
            {
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    public async Task PassAsync(int bytes, CancellationToken cancellationToken)
    {
        Task open;
        lock (_gate)
        {
            open = _open.Task;
            Bytes += bytes;
        }

        await open.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
