namespace Edge.Mqtt.Packets;

/// <summary>The other side, or the connection to it, failed; <see cref="ReasonCode"/> says how.</summary>
public sealed class MqttProtocolException : Exception
{
    /// <summary>Names the failure.</summary>
    /// <param name="reasonCode">A failure, 0x80 or above.</param>
    /// <param name="message">A sentence for the operator.</param>
    public MqttProtocolException(MqttReasonCode reasonCode, string message, Exception? innerException = null)
        : base($"{message} ({reasonCode}, 0x{(byte)reasonCode:X2})", innerException) => ReasonCode = reasonCode;

    /// <summary>The failure.</summary>
    public MqttReasonCode ReasonCode { get; }
}
