namespace Edge.Mqtt.Packets;

/// <summary>How often a message may arrive over one hop. Source: MQTT 5.0, section 4.3.</summary>
public enum MqttQualityOfServiceLevel : byte
{
    /// <summary>Sent once and never repeated; may be lost.</summary>
    AtMostOnce = 0,

    /// <summary>Acknowledged with PUBACK; may arrive more than once after a broken connection.</summary>
    AtLeastOnce = 1,

    /// <summary>Acknowledged in four steps; arrives once as long as both ends keep their session.</summary>
    ExactlyOnce = 2,
}
