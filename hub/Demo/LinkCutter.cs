using System.Net;
using System.Net.Sockets;

namespace Edge.Hub.Demo;

/// <summary>A cable between one agent and the hub that can be cut and healed: a TCP relay on loopback.</summary>
internal sealed class LinkCutter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int> _targetPort;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private bool _cut;

    public LinkCutter(Func<int> targetPort)
    {
        _targetPort = targetPort;
        _listener.Start();
        _accepting = AcceptAsync(_stopping.Token);
    }

    /// <summary>Where the agent's end of the cable is.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Breaks what is open, and everything that comes until it is healed.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _cut = true;
            foreach (var client in _open)
            {
                client.Close();
            }

            _open.Clear();
        }
    }

    /// <summary>Lets connections through again.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _cut = false;
        }
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
                relays.Add(RelayAsync(near));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        try
        {
            if (!Enter(near, far))
            {
                return;
            }

            await far.ConnectAsync(IPAddress.Loopback, _targetPort());
            var up = near.GetStream().CopyToAsync(far.GetStream());
            var down = far.GetStream().CopyToAsync(near.GetStream());
            await Task.WhenAny(up, down);
            near.Close();
            far.Close();
            await Task.WhenAll(up, down);
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // A cable has no opinion about why it was cut.
        }
        finally
        {
            Leave(near, far);
            near.Dispose();
        }
    }

    private bool Enter(TcpClient near, TcpClient far)
    {
        lock (_gate)
        {
            if (!_cut)
            {
                _open.Add(near);
                _open.Add(far);
            }

            return !_cut;
        }
    }

    private void Leave(TcpClient near, TcpClient far)
    {
        lock (_gate)
        {
            _open.Remove(near);
            _open.Remove(far);
        }
    }
}
