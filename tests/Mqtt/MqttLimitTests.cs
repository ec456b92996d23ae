using System.Text;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

public sealed class MqttLimitTests
{
    private static readonly ConnectPacket s_connect = new() { ClientId = "raw" };

    public static TheoryData<string, byte[], MqttReasonCode> Hostile { get; } = new()
    {
        { "length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], MqttReasonCode.MalformedPacket },
        { "too large", [0x30, 0xFF, 0xFF, 0xFF, 0x7F], MqttReasonCode.PacketTooLarge },
        { "second CONNECT", [0x10, 0x00], MqttReasonCode.ProtocolError },
        { "type 0", [0x00, 0x00], MqttReasonCode.ProtocolError },
        { "server's packet", [0x20, 0x02, 0x00, 0x00], MqttReasonCode.ProtocolError },
        { "AUTH", [0xF0, 0x00], MqttReasonCode.ProtocolError },
        { "flags of SUBSCRIBE", [0x80, 0x00], MqttReasonCode.MalformedPacket },
        { "QoS 3", [0x36, 0x03, 0x00, 0x01, (byte)'a'], MqttReasonCode.MalformedPacket },
        { "wildcard topic", [0x30, 0x04, 0x00, 0x01, (byte)'#', 0x00], MqttReasonCode.TopicNameInvalid },
        { "topic longer than the packet", [0x30, 0x03, 0x00, 0x09, (byte)'a'], MqttReasonCode.MalformedPacket },
        { "topic not UTF-8", [0x30, 0x05, 0x00, 0x02, 0xC3, 0x28, 0x00], MqttReasonCode.MalformedPacket },
        { "topic with NUL", [0x30, 0x04, 0x00, 0x01, 0x00, 0x00], MqttReasonCode.MalformedPacket },
        { "no topic and no alias", [0x30, 0x03, 0x00, 0x00, 0x00], MqttReasonCode.ProtocolError },
        { "identifier 0", [0x32, 0x06, 0x00, 0x01, (byte)'a', 0x00, 0x00, 0x00], MqttReasonCode.MalformedPacket },
        { "alias 0", [0x30, 0x07, 0x00, 0x01, (byte)'a', 0x03, 0x23, 0x00, 0x00], MqttReasonCode.TopicAliasInvalid },
        { "alias above the maximum", [0x30, 0x07, 0x00, 0x01, (byte)'a', 0x03, 0x23, 0x7F, 0x00], MqttReasonCode.TopicAliasInvalid },
        { "unknown property", [0x30, 0x06, 0x00, 0x01, (byte)'a', 0x02, 0x7F, 0x00], MqttReasonCode.MalformedPacket },
        { "property twice", [0x30, 0x08, 0x00, 0x01, (byte)'a', 0x04, 0x01, 0x01, 0x01, 0x01], MqttReasonCode.ProtocolError },
        { "subscription identifier from a client", [0x30, 0x06, 0x00, 0x01, (byte)'a', 0x02, 0x0B, 0x01], MqttReasonCode.ProtocolError },
        { "SUBSCRIBE without a filter", [0x82, 0x03, 0x00, 0x01, 0x00], MqttReasonCode.ProtocolError },
        { "no-local on a shared one", [0x82, 0x10, 0x00, 0x01, 0x00, 0x00, 0x0A, .. "$share/g/a"u8, 0x04], MqttReasonCode.ProtocolError },
        { "reserved option bits", [0x82, 0x07, 0x00, 0x01, 0x00, 0x00, 0x01, (byte)'a', 0xC0], MqttReasonCode.MalformedPacket },
        { "expiry at goodbye that CONNECT did not have", [0xE0, 0x07, 0x00, 0x05, 0x11, 0, 0, 0, 9], MqttReasonCode.ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task HostilePacket_EndsTheConnection_WithItsReason(string what, byte[] bytes, MqttReasonCode expected)
    {
        await using var world = await MqttWorld.StartAsync();
        using var raw = new RawMqtt(world.Port);
        raw.Connect(s_connect);
        raw.Send(bytes);
        Assert.True(raw.ReadToEnd() is { } reason && reason == expected, what);
        Assert.Equal(1, world.Broker.Statistics.ProtocolErrors);
    }

    [Fact]
    public async Task NoConnect_IsCut()
    {
        var clock = new MqttClock();
        await using var world = await MqttWorld.StartAsync(o => o with { TimeProvider = clock });
        using var chatty = new RawMqtt(world.Port);
        chatty.Publish("a", "b");
        Assert.Null(chatty.ReadToEnd());
        using var huge = new RawMqtt(world.Port);
        huge.Send(0x10, 0xFF, 0xFF, 0x3F);
        Assert.Null(huge.ReadToEnd());
        using var http = new RawMqtt(world.Port);
        http.Send("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.Null(http.ReadToEnd());
        using var silent = new RawMqtt(world.Port);
        await world.ConnectAsync("c", change: o => o with { KeepAlive = TimeSpan.Zero });
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Null(silent.ReadToEnd());
        Assert.Equal(1, world.Broker.Statistics.Connections);
    }

    [Theory]
    [InlineData(3, "MQIsdp", new byte[] { 0, 0x01 })]
    [InlineData(6, "MQTT", new byte[] { 0, 0x84, 0 })]
    public async Task UnknownVersion_IsRefused(byte level, string name, byte[] expected)
    {
        await using var world = await MqttWorld.StartAsync();
        using var raw = new RawMqtt(world.Port);
        byte[] text = [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)];
        raw.Send([0x10, (byte)(8 + text.Length), .. text, level, 2, 0, 0, 0, 1, (byte)'a', 0]);
        var (first, body) = raw.Read();
        Assert.Equal(0x20, first);
        Assert.Equal(expected, body);
    }

    [Fact]
    public async Task Counts_AreBounded()
    {
        await using var world = await MqttWorld.StartAsync(o => o with
        {
            Limits = new MqttBrokerLimits
            {
                MaximumConnections = 3,
                MaximumSessions = 2,
                MaximumSubscriptionsPerSession = 2,
                MaximumRetainedMessages = 1,
                MaximumTopicLevels = 3,
            },
        });
        var client = await world.ConnectAsync("a");
        var answer = await client.Inner.SubscribeAsync([new("a"), new("b"), new("c"), new("a/b/c/d"), new("a")]);
        Assert.Equal(
            [
                MqttReasonCode.Success, MqttReasonCode.Success, MqttReasonCode.QuotaExceeded, MqttReasonCode.TopicFilterInvalid,
                MqttReasonCode.Success,
            ],
            answer.ReasonCodes);
        Assert.True((await client.PublishAsync("r/1", "x", MqttQualityOfServiceLevel.AtLeastOnce, retain: true)).IsSuccess);
        var refused = await client.PublishAsync("r/2", "x", MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
        Assert.Equal(MqttReasonCode.QuotaExceeded, refused.ReasonCode);
        var deep = await client.PublishAsync("a/b/c/d", "x", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(MqttReasonCode.TopicNameInvalid, deep.ReasonCode);
        var reserved = await client.PublishAsync("$SYS/x", "x", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(MqttReasonCode.NotAuthorized, reserved.ReasonCode);

        await world.ConnectAsync("b");
        await using var third = new TestClient(world.OptionsFor("c", MqttProtocolVersion.V500));
        await third.ConnectAsync();
        Assert.Equal(MqttReasonCode.QuotaExceeded, third.Result.ReasonCode);
    }

    [Fact]
    public async Task Queue_OfAnAbsentSession_IsBounded_AndItsLossIsCounted()
    {
        await using var world = await MqttWorld.StartAsync(o =>
            o with { Limits = new MqttBrokerLimits { MaximumQueuedMessages = 3, MaximumQueuedBytes = 1000 } });
        var away = await world.ConnectAsync("away", change: o => o with { CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) });
        await away.SubscribeAsync("q");
        await world.LeaveAsync(away);
        for (var i = 0; i < 5; i++)
        {
            world.Broker.TryPublish(MqttWorld.Message("q", Encoding.UTF8.GetBytes($"{i}")));
        }

        Assert.Equal(2, world.Broker.Statistics.MessagesDropped);
        await away.ConnectAsync();
        Assert.Equal(["0", "1", "2"], [await away.NextTextAsync(), await away.NextTextAsync(), await away.NextTextAsync()]);
        await away.AssertNothingAsync();
        await world.LeaveAsync(away);
        world.Broker.TryPublish(MqttWorld.Message("q", new byte[999]));
        world.Broker.TryPublish(MqttWorld.Message("q", new byte[999]));
        Assert.Equal(3, world.Broker.Statistics.MessagesDropped);
    }

    [Theory]
    [InlineData(MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttQualityOfServiceLevel.AtLeastOnce)]
    public async Task SlowConsumer_IsCut_WithAReason_AndOthersGoOn(MqttQualityOfServiceLevel qos)
    {
        await using var world = await MqttWorld.StartAsync(o => o with
        {
            Limits = new MqttBrokerLimits { MaximumOutputBytes = 256 << 10, MaximumQueuedMessages = 100 },
        });
        var reasons = new List<MqttReasonCode>();
        world.Broker.ClientDisconnected += e => reasons.Add(e.ReasonCode);
        var healthy = await world.ConnectAsync("healthy");
        await healthy.SubscribeAsync("last");
        using var slow = new RawMqtt(world.Port);
        slow.Connect(s_connect);
        slow.Subscribe("flood", qos);
        var payload = new byte[64 << 10];
        for (var i = 0; i < 4000 && world.Broker.Statistics.SlowConsumersCut == 0; i++)
        {
            world.Broker.TryPublish(new MqttMessage { Topic = "flood", Payload = payload, QualityOfServiceLevel = qos });
        }

        Assert.Equal(1, world.Broker.Statistics.SlowConsumersCut);
        Assert.Equal(MqttReasonCode.QuotaExceeded, slow.ReadToEnd());
        Assert.Equal([MqttReasonCode.QuotaExceeded], reasons);
        world.Broker.TryPublish(new MqttMessage { Topic = "last", Payload = "ok"u8.ToArray() });
        Assert.Equal("ok", await healthy.NextTextAsync());
    }

    [Fact]
    public async Task ClientsMaximumPacketSize_IsHeld()
    {
        await using var world = await MqttWorld.StartAsync();
        using var raw = new RawMqtt(world.Port);
        raw.Connect(s_connect with { Properties = new PacketProperties { MaximumPacketSize = 200 } });
        raw.Subscribe("p");
        world.Broker.TryPublish(MqttWorld.Message("p", new byte[300]));
        world.Broker.TryPublish(MqttWorld.Message("p", new byte[3]));
        Assert.True(raw.Read().Body.Length < 20);
        Assert.Equal(1, world.Broker.Statistics.MessagesDropped);
    }

    [Fact]
    public async Task Qos2Flood_BeyondTheReceiveMaximum_IsCut()
    {
        await using var world = await MqttWorld.StartAsync(o => o with { Limits = new MqttBrokerLimits { ReceiveMaximum = 4 } });
        using var raw = new RawMqtt(world.Port);
        Assert.Equal(4, (int)raw.Connect(s_connect).Properties.ReceiveMaximum!.Value);
        for (ushort i = 1; i <= 5; i++)
        {
            raw.Publish("a", "b", MqttQualityOfServiceLevel.ExactlyOnce, i);
        }

        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, raw.ReadToEnd());
    }

    [Fact]
    public void Options_OutOfRange_AreNamed()
    {
        var options = new MqttBrokerOptions
        {
            Limits = new MqttBrokerLimits { ReceiveMaximum = 0, MaximumPacketBytes = 1 },
            Endpoints = [MqttWorld.Tcp with { Transport = MqttTransport.Tls }],
        };
        var fault = Assert.Throws<ArgumentException>(() => new MqttBroker(options));
        Assert.Contains("ReceiveMaximum is 0; allowed are 1 to 65535.", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MaximumPacketBytes is 1;", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ServerCertificate", fault.Message, StringComparison.Ordinal);
    }
}
