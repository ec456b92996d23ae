namespace Edge.Mqtt.Packets;

/// <summary>An application message: what a publisher sends and a subscriber receives.</summary>
/// <remarks>The properties below <see cref="Retain"/> exist in MQTT 5 only; with 3.1.1 they are not sent and are null when
/// received.</remarks>
public sealed record MqttMessage
{
    /// <summary>The topic name: 1 to 65,535 UTF-8 bytes, no wildcard, no NUL.</summary>
    public required string Topic { get; init; }

    /// <summary>The content; may be empty. An empty retained message removes the one that was retained.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The quality of service of this hop; default <see cref="MqttQualityOfServiceLevel.AtMostOnce"/>.</summary>
    public MqttQualityOfServiceLevel QualityOfServiceLevel { get; init; }

    /// <summary>Published: the broker keeps it for later subscribers. Received: it was kept, or the subscription retains as
    /// published.</summary>
    public bool Retain { get; init; }

    /// <summary>Received only: this copy may have been sent before.</summary>
    public bool Dup { get; init; }

    /// <summary>Seconds after which the message is worthless; null never.</summary>
    public uint? MessageExpiryIntervalSeconds { get; init; }

    /// <summary>True: the payload is UTF-8 text; false or null: bytes.</summary>
    public bool? PayloadIsUtf8 { get; init; }

    /// <summary>A description of the content, such as a media type.</summary>
    public string? ContentType { get; init; }

    /// <summary>The topic on which the sender waits for an answer.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What the answer repeats, so that the sender finds its question; null when absent.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>Names and values in their order, never null.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>Received only: the identifiers of the subscriptions that matched, never null.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; init; } = [];
}
