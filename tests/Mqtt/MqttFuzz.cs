using System.Text;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

/// <summary>Packets from a seed: whole ones, mutated ones, cut ones, and noise.</summary>
internal sealed class MqttFuzz(int seed)
{
    private static readonly string[] s_topics = ["a", "a/b", "edge/1/n/up", "$SYS/x", "", "a//b", "\u00e4/\u4e2d", new('x', 300)];
    private static readonly string[] s_filters =
        ["#", "a/#", "+/+", "$share/g/a/#", "edge/1/+/up", "a/#/b", "", "$share//x", "+a", "$share/g/"];
    private static readonly int[] s_clientChoices = [1, 2, 2, 3, 4, 8, 9, 10, 11];
    private readonly Random _random = new(seed);
    private readonly ByteBuffer _buffer = new();
    private bool _asClient;

    /// <summary>The next packet, or what is left of one; valid until the next call.</summary>
    /// <param name="asClient">True: mostly what a client may send, so that a connection lives for a while.</param>
    public ReadOnlySpan<byte> Next(MqttProtocolVersion version, bool asClient = false)
    {
        _buffer.Truncate(0);
        _asClient = asClient;
        var kind = _random.Next(asClient ? 60 : 10);
        if (kind == 0)
        {
            _random.NextBytes(_buffer.Append(_random.Next(1, 64)));
            return _buffer.Written;
        }

        Write(version);
        return kind switch
        {
            < 4 or > 9 => _buffer.Written,
            < 8 => Mutate(_buffer.Written),
            8 => _buffer.Written[.._random.Next(_buffer.Length + 1)],
            _ => Noise(_buffer.Written),
        };
    }

    private Span<byte> Mutate(Span<byte> packet)
    {
        for (var i = _random.Next(1, 5); i > 0; i--)
        {
            ref var at = ref packet[_random.Next(packet.Length)];
            at = _random.Next(3) switch
            {
                0 => (byte)_random.Next(256),
                1 => (byte)(at ^ 1 << _random.Next(8)),
                _ => (byte)(at + _random.Next(-2, 3)),
            };
        }

        return packet;
    }

    /// <summary>A true header with a body of noise.</summary>
    private Span<byte> Noise(Span<byte> packet)
    {
        if (Frame.TryRead(packet, out var frame) == FrameStatus.Ok)
        {
            _random.NextBytes(packet[frame.HeaderLength..]);
        }

        return packet;
    }

    private void Write(MqttProtocolVersion version)
    {
        var id = (ushort)_random.Next(0, 20);
        var choice = _asClient ? s_clientChoices[_random.Next(s_clientChoices.Length)] : _random.Next(12);
        switch (choice)
        {
            case 0: PacketEncoder.Connect(_buffer, Connect(version)); break;
            case 1: PacketEncoder.Ack(_buffer, (PacketType)_random.Next(4, 8), version, id, (MqttReasonCode)_random.Next(256)); break;
            case 2: PacketEncoder.Subscribe(_buffer, version, Subscribe(id)); break;
            case 3: PacketEncoder.Unsubscribe(_buffer, version, new UnsubscribePacket(id, [Pick(s_filters), Pick(s_filters)])); break;
            case 4: PacketEncoder.Ping(_buffer, PacketEncoder.PingReqFirst); break;
            case 5: PacketEncoder.SubAck(_buffer, PacketType.SubAck, version, id, [0, MqttReasonCode.NotAuthorized]); break;
            case 6: PacketEncoder.ConnAck(_buffer, version, new ConnAckPacket(_random.Next(2) == 0, 0, Properties())); break;
            case 7 when _random.Next(4) == 0:
                PacketEncoder.Disconnect(_buffer, version, (MqttReasonCode)_random.Next(256), Properties());
                break;
            default: WritePublish(version, id); break;
        }
    }

    private void WritePublish(MqttProtocolVersion version, ushort id)
    {
        var extra = new ByteBuffer();
        if (_random.Next(2) == 0)
        {
            Properties().Write(extra);
        }

        // The length in front of the properties makes them start with a wrong one now and then, which is welcome.
        var payload = new byte[_random.Next(100)];
        _random.NextBytes(payload);
        PacketEncoder.Publish(
            _buffer,
            version,
            new PublishPacket
            {
                Topic = Encoding.UTF8.GetBytes(Pick(s_topics)),
                Payload = payload,
                Qos = (MqttQualityOfServiceLevel)_random.Next(3),
                Retain = _random.Next(8) == 0,
                PacketId = id,
            },
            _random.Next(_asClient ? 30 : 3) == 0 ? extra.Written : []);
        extra.Release();
    }

    private ConnectPacket Connect(MqttProtocolVersion version) => new()
    {
        Version = version,
        ClientId = Pick(s_topics),
        CleanStart = _random.Next(2) == 0,
        KeepAliveSeconds = (ushort)_random.Next(65536),
        UserName = _random.Next(2) == 0 ? "user" : null,
        Password = _random.Next(2) == 0 ? [1, 2] : null,
        Will = _random.Next(2) == 0 ? new MqttMessage { Topic = "will", ContentType = "x" } : null,
        WillDelaySeconds = (uint)_random.Next(3),
        Properties = Properties(),
    };

    private SubscribePacket Subscribe(ushort id) => new(
        id,
        [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
            new MqttTopicFilter(Pick(s_filters), (MqttQualityOfServiceLevel)_random.Next(3)))],
        _random.Next(2) == 0 ? (uint)_random.Next(1, 1000) : null);

    private PacketProperties Properties() => _random.Next(3) > 0 ? PacketProperties.None : new PacketProperties
    {
        SessionExpiryInterval = _random.Next(2) == 0 ? (uint)_random.Next() : null,
        MessageExpiryInterval = _random.Next(2) == 0 ? (uint)_random.Next(3) : null,
        TopicAlias = _random.Next(2) == 0 ? (ushort)_random.Next(20) : null,
        ReceiveMaximum = _random.Next(2) == 0 ? (ushort)_random.Next(3) : null,
        ContentType = _random.Next(2) == 0 ? "text" : null,
        ResponseTopic = _random.Next(2) == 0 ? Pick(s_topics) : null,
        CorrelationData = _random.Next(2) == 0 ? [9] : null,
        UserProperties = _random.Next(2) == 0 ? [new("n", "v"), new("n", "v")] : null,
        ReasonString = _random.Next(4) == 0 ? "why" : null,
    };

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
