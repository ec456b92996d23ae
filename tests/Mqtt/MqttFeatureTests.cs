using System.Text;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

public sealed class MqttFeatureTests
{
    [Fact]
    public async Task Properties_TravelWithTheMessage()
    {
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c");
        await client.Inner.SubscribeAsync([new MqttTopicFilter("p", MqttQualityOfServiceLevel.AtLeastOnce)], identifier: 300);
        var sent = new MqttMessage
        {
            Topic = "p",
            Payload = "x"u8.ToArray(),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            MessageExpiryIntervalSeconds = 100,
            PayloadIsUtf8 = true,
            ContentType = "text/plain",
            ResponseTopic = "answer",
            CorrelationData = new byte[] { 1, 2, 3 },
            UserProperties = [new("a", "1"), new("a", "2")],
        };
        await client.Inner.PublishAsync(sent);
        await client.Inner.PublishAsync(sent);
        for (var i = 0; i < 2; i++)
        {
            var got = await client.NextAsync();
            Assert.Equal("p", got.Topic);
            Assert.InRange(got.MessageExpiryIntervalSeconds ?? 0, 99u, 100u);
            Assert.True(got.PayloadIsUtf8);
            Assert.Equal(("text/plain", "answer"), (got.ContentType, got.ResponseTopic));
            Assert.Equal([1, 2, 3], got.CorrelationData!.Value.ToArray());
            Assert.Equal(sent.UserProperties, got.UserProperties);
            Assert.Equal([300u], got.SubscriptionIdentifiers);
        }
    }

    [Fact]
    public async Task SubscriptionOptions_AreKept()
    {
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c");
        await client.PublishAsync("o/1", "kept", retain: true, qos: MqttQualityOfServiceLevel.AtLeastOnce);
        await client.Inner.SubscribeAsync(
            [new MqttTopicFilter("o/1") { NoLocal = true, RetainHandling = MqttRetainHandling.DoNotSendOnSubscribe }]);
        await client.PublishAsync("o/1", "own");
        await client.AssertNothingAsync();
        await client.Inner.SubscribeAsync(
        [
            new MqttTopicFilter("o/1")
            {
                RetainAsPublished = true,
                RetainHandling = MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly,
            },
        ]);
        await client.PublishAsync("o/1", "again", retain: true);
        var message = await client.NextAsync();
        Assert.True(message.Retain);
        await client.AssertNothingAsync();
    }

    [Fact]
    public async Task Overlapping_GivesOneCopy_WithTheHighestQosAndAllIdentifiers()
    {
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c");
        await client.Inner.SubscribeAsync([new MqttTopicFilter("x/#")], 1);
        await client.Inner.SubscribeAsync([new MqttTopicFilter("x/+", MqttQualityOfServiceLevel.AtLeastOnce)], 2);
        await client.Inner.SubscribeAsync([new MqttTopicFilter("x/y")], 3);
        await client.PublishAsync("x/y", "m", MqttQualityOfServiceLevel.ExactlyOnce);
        var message = await client.NextAsync();
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, message.QualityOfServiceLevel);
        Assert.Equal([1u, 2u, 3u], message.SubscriptionIdentifiers.Order());
        await client.AssertNothingAsync();
    }

    [Fact]
    public async Task Shared_GivesEachMessageToOneMember()
    {
        await using var world = await MqttWorld.StartAsync();
        var members = new List<TestClient>();
        for (var i = 0; i < 3; i++)
        {
            var member = await world.ConnectAsync($"m{i}");
            await member.SubscribeAsync("$share/g/s/#", MqttQualityOfServiceLevel.AtLeastOnce);
            members.Add(member);
        }

        var watcher = await world.ConnectAsync("w");
        await watcher.SubscribeAsync("s/#");
        for (var i = 0; i < 9; i++)
        {
            await watcher.PublishAsync("s/1", $"{i}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        var seen = new List<string>();
        foreach (var member in members)
        {
            for (var i = 0; i < 3; i++)
            {
                seen.Add(await member.NextTextAsync());
            }

            await member.AssertNothingAsync();
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"{i}"), seen.Order());
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal($"{i}", await watcher.NextTextAsync());
        }
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Will_IsPublished_WhenTheConnectionBreaks_AndNotAfterGoodbye(MqttProtocolVersion version)
    {
        await using var world = await MqttWorld.StartAsync();
        var watcher = await world.ConnectAsync("w", version);
        await watcher.SubscribeAsync("will/#");
        var will = MqttWorld.Message("will/1", "gone"u8);
        var polite = await world.ConnectAsync("polite", version, o => o with { Will = will });
        await world.LeaveAsync(polite);
        await watcher.AssertNothingAsync();
        using (var raw = new RawMqtt(world.Port, version))
        {
            raw.Connect(new ConnectPacket { ClientId = "rude", Will = will });
        }

        Assert.Equal("gone", await watcher.NextTextAsync());
    }

    [Fact]
    public async Task WillDelay_WaitsForTheClock_AndIsCancelledByAReturn()
    {
        var clock = new MqttClock();
        await using var world = await MqttWorld.StartAsync(o => o with { TimeProvider = clock });
        var watcher = await world.ConnectAsync("w", change: o => o with { KeepAlive = TimeSpan.Zero });
        await watcher.SubscribeAsync("will");
        var connect = new ConnectPacket
        {
            ClientId = "c",
            CleanStart = false,
            Will = new MqttMessage { Topic = "will", Payload = "gone"u8.ToArray() },
            WillDelaySeconds = 10,
            Properties = new PacketProperties { SessionExpiryInterval = 100 },
        };
        await BreakAsync(world, connect);
        clock.Advance(TimeSpan.FromSeconds(5));
        using (var back = new RawMqtt(world.Port))
        {
            Assert.True(back.Connect(connect).SessionPresent);
            clock.Advance(TimeSpan.FromSeconds(20));
            await watcher.AssertNothingAsync();
        }

        await UntilAsync(() => world.Broker.Statistics.Connections == 1);
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal("gone", await watcher.NextTextAsync());
        Assert.Equal(2, world.Broker.Statistics.Sessions);
        clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(1, world.Broker.Statistics.Sessions);
    }

    [Fact]
    public async Task KeepAlive_CutsASilentClient_AfterOneAndAHalfIntervals()
    {
        var clock = new MqttClock();
        await using var world = await MqttWorld.StartAsync(o => o with { TimeProvider = clock });
        using var raw = new RawMqtt(world.Port);
        raw.Connect(new ConnectPacket { ClientId = "c", KeepAliveSeconds = 10 });
        clock.Advance(TimeSpan.FromSeconds(14));
        raw.Send(PacketEncoder.PingReqFirst, 0);
        Assert.Equal(PacketEncoder.PingRespFirst, raw.Read().First);
        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(1, world.Broker.Statistics.Connections);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, raw.ReadToEnd());
    }

    [Fact]
    public async Task Client_PingsWhenIdle_AndGivesUpWithoutAnAnswer()
    {
        var clock = new MqttClock();
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c", change: o => o with { KeepAlive = TimeSpan.FromSeconds(10), TimeProvider = clock });
        var before = world.Broker.Statistics.BytesReceived;
        clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => world.Broker.Statistics.BytesReceived == before + 2);
        Assert.True(client.Inner.IsConnected);

        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var deaf = new TestClient(world.OptionsFor("d", MqttProtocolVersion.V500) with
        {
            Port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port,
            KeepAlive = TimeSpan.FromSeconds(10),
            TimeProvider = clock,
        });
        var connecting = deaf.ConnectAsync();
        using var socket = await silent.AcceptSocketAsync();
        socket.Send([0x20, 3, 0, 0, 0]);
        await connecting;
        clock.Advance(TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, (await deaf.DisconnectedAsync()).ReasonCode);
    }

    [Fact]
    public async Task Expiry_DropsOldMessages_AndCountsTheRestDown()
    {
        var clock = new MqttClock();
        await using var world = await MqttWorld.StartAsync(o => o with { TimeProvider = clock });
        var away = await world.ConnectAsync("away", change: o => o with { CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) });
        await away.SubscribeAsync("e");
        await world.LeaveAsync(away);
        foreach (var seconds in new uint[] { 5, 60 })
        {
            world.Broker.TryPublish(new MqttMessage
            {
                Topic = "e",
                Payload = Encoding.UTF8.GetBytes($"{seconds}"),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                MessageExpiryIntervalSeconds = seconds,
                Retain = true,
            });
        }

        clock.Advance(TimeSpan.FromSeconds(20));
        await away.ConnectAsync();
        var message = await away.NextAsync();
        Assert.Equal("60"u8.ToArray(), message.Payload.ToArray());
        Assert.Equal(40u, message.MessageExpiryIntervalSeconds);
        Assert.Equal(1, world.Broker.Statistics.MessagesDropped);
        clock.Advance(TimeSpan.FromSeconds(41));
        await away.SubscribeAsync("e");
        await away.AssertNothingAsync();
        Assert.Equal(0, world.Broker.Statistics.RetainedMessages);
    }

    [Fact]
    public async Task ReceiveMaximum_IsHeld_AndUnacknowledgedComeAgainInOrder()
    {
        await using var world = await MqttWorld.StartAsync();
        var connect = new ConnectPacket
        {
            ClientId = "slow",
            CleanStart = false,
            Properties = new PacketProperties { ReceiveMaximum = 2, SessionExpiryInterval = 100 },
        };
        using (var raw = new RawMqtt(world.Port))
        {
            raw.Connect(connect);
            raw.Subscribe("f");
            for (var i = 0; i < 5; i++)
            {
                world.Broker.TryPublish(MqttWorld.Message("f", [(byte)i]));
            }

            Assert.Equal((0, false), Message(raw.Read()));
            Assert.Equal((1, false), Message(raw.Read()));
            raw.Send(PacketEncoder.PingReqFirst, 0);
            Assert.Equal(PacketEncoder.PingRespFirst, raw.Read().First);
            raw.Send((b, v) => PacketEncoder.Ack(b, PacketType.PubAck, v, 1, MqttReasonCode.Success));
            Assert.Equal((2, false), Message(raw.Read()));
        }

        await UntilAsync(() => world.Broker.Statistics.Connections == 0);
        using var back = new RawMqtt(world.Port);
        var narrower = new PacketProperties { ReceiveMaximum = 1, SessionExpiryInterval = 100 };
        Assert.True(back.Connect(connect with { Properties = narrower }).SessionPresent);
        for (var i = 1; i < 5; i++)
        {
            var packet = back.Read();
            Assert.Equal((i, i < 3), Message(packet));
            var id = (ushort)(packet.Body[3] << 8 | packet.Body[4]);
            back.Send((b, v) => PacketEncoder.Ack(b, PacketType.PubAck, v, id, MqttReasonCode.Success));
        }

        static (int Payload, bool Dup) Message((byte First, byte[] Body) packet)
        {
            Assert.Equal(PacketType.Publish, (PacketType)(packet.First >> 4));
            return (packet.Body[^1], (packet.First & 8) != 0);
        }
    }

    [Fact]
    public async Task ExactlyOnce_RepeatedPublish_IsRoutedOnce()
    {
        await using var world = await MqttWorld.StartAsync();
        var watcher = await world.ConnectAsync("w");
        await watcher.SubscribeAsync("q");
        using var raw = new RawMqtt(world.Port);
        raw.Connect(new ConnectPacket { ClientId = "c" });
        raw.Publish("q", "one", MqttQualityOfServiceLevel.ExactlyOnce, 7);
        raw.Publish("q", "one", MqttQualityOfServiceLevel.ExactlyOnce, 7);
        Assert.Equal(PacketType.PubRec, (PacketType)(raw.Read().First >> 4));
        Assert.Equal(PacketType.PubRec, (PacketType)(raw.Read().First >> 4));
        raw.Send((b, v) => PacketEncoder.Ack(b, PacketType.PubRel, v, 7, MqttReasonCode.Success));
        Assert.Equal(PacketType.PubComp, (PacketType)(raw.Read().First >> 4));
        raw.Publish("q", "two", MqttQualityOfServiceLevel.ExactlyOnce, 7);
        Assert.Equal("one", await watcher.NextTextAsync());
        Assert.Equal("two", await watcher.NextTextAsync());
        await watcher.AssertNothingAsync();
    }

    [Fact]
    public async Task Aliases_WorkBothWays()
    {
        await using var world = await MqttWorld.StartAsync();
        using var raw = new RawMqtt(world.Port);
        raw.Connect(new ConnectPacket { ClientId = "c", Properties = new PacketProperties { TopicAliasMaximum = 1 } });
        raw.Subscribe("long/#", MqttQualityOfServiceLevel.AtMostOnce);
        byte[] alias = [(byte)PropertyId.TopicAlias, 0, 3];
        raw.Publish("long/topic", "1", properties: alias);
        raw.Publish(string.Empty, "2", properties: alias);
        raw.Publish("long/other", "3");
        // The first copy sets alias 1, the second uses it, the third topic finds no alias left.
        Assert.Equal([0, 10, .. "long/topic"u8, 3, 0x23, 0, 1, (byte)'1'], raw.Read().Body);
        Assert.Equal([0, 0, 3, 0x23, 0, 1, (byte)'2'], raw.Read().Body);
        Assert.Equal([0, 10, .. "long/other"u8, 0, (byte)'3'], raw.Read().Body);
        raw.Publish(string.Empty, "4", properties: [(byte)PropertyId.TopicAlias, 0, 9]);
        Assert.Equal(MqttReasonCode.TopicAliasInvalid, raw.ReadToEnd());
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 1500, "The condition did not come true within 15 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private static async Task BreakAsync(MqttWorld world, ConnectPacket connect)
    {
        using (var raw = new RawMqtt(world.Port))
        {
            raw.Connect(connect);
        }

        await UntilAsync(() => world.Broker.Statistics.Connections == 1);
    }
}
