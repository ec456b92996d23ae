using System.Diagnostics.Metrics;
using System.Text;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

public sealed class MqttBrokerDoorTests
{
    [Fact]
    public async Task TryPublish_TellsWhetherSomebodyWantedIt()
    {
        await using var world = await MqttWorld.StartAsync();
        var message = MqttWorld.Message("d/1", "x"u8);
        Assert.False(world.Broker.TryPublish(message));
        var client = await world.ConnectAsync("c");
        await client.SubscribeAsync("d/+");
        Assert.True(await world.Broker.PublishAsync(message));
        Assert.Equal("x", await client.NextTextAsync());
        Assert.Throws<ArgumentException>(() => world.Broker.TryPublish(message with { Topic = "d/+" }));
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Subscribe_HandlesBeforeTheAcknowledgement(MqttProtocolVersion version)
    {
        await using var world = await MqttWorld.StartAsync();
        var seen = new List<(string, string, string?)>();
        using var subscription = world.Broker.Subscribe("up/#", (in MqttBrokerMessage m) =>
        {
            seen.Add((m.Topic, Encoding.UTF8.GetString(m.Payload.Span), m.ClientId));
            return true;
        });
        var client = await world.ConnectAsync("node", version);
        for (var i = 0; i < 3; i++)
        {
            var result = await client.PublishAsync("up/node", $"{i}", MqttQualityOfServiceLevel.AtLeastOnce);
            Assert.Equal(MqttReasonCode.Success, result.ReasonCode);
            Assert.Equal(i + 1, seen.Count);
        }

        Assert.Equal(("up/node", "2", "node"), seen[^1]);
        subscription.Dispose();
        await client.PublishAsync("up/node", "late", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task Subscribe_ThatRefuses_MakesTheAcknowledgementAFailure()
    {
        await using var world = await MqttWorld.StartAsync(expectsFaults: true);
        using var subscription = world.Broker.Subscribe("up/#", (in MqttBrokerMessage m) =>
            m.Payload.Length == 1 ? throw new InvalidOperationException("boom") : false);
        var watcher = await world.ConnectAsync("w");
        await watcher.SubscribeAsync("up/#");
        var client = await world.ConnectAsync("node");
        foreach (var payload in new[] { "1", "22" })
        {
            var result = await client.PublishAsync("up/node", payload, MqttQualityOfServiceLevel.AtLeastOnce);
            Assert.Equal(MqttReasonCode.ImplementationSpecificError, result.ReasonCode);
        }

        await watcher.AssertNothingAsync();
        using var old = new RawMqtt(world.Port, MqttProtocolVersion.V311);
        old.Connect(new ConnectPacket { ClientId = "old" });
        old.Publish("up/old", "333", MqttQualityOfServiceLevel.AtLeastOnce, 1);
        Assert.Equal(0, old.Read().First);
    }

    [Fact]
    public async Task Will_ReachesTheProcessToo()
    {
        await using var world = await MqttWorld.StartAsync();
        var heard = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = world.Broker.Subscribe("up/+", (in MqttBrokerMessage m) => heard.TrySetResult(m.ClientId));
        using (var raw = new RawMqtt(world.Port))
        {
            raw.Connect(new ConnectPacket { ClientId = "lost", Will = new MqttMessage { Topic = "up/lost", Payload = "bye"u8.ToArray() } });
        }

        Assert.Equal("lost", await heard.Task.WaitAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task Events_TellOfComingAndGoing_InOrder()
    {
        await using var world = await MqttWorld.StartAsync();
        var events = new System.Collections.Concurrent.ConcurrentQueue<string>();
        world.Broker.ClientConnected += e => events.Enqueue($"+{e.ClientId} {e.UserName} {e.SessionPresent}");
        world.Broker.ClientDisconnected += e => events.Enqueue($"-{e.ClientId} {e.ReasonCode}");
        var first = await world.ConnectAsync("a", change: o => o with { UserName = "u" });
        var second = await world.ConnectAsync("a");
        await first.DisconnectedAsync();
        Assert.True(await world.Broker.DisconnectAsync("a"));
        Assert.False(await world.Broker.DisconnectAsync("a"));
        Assert.Equal(MqttReasonCode.AdministrativeAction, (await second.DisconnectedAsync()).ReasonCode);
        await MqttFeatureTests.UntilAsync(() => events.Count == 4);
        Assert.Equal(["+a u False", "-a SessionTakenOver", "+a  False", "-a AdministrativeAction"], events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Authenticate_Decides_AtOnceOrLater(bool later)
    {
        await using var world = await MqttWorld.StartAsync(o => o with
        {
            Authenticate = async context =>
            {
                if (later)
                {
                    await Task.Yield();
                }

                return context.UserName == "good" && context.Password.Span.SequenceEqual("secret"u8)
                    ? MqttReasonCode.Success
                    : MqttReasonCode.BadUserNameOrPassword;
            },
        });
        foreach (var version in Enum.GetValues<MqttProtocolVersion>())
        {
            await using var bad = new TestClient(world.OptionsFor("c", version) with { UserName = "good", Password = [1] });
            await bad.ConnectAsync();
            Assert.Equal(MqttReasonCode.BadUserNameOrPassword, bad.Result.ReasonCode);
            Assert.False(bad.Inner.IsConnected);
            var good = await world.ConnectAsync("c", version, o => o with { UserName = "good", Password = "secret"u8.ToArray() });
            await good.SubscribeAsync("t");
            await good.PublishAsync("t", "x");
            Assert.Equal("x", await good.NextTextAsync());
        }
    }

    [Fact]
    public async Task Authorize_RefusesTopicsAndFilters()
    {
        await using var world = await MqttWorld.StartAsync(o => o with
        {
            AuthorizePublish = c => c.Topic == $"edge/1/{c.ClientId}/up",
            AuthorizeSubscribe = c => c.Topic == $"edge/1/{c.ClientId}/down",
        });
        var client = await world.ConnectAsync("n1");
        var answer = await client.Inner.SubscribeAsync(
            [new("edge/1/n1/down"), new("edge/1/n2/down"), new("#"), new("$share/g/edge/1/n2/down")]);
        Assert.Equal(
            [MqttReasonCode.Success, MqttReasonCode.NotAuthorized, MqttReasonCode.NotAuthorized, MqttReasonCode.NotAuthorized],
            answer.ReasonCodes);
        var foreign = await client.PublishAsync("edge/1/n2/up", "x", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(MqttReasonCode.NotAuthorized, foreign.ReasonCode);
        var own = await client.PublishAsync("edge/1/n1/up", "x", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, own.ReasonCode);
        Assert.Equal(1, world.Broker.Statistics.MessagesRefused);
    }

    [Fact]
    public async Task Stop_TellsTheClients()
    {
        await using var world = await MqttWorld.StartAsync();
        var client = await world.ConnectAsync("c");
        await world.Broker.StopAsync();
        Assert.Equal(MqttReasonCode.ServerShuttingDown, (await client.DisconnectedAsync()).ReasonCode);
        await Assert.ThrowsAsync<MqttProtocolException>(() => client.PublishAsync("t", "x", MqttQualityOfServiceLevel.AtLeastOnce));
        await Assert.ThrowsAsync<MqttProtocolException>(client.ConnectAsync);
    }

    [Fact]
    public async Task Meter_ShowsWhatTheStatisticsShow()
    {
        await using var world = await MqttWorld.StartAsync();
        var values = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Edge.Mqtt")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => values[i.Name] = Math.Max(value, values.GetValueOrDefault(i.Name)));
        listener.Start();
        var client = await world.ConnectAsync("c");
        await client.SubscribeAsync("t");
        await client.PublishAsync("t", "x", MqttQualityOfServiceLevel.AtLeastOnce);
        await client.NextAsync();
        listener.RecordObservableInstruments();
        Assert.True(values["edge.mqtt.connections"] >= 1);
        Assert.True(values["edge.mqtt.messages.received"] >= 1);
        Assert.True(values["edge.mqtt.messages.sent"] >= 1);
        Assert.Equal(1, world.Broker.Statistics.MessagesSent);
    }
}
