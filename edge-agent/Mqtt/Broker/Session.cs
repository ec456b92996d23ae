using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>What the broker keeps of one client, connected or not: subscriptions, and messages on the way to it.</summary>
/// <remarks>Guarded by the broker's gate.</remarks>
internal sealed class Session(BrokerCore core, string clientId) : Timed
{
    private Dictionary<ushort, Inflight>? _inflight;
    private Queue<ushort>? _resend;
    private Queue<Waiting>? _queue;
    private long _heldBytes;
    private long _sequence;
    private ushort _lastId;

    public string ClientId { get; } = clientId;

    public string? UserName { get; set; }

    /// <summary>Null while the client is away.</summary>
    public Connection? Connection { get; set; }

    /// <summary>0: the session ends with its connection; <see cref="uint.MaxValue"/>: never.</summary>
    public uint ExpirySeconds { get; set; }

    public List<Subscription> Subscriptions { get; } = new(1);

    /// <summary>The will of the present or last connection, until it is published or dropped.</summary>
    public MqttMessage? Will { get; set; }

    public uint WillDelaySeconds { get; set; }

    /// <summary>Broker milliseconds; 0 when no delayed will waits.</summary>
    public long WillDue { get; set; }

    /// <summary>Broker milliseconds; 0 while connected, or when it never expires.</summary>
    public long ExpiryDue { get; set; }

    /// <summary>QoS 2 identifiers received and not yet released.</summary>
    public HashSet<ushort>? Incoming { get; set; }

    /// <summary>The route that looked at this session last, and where it noted it.</summary>
    public (long Stamp, int Index) Merge { get; set; }

    private int Outstanding => (_inflight?.Count ?? 0) - (_resend?.Count ?? 0);

    /// <summary>Sends, queues, or drops one message.</summary>
    public void Deliver(ref RoutedMessage message, MqttQualityOfServiceLevel qos, bool retain, SubscriptionIdentifiers identifiers)
    {
        var connection = Connection;
        if (qos == MqttQualityOfServiceLevel.AtMostOnce)
        {
            connection?.SendPublish(ref message, new Sending(qos, retain, false, 0, identifiers));
        }
        else if (connection is null && ExpirySeconds == 0)
        {
            return;
        }
        else if (connection is not null && _queue is null or { Count: 0 } && Outstanding < connection.SendMaximum
            && _resend is null or { Count: 0 })
        {
            SendNew(connection, ref message, new Waiting(null, qos, retain, identifiers));
        }
        else
        {
            Enqueue(ref message, new Waiting(null, qos, retain, identifiers));
        }
    }

    /// <summary>PUBACK, PUBCOMP, or a PUBREC that refused: the message is done.</summary>
    public void Complete(ushort id)
    {
        if (_inflight is not null && _inflight.Remove(id, out var entry))
        {
            Release(entry.Message);
            Pump();
        }
    }

    /// <summary>PUBREC: the client has the message; false when the identifier is unknown.</summary>
    public bool Received(ushort id)
    {
        if (_inflight is null || !_inflight.TryGetValue(id, out var entry))
        {
            return false;
        }

        Release(entry.Message);
        _inflight[id] = entry with { Message = null, Released = true };
        return true;
    }

    /// <summary>The client is back: sends again what it had not acknowledged, in the old order, then what waited.</summary>
    public void Resume()
    {
        _resend = null;
        if (_inflight is { Count: > 0 })
        {
            _resend = new Queue<ushort>(_inflight.OrderBy(e => e.Value.Sequence).Select(e => e.Key));
        }

        Pump();
    }

    /// <summary>Gives back what it holds; the session is not used any more.</summary>
    public void Clear()
    {
        foreach (var entry in _inflight?.Values ?? Enumerable.Empty<Inflight>())
        {
            Release(entry.Message);
        }

        foreach (var waiting in _queue ?? Enumerable.Empty<Waiting>())
        {
            Release(waiting.Message);
        }

        _inflight = null;
        _queue = null;
        _resend = null;
    }

    internal override void OnDue(long now) => core.OnSessionDue(this, now);

    private void Enqueue(ref RoutedMessage message, Waiting waiting)
    {
        var limits = core.Limits;
        var full = (_queue?.Count ?? 0) >= limits.MaximumQueuedMessages
            || _heldBytes + message.Size > limits.MaximumQueuedBytes
            || core.HeldBytes + message.Size > limits.MaximumQueuedBytesInAll;
        if (full)
        {
            core.Counters.Dropped++;
            Connection?.CutSlow();
            return;
        }

        (_queue ??= new Queue<Waiting>()).Enqueue(waiting with { Message = Hold(ref message) });
    }

    private void Pump()
    {
        while (Connection is { } connection && Outstanding < connection.SendMaximum)
        {
            if (_resend is not null && _resend.TryDequeue(out var id))
            {
                Resend(connection, id);
            }
            else if (_queue is not null && _queue.TryDequeue(out var waiting))
            {
                SendWaiting(connection, waiting);
            }
            else
            {
                _resend = null;
                return;
            }
        }
    }

    private void SendWaiting(Connection connection, Waiting waiting)
    {
        var stored = waiting.Message!; // Set when it was queued.
        if (stored.ExpiresAt != 0 && stored.ExpiresAt <= core.Now)
        {
            core.Counters.Dropped++;
        }
        else
        {
            var view = stored.View();
            SendNew(connection, ref view, waiting);
        }

        Release(stored);
    }

    private void Resend(Connection connection, ushort id)
    {
        if (_inflight is null || !_inflight.TryGetValue(id, out var entry))
        {
            return;
        }

        if (entry.Message is null)
        {
            connection.SendAck(PacketType.PubRel, id, MqttReasonCode.Success);
            return;
        }

        var view = entry.Message.View();
        connection.SendPublish(ref view, new Sending(entry.Qos, entry.Retain, true, id, entry.Identifiers));
    }

    private void SendNew(Connection connection, ref RoutedMessage message, Waiting waiting)
    {
        if (!connection.Fits(in message))
        {
            core.Counters.Dropped++;
            return;
        }

        var inflight = _inflight ??= new Dictionary<ushort, Inflight>(1);
        do
        {
            _lastId = (ushort)(_lastId == ushort.MaxValue ? 1 : _lastId + 1);
        }
        while (inflight.ContainsKey(_lastId));

        // A session that ends with its connection never sends twice: nothing to keep.
        var held = ExpirySeconds == 0 ? null : Hold(ref message);
        inflight.Add(_lastId, new Inflight(held, waiting.Qos, waiting.Retain, waiting.Identifiers, ++_sequence, false));
        connection.SendPublish(ref message, new Sending(waiting.Qos, waiting.Retain, false, _lastId, waiting.Identifiers));
    }

    private StoredMessage Hold(ref RoutedMessage message)
    {
        _heldBytes += message.Size;
        core.HeldBytes += message.Size;
        return StoredMessage.Hold(ref message);
    }

    private void Release(StoredMessage? message)
    {
        if (message is not null)
        {
            _heldBytes -= message.Size;
            core.HeldBytes -= message.Size;
            message.Release();
        }
    }

    private readonly record struct Waiting(
        StoredMessage? Message, MqttQualityOfServiceLevel Qos, bool Retain, SubscriptionIdentifiers Identifiers);

    private readonly record struct Inflight(
        StoredMessage? Message,
        MqttQualityOfServiceLevel Qos,
        bool Retain,
        SubscriptionIdentifiers Identifiers,
        long Sequence,
        bool Released);
}

/// <summary>How one copy of a message leaves.</summary>
internal readonly record struct Sending(
    MqttQualityOfServiceLevel Qos, bool Retain, bool Dup, ushort PacketId, SubscriptionIdentifiers Identifiers);

/// <summary>The identifiers of the subscriptions that matched: usually none or one.</summary>
internal readonly record struct SubscriptionIdentifiers(uint First, uint[]? More)
{
    public static SubscriptionIdentifiers Of(uint identifier) => new(identifier, null);

    public SubscriptionIdentifiers With(uint identifier) => identifier == 0
        ? this
        : First == 0 ? new SubscriptionIdentifiers(identifier, More) : new SubscriptionIdentifiers(First, [.. More ?? [], identifier]);
}
