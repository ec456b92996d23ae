namespace Edge.Mqtt.Packets;

/// <summary>CONNECT. Source: MQTT 5.0, section 3.1.</summary>
internal sealed record ConnectPacket
{
    public MqttProtocolVersion Version { get; init; } = MqttProtocolVersion.V500;

    public bool CleanStart { get; init; } = true;

    public ushort KeepAliveSeconds { get; init; }

    public string ClientId { get; init; } = string.Empty;

    public string? UserName { get; init; }

    public byte[]? Password { get; init; }

    /// <summary>The will, its properties included; null when there is none.</summary>
    public MqttMessage? Will { get; init; }

    public uint WillDelaySeconds { get; init; }

    public PacketProperties Properties { get; init; } = PacketProperties.None;
}

/// <summary>CONNACK; the reason is already one of MQTT 5, whatever the version.</summary>
internal sealed record ConnAckPacket(bool SessionPresent, MqttReasonCode ReasonCode, PacketProperties Properties);

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
internal readonly record struct AckPacket(ushort PacketId, MqttReasonCode ReasonCode, string? ReasonString);

/// <summary>SUBSCRIBE; <paramref name="Identifier"/> is null when absent.</summary>
internal sealed record SubscribePacket(ushort PacketId, IReadOnlyList<MqttTopicFilter> Filters, uint? Identifier);

/// <summary>UNSUBSCRIBE.</summary>
internal sealed record UnsubscribePacket(ushort PacketId, IReadOnlyList<string> Filters);

/// <summary>SUBACK or UNSUBACK; the codes stand in the order of the filters; none in a 3.1.1 UNSUBACK.</summary>
internal sealed record SubAckPacket(ushort PacketId, IReadOnlyList<MqttReasonCode> ReasonCodes, string? ReasonString);

/// <summary>DISCONNECT or AUTH.</summary>
internal sealed record DisconnectPacket(MqttReasonCode ReasonCode, PacketProperties Properties);
