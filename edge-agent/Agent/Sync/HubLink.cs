using System.Threading.Channels;
using Edge.Contracts.Sync;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;
using Edge.Mqtt.Client;
using Edge.Mqtt.Packets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Edge.Agent.Sync;

/// <summary>What a link needs to know.</summary>
/// <param name="Node">The node's name; part of its topics.</param>
/// <param name="Instance">Who it is; part of the client id and the last will.</param>
/// <param name="Host">The broker's host.</param>
/// <param name="Port">The broker's port.</param>
/// <param name="KeepAlive">Of the MQTT connection.</param>
internal sealed record HubLinkOptions(string Node, string Instance, string Host, int Port, TimeSpan KeepAlive);

/// <summary>Keeps one MQTT connection to the hub and carries sync messages both ways; decides nothing.</summary>
/// <remarks>Nothing of it is durable and nothing of it is waited for: the engine says everything again on the next session.</remarks>
internal sealed partial class HubLink(
    HubLinkOptions options,
    IClusterGateway engine,
    Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask,
    TimeProvider time,
    ILogger<HubLink> logger)
{
    /// <summary>Messages that wait for the socket. Reason: a slow link; what does not fit is sent again by the engine.</summary>
    private const int SendQueueMax = 1_000;

    /// <summary>Messages that wait for their answer. Reason: below the window of every broker, so that their order stays.</summary>
    private const int UnderWayMax = 16;

    /// <summary>From a request to its answer. Reason: a dozen round trips of the worst link; to give up sooner only begins
    /// anew.</summary>
    private static readonly TimeSpan s_operationMax = TimeSpan.FromMinutes(2);

    /// <summary>Shortest wait for the answer to a ping.</summary>
    private static readonly TimeSpan s_pingMin = TimeSpan.FromSeconds(10);

    private Channel<UpMessage>? _sending;
    private int _failures;
    private Announcement _announcement = new();

    /// <summary>True while the connection is open.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Connections opened since the start.</summary>
    public long Connects { get; private set; }

    /// <summary>Messages dropped because the link was slower than the node; each is sent again.</summary>
    public long Dropped { get; private set; }

    /// <summary>Queues a message for the hub; without a connection it is dropped, because the next session says it again.</summary>
    public void Send(UpMessage message)
    {
        if (_sending?.Writer.TryWrite(message) != true)
        {
            Dropped++;
        }
    }

    /// <summary>Connects and reconnects until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = ReconnectSchedule.FirstWait,
                MaxDelay = ReconnectSchedule.LongestWait,
                // A time-out may come as a cancellation too: only the end of the agent ends the attempts.
                ShouldHandle = new PredicateBuilder().Handle<Exception>(_ => !stoppingToken.IsCancellationRequested),
                OnRetry = args =>
                {
                    _failures++;
                    Log.ConnectFailed(logger, options.Host, options.Port, args.Outcome.Exception?.Message ?? "refused", args.RetryDelay);
                    return default;
                },
            })
            .Build();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await retry.ExecuteAsync(RunConnectionAsync, stoppingToken);
                var slot = ReconnectSchedule.Slot(options.Node, _announcement.ReconnectSlots, _announcement.SlotMillis);
                await Task.Delay(slot, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One connection from its opening to its end. Throws when it could not be opened; returns when it was lost.</summary>
    private async ValueTask RunConnectionAsync(CancellationToken stoppingToken)
    {
        var lost = new TaskCompletionSource<MqttClientDisconnectedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = new MqttClient
        {
            ApplicationMessageReceivedAsync = ReceiveAsync,
            DisconnectedAsync = args =>
            {
                lost.TrySetResult(args);
                return Task.CompletedTask;
            },
        };
        var connected = await client.ConnectAsync(ClientOptions(), stoppingToken);
        if (!connected.IsSuccess)
        {
            throw new IOException($"The broker refused the connection: {connected.ReasonCode} {connected.ReasonString}");
        }

        _failures = 0;
        var opened = time.GetTimestamp();
        await client.SubscribeAsync([Filter($"edge/1/{options.Node}/down"), Filter("edge/1/hub")], cancellationToken: stoppingToken);
        await ServeAsync(client, lost.Task, stoppingToken);
        if (time.GetElapsedTime(opened) < ReconnectSchedule.ShortConnection)
        {
            // Two machines with one name throw each other out of the broker at once: they back off like any failure.
            throw new IOException("The connection was lost as soon as it was open; is this node's name used twice?");
        }
    }

    /// <summary>Where the hub's own API is; null when it has not said.</summary>
    public string? HubApi => _announcement.Api is { Length: > 0 } api ? api : null;

    private async Task ServeAsync(MqttClient client, Task<MqttClientDisconnectedEventArgs> lost, CancellationToken stoppingToken)
    {
        var sending = Channel.CreateBounded<UpMessage>(new BoundedChannelOptions(SendQueueMax) { SingleReader = true });
        _sending = sending;
        IsConnected = true;
        Connects++;
        Log.Connected(logger, options.Host, options.Port);
        var pump = PumpAsync(client, sending.Reader);
        try
        {
            await engine.SubmitAsync(new HubLinkOpened(), stoppingToken);
            var end = await lost.WaitAsync(stoppingToken);
            Log.Lost(logger, options.Host, options.Port, end.ReasonCode.ToString());
        }
        finally
        {
            IsConnected = false;
            _sending = null;
            sending.Writer.TryComplete();
            await pump;
            await engine.SubmitAsync(new HubLinkClosed(), CancellationToken.None);
        }
    }

    /// <summary>Sends in order, without waiting for each answer: on a bad link an answer takes ten seconds.</summary>
    private async Task PumpAsync(MqttClient client, ChannelReader<UpMessage> messages)
    {
        var underWay = new Queue<Task>();
        await foreach (var message in messages.ReadAllAsync(CancellationToken.None))
        {
            underWay.Enqueue(PublishAsync(client, message));
            while (underWay.TryPeek(out var oldest) && (oldest.IsCompleted || underWay.Count > UnderWayMax))
            {
                await underWay.Dequeue();
            }
        }

        await Task.WhenAll(underWay);
    }

    private async Task PublishAsync(MqttClient client, UpMessage message)
    {
        try
        {
            await client.PublishAsync(
                new MqttMessage
                {
                    Topic = $"edge/1/{options.Node}/up",
                    Payload = SyncMapping.Encode(message),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                },
                CancellationToken.None);
        }
        catch (Exception failure)
            when (failure is MqttProtocolException or IOException or OperationCanceledException or TimeoutException)
        {
            // The connection is going; the engine says this again on the next one.
            Log.SendFailed(logger, message.GetType().Name, failure.Message);
        }
    }

    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        var message = args.ApplicationMessage;
        if (message.Topic == "edge/1/hub")
        {
            await HearAsync(SyncMapping.DecodeAnnouncement(message.Payload.Span));
            return;
        }

        if (SyncMapping.DecodeDown(message.Payload.Span, decodeTask) is not { } down)
        {
            Log.Unreadable(logger, message.Topic, message.Payload.Length);
            return;
        }

        if (down is DownMessage.Refused refused)
        {
            Log.Refused(logger, refused.Reason);
        }

        await engine.SubmitAsync(new HubMessage(down), CancellationToken.None);
    }

    /// <summary>Another run of the hub behind a broker that stayed: the session is opened anew.</summary>
    private async Task HearAsync(Announcement? announcement)
    {
        if (announcement is null)
        {
            return;
        }

        var another = _announcement.HubRun.Length > 0 && _announcement.HubRun != announcement.HubRun;
        _announcement = announcement;
        if (another && IsConnected)
        {
            await engine.SubmitAsync(new HubLinkClosed(), CancellationToken.None);
            await engine.SubmitAsync(new HubLinkOpened(), CancellationToken.None);
        }
    }

    private MqttClientOptions ClientOptions() => new()
    {
        Host = options.Host,
        Port = options.Port,
        // Two machines with one name do not throw each other out of the broker: the hub refuses the second with a sentence.
        ClientId = $"edge-{options.Node}-{options.Instance}",
        KeepAlive = options.KeepAlive,
        ConnectTimeout = ReconnectSchedule.Patience(_failures),
        OperationTimeout = s_operationMax,
        // As patient as the hub is with this node: it waits for one and a half times the keepalive.
        PingTimeout = options.KeepAlive > s_pingMin ? options.KeepAlive : s_pingMin,
        CleanStart = true,
        MaximumPacketBytes = SyncMapping.PayloadMax + 4096,
        Will = new MqttMessage
        {
            Topic = $"edge/1/{options.Node}/up",
            Payload = SyncMapping.EncodeLost(options.Instance),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        },
        TimeProvider = time,
    };

    private static MqttTopicFilter Filter(string topic) =>
        new(topic, MqttQualityOfServiceLevel.AtLeastOnce);

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Connected to the hub's broker {Host}:{Port}")]
        public static partial void Connected(ILogger logger, string host, int port);

        [LoggerMessage(2002, LogLevel.Warning, "Lost the hub's broker {Host}:{Port}: {Reason}; work goes on")]
        public static partial void Lost(ILogger logger, string host, int port, string reason);

        [LoggerMessage(2003, LogLevel.Warning, "Cannot reach the hub's broker {Host}:{Port}: {Reason}; next attempt in {Wait}")]
        public static partial void ConnectFailed(ILogger logger, string host, int port, string reason, TimeSpan wait);

        [LoggerMessage(2004, LogLevel.Debug, "{Message} was not sent: {Reason}; it is said again on the next session")]
        public static partial void SendFailed(ILogger logger, string message, string reason);

        [LoggerMessage(2005, LogLevel.Warning, "A message of {Bytes} bytes on {Topic} cannot be read; ignored")]
        public static partial void Unreadable(ILogger logger, string topic, int bytes);

        [LoggerMessage(2006, LogLevel.Error, "The hub refused this node: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
