using Edge.Contracts.Sync;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Hosting;
using Edge.Daemon.Mapping;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Packets;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Edge.Hub.Fleet;

/// <summary>Carries sync messages between the broker and the engine; decides nothing.</summary>
internal sealed partial class FleetLink(
    MqttBroker broker, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask, TimeProvider time, ILogger<FleetLink> logger) : IDisposable
{
    /// <summary>Reconnects per second that one hub is asked to take. Reason: a full TLS handshake costs 4 ms of one core.</summary>
    private const int ReconnectsPerSecond = 500;

    private const string Prefix = "edge/1/";
    private const string UpSuffix = "/up";

    private IDisposable? _subscription;
    private (string Epoch, uint Slots, string Api)? _announced;
    private EngineLoop? _engine;

    /// <summary>Messages that could not be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Messages that the engine had no room for; their senders say them again.</summary>
    public long Dropped { get; private set; }

    /// <summary>Where the hub's API is; empty before the server listens.</summary>
    public string ApiUrl { get; set; } = string.Empty;

    /// <summary>Starts to listen; the engine has to run.</summary>
    public void Start(EngineLoop engine)
    {
        _engine = engine;
        _subscription = broker.Subscribe($"{Prefix}+{UpSuffix}", Receive);
        Announce(engine.Snapshot);
    }

    /// <summary>Messages that no packet can carry.</summary>
    public long Unsendable { get; private set; }

    /// <summary>Sends to one node. One that is not there gets it on its next session.</summary>
    public void Send(NodeId node, DownMessage message)
    {
        var payload = SyncMapping.Encode(message);
        try
        {
            broker.TryPublish(new MqttMessage
            {
                Topic = $"{Prefix}{node.Value}/down",
                Payload = payload,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            });
        }
        catch (ArgumentException failure)
        {
            // A name that is too long to answer, or a set beyond all bounds: it must not end the hub, whose other nodes go on.
            Unsendable++;
            Log.Unsendable(logger, message.GetType().Name, payload.Length, failure.Message.Length > 200 ? "too long" : failure.Message);
        }
    }

    /// <summary>Leaves word for every agent that connects: which hub this is, and how to come back after a cut.</summary>
    /// <remarks>Sent only when it says something new: every agent that is connected pays for it.</remarks>
    public void Announce(ClusterState state)
    {
        const uint SlotMillis = 100;
        var seconds = (state.Nodes.Count + ReconnectsPerSecond - 1) / ReconnectsPerSecond;
        var slots = state.Nodes.Count <= ReconnectsPerSecond / 10 ? 0 : (uint)(seconds * 1000 / SlotMillis);
        if (_announced == (state.HubEpoch, slots, ApiUrl))
        {
            return;
        }

        _announced = (state.HubEpoch, slots, ApiUrl);
        var announcement = new Announcement
        {
            HubEpoch = state.HubEpoch,
            HubRun = state.MasterId,
            TimeMicros = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
            ReconnectSlots = slots,
            SlotMillis = SlotMillis,
            Api = ApiUrl,
        };
        broker.TryPublish(new MqttMessage
        {
            Topic = $"{Prefix}hub",
            Payload = announcement.ToByteArray(),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = true,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription?.Dispose();

    private bool Receive(in MqttBrokerMessage message)
    {
        var node = new NodeId(message.Topic[Prefix.Length..^UpSuffix.Length]);
        if (SyncMapping.DecodeUp(message.Payload.Span, decodeTask) is not { } up)
        {
            Unreadable++;
            Log.Unreadable(logger, message.Topic, message.Payload.Length);
            return true;
        }

        ClusterCommand command = up.Message is { } sent ? new NodeMessage(node, sent) : new NodeLinkLost(node, up.LostInstance);
        if (_engine!.TryPost(command))
        {
            return true;
        }

        Dropped++;
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(3002, LogLevel.Error, "{Message} of {Bytes} bytes cannot be sent: {Reason}")]
        public static partial void Unsendable(ILogger logger, string message, int bytes, string reason);

        [LoggerMessage(3001, LogLevel.Warning, "A message of {Bytes} bytes on {Topic} cannot be read; ignored")]
        public static partial void Unreadable(ILogger logger, string topic, int bytes);
    }
}
