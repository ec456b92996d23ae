using System.Buffers.Binary;

namespace Edge.Mqtt.Packets;

/// <summary>Appends packets to a buffer.</summary>
internal static class PacketEncoder
{
    public const byte PingReqFirst = (int)PacketType.PingReq << 4;
    public const byte PingRespFirst = (int)PacketType.PingResp << 4;

    public static void Connect(ByteBuffer buffer, ConnectPacket packet)
    {
        var start = buffer.BeginPacket((int)PacketType.Connect << 4);
        buffer.WriteString("MQTT");
        buffer.WriteByte((byte)packet.Version);
        var flags = (packet.CleanStart ? 2 : 0) | (packet.UserName is null ? 0 : 0x80) | (packet.Password is null ? 0 : 0x40);
        if (packet.Will is { } will)
        {
            flags |= 4 | (int)will.QualityOfServiceLevel << 3 | (will.Retain ? 0x20 : 0);
        }

        buffer.WriteByte((byte)flags);
        buffer.WriteUInt16(packet.KeepAliveSeconds);
        if (packet.Version == MqttProtocolVersion.V500)
        {
            packet.Properties.Write(buffer);
        }

        buffer.WriteString(packet.ClientId);
        if (packet.Will is not null)
        {
            WriteWill(buffer, packet, packet.Will);
        }

        if (packet.UserName is not null)
        {
            buffer.WriteString(packet.UserName);
        }

        if (packet.Password is not null)
        {
            buffer.WriteBinary(packet.Password);
        }

        buffer.EndPacket(start);
    }

    public static void ConnAck(ByteBuffer buffer, MqttProtocolVersion version, ConnAckPacket packet)
    {
        var start = buffer.BeginPacket((int)PacketType.ConnAck << 4);
        buffer.WriteByte((byte)(packet.SessionPresent ? 1 : 0));
        buffer.WriteByte(version == MqttProtocolVersion.V500 ? (byte)packet.ReasonCode : ToV311(packet.ReasonCode));
        if (version == MqttProtocolVersion.V500)
        {
            packet.Properties.Write(buffer);
        }

        buffer.EndPacket(start);
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; a reason is sent in MQTT 5 only, and only when it is not success.</summary>
    public static void Ack(ByteBuffer buffer, PacketType type, MqttProtocolVersion version, ushort id, MqttReasonCode reason)
    {
        var withReason = version == MqttProtocolVersion.V500 && reason != MqttReasonCode.Success;
        var packet = buffer.Append(withReason ? 5 : 4);
        packet[0] = (byte)((int)type << 4 | (type == PacketType.PubRel ? 2 : 0));
        packet[1] = (byte)(withReason ? 3 : 2);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], id);
        if (withReason)
        {
            packet[4] = (byte)reason;
        }
    }

    public static void Subscribe(ByteBuffer buffer, MqttProtocolVersion version, SubscribePacket packet)
    {
        var start = buffer.BeginPacket((int)PacketType.Subscribe << 4 | 2);
        buffer.WriteUInt16(packet.PacketId);
        if (version == MqttProtocolVersion.V500)
        {
            var properties = packet.Identifier is { } id ? new PacketProperties { SubscriptionIdentifiers = [id] } : PacketProperties.None;
            properties.Write(buffer);
        }

        foreach (var filter in packet.Filters)
        {
            buffer.WriteString(filter.Topic);
            var options = (int)filter.QualityOfServiceLevel;
            if (version == MqttProtocolVersion.V500)
            {
                options |= (filter.NoLocal ? 4 : 0) | (filter.RetainAsPublished ? 8 : 0) | (int)filter.RetainHandling << 4;
            }

            buffer.WriteByte((byte)options);
        }

        buffer.EndPacket(start);
    }

    public static void Unsubscribe(ByteBuffer buffer, MqttProtocolVersion version, UnsubscribePacket packet)
    {
        var start = buffer.BeginPacket((int)PacketType.Unsubscribe << 4 | 2);
        buffer.WriteUInt16(packet.PacketId);
        if (version == MqttProtocolVersion.V500)
        {
            buffer.WriteByte(0);
        }

        foreach (var filter in packet.Filters)
        {
            buffer.WriteString(filter);
        }

        buffer.EndPacket(start);
    }

    /// <summary>SUBACK or UNSUBACK.</summary>
    public static void SubAck(
        ByteBuffer buffer, PacketType type, MqttProtocolVersion version, ushort id, ReadOnlySpan<MqttReasonCode> codes)
    {
        var start = buffer.BeginPacket((byte)((int)type << 4));
        buffer.WriteUInt16(id);
        if (version == MqttProtocolVersion.V500)
        {
            buffer.WriteByte(0);
        }

        if (version == MqttProtocolVersion.V500 || type == PacketType.SubAck)
        {
            foreach (var code in codes)
            {
                var failed = version == MqttProtocolVersion.V311 && code >= MqttReasonCode.UnspecifiedError;
                buffer.WriteByte((byte)(failed ? MqttReasonCode.UnspecifiedError : code));
            }
        }

        buffer.EndPacket(start);
    }

    public static void Disconnect(ByteBuffer buffer, MqttProtocolVersion version, MqttReasonCode reason, PacketProperties properties)
    {
        var start = buffer.BeginPacket((int)PacketType.Disconnect << 4);
        if (version == MqttProtocolVersion.V500 && (reason != MqttReasonCode.Success || properties != PacketProperties.None))
        {
            buffer.WriteByte((byte)reason);
            if (properties != PacketProperties.None)
            {
                properties.Write(buffer);
            }
        }

        buffer.EndPacket(start);
    }

    /// <summary>PINGREQ or PINGRESP.</summary>
    public static void Ping(ByteBuffer buffer, byte first)
    {
        var packet = buffer.Append(2);
        packet[0] = first;
        packet[1] = 0;
    }

    /// <summary>PUBLISH; the packet's properties and the extra ones stand behind one length field.</summary>
    public static void Publish(ByteBuffer buffer, MqttProtocolVersion version, in PublishPacket packet, ReadOnlySpan<byte> extraProperties)
    {
        var qos = (int)packet.Qos;
        var v5 = version == MqttProtocolVersion.V500;
        var propertiesLength = v5 ? packet.Properties.Length + extraProperties.Length : 0;
        var body = 2 + packet.Topic.Length + (qos > 0 ? 2 : 0) + packet.Payload.Length
            + (v5 ? PacketWriter.VarIntLength(propertiesLength) + propertiesLength : 0);
        var lengthBytes = PacketWriter.VarIntLength(body);
        var target = buffer.Append(1 + lengthBytes + body);
        target[0] = (byte)((int)PacketType.Publish << 4 | (packet.Dup ? 8 : 0) | qos << 1 | (packet.Retain ? 1 : 0));
        PacketWriter.WriteVarInt(target.Slice(1, lengthBytes), body);
        target = target[(1 + lengthBytes)..];
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)packet.Topic.Length);
        packet.Topic.CopyTo(target[2..]);
        target = target[(2 + packet.Topic.Length)..];
        if (qos > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target, packet.PacketId);
            target = target[2..];
        }

        if (v5)
        {
            var n = PacketWriter.VarIntLength(propertiesLength);
            PacketWriter.WriteVarInt(target[..n], propertiesLength);
            packet.Properties.CopyTo(target[n..]);
            extraProperties.CopyTo(target[(n + packet.Properties.Length)..]);
            target = target[(n + propertiesLength)..];
        }

        packet.Payload.CopyTo(target);
    }

    private static void WriteWill(ByteBuffer buffer, ConnectPacket packet, MqttMessage will)
    {
        if (packet.Version == MqttProtocolVersion.V500)
        {
            var properties = MessageMapper.ToProperties(will);
            if (packet.WillDelaySeconds > 0 || will.MessageExpiryIntervalSeconds is not null)
            {
                properties = properties == PacketProperties.None ? new PacketProperties() : properties;
                properties.WillDelayInterval = packet.WillDelaySeconds > 0 ? packet.WillDelaySeconds : null;
                properties.MessageExpiryInterval = will.MessageExpiryIntervalSeconds;
            }

            properties.Write(buffer);
        }

        buffer.WriteString(will.Topic);
        buffer.WriteBinary(will.Payload.Span);
    }

    private static byte ToV311(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned => 5,
        _ => 3,
    };
}
