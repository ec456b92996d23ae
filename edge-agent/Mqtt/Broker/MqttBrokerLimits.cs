namespace Edge.Mqtt.Broker;

/// <summary>The bounds of a broker; everything that can grow has one.</summary>
public sealed record MqttBrokerLimits
{
    /// <summary>The longest packet in bytes, told to clients; default 1 MiB, up to 268,435,460.</summary>
    public int MaximumPacketBytes { get; init; } = 1 << 20;

    /// <summary>The longest CONNECT in bytes, which an unknown peer may send; default 64 KiB.</summary>
    public int MaximumConnectBytes { get; init; } = 64 << 10;

    /// <summary>Open connections; default 20,000. A connection above is closed at once.</summary>
    public int MaximumConnections { get; init; } = 20_000;

    /// <summary>Sessions, connected or not; default 100,000. A CONNECT above is refused with <c>QuotaExceeded</c>.</summary>
    public int MaximumSessions { get; init; } = 100_000;

    /// <summary>Subscriptions of one session; default 1,000. One above is refused with <c>QuotaExceeded</c>.</summary>
    public int MaximumSubscriptionsPerSession { get; init; } = 1000;

    /// <summary>Levels of a topic or filter; default 32.</summary>
    public int MaximumTopicLevels { get; init; } = 32;

    /// <summary>QoS 1 and 2 messages that wait for one session; default 16,384. A connected session above is cut, for an absent one the
    /// message is dropped.</summary>
    public int MaximumQueuedMessages { get; init; } = 16_384;

    /// <summary>Bytes of the messages that wait for one session; default 16 MiB; treated as the count above.</summary>
    public long MaximumQueuedBytes { get; init; } = 16 << 20;

    /// <summary>Bytes that wait for all sessions together; default 512 MiB; treated as the count above.</summary>
    public long MaximumQueuedBytesInAll { get; init; } = 512 << 20;

    /// <summary>Bytes written but not yet taken by the socket of one connection; default 8 MiB. A connection above is cut as a slow
    /// consumer.</summary>
    public int MaximumOutputBytes { get; init; } = 8 << 20;

    /// <summary>Unacknowledged QoS 1 and 2 messages on the way to one client, unless it asks for fewer; default 1,024, up to
    /// 65,535.</summary>
    public int MaximumInflight { get; init; } = 1024;

    /// <summary>Unacknowledged QoS 2 messages from one client (the receive maximum told to it); default 256.</summary>
    public int ReceiveMaximum { get; init; } = 256;

    /// <summary>Topic aliases that one client may set; default 16; 0 offers none.</summary>
    public int TopicAliasMaximum { get; init; } = 16;

    /// <summary>Topic aliases that the broker sets towards one client, unless it allows fewer; default 16.</summary>
    public int OutboundTopicAliasMaximum { get; init; } = 16;

    /// <summary>Retained messages; default 16,384. A new one above is refused with <c>QuotaExceeded</c>.</summary>
    public int MaximumRetainedMessages { get; init; } = 16_384;

    /// <summary>Bytes of all retained messages; default 64 MiB; treated as the count above.</summary>
    public long MaximumRetainedBytes { get; init; } = 64 << 20;

    /// <summary>In-process subscriptions; default 64. They are tested one by one for each message.</summary>
    public int MaximumInProcessSubscriptions { get; init; } = 64;

    /// <summary>The longest time that a session outlives its connection, whatever the client asked; default 7 days.</summary>
    public TimeSpan MaximumSessionExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The time from an open socket to a complete CONNECT (TLS and WebSocket handshakes included); default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest keepalive; a client that asks for more, or for none, is told this one (MQTT 5); default 0 sets no
    /// bound.</summary>
    public ushort MaximumKeepAliveSeconds { get; init; }

    /// <summary>Names what is wrong, one sentence per value.</summary>
    internal IEnumerable<string> Faults()
    {
        foreach (var (name, value, low, high) in Ranges())
        {
            if (value < low || value > high)
            {
                yield return $"{name} is {value}; allowed are {low} to {high}.";
            }
        }

        if (MaximumSessionExpiry < TimeSpan.Zero || ConnectTimeout <= TimeSpan.Zero)
        {
            yield return $"{nameof(MaximumSessionExpiry)} is {MaximumSessionExpiry} and {nameof(ConnectTimeout)} is {ConnectTimeout}; "
                + "the first may not be negative, the second must be positive.";
        }
    }

    private IEnumerable<(string Name, long Value, long Low, long High)> Ranges() =>
    [
        (nameof(MaximumPacketBytes), MaximumPacketBytes, 64, 268_435_460),
        (nameof(MaximumConnectBytes), MaximumConnectBytes, 64, 268_435_460),
        (nameof(MaximumConnections), MaximumConnections, 1, int.MaxValue),
        (nameof(MaximumSessions), MaximumSessions, 1, int.MaxValue),
        (nameof(MaximumSubscriptionsPerSession), MaximumSubscriptionsPerSession, 1, 1_000_000),
        (nameof(MaximumTopicLevels), MaximumTopicLevels, 1, 1000),
        (nameof(MaximumQueuedMessages), MaximumQueuedMessages, 0, int.MaxValue),
        (nameof(MaximumQueuedBytes), MaximumQueuedBytes, 0, long.MaxValue),
        (nameof(MaximumQueuedBytesInAll), MaximumQueuedBytesInAll, 0, long.MaxValue),
        (nameof(MaximumOutputBytes), MaximumOutputBytes, 1024, 1 << 30),
        (nameof(MaximumInflight), MaximumInflight, 1, ushort.MaxValue),
        (nameof(ReceiveMaximum), ReceiveMaximum, 1, ushort.MaxValue),
        (nameof(TopicAliasMaximum), TopicAliasMaximum, 0, ushort.MaxValue),
        (nameof(OutboundTopicAliasMaximum), OutboundTopicAliasMaximum, 0, ushort.MaxValue),
        (nameof(MaximumRetainedMessages), MaximumRetainedMessages, 0, int.MaxValue),
        (nameof(MaximumRetainedBytes), MaximumRetainedBytes, 0, long.MaxValue),
        (nameof(MaximumInProcessSubscriptions), MaximumInProcessSubscriptions, 0, 10_000),
    ];
}
