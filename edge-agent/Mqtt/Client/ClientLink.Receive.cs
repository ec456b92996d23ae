using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Client;

/// <summary>The reading half: packets in, messages to the handler, acknowledgements out.</summary>
internal sealed partial class ClientLink
{
    private static readonly AsyncLocal<bool> s_insideHandler = new();
    private string?[]? _aliasesIn;

    private async Task RunAsync()
    {
        await Task.Yield();
        var handling = HandleArrivedAsync();
        try
        {
            await ReadAsync(_stream!); // Open: Start is called after OpenAsync.
            End(MqttReasonCode.UnspecifiedError, null);
        }
        catch (Exception fault)
        {
            End(fault is MqttProtocolException protocol ? protocol.ReasonCode : MqttReasonCode.UnspecifiedError, fault);
        }

        StopKeepAlive();
        _arrived.Writer.TryComplete();
        FailPending();
        await handling;
        try
        {
            await Flushed();
        }
        catch (Exception fault) when (IsNetworkFault(fault))
        {
            // Known already.
        }

        await DropAsync();
        ByteBuffer.Return(_buffer);
        _buffer = [];
        _finished.SetResult();
        if (_client.DisconnectedAsync is { } handler)
        {
            s_insideHandler.Value = true;
            await handler(new MqttClientDisconnectedEventArgs(_endReason, _endReason == MqttReasonCode.Success ? null : _endFault));
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        while (true)
        {
            var used = 0;
            while (Frame.TryRead(_buffer.AsSpan(used, _have - used), out var frame) is var status && status != FrameStatus.NeedMore)
            {
                if (status == FrameStatus.Bad || !frame.FlagsAreValid || frame.TotalLength > _options.MaximumPacketBytes)
                {
                    var tooLarge = frame.TotalLength > _options.MaximumPacketBytes;
                    throw Fault(tooLarge ? MqttReasonCode.PacketTooLarge : MqttReasonCode.MalformedPacket);
                }

                if (_have - used < frame.TotalLength)
                {
                    break;
                }

                var body = _buffer.AsMemory(used + frame.HeaderLength, frame.BodyLength);
                used += frame.TotalLength;
                if (frame.Type == PacketType.Publish)
                {
                    await TakeMessageAsync(frame.First, body);
                }
                else
                {
                    Handle(frame, body.Span);
                }
            }

            Consume(used);
            if (!await FillAsync(stream, _closing.Token))
            {
                return;
            }

            NoteHeard();
        }
    }

    private void Handle(Frame frame, ReadOnlySpan<byte> body)
    {
        switch (frame.Type)
        {
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                HandleAck(frame.Type, body);
                break;
            case PacketType.SubAck or PacketType.UnsubAck:
                Require(PacketDecoder.SubAck(body, _version, out var answer));
                Complete(answer.PacketId, new Answer(MqttReasonCode.Success, answer.ReasonString, answer.ReasonCodes));
                break;
            case PacketType.PingResp:
                break;
            case PacketType.Disconnect when _version == MqttProtocolVersion.V500:
                Require(PacketDecoder.Disconnect(body, _version, PropertySets.Disconnect, out var goodbye));
                throw new MqttProtocolException(
                    goodbye.ReasonCode, $"The server disconnected. {goodbye.Properties.ReasonString}".TrimEnd());
            default:
                throw Fault(MqttReasonCode.ProtocolError);
        }
    }

    private void HandleAck(PacketType type, ReadOnlySpan<byte> body)
    {
        Require(PacketDecoder.Ack(body, _version, out var ack));
        switch (type)
        {
            case PacketType.PubRel:
                var known = _incoming.Remove(ack.PacketId);
                var code = known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound;
                Send(buffer => PacketEncoder.Ack(buffer, PacketType.PubComp, _version, ack.PacketId, code));
                break;
            case PacketType.PubRec when ack.ReasonCode < MqttReasonCode.UnspecifiedError:
                Send(buffer => PacketEncoder.Ack(buffer, PacketType.PubRel, _version, ack.PacketId, MqttReasonCode.Success));
                break;
            default:
                Complete(ack.PacketId, new Answer(ack.ReasonCode, ack.ReasonString, []));
                break;
        }
    }

    private async ValueTask TakeMessageAsync(byte first, ReadOnlyMemory<byte> body)
    {
        if (Parse(first, body.Span) is not { } arrived || _arrived.Writer.TryWrite(arrived))
        {
            return;
        }

        if (arrived.Message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce)
        {
            _client.CountDropped();
        }
        else if (_version == MqttProtocolVersion.V500)
        {
            throw Fault(MqttReasonCode.ReceiveMaximumExceeded);
        }
        else
        {
            // 3.1.1 cannot tell the server a maximum: TCP slows it down.
            await _arrived.Writer.WriteAsync(arrived, _closing.Token);
        }
    }

    /// <summary>Null for a QoS 2 message that was taken before.</summary>
    private Arrived? Parse(byte first, ReadOnlySpan<byte> body)
    {
        Require(PublishPacket.Read(first, body, _version, out var packet));
        var topic = Resolve(in packet);
        if (packet.Qos == MqttQualityOfServiceLevel.ExactlyOnce && _incoming.Contains(packet.PacketId))
        {
            var id = packet.PacketId;
            Send(buffer => PacketEncoder.Ack(buffer, PacketType.PubRec, _version, id, MqttReasonCode.Success));
            return null;
        }

        return new Arrived(MessageMapper.ToMessage(in packet, topic), packet.PacketId);
    }

    private string Resolve(in PublishPacket packet)
    {
        if (packet.TopicAlias == 0)
        {
            return MessageMapper.ToText(packet.Topic);
        }

        if (packet.TopicAlias > _options.TopicAliasMaximum)
        {
            throw Fault(MqttReasonCode.TopicAliasInvalid);
        }

        _aliasesIn ??= new string?[_options.TopicAliasMaximum + 1];
        ref var known = ref _aliasesIn[packet.TopicAlias];
        if (!packet.Topic.IsEmpty)
        {
            known = MessageMapper.ToText(packet.Topic);
        }

        return known ?? throw Fault(MqttReasonCode.TopicAliasInvalid);
    }

    private async Task HandleArrivedAsync()
    {
        s_insideHandler.Value = true;
        await foreach (var arrived in _arrived.Reader.ReadAllAsync())
        {
            var args = new MqttApplicationMessageReceivedEventArgs(arrived.Message);
            try
            {
                if (_client.ApplicationMessageReceivedAsync is { } handler)
                {
                    await handler(args);
                }
            }
            catch (Exception fault)
            {
                args.ReasonCode = MqttReasonCode.UnspecifiedError;
                if (_version == MqttProtocolVersion.V311 && arrived.PacketId != 0)
                {
                    End(MqttReasonCode.UnspecifiedError, fault);
                }
            }

            if (arrived.PacketId != 0 && IsOpen)
            {
                Acknowledge(arrived, args.ReasonCode);
            }
        }
    }

    private void Acknowledge(Arrived arrived, MqttReasonCode code)
    {
        var type = PacketType.PubAck;
        if (arrived.Message.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            type = PacketType.PubRec;
        }

        Send(buffer =>
        {
            // Under the gate: the reading half looks at the set too, but only after this PUBREC was answered.
            if (type == PacketType.PubRec && code < MqttReasonCode.UnspecifiedError)
            {
                _incoming.Add(arrived.PacketId);
            }

            PacketEncoder.Ack(buffer, type, _version, arrived.PacketId, code);
        });
    }

    /// <summary>Tells an MQTT 5 server why, and gives the exception that ends the connection.</summary>
    private MqttProtocolException Fault(MqttReasonCode code)
    {
        if (_version == MqttProtocolVersion.V500)
        {
            Send(buffer => PacketEncoder.Disconnect(buffer, _version, code, PacketProperties.None));
        }

        return new MqttProtocolException(code, "The server broke the protocol.");
    }

    private void Require(MqttReasonCode fault)
    {
        if (fault != MqttReasonCode.Success)
        {
            throw Fault(fault);
        }
    }
}
