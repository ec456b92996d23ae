namespace Edge.Mqtt.Packets;

/// <summary>One name and value that MQTT 5 carries beside a message; names may repeat and keep their order.</summary>
/// <param name="Name">At most 65,535 UTF-8 bytes.</param>
/// <param name="Value">At most 65,535 UTF-8 bytes.</param>
public readonly record struct MqttUserProperty(string Name, string Value);
