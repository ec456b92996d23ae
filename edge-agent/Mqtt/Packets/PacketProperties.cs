using System.Text;

namespace Edge.Mqtt.Packets;

/// <summary>The properties of one packet, by name; null means absent.</summary>
internal sealed class PacketProperties
{
    /// <summary>A packet without properties. Shared: never changed.</summary>
    public static readonly PacketProperties None = new();

    public bool? PayloadIsUtf8 { get; set; }

    public uint? MessageExpiryInterval { get; set; }

    public string? ContentType { get; set; }

    public string? ResponseTopic { get; set; }

    public byte[]? CorrelationData { get; set; }

    public List<uint>? SubscriptionIdentifiers { get; set; }

    public uint? SessionExpiryInterval { get; set; }

    public string? AssignedClientIdentifier { get; set; }

    public ushort? ServerKeepAlive { get; set; }

    public string? AuthenticationMethod { get; set; }

    public bool? RequestProblemInformation { get; set; }

    public uint? WillDelayInterval { get; set; }

    public string? ServerReference { get; set; }

    public string? ReasonString { get; set; }

    public ushort? ReceiveMaximum { get; set; }

    public ushort? TopicAliasMaximum { get; set; }

    public ushort? TopicAlias { get; set; }

    public byte? MaximumQoS { get; set; }

    public bool? RetainAvailable { get; set; }

    public List<MqttUserProperty>? UserProperties { get; set; }

    public uint? MaximumPacketSize { get; set; }

    public bool? WildcardSubscriptionAvailable { get; set; }

    public bool? SubscriptionIdentifierAvailable { get; set; }

    public bool? SharedSubscriptionAvailable { get; set; }

    private bool HasAuthenticationData { get; set; }

    /// <summary>Reads the length and the properties; a fault sticks in the reader.</summary>
    public static PacketProperties Read(ref PacketReader reader, ulong allowed)
    {
        var length = reader.ReadVarInt();
        if (length == 0)
        {
            return None;
        }

        var properties = Parse(reader.ReadBytes(length), allowed, out var error);
        if (error != MqttReasonCode.Success)
        {
            reader.Fail(error);
        }

        return properties;
    }

    /// <summary>Reads properties without their length.</summary>
    public static PacketProperties Parse(ReadOnlySpan<byte> bytes, ulong allowed, out MqttReasonCode error)
    {
        var properties = new PacketProperties();
        var cursor = new PropertyCursor(bytes, allowed);
        while (cursor.Next())
        {
            properties.Take(in cursor);
        }

        error = cursor.Error;
        if (error == MqttReasonCode.Success && properties is { HasAuthenticationData: true, AuthenticationMethod: null })
        {
            error = MqttReasonCode.ProtocolError;
        }

        return properties;
    }

    /// <summary>Writes the length and the properties.</summary>
    public void Write(ByteBuffer buffer)
    {
        var body = new ByteBuffer();
        WriteNumbers(body);
        WriteTexts(body);
        buffer.WriteVarInt(body.Length);
        buffer.WriteBytes(body.Written);
        body.Release();
    }

    private void Take(in PropertyCursor cursor)
    {
        switch (cursor.Id)
        {
            case PropertyId.UserProperty:
                (UserProperties ??= []).Add(new MqttUserProperty(Text(cursor.Bytes), Text(cursor.Second)));
                break;
            case PropertyId.SubscriptionIdentifier: (SubscriptionIdentifiers ??= []).Add(cursor.Number); break;
            case PropertyId.ContentType: ContentType = Text(cursor.Bytes); break;
            case PropertyId.ResponseTopic: ResponseTopic = Text(cursor.Bytes); break;
            case PropertyId.CorrelationData: CorrelationData = cursor.Bytes.ToArray(); break;
            case PropertyId.AssignedClientIdentifier: AssignedClientIdentifier = Text(cursor.Bytes); break;
            case PropertyId.AuthenticationMethod: AuthenticationMethod = Text(cursor.Bytes); break;
            case PropertyId.AuthenticationData: HasAuthenticationData = true; break;
            case PropertyId.ServerReference: ServerReference = Text(cursor.Bytes); break;
            case PropertyId.ReasonString: ReasonString = Text(cursor.Bytes); break;
            case PropertyId.ResponseInformation or PropertyId.RequestResponseInformation: break;
            default: TakeNumber(cursor.Id, cursor.Number); break;
        }
    }

    private void TakeNumber(PropertyId id, uint number)
    {
        switch (id)
        {
            case PropertyId.PayloadFormatIndicator: PayloadIsUtf8 = number == 1; break;
            case PropertyId.MessageExpiryInterval: MessageExpiryInterval = number; break;
            case PropertyId.SessionExpiryInterval: SessionExpiryInterval = number; break;
            case PropertyId.ServerKeepAlive: ServerKeepAlive = (ushort)number; break;
            case PropertyId.RequestProblemInformation: RequestProblemInformation = number == 1; break;
            case PropertyId.WillDelayInterval: WillDelayInterval = number; break;
            case PropertyId.ReceiveMaximum: ReceiveMaximum = (ushort)number; break;
            case PropertyId.TopicAliasMaximum: TopicAliasMaximum = (ushort)number; break;
            case PropertyId.TopicAlias: TopicAlias = (ushort)number; break;
            case PropertyId.MaximumQoS: MaximumQoS = (byte)number; break;
            case PropertyId.RetainAvailable: RetainAvailable = number == 1; break;
            case PropertyId.MaximumPacketSize: MaximumPacketSize = number; break;
            case PropertyId.WildcardSubscriptionAvailable: WildcardSubscriptionAvailable = number == 1; break;
            case PropertyId.SubscriptionIdentifierAvailable: SubscriptionIdentifierAvailable = number == 1; break;
            case PropertyId.SharedSubscriptionAvailable: SharedSubscriptionAvailable = number == 1; break;
            default: break;
        }
    }

    private void WriteNumbers(ByteBuffer buffer)
    {
        WriteBool(buffer, PropertyId.PayloadFormatIndicator, PayloadIsUtf8);
        WriteUInt32(buffer, PropertyId.MessageExpiryInterval, MessageExpiryInterval);
        WriteUInt32(buffer, PropertyId.SessionExpiryInterval, SessionExpiryInterval);
        WriteUInt16(buffer, PropertyId.ServerKeepAlive, ServerKeepAlive);
        WriteBool(buffer, PropertyId.RequestProblemInformation, RequestProblemInformation);
        WriteUInt32(buffer, PropertyId.WillDelayInterval, WillDelayInterval);
        WriteUInt16(buffer, PropertyId.ReceiveMaximum, ReceiveMaximum);
        WriteUInt16(buffer, PropertyId.TopicAliasMaximum, TopicAliasMaximum);
        WriteUInt16(buffer, PropertyId.TopicAlias, TopicAlias);
        WriteBool(buffer, PropertyId.MaximumQoS, MaximumQoS is { } qos ? qos == 1 : null);
        WriteBool(buffer, PropertyId.RetainAvailable, RetainAvailable);
        WriteUInt32(buffer, PropertyId.MaximumPacketSize, MaximumPacketSize);
        WriteBool(buffer, PropertyId.WildcardSubscriptionAvailable, WildcardSubscriptionAvailable);
        WriteBool(buffer, PropertyId.SubscriptionIdentifierAvailable, SubscriptionIdentifierAvailable);
        WriteBool(buffer, PropertyId.SharedSubscriptionAvailable, SharedSubscriptionAvailable);
        foreach (var identifier in SubscriptionIdentifiers ?? [])
        {
            buffer.WriteByte((byte)PropertyId.SubscriptionIdentifier);
            buffer.WriteVarInt((int)identifier);
        }
    }

    private void WriteTexts(ByteBuffer buffer)
    {
        WriteText(buffer, PropertyId.ContentType, ContentType);
        WriteText(buffer, PropertyId.ResponseTopic, ResponseTopic);
        WriteText(buffer, PropertyId.AssignedClientIdentifier, AssignedClientIdentifier);
        WriteText(buffer, PropertyId.AuthenticationMethod, AuthenticationMethod);
        WriteText(buffer, PropertyId.ServerReference, ServerReference);
        WriteText(buffer, PropertyId.ReasonString, ReasonString);
        if (CorrelationData is not null)
        {
            buffer.WriteByte((byte)PropertyId.CorrelationData);
            buffer.WriteBinary(CorrelationData);
        }

        foreach (var property in UserProperties ?? [])
        {
            buffer.WriteByte((byte)PropertyId.UserProperty);
            buffer.WriteString(property.Name);
            buffer.WriteString(property.Value);
        }
    }

    private static void WriteBool(ByteBuffer buffer, PropertyId id, bool? value)
    {
        if (value is { } flag)
        {
            buffer.WriteByte((byte)id);
            buffer.WriteByte((byte)(flag ? 1 : 0));
        }
    }

    private static void WriteUInt16(ByteBuffer buffer, PropertyId id, ushort? value)
    {
        if (value is { } number)
        {
            buffer.WriteByte((byte)id);
            buffer.WriteUInt16(number);
        }
    }

    private static void WriteUInt32(ByteBuffer buffer, PropertyId id, uint? value)
    {
        if (value is { } number)
        {
            buffer.WriteByte((byte)id);
            buffer.WriteUInt32(number);
        }
    }

    private static void WriteText(ByteBuffer buffer, PropertyId id, string? value)
    {
        if (value is not null)
        {
            buffer.WriteByte((byte)id);
            buffer.WriteString(value);
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
