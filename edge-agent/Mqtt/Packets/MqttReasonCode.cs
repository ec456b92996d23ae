namespace Edge.Mqtt.Packets;

/// <summary>The outcome of an operation; 0x80 and above are failures. Source: MQTT 5.0, section 2.4.</summary>
public enum MqttReasonCode : byte
{
    /// <summary>Success; also normal disconnection, and QoS 0 granted.</summary>
    Success = 0x00,

    /// <summary>QoS 1 granted.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>QoS 2 granted.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>The client leaves and wants its will published.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>Accepted, but nobody is subscribed.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>There was no such subscription to end.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>The extended authentication goes on.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>The client asks to authenticate again.</summary>
    ReAuthenticate = 0x19,

    /// <summary>Failure without a better word; also the end of a connection that broke without a DISCONNECT.</summary>
    UnspecifiedError = 0x80,

    /// <summary>Bytes that are not a packet.</summary>
    MalformedPacket = 0x81,

    /// <summary>A well-formed packet that was not allowed there.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but this receiver does not accept it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The server does not speak this protocol version.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The client identifier is not accepted.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>Unknown user or wrong password.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client may not do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server is not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server has no room now.</summary>
    ServerBusy = 0x89,

    /// <summary>The client was shut out.</summary>
    Banned = 0x8A,

    /// <summary>The server stops.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>This extended authentication is not offered.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing was heard for one and a half keepalive intervals.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Another connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The filter is well-formed but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic is well-formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet identifier is unknown.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More unacknowledged messages than the receive maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>A topic alias of 0 or above the maximum, or one never set.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet exceeds the maximum packet size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Messages come too fast.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit was reached; the broker also cuts slow consumers with it.</summary>
    QuotaExceeded = 0x97,

    /// <summary>Ended by an administrator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not what its format indicator says.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is above the server's maximum.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections come too fast.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The longest time allowed for one connection is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcard subscriptions are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
