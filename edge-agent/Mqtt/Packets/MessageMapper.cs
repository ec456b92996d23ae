using System.Text;

namespace Edge.Mqtt.Packets;

/// <summary>Translates between <see cref="MqttMessage"/> and what stands in packets.</summary>
internal static class MessageMapper
{
    public static MqttMessage ToMessage(string topic, byte[] payload, PacketProperties properties) => new()
    {
        Topic = topic,
        Payload = payload,
        MessageExpiryIntervalSeconds = properties.MessageExpiryInterval,
        PayloadIsUtf8 = properties.PayloadIsUtf8,
        ContentType = properties.ContentType,
        ResponseTopic = properties.ResponseTopic,
        CorrelationData = properties.CorrelationData is { } data ? new ReadOnlyMemory<byte>(data) : null,
        UserProperties = properties.UserProperties ?? (IReadOnlyList<MqttUserProperty>)[],
        SubscriptionIdentifiers = properties.SubscriptionIdentifiers ?? (IReadOnlyList<uint>)[],
    };

    /// <summary>Copies a PUBLISH out of the receive buffer; <paramref name="topic"/> is the resolved one.</summary>
    public static MqttMessage ToMessage(in PublishPacket packet, string topic)
    {
        var properties = packet.Properties.IsEmpty
            ? PacketProperties.None
            : PacketProperties.Parse(packet.Properties, PropertySets.Publish, out _);
        return ToMessage(topic, packet.Payload.ToArray(), properties) with
        {
            QualityOfServiceLevel = packet.Qos,
            Retain = packet.Retain,
            Dup = packet.Dup,
        };
    }

    public static string ToText(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>The message's own properties; without expiry, which each hop counts down.</summary>
    public static PacketProperties ToProperties(MqttMessage message)
    {
        var plain = message is { PayloadIsUtf8: null, ContentType: null, ResponseTopic: null }
            and { CorrelationData: null, UserProperties.Count: 0 };
        return plain ? PacketProperties.None : new PacketProperties
        {
            PayloadIsUtf8 = message.PayloadIsUtf8,
            ContentType = message.ContentType,
            ResponseTopic = message.ResponseTopic,
            CorrelationData = message.CorrelationData?.ToArray(),
            UserProperties = [.. message.UserProperties],
        };
    }
}
