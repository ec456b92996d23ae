using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>What the broker counts. Guarded by the gate.</summary>
internal sealed class BrokerCounters
{
    public long Connects { get; set; }

    public long MessagesReceived { get; set; }

    public long MessagesSent { get; set; }

    public long BytesSent { get; set; }

    public long Dropped { get; set; }

    public long Refused { get; set; }

    public long SlowConsumersCut { get; set; }

    public long ProtocolErrors { get; set; }
}

/// <summary>The state that all connections share: sessions, subscriptions, retained messages, deadlines.</summary>
/// <remarks>
/// One gate guards it; it is held for a microsecond per packet, while system calls, encryption, hooks and handlers run outside. What has to
/// happen outside (events, wills, which call handlers) or after a walk (closing) waits in queues that <see cref="RunDeferred"/> empties;
/// output
/// waits in <see cref="Dirty"/> until <see cref="Settle"/> flushes it, many packets in one system call.
/// </remarks>
internal sealed partial class BrokerCore
{
    private readonly Queue<Action> _outside = new();
    private readonly Queue<(Connection Connection, MqttReasonCode Reason)> _closing = new();
    private readonly HashSet<Connection> _connections = [];
    private readonly long _started;
    private List<Connection>? _spare;
    private volatile bool _deferred;
    private bool _draining;
    private long _bytesReceived;

    public BrokerCore(MqttBrokerOptions options, MqttBroker? broker)
    {
        Options = options;
        Broker = broker;
        Local = new LocalSubscriptions(options.Limits, Report);
        _retained = new RetainedStore(options.Limits);
        _started = options.TimeProvider.GetTimestamp();
    }

    public Lock Gate { get; } = new();

    public MqttBrokerOptions Options { get; }

    public MqttBrokerLimits Limits => Options.Limits;

    public LocalSubscriptions Local { get; }

    public DeadlineWheel Wheel { get; } = new();

    public BrokerCounters Counters { get; } = new();

    /// <summary>Bytes that wait for sessions, each message counted once for each of them.</summary>
    public long HeldBytes { get; set; }

    /// <summary>Connections with something to send or to close.</summary>
    public List<Connection> Dirty { get; private set; } = [];

    /// <summary>Milliseconds since the broker was made, at least 1.</summary>
    public long Now => 1 + (long)Options.TimeProvider.GetElapsedTime(_started).TotalMilliseconds;

    private MqttBroker? Broker { get; }

    public void CountReceived(int bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    /// <summary>Takes a new socket in; false when there is no room.</summary>
    public bool Admit(Connection connection)
    {
        lock (Gate)
        {
            if (_stopped || _connections.Count >= Limits.MaximumConnections)
            {
                return false;
            }

            _connections.Add(connection);
            Wheel.Schedule(connection, Now + (long)Limits.ConnectTimeout.TotalMilliseconds);
            return true;
        }
    }

    /// <summary>The socket is gone.</summary>
    public void Leave(Connection connection) => _connections.Remove(connection);

    /// <summary>Closes a connection when the present walk over sessions is over.</summary>
    public void DeferClose(Connection connection, MqttReasonCode reason)
    {
        _closing.Enqueue((connection, reason));
        _deferred = true;
    }

    /// <summary>Does what could not be done with the gate held. Never called with the gate held.</summary>
    public void RunDeferred()
    {
        while (_deferred)
        {
            Action? action;
            lock (Gate)
            {
                while (_closing.TryDequeue(out var closing))
                {
                    closing.Connection.Close(closing.Reason, notify: true);
                }

                // One thread at a time runs them, so that they keep their order.
                if (_draining)
                {
                    return;
                }

                _draining = _outside.TryDequeue(out action);
                _deferred = _outside.Count > 0;
            }

            if (action is not null)
            {
                RunOutside(action);
            }
        }
    }

    /// <summary>Does what was deferred and sends what is to be sent. Never called with the gate held.</summary>
    public void Settle()
    {
        RunDeferred();
        List<Connection> batch;
        lock (Gate)
        {
            if (Dirty.Count == 0)
            {
                return;
            }

            batch = Dirty;
            Dirty = _spare ?? [];
            _spare = null;
        }

        foreach (var connection in batch)
        {
            connection.Transport.Flush();
        }

        batch.Clear();
        lock (Gate)
        {
            _spare ??= batch;
        }
    }

    /// <summary>The clock moved on.</summary>
    public void Tick()
    {
        lock (Gate)
        {
            Wheel.Advance(Now);
        }

        Settle();
    }

    public bool Allows(Func<MqttAuthorizationContext, bool>? hook, MqttAuthorizationContext context)
    {
        try
        {
            return hook is null || hook(context);
        }
        catch (Exception fault)
        {
            Report(fault);
            return false;
        }
    }

    public void Report(Exception fault) => Options.OnFault?.Invoke(fault);

    public MqttBrokerStatistics Snapshot()
    {
        lock (Gate)
        {
            return new MqttBrokerStatistics
            {
                Connections = _connected,
                Sessions = _sessions.Count,
                Subscriptions = _trie.Count,
                RetainedMessages = _retained.Count,
                Connects = Counters.Connects,
                MessagesReceived = Counters.MessagesReceived,
                MessagesSent = Counters.MessagesSent,
                BytesReceived = Interlocked.Read(ref _bytesReceived),
                BytesSent = Counters.BytesSent,
                MessagesDropped = Counters.Dropped,
                MessagesRefused = Counters.Refused,
                SlowConsumersCut = Counters.SlowConsumersCut,
                ProtocolErrors = Counters.ProtocolErrors,
            };
        }
    }

    private void RunOutside(Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        lock (Gate)
        {
            _draining = false;
            _deferred = _outside.Count > 0 || _closing.Count > 0;
        }
    }

    private void Outside(Action action)
    {
        _outside.Enqueue(action);
        _deferred = true;
    }
}
