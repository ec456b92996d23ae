using Edge.Mqtt.Client;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

public sealed class MqttSessionTests
{
    public static TheoryData<MqttProtocolVersion, MqttQualityOfServiceLevel> EveryVersionAndQos { get; } = new()
    {
        { MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtMostOnce },
        { MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtLeastOnce },
        { MqttProtocolVersion.V311, MqttQualityOfServiceLevel.ExactlyOnce },
        { MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtMostOnce },
        { MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtLeastOnce },
        { MqttProtocolVersion.V500, MqttQualityOfServiceLevel.ExactlyOnce },
    };

    [Theory]
    [MemberData(nameof(EveryVersionAndQos))]
    public async Task Publish_ReachesTheSubscriber_Once(MqttProtocolVersion version, MqttQualityOfServiceLevel qos)
    {
        await using var world = await MqttWorld.StartAsync();
        var subscriber = await world.ConnectAsync("sub", version);
        var publisher = await world.ConnectAsync("pub", version);
        await subscriber.SubscribeAsync("a/+/c");
        for (var i = 0; i < 10; i++)
        {
            Assert.True((await publisher.PublishAsync("a/b/c", $"m{i}", qos)).IsSuccess);
        }

        for (var i = 0; i < 10; i++)
        {
            var message = await subscriber.NextAsync();
            Assert.Equal("a/b/c", message.Topic);
            Assert.Equal(qos, message.QualityOfServiceLevel);
            Assert.Equal($"m{i}", System.Text.Encoding.UTF8.GetString(message.Payload.Span));
        }

        await subscriber.AssertNothingAsync();
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Session_ThatPersists_GetsWhatCameMeanwhile(MqttProtocolVersion version)
    {
        await using var world = await MqttWorld.StartAsync();
        var away = await world.ConnectAsync("away", version, o => o with { CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) });
        Assert.False(away.Result.IsSessionPresent);
        await away.SubscribeAsync("q/#");
        await world.LeaveAsync(away);
        var publisher = await world.ConnectAsync("pub", version);
        for (var i = 0; i < 5; i++)
        {
            await publisher.PublishAsync("q/1", $"m{i}", (MqttQualityOfServiceLevel)(1 + i % 2));
        }

        await publisher.PublishAsync("q/1", "lost", MqttQualityOfServiceLevel.AtMostOnce);
        await away.ConnectAsync();
        Assert.True(away.Result.IsSessionPresent);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"m{i}", await away.NextTextAsync());
        }

        await away.AssertNothingAsync();
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Retained_ComesAtSubscribe_AndIsRemovedByAnEmptyOne(MqttProtocolVersion version)
    {
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c", version);
        await client.PublishAsync("r/1", "old", MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
        await client.PublishAsync("r/1", "new", MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
        await client.SubscribeAsync("r/#");
        var message = await client.NextAsync();
        Assert.True(message.Retain);
        Assert.Equal("new"u8.ToArray(), message.Payload.ToArray());
        await client.PublishAsync("r/1", string.Empty, MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
        Assert.False((await client.NextAsync()).Retain);
        await client.SubscribeAsync("r/1");
        await client.AssertNothingAsync();
        Assert.Equal(0, world.Broker.Statistics.RetainedMessages);
    }

    [Fact]
    public async Task Takeover_TellsTheOldConnection_AndKeepsTheSession()
    {
        await using var world = await MqttWorld.StartAsync();
        var first = await world.ConnectAsync("same", change: o => o with { SessionExpiry = TimeSpan.FromMinutes(5) });
        await first.SubscribeAsync("t");
        var second = await world.ConnectAsync("same", change: o => o with { CleanStart = false });
        Assert.True(second.Result.IsSessionPresent);
        Assert.Equal(MqttReasonCode.SessionTakenOver, (await first.DisconnectedAsync()).ReasonCode);
        world.Broker.TryPublish(new MqttMessage { Topic = "t", Payload = "x"u8.ToArray() });
        Assert.Equal("x", await second.NextTextAsync());
        Assert.Equal(1, world.Broker.Statistics.Sessions);
    }

    [Fact]
    public async Task CleanStart_DropsTheEarlierSession()
    {
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c", change: o => o with { SessionExpiry = TimeSpan.FromMinutes(5) });
        await client.SubscribeAsync("t");
        await world.LeaveAsync(client);
        Assert.Equal(1, world.Broker.Statistics.Subscriptions);
        await client.ConnectAsync();
        Assert.False(client.Result.IsSessionPresent);
        Assert.Equal(0, world.Broker.Statistics.Subscriptions);
    }

    [Fact]
    public async Task Handlers_MayConnectAndDisconnect()
    {
        await using var world = await MqttWorld.StartAsync();
        await using var client = new MqttClient();
        var options = world.OptionsFor("c", MqttProtocolVersion.V500);
        var back = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync = async args => back.TrySetResult((await client.ConnectAsync(options)).IsSuccess);
        client.ApplicationMessageReceivedAsync = args => client.DisconnectAsync();
        await client.ConnectAsync(options);
        await client.SubscribeAsync("leave");
        world.Broker.TryPublish(MqttWorld.Message("leave", "now"u8));
        Assert.True(await back.Task.WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.True(client.IsConnected);
        client.DisconnectedAsync = null;
    }
}
