using System.Buffers.Binary;
using System.Text;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>PUBLISH in both directions, and its acknowledgements.</summary>
internal sealed partial class Connection
{
    private const int StackChars = 512;
    private byte[]?[]? _aliasesIn;
    private Dictionary<string, ushort>? _aliasesOut;
    private int _aliasRoom;
    private int _maximumPacketBytes = int.MaxValue;
    private string _lastTopic = string.Empty;

    /// <summary>True when the client accepts a packet of that size; a few bytes of slack for what is added on the way.</summary>
    public bool Fits(in RoutedMessage message) => _maximumPacketBytes == int.MaxValue || message.Size + 64 <= _maximumPacketBytes;

    /// <summary>Appends a PUBLISH to the output; cuts the connection when it holds too much already.</summary>
    public void SendPublish(ref RoutedMessage message, Sending sending)
    {
        if (_closed || _slow || !Fits(in message))
        {
            _core.Counters.Dropped++;
            return;
        }

        if (_output.Length + _sendingLength + message.Size > _core.Limits.MaximumOutputBytes)
        {
            _core.Counters.Dropped++;
            CutSlow();
            return;
        }

        var packet = new PublishPacket
        {
            Topic = message.Topic,
            Payload = message.Payload,
            PacketId = sending.PacketId,
            Qos = sending.Qos,
            Retain = sending.Retain,
            Dup = sending.Dup,
        };
        Span<byte> extra = stackalloc byte[128];
        if (Version == MqttProtocolVersion.V500)
        {
            packet.Properties = message.Properties;
            extra = extra[..WriteExtra(ref packet, in message, sending.Identifiers, extra)];
        }

        PacketEncoder.Publish(_output, Version, in packet, extra);
        _core.Counters.MessagesSent++;
        Touch();
    }

    private int WriteExtra(
        ref PublishPacket packet, in RoutedMessage message, SubscriptionIdentifiers identifiers, scoped Span<byte> target)
    {
        var length = 0;
        if (message.ExpiresAt != 0)
        {
            target[length] = (byte)PropertyId.MessageExpiryInterval;
            var left = Math.Max(1, (message.ExpiresAt - _core.Now + 999) / 1000);
            BinaryPrimitives.WriteUInt32BigEndian(target[(length + 1)..], (uint)left);
            length += 5;
        }

        if (_aliasRoom > 0)
        {
            length += WriteAlias(ref packet, target[length..]);
        }

        if (identifiers.First != 0)
        {
            length += WriteIdentifier(identifiers.First, target[length..]);
            foreach (var more in identifiers.More ?? [])
            {
                // The client hears of as many as there is room for.
                length += target.Length - length >= 5 ? WriteIdentifier(more, target[length..]) : 0;
            }
        }

        return length;
    }

    private static int WriteIdentifier(uint identifier, Span<byte> target)
    {
        target[0] = (byte)PropertyId.SubscriptionIdentifier;
        var length = PacketWriter.VarIntLength((int)identifier);
        PacketWriter.WriteVarInt(target.Slice(1, length), (int)identifier);
        return 1 + length;
    }

    /// <summary>The first topics that go to a client get an alias; the later ones are written out.</summary>
    private int WriteAlias(ref PublishPacket packet, scoped Span<byte> target)
    {
        Span<char> chars = packet.Topic.Length <= StackChars ? stackalloc char[StackChars] : new char[packet.Topic.Length];
        var topic = chars[..Encoding.UTF8.GetChars(packet.Topic, chars)];
        _aliasesOut ??= new Dictionary<string, ushort>(StringComparer.Ordinal);
        if (_aliasesOut.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(topic, out var alias))
        {
            packet.Topic = default;
        }
        else if (_aliasesOut.Count < _aliasRoom)
        {
            alias = (ushort)(_aliasesOut.Count + 1);
            _aliasesOut.Add(topic.ToString(), alias);
        }
        else
        {
            return 0;
        }

        target[0] = (byte)PropertyId.TopicAlias;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], alias);
        return 3;
    }

    private void HandlePublish(byte first, ReadOnlyMemory<byte> body)
    {
        var fault = PublishPacket.Read(first, body.Span, Version, out var packet);
        if (fault == MqttReasonCode.Success)
        {
            fault = packet.HasSubscriptionIdentifier ? MqttReasonCode.ProtocolError : ResolveAlias(ref packet);
        }

        if (fault != MqttReasonCode.Success)
        {
            Fail(fault);
            return;
        }

        Span<char> chars = packet.Topic.Length <= StackChars ? stackalloc char[StackChars] : new char[packet.Topic.Length];
        ReadOnlySpan<char> topic = chars[..Encoding.UTF8.GetChars(packet.Topic, chars)];
        var payload = body[(body.Length - packet.Payload.Length)..];
        if (!packet.HasForwardable)
        {
            packet.Properties = default;
            Publish(in packet, topic, payload);
            return;
        }

        Span<byte> forwardable = packet.Properties.Length <= 1024 ? stackalloc byte[1024] : new byte[packet.Properties.Length];
        scoped var forwarded = packet;
        forwarded.Properties = forwardable[..CopyForwardable(packet.Properties, forwardable)];
        Publish(in forwarded, topic, payload);
    }

    private static int CopyForwardable(ReadOnlySpan<byte> properties, Span<byte> target)
    {
        var length = 0;
        var cursor = new PropertyCursor(properties, PropertySets.Publish);
        while (cursor.Next())
        {
            if (cursor.Id is not (PropertyId.TopicAlias or PropertyId.MessageExpiryInterval))
            {
                cursor.Raw.CopyTo(target[length..]);
                length += cursor.Raw.Length;
            }
        }

        return length;
    }

    private MqttReasonCode ResolveAlias(ref PublishPacket packet)
    {
        if (packet.TopicAlias == 0)
        {
            return MqttReasonCode.Success;
        }

        if (packet.TopicAlias > _core.Limits.TopicAliasMaximum)
        {
            return MqttReasonCode.TopicAliasInvalid;
        }

        _aliasesIn ??= new byte[_core.Limits.TopicAliasMaximum + 1][];
        ref var known = ref _aliasesIn[packet.TopicAlias];
        if (!packet.Topic.IsEmpty)
        {
            if (known is null || !packet.Topic.SequenceEqual(known))
            {
                known = packet.Topic.ToArray();
            }

            return MqttReasonCode.Success;
        }

        packet.Topic = known;
        return known is null ? MqttReasonCode.TopicAliasInvalid : MqttReasonCode.Success;
    }

    private void Publish(in PublishPacket packet, ReadOnlySpan<char> topic, ReadOnlyMemory<byte> payload)
    {
        if (Session is not { } session)
        {
            return;
        }

        var verdict = Judge(session, in packet, topic);
        var taken = false;
        if (verdict == MqttReasonCode.Success && !IsRepeated(session, in packet))
        {
            taken = _core.Local.Wants(topic);
            if (taken && !_core.Local.Offer(new MqttBrokerMessage(TopicText(topic), payload, session.ClientId, packet.Qos, packet.Retain)))
            {
                verdict = MqttReasonCode.ImplementationSpecificError;
            }
        }

        lock (_core.Gate)
        {
            _core.Counters.MessagesReceived++;
            if (_closed)
            {
                return;
            }

            if (packet.Qos == MqttQualityOfServiceLevel.ExactlyOnce)
            {
                FinishExactlyOnce(session, in packet, topic, verdict, taken);
                return;
            }

            verdict = verdict == MqttReasonCode.Success ? Route(session, in packet, topic, taken) : Refused(verdict);
            if (packet.Qos == MqttQualityOfServiceLevel.AtLeastOnce)
            {
                Answer(PacketType.PubAck, packet.PacketId, verdict);
            }
        }
    }

    private void FinishExactlyOnce(
        Session session, in PublishPacket packet, ReadOnlySpan<char> topic, MqttReasonCode verdict, bool taken)
    {
        var incoming = session.Incoming ??= [];
        if (incoming.Contains(packet.PacketId))
        {
            SendAck(PacketType.PubRec, packet.PacketId, MqttReasonCode.Success);
            return;
        }

        if (incoming.Count >= _core.Limits.ReceiveMaximum)
        {
            CloseForFault(MqttReasonCode.ReceiveMaximumExceeded);
            return;
        }

        verdict = verdict == MqttReasonCode.Success ? Route(session, in packet, topic, taken) : Refused(verdict);
        if (verdict < MqttReasonCode.UnspecifiedError || Version == MqttProtocolVersion.V311)
        {
            incoming.Add(packet.PacketId);
        }

        Answer(PacketType.PubRec, packet.PacketId, verdict);
    }

    private void Answer(PacketType type, ushort id, MqttReasonCode verdict)
    {
        if (verdict == MqttReasonCode.ImplementationSpecificError && Version == MqttProtocolVersion.V311)
        {
            // 3.1.1 has no word for "not taken": without an acknowledgement the client sends it again.
            Session?.Incoming?.Remove(id);
            Close(verdict, notify: false);
            return;
        }

        SendAck(type, id, verdict);
    }

    private MqttReasonCode Judge(Session session, in PublishPacket packet, ReadOnlySpan<char> topic)
    {
        if (IsForbiddenTopic(topic))
        {
            return MqttReasonCode.NotAuthorized;
        }

        if (MqttTopics.CountLevels(topic) > _core.Limits.MaximumTopicLevels)
        {
            return MqttReasonCode.TopicNameInvalid;
        }

        var allowed = _core.Options.AuthorizePublish is null || MayPublish(session.ClientId, session.UserName, TopicText(topic));
        return allowed ? MqttReasonCode.Success : MqttReasonCode.NotAuthorized;
    }

    /// <summary>Topics that begin with '$' belong to the broker.</summary>
    private static bool IsForbiddenTopic(ReadOnlySpan<char> topic) => topic.StartsWith('$');

    private bool MayPublish(string clientId, string? userName, string topic) =>
        _core.Allows(_core.Options.AuthorizePublish, new MqttAuthorizationContext(clientId, userName, topic));

    private bool IsRepeated(Session session, in PublishPacket packet)
    {
        if (packet.Qos != MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return false;
        }

        lock (_core.Gate)
        {
            return session.Incoming?.Contains(packet.PacketId) == true;
        }
    }

    private MqttReasonCode Route(Session session, in PublishPacket packet, ReadOnlySpan<char> topic, bool taken)
    {
        var message = new RoutedMessage
        {
            Topic = packet.Topic,
            TopicText = topic,
            Properties = packet.Properties,
            Payload = packet.Payload,
            Qos = packet.Qos,
            Retain = packet.Retain,
            ExpiresAt = packet.MessageExpiryInterval is { } seconds ? _core.Now + Math.Max(1, seconds * 1000L) : 0,
            Publisher = session,
        };
        var code = _core.Route(ref message);
        return code == MqttReasonCode.NoMatchingSubscribers && taken ? MqttReasonCode.Success : code;
    }

    private MqttReasonCode Refused(MqttReasonCode verdict)
    {
        _core.Counters.Refused++;
        return verdict;
    }

    /// <summary>A client publishes to few topics: the last one's text is kept.</summary>
    private string TopicText(ReadOnlySpan<char> topic)
    {
        if (!topic.SequenceEqual(_lastTopic))
        {
            _lastTopic = topic.ToString();
        }

        return _lastTopic;
    }

    private void HandleAck(PacketType type, ReadOnlySpan<byte> body)
    {
        var fault = PacketDecoder.Ack(body, Version, out var packet);
        lock (_core.Gate)
        {
            if (fault != MqttReasonCode.Success)
            {
                CloseForFault(fault);
                return;
            }

            if (Session is not { } session)
            {
                return;
            }

            if (type is PacketType.PubAck or PacketType.PubComp)
            {
                session.Complete(packet.PacketId);
            }
            else if (type == PacketType.PubRel)
            {
                var known = session.Incoming?.Remove(packet.PacketId) == true;
                SendAck(PacketType.PubComp, packet.PacketId, known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
            }
            else if (packet.ReasonCode >= MqttReasonCode.UnspecifiedError)
            {
                session.Complete(packet.PacketId);
            }
            else
            {
                var known = session.Received(packet.PacketId);
                SendAck(PacketType.PubRel, packet.PacketId, known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
            }
        }
    }
}
