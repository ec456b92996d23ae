using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Client;

/// <summary>What the server answered to CONNECT.</summary>
public sealed record MqttClientConnectResult
{
    /// <summary><c>Success</c>, or why the server refused; then the connection is closed.</summary>
    public required MqttReasonCode ReasonCode { get; init; }

    /// <summary>The server's words; null when it gave none.</summary>
    public string? ReasonString { get; init; }

    /// <summary>True: the server still had this client's session.</summary>
    public bool IsSessionPresent { get; init; }

    /// <summary>The client identifier in use, chosen by the server when the options had none.</summary>
    public string ClientId { get; init; } = string.Empty;

    /// <summary>The keepalive in use.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>How long the server keeps the session, as far as it said.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>QoS 1 and 2 messages that may be on the way to the server.</summary>
    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>The longest packet that the server accepts, in bytes.</summary>
    public uint MaximumPacketBytes { get; init; } = uint.MaxValue;

    /// <summary>The highest quality of service that the server accepts.</summary>
    public MqttQualityOfServiceLevel MaximumQualityOfService { get; init; } = MqttQualityOfServiceLevel.ExactlyOnce;

    /// <summary>Topic aliases that the server accepts.</summary>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>False: the server keeps no retained messages.</summary>
    public bool IsRetainAvailable { get; init; } = true;

    /// <summary>Another server to use; null when it named none.</summary>
    public string? ServerReference { get; init; }

    /// <summary>True when the connection stands.</summary>
    public bool IsSuccess => ReasonCode < MqttReasonCode.UnspecifiedError;
}

/// <summary>What became of a published message.</summary>
/// <param name="ReasonCode"><c>Success</c> at once for QoS 0; else what the server acknowledged with.</param>
/// <param name="ReasonString">The server's words; null when it gave none.</param>
public sealed record MqttClientPublishResult(MqttReasonCode ReasonCode, string? ReasonString = null)
{
    /// <summary>True when the server took it.</summary>
    public bool IsSuccess => ReasonCode < MqttReasonCode.UnspecifiedError;
}

/// <summary>What the server answered to SUBSCRIBE or UNSUBSCRIBE.</summary>
/// <param name="ReasonCodes">One per filter, in their order; a 3.1.1 UNSUBACK counts as success for all.</param>
/// <param name="ReasonString">The server's words; null when it gave none.</param>
public sealed record MqttClientSubscribeResult(IReadOnlyList<MqttReasonCode> ReasonCodes, string? ReasonString = null)
{
    /// <summary>True when no filter was refused.</summary>
    public bool IsSuccess => ReasonCodes.All(c => c < MqttReasonCode.UnspecifiedError);
}

/// <summary>A message that arrived.</summary>
/// <param name="ApplicationMessage">The message; it may be kept.</param>
public sealed record MqttApplicationMessageReceivedEventArgs(MqttMessage ApplicationMessage)
{
    /// <summary>What the acknowledgement says; a handler may set a failure. Ignored for QoS 0 and in 3.1.1.</summary>
    public MqttReasonCode ReasonCode { get; set; }
}

/// <summary>A connection that ended.</summary>
/// <param name="ReasonCode"><c>Success</c> after <see cref="MqttClient.DisconnectAsync"/>, the server's reason, or what the client
/// found.</param>
/// <param name="Exception">What broke the connection; null when either side closed it.</param>
public sealed record MqttClientDisconnectedEventArgs(MqttReasonCode ReasonCode, Exception? Exception);
