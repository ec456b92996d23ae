using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Edge.Mqtt.Broker;

/// <summary>One thread that serves many plain TCP connections on Linux.</summary>
/// <remarks>
/// All its connections share one receive buffer, so an idle one holds none. What the packets of one round of events produce is sent when
/// the
/// round is over: many packets in one system call. Only this thread closes its descriptors; others send and shut down.
/// </remarks>
internal sealed class EpollLoop
{
    private const int ReceiveBytes = 64 << 10;
    private const int EventsPerRound = 256;
    private const int AcceptsPerRound = 256;
    private const int PausedMilliseconds = 100;
    private readonly BrokerCore _core;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReceiveBytes, pinned: true);
    private readonly byte[] _events = new byte[EventsPerRound * LinuxSockets.EventSize];
    private readonly ConcurrentDictionary<int, EpollTransport> _transports = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, EpollLoop[]> _listeners = [];
    private readonly Thread _thread;
    private int _nextLoop;
    private bool _paused;
    private volatile bool _stopped;

    public EpollLoop(BrokerCore core)
    {
        _core = core;
        _epoll = LinuxSockets.CreateEpoll();
        _wake = LinuxSockets.CreateEvent();
        LinuxSockets.Control(_epoll, LinuxSockets.Add, _wake, LinuxSockets.In);
        _thread = new Thread(Run) { IsBackground = true, Name = "edge-mqtt" };
    }

    /// <summary>Ends when the thread has closed all its descriptors.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Where packets are received; for the loop's own thread.</summary>
    public byte[] Buffer => _buffer;

    public void Start() => _thread.Start();

    public void Stop() => Post(() => _stopped = true);

    /// <summary>Runs an action on the loop's thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        LinuxSockets.Wake(_wake);
    }

    /// <summary>Accepts here and deals the connections out to the loops.</summary>
    public void Listen(Socket listener, EpollLoop[] loops) => Post(() =>
    {
        var descriptor = (int)listener.Handle;
        _listeners[descriptor] = loops;
        LinuxSockets.Control(_epoll, LinuxSockets.Add, descriptor, LinuxSockets.In);
    });

    /// <summary>Forgets a listener; its socket may be closed when the task has ended.</summary>
    public Task UnlistenAsync(Socket listener)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            LinuxSockets.Control(_epoll, LinuxSockets.Delete, (int)listener.Handle, 0);
            _listeners.Remove((int)listener.Handle);
            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Waits for other events of a connection.</summary>
    public void Watch(int descriptor, uint events) => LinuxSockets.Control(_epoll, LinuxSockets.Modify, descriptor, events);

    /// <summary>A connection has ended; its descriptor is about to be closed.</summary>
    public void Forget(int descriptor)
    {
        LinuxSockets.Control(_epoll, LinuxSockets.Delete, descriptor, 0);
        _transports.TryRemove(descriptor, out _);
    }

    private void Run()
    {
        while (!_stopped)
        {
            var count = LinuxSockets.Wait(_epoll, _events, _paused ? PausedMilliseconds : -1);
            if (_paused)
            {
                ResumeListeners();
            }

            for (var i = 0; i < count; i++)
            {
                HandleSafely(i);
            }

            while (_posted.TryDequeue(out var action))
            {
                RunSafely(action);
            }

            _core.Settle();
        }

        foreach (var transport in _transports.Values)
        {
            transport.End();
        }

        LinuxSockets.Close(_epoll);
        LinuxSockets.Close(_wake);
        _completion.SetResult();
    }

    private void HandleSafely(int index)
    {
        var (events, descriptor) = LinuxSockets.Event(_events, index);
        try
        {
            Handle(events, descriptor);
        }
        catch (Exception fault)
        {
            _core.Report(fault);
            if (_transports.TryGetValue(descriptor, out var transport))
            {
                transport.End();
            }
        }
    }

    private void RunSafely(Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault)
        {
            _core.Report(fault);
        }
    }

    private void Handle(uint events, int descriptor)
    {
        if (_transports.TryGetValue(descriptor, out var transport))
        {
            transport.OnEvents(events);
        }
        else if (descriptor == _wake)
        {
            LinuxSockets.DrainWake(_wake);
        }
        else if (_listeners.TryGetValue(descriptor, out var loops))
        {
            Accept(descriptor, loops);
        }
    }

    private void Accept(int listener, EpollLoop[] loops)
    {
        for (var i = 0; i < AcceptsPerRound; i++)
        {
            var descriptor = LinuxSockets.Accept(listener);
            if (descriptor >= 0)
            {
                loops[_nextLoop++ % loops.Length].Adopt(descriptor);
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is LinuxSockets.NoDescriptors or LinuxSockets.NoDescriptorsInSystem)
            {
                // The waiting connection would wake the loop for ever: look again in a moment.
                _core.Report(new SocketException(error));
                _paused = true;
                LinuxSockets.Control(_epoll, LinuxSockets.Modify, listener, 0);
            }

            return;
        }
    }

    private void ResumeListeners()
    {
        _paused = false;
        foreach (var listener in _listeners.Keys)
        {
            LinuxSockets.Control(_epoll, LinuxSockets.Modify, listener, LinuxSockets.In);
        }
    }

    private void Adopt(int descriptor)
    {
        var transport = new EpollTransport(_core, this, descriptor);
        if (!_core.Admit(transport.Connection))
        {
            LinuxSockets.Close(descriptor);
            return;
        }

        _transports[descriptor] = transport;
        LinuxSockets.Control(_epoll, LinuxSockets.Add, descriptor, LinuxSockets.In);
    }
}
