namespace Edge.Mqtt.Packets;

/// <summary>Reads the bodies of control packets; every method returns the fault as a reason code and never throws.</summary>
internal static class PacketDecoder
{
    private const byte UserNameFlag = 0x80;
    private const byte PasswordFlag = 0x40;
    private const byte WillRetainFlag = 0x20;
    private const byte WillFlag = 0x04;

    /// <summary>Reads CONNECT; with <see cref="MqttReasonCode.UnsupportedProtocolVersion"/> the rest was not looked at.</summary>
    public static MqttReasonCode Connect(ReadOnlySpan<byte> body, out ConnectPacket packet)
    {
        packet = new ConnectPacket();
        var reader = new PacketReader(body);
        var name = reader.ReadUtf8();
        var level = reader.ReadByte();
        if (reader.Error != MqttReasonCode.Success)
        {
            return reader.Error;
        }

        if (!name.SequenceEqual("MQTT"u8) || level is not (4 or 5))
        {
            // An unknown newer version is answered in the words of 5.0, an older one in those of 3.1.1.
            packet = packet with { Version = level < 4 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500 };
            return name.SequenceEqual("MQTT"u8) || name.SequenceEqual("MQIsdp"u8)
                ? MqttReasonCode.UnsupportedProtocolVersion
                : MqttReasonCode.ProtocolError;
        }

        packet = packet with { Version = (MqttProtocolVersion)level };
        var flags = reader.ReadByte();
        if (!ConnectFlagsAreValid(flags, packet.Version))
        {
            return MqttReasonCode.MalformedPacket;
        }

        packet = packet with { CleanStart = (flags & 2) != 0, KeepAliveSeconds = reader.ReadUInt16() };
        if (level == 5)
        {
            packet = packet with { Properties = PacketProperties.Read(ref reader, PropertySets.Connect) };
        }

        packet = packet with { ClientId = reader.ReadString() };
        if ((flags & WillFlag) != 0)
        {
            packet = ReadWill(ref reader, flags, packet);
        }

        packet = packet with
        {
            UserName = (flags & UserNameFlag) != 0 ? reader.ReadString() : null,
            Password = (flags & PasswordFlag) != 0 ? reader.ReadBinary().ToArray() : null,
        };
        return End(ref reader);
    }

    public static MqttReasonCode ConnAck(ReadOnlySpan<byte> body, MqttProtocolVersion version, out ConnAckPacket packet)
    {
        var reader = new PacketReader(body);
        var flags = reader.ReadByte();
        var code = reader.ReadByte();
        var properties = version == MqttProtocolVersion.V500
            ? PacketProperties.Read(ref reader, PropertySets.ConnAck)
            : PacketProperties.None;
        var reason = version == MqttProtocolVersion.V500 ? (MqttReasonCode)code : FromV311(code);
        packet = new ConnAckPacket((flags & 1) != 0, reason, properties);
        return flags > 1 ? MqttReasonCode.MalformedPacket : End(ref reader);
    }

    public static MqttReasonCode Ack(ReadOnlySpan<byte> body, MqttProtocolVersion version, out AckPacket packet)
    {
        var reader = new PacketReader(body);
        var id = reader.ReadUInt16();
        packet = new AckPacket(id, MqttReasonCode.Success, null);
        if (reader.Error == MqttReasonCode.Success && id == 0)
        {
            return MqttReasonCode.MalformedPacket;
        }

        if (version == MqttProtocolVersion.V500 && !reader.AtEnd)
        {
            var code = (MqttReasonCode)reader.ReadByte();
            var properties = reader.AtEnd ? PacketProperties.None : PacketProperties.Read(ref reader, PropertySets.Ack);
            packet = new AckPacket(id, code, properties.ReasonString);
        }

        return End(ref reader);
    }

    public static MqttReasonCode Subscribe(ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubscribePacket packet)
    {
        var reader = new PacketReader(body);
        var id = reader.ReadUInt16();
        var properties = version == MqttProtocolVersion.V500
            ? PacketProperties.Read(ref reader, PropertySets.Subscribe)
            : PacketProperties.None;
        var filters = new List<MqttTopicFilter>(1);
        packet = new SubscribePacket(id, filters, properties.SubscriptionIdentifiers?[0]);
        if (id == 0 || properties.SubscriptionIdentifiers is { Count: > 1 } || (reader.AtEnd && reader.Error == MqttReasonCode.Success))
        {
            reader.Fail(MqttReasonCode.ProtocolError);
        }

        while (!reader.AtEnd)
        {
            var filter = reader.ReadString();
            var options = reader.ReadByte();
            var retainHandling = options >> 4 & 3;
            var reserved = version == MqttProtocolVersion.V500 ? 0xC0 : 0xFC;
            if ((options & 3) == 3 || (options & reserved) != 0 || retainHandling == 3)
            {
                reader.Fail(MqttReasonCode.MalformedPacket);
            }

            filters.Add(new MqttTopicFilter(filter, (MqttQualityOfServiceLevel)(options & 3))
            {
                NoLocal = (options & 4) != 0,
                RetainAsPublished = (options & 8) != 0,
                RetainHandling = (MqttRetainHandling)retainHandling,
            });
        }

        return reader.Error;
    }

    public static MqttReasonCode Unsubscribe(ReadOnlySpan<byte> body, MqttProtocolVersion version, out UnsubscribePacket packet)
    {
        var reader = new PacketReader(body);
        var id = reader.ReadUInt16();
        if (version == MqttProtocolVersion.V500)
        {
            PacketProperties.Read(ref reader, PropertySets.Unsubscribe);
        }

        var filters = new List<string>(1);
        packet = new UnsubscribePacket(id, filters);
        if (id == 0 || (reader.AtEnd && reader.Error == MqttReasonCode.Success))
        {
            reader.Fail(MqttReasonCode.ProtocolError);
        }

        while (!reader.AtEnd)
        {
            filters.Add(reader.ReadString());
        }

        return reader.Error;
    }

    /// <summary>Reads SUBACK, or UNSUBACK, which in 3.1.1 has no codes.</summary>
    public static MqttReasonCode SubAck(ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubAckPacket packet)
    {
        var reader = new PacketReader(body);
        var id = reader.ReadUInt16();
        var properties = version == MqttProtocolVersion.V500 ? PacketProperties.Read(ref reader, PropertySets.Ack) : PacketProperties.None;
        var codes = new List<MqttReasonCode>(reader.Rest.Length);
        foreach (var code in reader.Rest)
        {
            codes.Add((MqttReasonCode)code);
        }

        packet = new SubAckPacket(id, codes, properties.ReasonString);
        return reader.Error;
    }

    /// <summary>Reads DISCONNECT or AUTH.</summary>
    public static MqttReasonCode Disconnect(
        ReadOnlySpan<byte> body, MqttProtocolVersion version, ulong allowed, out DisconnectPacket packet)
    {
        var reader = new PacketReader(body);
        packet = new DisconnectPacket(MqttReasonCode.Success, PacketProperties.None);
        if (version == MqttProtocolVersion.V500 && !reader.AtEnd)
        {
            var code = (MqttReasonCode)reader.ReadByte();
            packet = new DisconnectPacket(code, reader.AtEnd ? PacketProperties.None : PacketProperties.Read(ref reader, allowed));
        }

        return End(ref reader);
    }

    private static bool ConnectFlagsAreValid(byte flags, MqttProtocolVersion version)
    {
        var will = (flags & WillFlag) != 0;
        var qos = flags >> 3 & 3;
        return (flags & 1) == 0
            && qos != 3
            && (will || (qos == 0 && (flags & WillRetainFlag) == 0))
            && (version == MqttProtocolVersion.V500 || (flags & UserNameFlag) != 0 || (flags & PasswordFlag) == 0);
    }

    private static ConnectPacket ReadWill(ref PacketReader reader, byte flags, ConnectPacket packet)
    {
        var properties = packet.Version == MqttProtocolVersion.V500
            ? PacketProperties.Read(ref reader, PropertySets.Will)
            : PacketProperties.None;
        var topic = reader.ReadString();
        if (reader.Error == MqttReasonCode.Success && !MqttTopics.IsValidName(topic))
        {
            reader.Fail(MqttReasonCode.TopicNameInvalid);
        }

        var will = MessageMapper.ToMessage(topic, reader.ReadBinary().ToArray(), properties) with
        {
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)(flags >> 3 & 3),
            Retain = (flags & WillRetainFlag) != 0,
        };
        return packet with { Will = will, WillDelaySeconds = properties.WillDelayInterval ?? 0 };
    }

    private static MqttReasonCode FromV311(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => MqttReasonCode.UnspecifiedError,
    };

    private static MqttReasonCode End(ref PacketReader reader)
    {
        if (!reader.AtEnd)
        {
            reader.Fail(MqttReasonCode.MalformedPacket);
        }

        return reader.Error;
    }
}
