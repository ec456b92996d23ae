namespace Edge.Mqtt.Packets;

/// <summary>One subscription that a client asks for: a filter and its options.</summary>
/// <param name="Topic">A filter: levels separated by '/', '+' for one level, '#' for the rest; <c>$share/GROUP/FILTER</c> shares the
/// messages
/// among the group's members.</param>
/// <param name="QualityOfServiceLevel">The highest quality of service at which messages are delivered.</param>
public sealed record MqttTopicFilter(string Topic, MqttQualityOfServiceLevel QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce)
{
    /// <summary>True: messages of this very client are not delivered. MQTT 5 only; not allowed on a shared subscription.</summary>
    public bool NoLocal { get; init; }

    /// <summary>True: the retain flag arrives as it was published; false: it is set on retained messages sent at SUBSCRIBE only. MQTT 5
    /// only.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Which retained messages are sent when the subscription is made. MQTT 5 only.</summary>
    public MqttRetainHandling RetainHandling { get; init; }
}
