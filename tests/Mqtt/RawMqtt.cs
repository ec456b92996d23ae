using System.Net;
using System.Net.Sockets;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

/// <summary>A socket that sends any bytes and reads packets one by one.</summary>
internal sealed class RawMqtt : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly MqttProtocolVersion _version;

    public RawMqtt(int port, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        _version = version;
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = 15_000;
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    public void Send(params byte[] bytes) => _socket.Send(bytes);

    /// <summary>Sends what the callback writes.</summary>
    public void Send(Action<ByteBuffer, MqttProtocolVersion> write)
    {
        var buffer = new ByteBuffer();
        write(buffer, _version);
        _socket.Send(buffer.Written);
        buffer.Release();
    }

    /// <summary>Connects and returns the CONNACK.</summary>
    public ConnAckPacket Connect(ConnectPacket packet)
    {
        Send((b, _) => PacketEncoder.Connect(b, packet with { Version = _version }));
        var (first, body) = Read();
        Assert.Equal(PacketType.ConnAck, (PacketType)(first >> 4));
        Assert.Equal(MqttReasonCode.Success, PacketDecoder.ConnAck(body, _version, out var answer));
        return answer;
    }

    public void Publish(string topic, string payload, MqttQualityOfServiceLevel qos = 0, ushort id = 0, byte[]? properties =
        null, bool retain = false) =>
        Send((b, v) => PacketEncoder.Publish(
            b,
            v,
            new PublishPacket
            {
                Topic = System.Text.Encoding.UTF8.GetBytes(topic),
                Payload = System.Text.Encoding.UTF8.GetBytes(payload),
                Qos = qos,
                PacketId = id,
                Retain = retain,
            },
            properties ?? []));

    public void Subscribe(string filter, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.ExactlyOnce)
    {
        Send((b, v) => PacketEncoder.Subscribe(b, v, new SubscribePacket(1, [new MqttTopicFilter(filter, qos)], null)));
        Assert.Equal(PacketType.SubAck, (PacketType)(Read().First >> 4));
    }

    /// <summary>Reads one packet; a first byte of 0 means that the broker closed.</summary>
    public (byte First, byte[] Body) Read()
    {
        var header = new byte[5];
        for (var have = 0; have < 5;)
        {
            if (!ReadExactly(header.AsSpan(have++, 1)))
            {
                return (0, []);
            }

            if (Frame.TryRead(header.AsSpan(0, have), out var frame) == FrameStatus.Ok)
            {
                var body = new byte[frame.BodyLength];
                return ReadExactly(body) ? (frame.First, body) : ((byte)0, []);
            }
        }

        return (0, []);
    }

    /// <summary>Reads packets until the broker closes; gives the reason of its DISCONNECT or CONNACK, null when it closed without a
    /// word.</summary>
    public MqttReasonCode? ReadToEnd()
    {
        MqttReasonCode? reason = null;
        while (Read() is { First: not 0 } packet)
        {
            if ((PacketType)(packet.First >> 4) == PacketType.Disconnect)
            {
                reason = packet.Body.Length > 0 ? (MqttReasonCode)packet.Body[0] : MqttReasonCode.Success;
            }
            else if ((PacketType)(packet.First >> 4) == PacketType.ConnAck)
            {
                reason = (MqttReasonCode)packet.Body[1];
            }
        }

        return reason;
    }

    public void Dispose() => _socket.Dispose();

    private bool ReadExactly(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count;
            try
            {
                count = _socket.Receive(target);
            }
            catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionReset)
            {
                return false;
            }

            if (count == 0)
            {
                return false;
            }

            target = target[count..];
        }

        return true;
    }
}
