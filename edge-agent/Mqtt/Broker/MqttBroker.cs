using System.Net.Sockets;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>An MQTT 5.0 and 3.1.1 broker inside this process.</summary>
/// <remarks>
/// Sessions, queues and retained messages live in memory and end with the broker. All members are safe from any thread. A message costs
/// what the
/// sessions that want it cost, however many others there are.
/// </remarks>
public sealed class MqttBroker : IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(2);
    private readonly BrokerCore _core;
    private readonly BrokerMetrics _metrics;
    private readonly List<Listener> _listeners = [];
    private readonly CancellationTokenSource _stopping = new();
    private EpollLoop[] _loops = [];
    private ITimer? _timer;
    private int _state;

    /// <summary>Makes a broker that does not listen yet; the in-process doors already work.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names all of them.</exception>
    public MqttBroker(MqttBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _core = new BrokerCore(options, this);
        _metrics = new BrokerMetrics(_core);
    }

    /// <summary>A client was admitted. Raised in order, on a broker thread: be quick.</summary>
    public event Action<MqttBrokerClientConnectedEventArgs>? ClientConnected;

    /// <summary>A client's connection ended. Raised in order, on a broker thread: be quick.</summary>
    public event Action<MqttBrokerClientDisconnectedEventArgs>? ClientDisconnected;

    /// <summary>The options it was made with.</summary>
    public MqttBrokerOptions Options { get; }

    /// <summary>Where it listens, with the real ports, in the order of the options; empty before <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<MqttEndpoint> Endpoints { get; private set; } = [];

    /// <summary>A snapshot of the counters.</summary>
    public MqttBrokerStatistics Statistics => _core.Snapshot();

    /// <summary>Binds all endpoints, or none.</summary>
    /// <exception cref="SocketException">An address is taken or not allowed.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
        {
            throw new InvalidOperationException("A broker starts once.");
        }

        try
        {
            foreach (var endpoint in Options.Endpoints)
            {
                _listeners.Add(new Listener(_core, endpoint));
            }
        }
        catch (SocketException)
        {
            _listeners.ForEach(l => l.Dispose());
            throw;
        }

        Endpoints = [.. _listeners.Select(l => l.Endpoint)];
        if (OperatingSystem.IsLinux() && Endpoints.Any(e => e.Transport == MqttTransport.Tcp))
        {
            _loops = [.. Enumerable.Range(0, Options.IoThreads).Select(_ => new EpollLoop(_core))];
            Array.ForEach(_loops, l => l.Start());
        }

        _listeners.ForEach(l => l.Start(_loops, _stopping.Token));
        _timer = Options.TimeProvider.CreateTimer(_ => _core.Tick(), null, s_tick, s_tick);
        return Task.CompletedTask;
    }

    /// <summary>Tells every client that the server shuts down, waits up to two seconds for the sockets to drain, and closes them. Wills are
    /// not published.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _state, 2) == 2)
        {
            return;
        }

        await Task.WhenAll(_listeners.Select(l => l.StopAsync()));
        lock (_core.Gate)
        {
            _core.Stop();
        }

        _core.Settle();
        await DrainAsync(cancellationToken);
        await _stopping.CancelAsync();
        lock (_core.Gate)
        {
            _core.AbortAll();
        }

        Array.ForEach(_loops, l => l.Stop());
        await Task.WhenAll([.. _listeners.Select(l => l.Completion), .. _loops.Select(l => l.Completion)]);
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }
    }

    /// <summary>Publishes for the process itself.</summary>
    /// <returns>True when at least one session, connected or away, was subscribed; false when nobody wanted it.</returns>
    /// <exception cref="ArgumentException">The topic is not a valid name, or the message exceeds the maximum packet size.</exception>
    public bool TryPublish(MqttMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!MqttTopics.IsValidName(message.Topic))
        {
            throw new ArgumentException(
                $"'{message.Topic}' is not a topic name: 1 to 65,535 bytes without '+', '#' or NUL.", nameof(message));
        }

        if (message.Payload.Length > Options.Limits.MaximumPacketBytes)
        {
            throw new ArgumentException(
                $"The payload has {message.Payload.Length} bytes; the broker's packets have at most {Options.Limits.MaximumPacketBytes}.",
                nameof(message));
        }

        return _core.PublishFrom(message, null);
    }

    /// <summary>As <see cref="TryPublish"/>, for callers that await.</summary>
    public ValueTask<bool> PublishAsync(MqttMessage message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<bool>(TryPublish(message));
    }

    /// <summary>Calls the handler for every message that a client publishes, wills included, and for those of the process itself.</summary>
    /// <param name="filter">A filter; not a shared one.</param>
    /// <param name="handler">Called on the thread that received the message; the publisher's acknowledgement waits for it.</param>
    /// <returns>Ends the subscription when disposed; a call that is under way may still end after that.</returns>
    /// <exception cref="ArgumentException">The filter is not valid.</exception>
    /// <exception cref="InvalidOperationException">There are too many in-process subscriptions.</exception>
    public IDisposable Subscribe(string filter, MqttBrokerMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(handler);
        return _core.Local.Add(filter, handler);
    }

    /// <summary>Ends a client's connection; its session stays as long as it was to outlive a connection.</summary>
    /// <param name="reasonCode">What an MQTT 5 client is told.</param>
    /// <returns>False when no such client is connected.</returns>
    public ValueTask<bool> DisconnectAsync(string clientId, MqttReasonCode reasonCode = MqttReasonCode.AdministrativeAction)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        bool found;
        lock (_core.Gate)
        {
            found = _core.Disconnect(clientId, reasonCode);
        }

        _core.Settle();
        return new ValueTask<bool>(found);
    }

    /// <summary>Stops and frees everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    internal bool WantsConnected => ClientConnected is not null;

    internal void RaiseConnected(MqttBrokerClientConnectedEventArgs args) => ClientConnected?.Invoke(args);

    internal void RaiseDisconnected(MqttBrokerClientDisconnectedEventArgs args) => ClientDisconnected?.Invoke(args);

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        // Sockets end on their own threads; looking a few times is simpler than counting them down.
        for (var waited = TimeSpan.Zero; waited < s_stopPatience; waited += TimeSpan.FromMilliseconds(20))
        {
            lock (_core.Gate)
            {
                if (_core.IsDrained)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }
}
