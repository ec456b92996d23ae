using System.Net;
using System.Text;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Packets;
using Edge.Tests.Support;

namespace Edge.Tests.Mqtt;

/// <summary>Third-party clients against our broker, and our client against a third-party broker.</summary>
public sealed class MqttPeerTests
{
    private static readonly (MqttProtocolVersion Version, string Flag)[] s_versions =
        [(MqttProtocolVersion.V311, "311"), (MqttProtocolVersion.V500, "5")];

    [RequiresFact("mosquitto_pub", "mosquitto_sub")]
    public async Task MosquittoClients_EveryQos_AndLargePayloads()
    {
        await using var world = await MqttWorld.StartAsync();
        using var file = new TemporaryFile(new string('x', 700_000));
        foreach (var (_, flag) in s_versions)
        {
            foreach (var qos in new[] { "0", "1", "2" })
            {
                await using var subscriber = await SubscriberAsync(
                    world, others: 0, flag, "-t", "m/#", "-q", qos, "-C", "3", "-F", "%t %q %l");
                await Peer.RunAsync("mosquitto_pub", To(world, flag, "-t", "m/1", "-q", qos, "-m", "hello"));
                await Peer.RunAsync("mosquitto_pub", To(world, flag, "-t", "m/2", "-q", qos, "-f", file.Path));
                await Peer.RunAsync("mosquitto_pub", To(world, flag, "-t", "m/3", "-q", qos, "-n"));
                Assert.Equal($"m/1 {qos} 5\nm/2 {qos} 700000\nm/3 {qos} 0\n", await subscriber.FinishAsync());
            }
        }
    }

    [RequiresFact("mosquitto_pub", "mosquitto_sub")]
    public async Task MosquittoClients_RetainedWillSharedAndSessions()
    {
        await using var world = await MqttWorld.StartAsync();
        foreach (var ((_, flag), kept) in s_versions.Select((version, index) => (version, index)))
        {
            // Of each version before, a session stays with its subscription.
            await Peer.RunAsync("mosquitto_pub", To(world, flag, "-t", $"kept/{flag}", "-q", "1", "-r", "-m", "old"));
            Assert.Equal("1 old\n", await Peer.RunAsync("mosquitto_sub", To(world, flag, "-t", $"kept/{flag}", "-C", "1", "-F", "%r %p")));

            await using (var watcher = await SubscriberAsync(world, kept, flag, "-t", "will", "-C", "1"))
            {
                // Killed, it says no goodbye.
                await using (var lost = await SubscriberAsync(
                    world, kept + 1, flag, "-t", "x", "--will-topic", "will", "--will-payload", "gone"))
                {
                }

                Assert.Equal("gone\n", await watcher.FinishAsync());
            }

            await MqttFeatureTests.UntilAsync(() => world.Broker.Statistics.Connections == 0);
            await using var one = await SubscriberAsync(world, kept, flag, "-t", "$share/g/work", "-q", "1", "-C", "2");
            await using var two = await SubscriberAsync(world, kept + 1, flag, "-t", "$share/g/work", "-q", "1", "-C", "2");
            for (var i = 0; i < 4; i++)
            {
                await Peer.RunAsync("mosquitto_pub", To(world, flag, "-t", "work", "-q", "1", "-m", $"{i}"));
            }

            var got = await one.FinishAsync() + await two.FinishAsync();
            Assert.Equal(["0", "1", "2", "3"], got.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());

            string[] session = flag == "5" ? ["-c", "-x", "60"] : ["-c"];
            await Peer.RunAsync("mosquitto_sub", To(world, flag, [.. session, "-i", $"s{flag}", "-t", "later", "-q", "1", "-E"]));
            await Peer.RunAsync("mosquitto_pub", To(world, flag, "-t", "later", "-q", "1", "-m", "waited"));
            Assert.Equal("waited\n", await Peer.RunAsync(
                "mosquitto_sub", To(world, flag, [.. session, "-i", $"s{flag}", "-t", "later", "-q", "1", "-C", "1"])));
        }
    }

    [RequiresNpmFact("mqtt")]
    public async Task NpmMqtt_OverTcp()
    {
        await using var world = await MqttWorld.StartAsync();
        await RunNpmAsync($"mqtt://127.0.0.1:{world.Port}");
        Assert.Equal(0, world.Broker.Statistics.ProtocolErrors);
    }

    [RequiresNpmFact("mqtt")]
    public async Task NpmMqtt_OverTls_AndWebSocket()
    {
        using var pki = new TestPki();
        await using var world = await MqttWorld.StartAsync(o => o with
        {
            Endpoints =
            [
                MqttWorld.Tcp with { Transport = MqttTransport.WebSocket },
                MqttWorld.Tcp with { Transport = MqttTransport.Tls, ServerCertificate = pki.Server },
                MqttWorld.Tcp with { Transport = MqttTransport.SecureWebSocket, ServerCertificate = pki.Server },
            ],
        });
        using var authority = new TemporaryFile(pki.AuthorityPem);
        await RunNpmAsync($"ws://127.0.0.1:{world.Port}/mqtt");
        await RunNpmAsync($"mqtts://localhost:{world.Broker.Endpoints[1].Port}", authority.Path);
        await RunNpmAsync($"wss://localhost:{world.Broker.Endpoints[2].Port}/mqtt", authority.Path);
        Assert.Equal(0, world.Broker.Statistics.ProtocolErrors);
    }

    [RequiresFact("mosquitto")]
    public async Task OurClient_AgainstMosquitto()
    {
        var port = Peer.FreePort();
        using var configuration = new TemporaryFile($"listener {port} 127.0.0.1\nallow_anonymous true\nmax_topic_alias 10\n");
        await using var mosquitto = Peer.Start("mosquitto", "-c", configuration.Path);
        foreach (var (version, flag) in s_versions)
        {
            await using var client = await ConnectToAsync(port, $"edge{flag}", version);
            await client.SubscribeAsync("m/#");
            foreach (var qos in Enum.GetValues<MqttQualityOfServiceLevel>())
            {
                for (var i = 0; i < 3; i++)
                {
                    Assert.True((await client.PublishAsync($"m/{flag}", $"{qos}{i}", qos)).IsSuccess);
                    var message = await client.NextAsync();
                    Assert.Equal(($"m/{flag}", qos), (message.Topic, message.QualityOfServiceLevel));
                    Assert.Equal($"{qos}{i}", Encoding.UTF8.GetString(message.Payload.Span));
                }
            }

            var large = new string('x', 800_000);
            await client.PublishAsync("m/large", large, MqttQualityOfServiceLevel.AtLeastOnce);
            Assert.Equal(large, await client.NextTextAsync());
            await client.PublishAsync($"kept/{flag}", "old", MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
            await client.SubscribeAsync($"kept/{flag}", MqttQualityOfServiceLevel.AtLeastOnce);
            Assert.True((await client.NextAsync()).Retain);
            Assert.True((await client.Inner.UnsubscribeAsync(["m/#"])).IsSuccess);
            await client.Inner.DisconnectAsync();
            Assert.False((await ResumeAsync(port, version, flag)).IsConnected);
        }
    }

    private static async Task<Edge.Mqtt.Client.MqttClient> ResumeAsync(int port, MqttProtocolVersion version, string flag)
    {
        await using var away = await ConnectToAsync(port, $"away{flag}", version, cleanStart: false);
        await away.SubscribeAsync($"later/{flag}");
        await away.Inner.DisconnectAsync();
        await using var other = await ConnectToAsync(port, $"other{flag}", version);
        await other.PublishAsync($"later/{flag}", "one", MqttQualityOfServiceLevel.AtLeastOnce);
        await other.PublishAsync($"later/{flag}", "two", MqttQualityOfServiceLevel.ExactlyOnce);
        await away.ConnectAsync();
        Assert.True(away.Result.IsSessionPresent);
        Assert.Equal(["one", "two"], [await away.NextTextAsync(), await away.NextTextAsync()]);
        return other.Inner;
    }

    private static async Task<TestClient> ConnectToAsync(int port, string id, MqttProtocolVersion version, bool cleanStart = true)
    {
        var client = new TestClient(new()
        {
            Host = IPAddress.Loopback.ToString(),
            Port = port,
            ClientId = id,
            ProtocolVersion = version,
            CleanStart = cleanStart,
            SessionExpiry = cleanStart ? TimeSpan.Zero : TimeSpan.FromMinutes(1),
        });
        for (var i = 0; ; i++)
        {
            try
            {
                await client.ConnectAsync();
                Assert.True(client.Result.IsSuccess);
                return client;
            }
            catch (MqttProtocolException) when (i < 500)
            {
                // It is still starting.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    /// <summary>Starts a subscriber and waits until it is one.</summary>
    /// <param name="others">Subscriptions that stand beside its own: those of clients that have ended go first, or one that goes meanwhile
    /// would hide the one that comes.</param>
    private static async Task<Peer> SubscriberAsync(MqttWorld world, int others, string version, params string[] arguments)
    {
        await MqttFeatureTests.UntilAsync(() => world.Broker.Statistics.Subscriptions == others);
        var peer = Peer.Start("mosquitto_sub", To(world, version, arguments));
        await MqttFeatureTests.UntilAsync(() => world.Broker.Statistics.Subscriptions > others);
        return peer;
    }

    private static IEnumerable<string> To(MqttWorld world, string version, params string[] arguments) =>
        ["-h", "127.0.0.1", "-p", $"{world.Port}", "-V", $"mqttv{version}", .. arguments];

    private static async Task RunNpmAsync(string url, params string[] authority)
    {
        foreach (var version in new[] { "4", "5" })
        {
            var output = await Peer.RunAsync("node", [Repository.PathTo("tests", "npm", "mqtt-peer.cjs"), url, version, .. authority]);
            Assert.Equal(7, output.Split("held:").Length - 1);
        }
    }
}
