namespace Edge.Mqtt.Packets;

/// <summary>The properties of MQTT 5. Source: MQTT 5.0, section 2.2.2.2.</summary>
internal enum PropertyId : byte
{
    PayloadFormatIndicator = 0x01,
    MessageExpiryInterval = 0x02,
    ContentType = 0x03,
    ResponseTopic = 0x08,
    CorrelationData = 0x09,
    SubscriptionIdentifier = 0x0B,
    SessionExpiryInterval = 0x11,
    AssignedClientIdentifier = 0x12,
    ServerKeepAlive = 0x13,
    AuthenticationMethod = 0x15,
    AuthenticationData = 0x16,
    RequestProblemInformation = 0x17,
    WillDelayInterval = 0x18,
    RequestResponseInformation = 0x19,
    ResponseInformation = 0x1A,
    ServerReference = 0x1C,
    ReasonString = 0x1F,
    ReceiveMaximum = 0x21,
    TopicAliasMaximum = 0x22,
    TopicAlias = 0x23,
    MaximumQoS = 0x24,
    RetainAvailable = 0x25,
    UserProperty = 0x26,
    MaximumPacketSize = 0x27,
    WildcardSubscriptionAvailable = 0x28,
    SubscriptionIdentifierAvailable = 0x29,
    SharedSubscriptionAvailable = 0x2A,
}

/// <summary>Which properties each packet may carry, one bit per identifier.</summary>
internal static class PropertySets
{
    private const ulong User = 1UL << (int)PropertyId.UserProperty;
    private const ulong Reason = User | 1UL << (int)PropertyId.ReasonString;

    private const ulong Message = User
        | 1UL << (int)PropertyId.PayloadFormatIndicator | 1UL << (int)PropertyId.MessageExpiryInterval
        | 1UL << (int)PropertyId.ContentType | 1UL << (int)PropertyId.ResponseTopic | 1UL << (int)PropertyId.CorrelationData;

    public const ulong Publish = Message | 1UL << (int)PropertyId.TopicAlias | 1UL << (int)PropertyId.SubscriptionIdentifier;

    public const ulong Will = Message | 1UL << (int)PropertyId.WillDelayInterval;

    public const ulong Connect = User
        | 1UL << (int)PropertyId.SessionExpiryInterval | 1UL << (int)PropertyId.ReceiveMaximum | 1UL << (int)PropertyId.MaximumPacketSize
        | 1UL << (int)PropertyId.TopicAliasMaximum | 1UL << (int)PropertyId.RequestResponseInformation
        | 1UL << (int)PropertyId.RequestProblemInformation | 1UL << (int)PropertyId.AuthenticationMethod
        | 1UL << (int)PropertyId.AuthenticationData;

    public const ulong ConnAck = Reason
        | 1UL << (int)PropertyId.SessionExpiryInterval | 1UL << (int)PropertyId.ReceiveMaximum | 1UL << (int)PropertyId.MaximumQoS
        | 1UL << (int)PropertyId.RetainAvailable | 1UL << (int)PropertyId.MaximumPacketSize
        | 1UL << (int)PropertyId.AssignedClientIdentifier | 1UL << (int)PropertyId.TopicAliasMaximum
        | 1UL << (int)PropertyId.WildcardSubscriptionAvailable | 1UL << (int)PropertyId.SubscriptionIdentifierAvailable
        | 1UL << (int)PropertyId.SharedSubscriptionAvailable | 1UL << (int)PropertyId.ServerKeepAlive
        | 1UL << (int)PropertyId.ResponseInformation | 1UL << (int)PropertyId.ServerReference
        | 1UL << (int)PropertyId.AuthenticationMethod | 1UL << (int)PropertyId.AuthenticationData;

    public const ulong Ack = Reason;

    public const ulong Subscribe = User | 1UL << (int)PropertyId.SubscriptionIdentifier;

    public const ulong Unsubscribe = User;

    public const ulong Disconnect = Reason | 1UL << (int)PropertyId.SessionExpiryInterval | 1UL << (int)PropertyId.ServerReference;

    public const ulong Auth = Reason | 1UL << (int)PropertyId.AuthenticationMethod | 1UL << (int)PropertyId.AuthenticationData;
}
