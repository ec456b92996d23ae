using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>CONNECT.</summary>
internal sealed partial class Connection
{
    private const int KeepAlivePerMilliseconds = 1500;

    private void HandleConnect(ReadOnlySpan<byte> body)
    {
        _connectSeen = true;
        var fault = PacketDecoder.Connect(body, out var packet);
        Version = packet.Version;
        if (fault == MqttReasonCode.UnsupportedProtocolVersion)
        {
            Refuse(fault);
            return;
        }

        if (fault == MqttReasonCode.Success)
        {
            fault = Check(ref packet);
        }

        if (fault != MqttReasonCode.Success)
        {
            Refuse(fault);
            return;
        }

        var answer = Ask(packet);
        if (answer.IsCompletedSuccessfully)
        {
            Decide(packet, answer.Result);
        }
        else
        {
            Pending = DecideLaterAsync(packet, answer.AsTask());
        }
    }

    private MqttReasonCode Check(ref ConnectPacket packet)
    {
        if (packet.Properties.AuthenticationMethod is not null)
        {
            return MqttReasonCode.BadAuthenticationMethod;
        }

        if (packet.ClientId.Length == 0)
        {
            if (packet is { Version: MqttProtocolVersion.V311, CleanStart: false })
            {
                return MqttReasonCode.ClientIdentifierNotValid;
            }

            packet = packet with
            {
                ClientId = "auto-" + Guid.NewGuid().ToString("N"),
                Properties = Assigned(packet.Properties),
            };
        }

        if (packet.Will is { } will && (IsForbiddenTopic(will.Topic) || !MayPublish(packet.ClientId, packet.UserName, will.Topic)))
        {
            return MqttReasonCode.NotAuthorized;
        }

        return MqttReasonCode.Success;
    }

    private static PacketProperties Assigned(PacketProperties properties)
    {
        // Marks that the identifier has to be told; the value itself is taken from the packet.
        var marked = properties == PacketProperties.None ? new PacketProperties() : properties;
        marked.AssignedClientIdentifier = string.Empty;
        return marked;
    }

    private ValueTask<MqttReasonCode> Ask(ConnectPacket packet)
    {
        if (_core.Options.Authenticate is not { } authenticate)
        {
            return new ValueTask<MqttReasonCode>(MqttReasonCode.Success);
        }

        var context = new MqttConnectingContext(
            packet.ClientId, packet.UserName, packet.Password, Transport.ClientCertificate, Transport.RemoteEndPoint, packet.Version);
        try
        {
            return authenticate(context);
        }
        catch (Exception fault)
        {
            _core.Report(fault);
            return new ValueTask<MqttReasonCode>(MqttReasonCode.UnspecifiedError);
        }
    }

    private async Task DecideLaterAsync(ConnectPacket packet, Task<MqttReasonCode> answer)
    {
        // Never on the caller's stack: the transport must have seen Pending before it is done.
        await Task.Yield();
        MqttReasonCode code;
        try
        {
            code = await answer;
        }
        catch (Exception fault)
        {
            _core.Report(fault);
            code = MqttReasonCode.UnspecifiedError;
        }

        Decide(packet, code);
        Pending = null;
        _core.Settle();
    }

    private void Decide(ConnectPacket packet, MqttReasonCode answer)
    {
        if (answer >= MqttReasonCode.UnspecifiedError)
        {
            Refuse(answer);
            return;
        }

        lock (_core.Gate)
        {
            if (_closed)
            {
                return;
            }

            var session = _core.Attach(this, packet, out var present, out var fault);
            if (session is null)
            {
                Refuse(fault);
                return;
            }

            Accept(packet, session, present);
        }
    }

    private void Accept(ConnectPacket packet, Session session, bool present)
    {
        Session = session;
        var limits = _core.Limits;
        SendMaximum = Math.Min(limits.MaximumInflight, packet.Properties.ReceiveMaximum ?? ushort.MaxValue);
        _maximumPacketBytes = (int)Math.Min(packet.Properties.MaximumPacketSize ?? int.MaxValue, int.MaxValue);
        _aliasRoom = Math.Min(limits.OutboundTopicAliasMaximum, packet.Properties.TopicAliasMaximum ?? 0);
        var keepAlive = packet.KeepAliveSeconds;
        if (limits.MaximumKeepAliveSeconds > 0 && (keepAlive == 0 || keepAlive > limits.MaximumKeepAliveSeconds))
        {
            keepAlive = limits.MaximumKeepAliveSeconds;
        }

        _keepAliveMilliseconds = (long)keepAlive * KeepAlivePerMilliseconds;
        if (_keepAliveMilliseconds > 0)
        {
            _core.Wheel.Schedule(this, _core.Now + _keepAliveMilliseconds);
        }
        else
        {
            _core.Wheel.Cancel(this);
        }

        var answer = new PacketProperties
        {
            ReceiveMaximum = (ushort)limits.ReceiveMaximum,
            MaximumPacketSize = (uint)limits.MaximumPacketBytes,
            TopicAliasMaximum = limits.TopicAliasMaximum > 0 ? (ushort)limits.TopicAliasMaximum : null,
            AssignedClientIdentifier = packet.Properties.AssignedClientIdentifier is null ? null : session.ClientId,
            ServerKeepAlive = keepAlive == packet.KeepAliveSeconds ? null : keepAlive,
            SessionExpiryInterval =
                session.ExpirySeconds == (packet.Properties.SessionExpiryInterval ?? 0) ? null : session.ExpirySeconds,
        };
        PacketEncoder.ConnAck(_output, Version, new ConnAckPacket(present, MqttReasonCode.Success, answer));
        Touch();
        session.Resume();
    }

    private void Refuse(MqttReasonCode reason)
    {
        lock (_core.Gate)
        {
            if (!_closed)
            {
                PacketEncoder.ConnAck(_output, Version, new ConnAckPacket(false, reason, PacketProperties.None));
                Close(reason, notify: false);
            }
        }
    }
}
