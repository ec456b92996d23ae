using Edge.Mqtt.Broker;
using Edge.Mqtt.Client;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

public sealed class MqttTlsTests
{
    [Fact]
    public async Task Tls_CarriesBothVersions_AndShowsTheClientsCertificate()
    {
        using var pki = new TestPki();
        var subjects = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        await using var world = await StartAsync(pki, context =>
        {
            subjects.Enqueue(context.ClientCertificate?.Subject);
            return new ValueTask<MqttReasonCode>(MqttReasonCode.Success);
        });
        var tls = new MqttClientTlsOptions { TargetHost = "localhost", Authorities = pki.Authorities, ClientCertificate = pki.Client };
        foreach (var version in Enum.GetValues<MqttProtocolVersion>())
        {
            var client = await world.ConnectAsync($"c{version}", version, o => o with { Tls = tls });
            await client.SubscribeAsync("t");
            var large = new string('x', 300_000);
            await client.PublishAsync("t", large, MqttQualityOfServiceLevel.ExactlyOnce);
            Assert.Equal(large, await client.NextTextAsync());
        }

        Assert.Equal(["CN=node-1", "CN=node-1"], subjects);
    }

    [Fact]
    public async Task Tls_RefusesStrangers()
    {
        using var pki = new TestPki();
        using var foreign = new TestPki();
        await using var world = await StartAsync(pki, null);
        await using var client = new MqttClient();
        var options = world.OptionsFor("c", MqttProtocolVersion.V500) with
        {
            Tls = new MqttClientTlsOptions { TargetHost = "localhost", Authorities = foreign.Authorities },
        };
        await Assert.ThrowsAsync<MqttProtocolException>(() => client.ConnectAsync(options));
        var noCertificate = options with { Tls = options.Tls with { Authorities = pki.Authorities } };
        await Assert.ThrowsAsync<MqttProtocolException>(() => client.ConnectAsync(noCertificate));
        await Assert.ThrowsAsync<MqttProtocolException>(() =>
            client.ConnectAsync(options with { Tls = null, ConnectTimeout = TimeSpan.FromSeconds(5) }));
        await MqttFeatureTests.UntilAsync(() => world.Broker.Statistics.Connections == 0);
    }

    [Fact]
    public async Task WebSocket_WrongRequests_AreAnswered()
    {
        await using var world = await MqttWorld.StartAsync(o =>
            o with { Endpoints = [MqttWorld.Tcp with { Transport = MqttTransport.WebSocket }] });
        foreach (var (request, answer) in new[]
        {
            ("POST /mqtt HTTP/1.1\r\n\r\n", "400"),
            ("GET /other HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n", "404"),
            ("GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 8\r\n\r\n", "426"),
            ("GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n", "400"),
        })
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync("127.0.0.1", world.Port);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
            using var reader = new StreamReader(client.GetStream());
            Assert.StartsWith($"HTTP/1.1 {answer}", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    private static Task<MqttWorld> StartAsync(TestPki pki, Func<MqttConnectingContext, ValueTask<MqttReasonCode>>? authenticate) =>
        MqttWorld.StartAsync(o => o with
        {
            Endpoints =
            [
                MqttWorld.Tcp with
                {
                    Transport = MqttTransport.Tls,
                    ServerCertificate = pki.Server,
                    RequireClientCertificate = true,
                    ClientAuthorities = pki.Authorities,
                },
            ],
            Authenticate = authenticate,
        });
}
