namespace Edge.Mqtt.Packets;

/// <summary>A PUBLISH as it lies in the receive buffer: views, nothing copied.</summary>
internal ref struct PublishPacket
{
    /// <summary>The topic as UTF-8; empty when only the alias names it.</summary>
    public ReadOnlySpan<byte> Topic;

    /// <summary>The properties without their length; empty in 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties;

    public ReadOnlySpan<byte> Payload;
    public ushort PacketId;
    public ushort TopicAlias;
    public uint? MessageExpiryInterval;
    public MqttQualityOfServiceLevel Qos;
    public bool Retain;
    public bool Dup;

    /// <summary>The properties hold more than an alias and an expiry.</summary>
    public bool HasForwardable;

    /// <summary>The properties hold subscription identifiers, which only a server may send.</summary>
    public bool HasSubscriptionIdentifier;

    /// <summary>Reads a PUBLISH; anything but <see cref="MqttReasonCode.Success"/> ends the connection.</summary>
    public static MqttReasonCode Read(byte first, ReadOnlySpan<byte> body, MqttProtocolVersion version, out PublishPacket packet)
    {
        packet = default;
        var qos = first >> 1 & 3;
        packet.Qos = (MqttQualityOfServiceLevel)qos;
        packet.Retain = (first & 1) != 0;
        packet.Dup = (first & 8) != 0;
        if (qos == 3 || (qos == 0 && packet.Dup))
        {
            return MqttReasonCode.MalformedPacket;
        }

        var reader = new PacketReader(body);
        packet.Topic = reader.ReadUtf8();
        if (packet.Topic.ContainsAny((byte)'+', (byte)'#'))
        {
            return MqttReasonCode.TopicNameInvalid;
        }

        if (qos > 0)
        {
            packet.PacketId = reader.ReadUInt16();
            if (packet.PacketId == 0)
            {
                reader.Fail(MqttReasonCode.MalformedPacket);
            }
        }

        if (version == MqttProtocolVersion.V500)
        {
            packet.Properties = reader.ReadBytes(reader.ReadVarInt());
            if (!packet.Properties.IsEmpty && packet.ReadProperties() is var error and not MqttReasonCode.Success)
            {
                return error;
            }
        }

        if (reader.Error == MqttReasonCode.Success && packet.Topic.IsEmpty && packet.TopicAlias == 0)
        {
            return version == MqttProtocolVersion.V500 ? MqttReasonCode.ProtocolError : MqttReasonCode.TopicNameInvalid;
        }

        packet.Payload = reader.Rest;
        return reader.Error;
    }

    private MqttReasonCode ReadProperties()
    {
        var cursor = new PropertyCursor(Properties, PropertySets.Publish);
        while (cursor.Next())
        {
            switch (cursor.Id)
            {
                case PropertyId.TopicAlias: TopicAlias = (ushort)cursor.Number; break;
                case PropertyId.MessageExpiryInterval: MessageExpiryInterval = cursor.Number; break;
                case PropertyId.SubscriptionIdentifier: HasSubscriptionIdentifier = true; break;
                default: HasForwardable = true; break;
            }
        }

        return cursor.Error;
    }
}
