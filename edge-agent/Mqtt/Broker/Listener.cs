using System.Net;
using System.Net.Sockets;

namespace Edge.Mqtt.Broker;

/// <summary>Accepts the sockets of one endpoint.</summary>
internal sealed class Listener : IDisposable
{
    private static readonly TimeSpan s_faultPause = TimeSpan.FromMilliseconds(100);
    private readonly BrokerCore _core;
    private readonly Socket _socket;
    private EpollLoop? _loop;

    public Listener(BrokerCore core, MqttEndpoint endpoint)
    {
        _core = core;
        _socket = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.NoDelay = true;
            _socket.Bind(new IPEndPoint(endpoint.Address, endpoint.Port));
            _socket.Listen(endpoint.Backlog);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }

        Endpoint = endpoint with { Port = ((IPEndPoint)_socket.LocalEndPoint!).Port }; // Bound above.
    }

    /// <summary>The endpoint with its real port.</summary>
    public MqttEndpoint Endpoint { get; }

    /// <summary>Ends when the listener and all its connections on the thread pool have ended.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts to accept; plain TCP is dealt out to the loops, if there are any.</summary>
    public void Start(EpollLoop[] loops, CancellationToken cancellation)
    {
        if (loops.Length > 0 && Endpoint.Transport == MqttTransport.Tcp)
        {
            _loop = loops[0];
            _socket.Blocking = false;
            _loop.Listen(_socket, loops);
        }
        else
        {
            Completion = AcceptAsync(cancellation);
        }
    }

    /// <summary>Accepts no more.</summary>
    public async Task StopAsync()
    {
        if (_loop is not null)
        {
            await _loop.UnlistenAsync(_socket);
        }

        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task AcceptAsync(CancellationToken cancellation)
    {
        var serving = new TaskSet();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellation);
                serving.Add(StreamTransport.ServeAsync(_core, socket, Endpoint, cancellation));
            }
            catch (Exception fault) when (fault is ObjectDisposedException or OperationCanceledException
                or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                break;
            }
            catch (SocketException fault)
            {
                // No descriptors, or the peer was gone already: others may still come.
                _core.Report(fault);
                await Task.Delay(s_faultPause, TimeProvider.System, CancellationToken.None);
            }
        }

        await serving.WhenEmptyAsync();
    }

    /// <summary>Counts tasks that run, without holding on to those that ended.</summary>
    private sealed class TaskSet
    {
        private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count = 1;

        public void Add(Task task)
        {
            Interlocked.Increment(ref _count);
            task.ContinueWith(
                static (_, set) => ((TaskSet)set!).Leave(),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        public Task WhenEmptyAsync()
        {
            Leave();
            return _empty.Task;
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _count) == 0)
            {
                _empty.SetResult();
            }
        }
    }
}
