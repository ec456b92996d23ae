using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Client;
using Edge.Mqtt.Packets;

namespace Edge.Tests.Mqtt;

/// <summary>A broker on free ports of loopback, and clients of it; fails the test when the broker reported a fault.</summary>
internal sealed class MqttWorld : IAsyncDisposable
{
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly List<TestClient> _clients = [];

    private MqttWorld(MqttBrokerOptions options) => Broker = new MqttBroker(options with { OnFault = _faults.Enqueue });

    public MqttBroker Broker { get; }

    public int Port => Broker.Endpoints[0].Port;

    /// <summary>Faults of hooks and handlers that the test wants.</summary>
    public bool ExpectsFaults { get; init; }

    public static MqttEndpoint Tcp => new(MqttTransport.Tcp, IPAddress.Loopback, 0);

    public static async Task<MqttWorld> StartAsync(Func<MqttBrokerOptions, MqttBrokerOptions>? change = null, bool expectsFaults = false)
    {
        var options = new MqttBrokerOptions { Endpoints = [Tcp] };
        var world = new MqttWorld(change?.Invoke(options) ?? options) { ExpectsFaults = expectsFaults };
        await world.Broker.StartAsync();
        return world;
    }

    /// <summary>A message of QoS 1.</summary>
    public static MqttMessage Message(string topic, ReadOnlySpan<byte> payload) =>
        new() { Topic = topic, Payload = payload.ToArray(), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce };

    /// <summary>Connects a client and demands success.</summary>
    public async Task<TestClient> ConnectAsync(
        string id, MqttProtocolVersion version = MqttProtocolVersion.V500, Func<MqttClientOptions, MqttClientOptions>? change = null)
    {
        var client = new TestClient(OptionsFor(id, version, change));
        _clients.Add(client);
        await client.ConnectAsync();
        Assert.Equal(MqttReasonCode.Success, client.Result.ReasonCode);
        return client;
    }

    /// <summary>Disconnects a client and waits until the broker knows.</summary>
    public async Task LeaveAsync(TestClient client)
    {
        var before = Broker.Statistics.Connections;
        await client.Inner.DisconnectAsync();
        await MqttFeatureTests.UntilAsync(() => Broker.Statistics.Connections < before);
    }

    public MqttClientOptions OptionsFor(string id, MqttProtocolVersion version, Func<MqttClientOptions, MqttClientOptions>? change = null)
    {
        var options = new MqttClientOptions { Host = "127.0.0.1", Port = Port, ClientId = id, ProtocolVersion = version };
        return change?.Invoke(options) ?? options;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Broker.DisposeAsync();
        if (!ExpectsFaults)
        {
            Assert.Empty(_faults);
        }
    }
}

/// <summary>A client that keeps what it received.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private readonly MqttClientOptions _options;
    private readonly Channel<MqttMessage> _received = Channel.CreateUnbounded<MqttMessage>();
    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _disconnected = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    public TestClient(MqttClientOptions options)
    {
        _options = options;
        Inner.ApplicationMessageReceivedAsync = args =>
        {
            _received.Writer.TryWrite(args.ApplicationMessage);
            return Task.CompletedTask;
        };
        Inner.DisconnectedAsync = args =>
        {
            _disconnected.TrySetResult(args);
            return Task.CompletedTask;
        };
    }

    public MqttClient Inner { get; } = new();

    public MqttClientConnectResult Result { get; private set; } = new() { ReasonCode = MqttReasonCode.UnspecifiedError };

    public async Task ConnectAsync() => Result = await Inner.ConnectAsync(_options);

    public Task<MqttClientPublishResult> PublishAsync(
        string topic, string payload, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtMostOnce, bool retain = false) =>
        Inner.PublishAsync(new MqttMessage
        {
            Topic = topic,
            Payload = Encoding.UTF8.GetBytes(payload),
            QualityOfServiceLevel = qos,
            Retain = retain,
        });

    public async Task SubscribeAsync(string filter, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.ExactlyOnce) =>
        Assert.True((await Inner.SubscribeAsync(filter, qos)).IsSuccess);

    public Task<MqttMessage> NextAsync() => _received.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    public async Task<string> NextTextAsync() => Encoding.UTF8.GetString((await NextAsync()).Payload.Span);

    /// <summary>Asserts that nothing has come: a message of its own, sent to itself, is the next one.</summary>
    public async Task AssertNothingAsync()
    {
        var topic = $"barrier/{Guid.NewGuid():N}";
        await Inner.SubscribeAsync(topic);
        await PublishAsync(topic, "barrier");
        Assert.Equal(topic, (await NextAsync()).Topic);
        await Inner.UnsubscribeAsync([topic]);
    }

    public Task<MqttClientDisconnectedEventArgs> DisconnectedAsync() => _disconnected.Task.WaitAsync(s_patience);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
