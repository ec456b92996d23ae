using System.Net;
using System.Net.Sockets;
using Edge.Mqtt.Packets;
using Edge.Tests.Support;

namespace Edge.Tests.Mqtt;

[Collection(nameof(Alone))]
public sealed class MqttFuzzTests
{
    private const int CodecPackets = 1_000_000;
    private const int LivePackets = 1_000_000;
    private const int PacketsPerConnection = 25;
    private const long MemoryBound = 24 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decoder_AnswersAnyBytes_WithAReasonCode(int seed)
    {
        var fuzz = new MqttFuzz(seed);
        var good = 0;
        for (var i = 0; i < CodecPackets / 2; i++)
        {
            var version = (MqttProtocolVersion)(4 + i % 2);
            var packet = fuzz.Next(version);
            try
            {
                good += Decode(packet, version);
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}, packet {i}: {fault}");
            }
        }

        // A fuzzer whose packets all fail at the first byte would test nothing.
        Assert.InRange(good, CodecPackets / 10, CodecPackets / 2);
    }

    [Fact]
    public async Task Broker_LivesThroughAnyBytes_WithFlatMemory()
    {
        await using var world = await MqttWorld.StartAsync();
        var canary = await world.ConnectAsync("canary");
        await canary.SubscribeAsync("canary", MqttQualityOfServiceLevel.AtLeastOnce);
        Hammer(world.Port, seed: 11, LivePackets / 2);
        var before = await SettledMemoryAsync(world);
        Hammer(world.Port, seed: 12, LivePackets / 2);
        var after = await SettledMemoryAsync(world);
        await canary.PublishAsync("canary", "alive", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal("alive", await canary.NextTextAsync());
        Assert.True(after - before < MemoryBound, $"The heap grew from {before} to {after} bytes.");
        var statistics = world.Broker.Statistics;
        Assert.True(statistics is { ProtocolErrors: > 1000, MessagesReceived: > 5000 }, $"Too little got through: {statistics}");
    }

    private static int Decode(ReadOnlySpan<byte> data, MqttProtocolVersion version)
    {
        if (Frame.TryRead(data, out var frame) != FrameStatus.Ok || data.Length < frame.TotalLength || !frame.FlagsAreValid)
        {
            return 0;
        }

        var body = data.Slice(frame.HeaderLength, frame.BodyLength);
        var code = frame.Type switch
        {
            PacketType.Connect => PacketDecoder.Connect(body, out _),
            PacketType.ConnAck => PacketDecoder.ConnAck(body, version, out _),
            PacketType.Publish => PublishPacket.Read(frame.First, body, version, out _),
            PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp => PacketDecoder.Ack(body, version, out _),
            PacketType.Subscribe => PacketDecoder.Subscribe(body, version, out _),
            PacketType.Unsubscribe => PacketDecoder.Unsubscribe(body, version, out _),
            PacketType.SubAck or PacketType.UnsubAck => PacketDecoder.SubAck(body, version, out _),
            PacketType.Disconnect => PacketDecoder.Disconnect(body, version, PropertySets.Disconnect, out _),
            PacketType.Auth => PacketDecoder.Disconnect(body, version, PropertySets.Auth, out _),
            _ => MqttReasonCode.ProtocolError,
        };
        Assert.True(Enum.IsDefined(code));
        return code == MqttReasonCode.Success ? 1 : 0;
    }

    private static void Hammer(int port, int seed, int packets)
    {
        var fuzz = new MqttFuzz(seed);
        var connect = new ByteBuffer();
        var sink = new byte[64 << 10];
        for (var sent = 0; sent < packets; sent += PacketsPerConnection)
        {
            var version = (MqttProtocolVersion)(4 + sent / PacketsPerConnection % 2);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.LingerState = new LingerOption(true, 0);
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            try
            {
                if (sent % 4 != 0)
                {
                    connect.Truncate(0);
                    PacketEncoder.Connect(connect, new ConnectPacket { Version = version, ClientId = $"fuzz{sent % 50}" });
                    socket.Send(connect.Written);
                }

                for (var i = 0; i < PacketsPerConnection; i++)
                {
                    socket.Send(fuzz.Next(version, asClient: true));
                }

                // The broker reads everything before it sees the end.
                socket.Shutdown(SocketShutdown.Send);
                while (socket.Receive(sink) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // The broker has closed, as it should for most of them.
            }
        }
    }

    private static async Task<long> SettledMemoryAsync(MqttWorld world)
    {
        await MqttFeatureTests.UntilAsync(() => world.Broker.Statistics.Connections == 1);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
