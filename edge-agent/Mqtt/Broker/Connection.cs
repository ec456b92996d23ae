using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>The MQTT side of one socket: takes bytes, acts on packets, and collects what is to be sent.</summary>
/// <remarks><see cref="Receive"/> is called by one thread at a time, without the gate; everything else is guarded by the gate.</remarks>
internal sealed partial class Connection : Timed
{
    private const long LingerMilliseconds = 5000;
    private readonly BrokerCore _core;
    private readonly ByteBuffer _output = new();
    private int _sendingLength;
    private bool _dirty;
    private bool _connectSeen;
    private bool _slow;
    private volatile bool _closed;
    private long _lastReceived;
    private long _keepAliveMilliseconds;

    public Connection(BrokerCore core)
    {
        _core = core;
        _lastReceived = core.Now;
    }

    /// <summary>Set by the transport before the first byte.</summary>
    public required Transport Transport { get; init; }

    /// <summary>Null before CONNECT was admitted and after the connection was closed.</summary>
    public Session? Session { get; private set; }

    public MqttProtocolVersion Version { get; private set; } = MqttProtocolVersion.V311;

    /// <summary>True: nothing more is taken from or promised to the peer.</summary>
    public bool IsClosed => _closed;

    /// <summary>True while the transport holds output that it has not sent entirely.</summary>
    public bool IsSending => _sendingLength > 0;

    /// <summary>QoS 1 and 2 messages that may be on the way to the client.</summary>
    public int SendMaximum { get; private set; }

    /// <summary>Not null while an answer of the authentication hook is awaited: the transport stops reading until it is done.</summary>
    public Task? Pending { get; private set; }

    /// <summary>Takes bytes in their order and acts on every complete packet.</summary>
    /// <returns>How many were used; the transport hands the others over again, with those that follow.</returns>
    public int Receive(ReadOnlyMemory<byte> data)
    {
        _core.CountReceived(data.Length);
        _lastReceived = _core.Now;
        var used = 0;
        while (!_closed && Pending is null)
        {
            var rest = data.Span[used..];
            var status = Frame.TryRead(rest, out var frame);
            if (status == FrameStatus.NeedMore)
            {
                return used;
            }

            if (status == FrameStatus.Bad)
            {
                Fail(MqttReasonCode.MalformedPacket);
                return data.Length;
            }

            if (!IsAcceptable(frame))
            {
                return data.Length;
            }

            if (rest.Length < frame.TotalLength)
            {
                return used;
            }

            var body = data.Slice(used + frame.HeaderLength, frame.BodyLength);
            used += frame.TotalLength;
            Handle(frame, body);
            _core.RunDeferred();
        }

        return _closed ? data.Length : used;
    }

    /// <summary>Hands the output over for sending; false when there is none or a sending is under way.</summary>
    public bool TakeOutput(out byte[] array, out int length)
    {
        lock (_core.Gate)
        {
            _dirty = false;
            if (_sendingLength > 0 || _output.Length == 0)
            {
                (array, length) = ([], 0);
                return false;
            }

            array = _output.Detach(out length);
            _sendingLength = length;
            return true;
        }
    }

    /// <summary>The output was taken by the socket, or the socket is dead.</summary>
    public void OutputSent(byte[] array)
    {
        ByteBuffer.Return(array);
        lock (_core.Gate)
        {
            _core.Counters.BytesSent += _sendingLength;
            _sendingLength = 0;
        }
    }

    /// <summary>The socket is gone. The transport calls this once, at its end.</summary>
    public void OnTransportEnded()
    {
        lock (_core.Gate)
        {
            Close(MqttReasonCode.UnspecifiedError, notify: false);
            _core.Wheel.Cancel(this);
            _output.Release();
            _core.Leave(this);
        }

        _core.Settle();
    }

    /// <summary>Ends the connection: tells an MQTT 5 client why, lets the output drain for a few seconds, then drops the socket.</summary>
    public void Close(MqttReasonCode reason, bool notify)
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        if (_slow)
        {
            // What is being sent ends at a packet's border, so the DISCONNECT may follow it directly.
            _output.Truncate(0);
        }

        if (notify && Session is not null && Version == MqttProtocolVersion.V500)
        {
            PacketEncoder.Disconnect(_output, Version, reason, PacketProperties.None);
        }

        if (Session is { } session)
        {
            Session = null;
            _core.Detach(session, this, reason);
        }

        _core.Wheel.Schedule(this, _core.Now + LingerMilliseconds);
        Touch();
    }

    /// <summary>The client reads too slowly: what waits for it is dropped and the connection ends.</summary>
    public void CutSlow()
    {
        if (!_closed && !_slow)
        {
            _slow = true;
            _core.Counters.SlowConsumersCut++;
            _core.DeferClose(this, MqttReasonCode.QuotaExceeded);
        }
    }

    /// <summary>Sends PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public void SendAck(PacketType type, ushort id, MqttReasonCode reason)
    {
        PacketEncoder.Ack(_output, type, Version, id, reason);
        Touch();
    }

    internal override void OnDue(long now)
    {
        if (_closed)
        {
            Transport.Abort();
        }
        else if (Session is null)
        {
            Close(MqttReasonCode.KeepAliveTimeout, notify: false);
            Transport.Abort();
        }
        else if (_lastReceived + _keepAliveMilliseconds <= now)
        {
            Close(MqttReasonCode.KeepAliveTimeout, notify: true);
        }
        else
        {
            _core.Wheel.Schedule(this, _lastReceived + _keepAliveMilliseconds);
        }
    }

    private bool IsAcceptable(Frame frame)
    {
        var limit = _connectSeen
            ? _core.Limits.MaximumPacketBytes
            : Math.Min(_core.Limits.MaximumConnectBytes, _core.Limits.MaximumPacketBytes);
        var fault = frame.TotalLength > limit ? MqttReasonCode.PacketTooLarge
            : !frame.FlagsAreValid ? MqttReasonCode.MalformedPacket
            : _connectSeen == (frame.Type == PacketType.Connect) ? MqttReasonCode.ProtocolError
            : MqttReasonCode.Success;
        if (fault == MqttReasonCode.Success)
        {
            return true;
        }

        Fail(fault);
        return false;
    }

    private void Handle(Frame frame, ReadOnlyMemory<byte> body)
    {
        switch (frame.Type)
        {
            case PacketType.Publish: HandlePublish(frame.First, body); break;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp: HandleAck(frame.Type, body.Span); break;
            case PacketType.Subscribe: HandleSubscribe(body.Span); break;
            case PacketType.Unsubscribe: HandleUnsubscribe(body.Span); break;
            case PacketType.PingReq: HandlePing(); break;
            case PacketType.Disconnect: HandleDisconnect(body.Span); break;
            case PacketType.Connect: HandleConnect(body.Span); break;
            default: Fail(MqttReasonCode.ProtocolError); break;
        }
    }

    private void HandlePing()
    {
        lock (_core.Gate)
        {
            PacketEncoder.Ping(_output, PacketEncoder.PingRespFirst);
            Touch();
        }
    }

    private void HandleDisconnect(ReadOnlySpan<byte> body)
    {
        var fault = PacketDecoder.Disconnect(body, Version, PropertySets.Disconnect, out var packet);
        if (fault != MqttReasonCode.Success)
        {
            Fail(fault);
            return;
        }

        lock (_core.Gate)
        {
            if (Session is not { } session)
            {
                return;
            }

            if (packet.Properties.SessionExpiryInterval is { } expiry)
            {
                if (session.ExpirySeconds == 0 && expiry != 0)
                {
                    CloseForFault(MqttReasonCode.ProtocolError);
                    return;
                }

                session.ExpirySeconds = _core.CapExpiry(expiry);
            }

            if (packet.ReasonCode != MqttReasonCode.DisconnectWithWillMessage)
            {
                session.Will = null;
            }

            Close(packet.ReasonCode, notify: false);
        }
    }

    private void Fail(MqttReasonCode fault)
    {
        lock (_core.Gate)
        {
            CloseForFault(fault);
        }
    }

    private void CloseForFault(MqttReasonCode fault)
    {
        if (!_closed)
        {
            _core.Counters.ProtocolErrors++;
            Close(fault, notify: true);
        }
    }

    /// <summary>Notes that there is something to send, or to close; the gate's holder flushes when it has let go.</summary>
    private void Touch()
    {
        if (!_dirty)
        {
            _dirty = true;
            _core.Dirty.Add(this);
        }
    }
}
