namespace Edge.Mqtt.Packets;

/// <summary>Which retained messages a subscription asks for when it is made. Source: MQTT 5.0, section 3.8.3.1.</summary>
public enum MqttRetainHandling : byte
{
    /// <summary>Every matching retained message, at each SUBSCRIBE.</summary>
    SendAtSubscribe = 0,

    /// <summary>Every matching retained message, only if the session did not hold this filter yet.</summary>
    SendAtSubscribeIfNewSubscriptionOnly = 1,

    /// <summary>None.</summary>
    DoNotSendOnSubscribe = 2,
}
