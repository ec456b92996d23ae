using System.Net;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Edge;
using Edge.Daemon.Api.Marathon;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;
using Edge.Daemon.Hosting;
using Edge.Daemon.Mapping;
using Edge.Daemon.Storage;
using Edge.Hub.Fleet;
using Edge.Hub.Security;
using Edge.Hub.Storage;
using Edge.Mqtt.Broker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Edge.Hub;

/// <summary>Wires one hub: journal, engine, broker, HTTP. The only place that knows all rooms.</summary>
internal sealed partial class HubHost : IAsyncDisposable
{
    /// <summary>How often the announcement to returning agents is renewed. Reason: the fleet's size changes slowly.</summary>
    private static readonly TimeSpan s_announcePeriod = TimeSpan.FromMinutes(1);

    /// <summary>From an open socket to a complete CONNECT. Reason: as patient as an agent on a link of 80 % loss and 2.5 s round
    /// trip.</summary>
    private static readonly TimeSpan s_connectMax = TimeSpan.FromMinutes(1);

    private readonly HubOptions _options;
    private readonly HostClock _clock;
    private readonly ILogger _logger;
    private readonly WebApplication _web;
    private readonly MqttBroker _broker;
    private readonly FleetLink _fleet;
    private readonly SqlJournal _journal;
    private readonly EngineLoop _engine;
    private readonly FrameworkStreams _streams;
    private readonly MarathonEvents _events;
    private readonly AuditLog _audit;
    private readonly DelegationKey _delegationKey;
    private readonly DelegationStore _delegations;
    private readonly ClusterLimits _limits;
    private readonly ITimer _announcer;
    private MesosIdentity? _identity;

    private HubHost(HubOptions options, HostClock clock)
    {
        _options = options;
        _clock = clock;
        Directory.CreateDirectory(options.Data);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Http);
        });
        var acts = new HubActs();
        _streams = new FrameworkStreams(new EventStreamLimits(), clock.Time);
        _delegationKey = DelegationKey.Open(options.Data);
        _delegations = DelegationStore.Open(options.Data, clock.Time);
        var opened = OpenJournal(options.Data, clock);
        _journal = opened.Journal;
        _limits = ClusterLimits.Default with { NodeTimeout = options.NodeTimeout };
        var masterId = Guid.NewGuid().ToString("D");
        var restored = Restoration.RestoreHub(opened.Rows, masterId, Context(clock, _limits));
        _web = builder.Build();
        var loggers = _web.Services.GetRequiredService<ILoggerFactory>();
        _logger = loggers.CreateLogger<HubHost>();
        if (opened.Damage is { } damage)
        {
            Log.Damaged(_logger, damage);
        }

        CommitRestored(restored);
        _broker = new MqttBroker(new MqttBrokerOptions
        {
            Endpoints = [new MqttEndpoint(MqttTransport.Tcp, options.Mqtt.Address, options.Mqtt.Port)],
            Limits = new MqttBrokerLimits { ConnectTimeout = s_connectMax },
            TimeProvider = clock.Time,
        });
        _fleet = new FleetLink(_broker, TaskMapping.FromWire, clock.Time, loggers.CreateLogger<FleetLink>());
        _engine = new EngineLoop(
            restored.State, _journal, acts,
            new EngineLoopOptions(_limits, clock.Time, clock.Monotonic, clock.NextSeed, OnFatal),
            loggers.CreateLogger<EngineLoop>());
        _events = new MarathonEvents(() => _engine, clock.Time);
        _audit = new AuditLog(clock.Time);
        var sender = new DelegationSender(
            _delegations, new DelegationIssuer(_delegations, _delegationKey, clock.Time), _fleet.Send, () => _engine.Snapshot);
        _delegations.Changed = sender.SendChanged;
        acts.Events = _events;
        acts.EdgeEvents = new EdgeEvents(_events.Feed, _audit);
        acts.Delegations = sender;
        acts.Fleet = _fleet;
        acts.Streams = _streams;
        _announcer = clock.Time.CreateTimer(_ => Remind(sender), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        MasterId = masterId;
    }

    /// <summary>The version of the program, dotted numbers.</summary>
    public static string Version => typeof(HubHost).Assembly.GetName().Version!.ToString(3);

    /// <summary>True when the hub ended on a fault of its own.</summary>
    public bool Failed { get; private set; }

    /// <summary>The id of this run.</summary>
    public string MasterId { get; }

    /// <summary>Where the API is, as <c>http://127.0.0.1:5050</c>; known after the start.</summary>
    public string HttpAddress { get; private set; } = string.Empty;

    /// <summary>Where agents connect; known after the start.</summary>
    public IPEndPoint MqttEndpoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Makes and starts a hub.</summary>
    public static async Task<HubHost> StartAsync(HubOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = new HubHost(options, new HostClock(time));
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _web.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _announcer.DisposeAsync();
        await _web.DisposeAsync();
        _fleet.Dispose();
        await _broker.DisposeAsync();
        await _engine.DisposeAsync();
        _journal.Dispose();
        _delegationKey.Dispose();
    }

    /// <summary>Says again, to whoever has to hear it, what changes with time alone.</summary>
    private void Remind(DelegationSender delegations)
    {
        _fleet.Announce(_engine.Snapshot);
        delegations.Renew();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _broker.StartAsync(cancellationToken);
        MqttEndpoint = new IPEndPoint(_broker.Endpoints[0].Address, _broker.Endpoints[0].Port);
        _engine.Start();
        _fleet.Start(_engine);
        _announcer.Change(s_announcePeriod, s_announcePeriod);
        _web.UsePathAliases(new PathAliases(MesosRoutes.MasterPrefixes, MesosRoutes.MasterPaths, MesosRoutes.MasterExactPaths));
        _web.MapMesosMaster(new MesosHost(_engine, _streams, () => _identity!, _clock.Time, _web.Lifetime.ApplicationStopping)
        {
            Metrics = [new HubMetrics(_engine, _broker, _fleet).Write],
        });
        var gateway = new AuditedGateway(_engine, _audit);
        _web.MapMarathon(
            new MarathonHost(gateway, _events, () => new Uri(HttpAddress).Authority, _clock.Time, _clock.Monotonic),
            _web.Lifetime.ApplicationStopping);
        _web.MapEdge(
            new EdgeHost(gateway, _events.Feed, _audit, () => Context(_clock, _limits)) { Delegations = _delegations },
            _web.Lifetime.ApplicationStopping);
        await _web.StartAsync(cancellationToken);
        HttpAddress = _web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        var bound = new Uri(HttpAddress);
        _identity = new MesosIdentity(Dns.GetHostName(), IPAddress.Parse(bound.Host), bound.Port);
        _fleet.ApiUrl = HttpAddress;
        _fleet.Announce(_engine.Snapshot);
        EndpointsFile.Write(_options.Data, [new("http", HttpAddress), new("mqtt", $"mqtt://{MqttEndpoint}")]);
        Log.Started(_logger, HttpAddress, MqttEndpoint.ToString(), _options.Data);
    }

    private void CommitRestored(Decision restored)
    {
        if (!restored.Rows.IsEmpty && _journal.Commit(restored.Rows) is { } failure)
        {
            throw new IOException($"The journal in {_options.Data} cannot be written: {failure}");
        }
    }

    private static OpenedJournal OpenJournal(string data, HostClock clock) => JournalFile.Open(
        Path.Combine(data, "hub.db"),
        SqliteDriver.Connect,
        new JournalDecoders(TaskMapping.FromWire, FrameworkMapping.FromWire),
        clock.Time.GetUtcNow());

    private static DecisionContext Context(HostClock clock, ClusterLimits limits) =>
        new(clock.Time.GetUtcNow(), clock.Monotonic(), clock.NextSeed(), limits) { Apps = AppMapping.Instance };

    /// <summary>The loop has logged why; the process ends, and whoever watches it starts it again from the journal.</summary>
    private void OnFatal(Exception failure)
    {
        Failed = true;
        _web.Lifetime.StopApplication();
    }

    private sealed class HubActs : IEngineActs
    {
        public FleetLink? Fleet { get; set; }

        public IFrameworkStreams? Streams { get; set; }

        public MarathonEvents? Events { get; set; }

        public EdgeEvents? EdgeEvents { get; set; }

        public DelegationSender? Delegations { get; set; }

        public void Carry(Dispatch dispatch)
        {
            switch (dispatch)
            {
                case Dispatch.ToNode down:
                    Fleet!.Send(down.Node, down.Message);
                    if (down.Message is DownMessage.Welcome)
                    {
                        Delegations!.Send(down.Node);
                    }

                    break;
                case Dispatch.ToFramework told:
                    Streams!.Send(told.Stream, told.Event);
                    break;
                case Dispatch.CloseStream closed:
                    Streams!.Close(closed.Stream);
                    break;
                case Dispatch.Announce announced:
                    Events!.Publish(announced.Event);
                    EdgeEvents!.Publish(announced.Event);
                    break;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Information, "The hub is up: API {Http}, MQTT {Mqtt}, data {Data}")]
        public static partial void Started(ILogger logger, string http, string mqtt, string data);

        [LoggerMessage(3102, LogLevel.Error, "{Damage}")]
        public static partial void Damaged(ILogger logger, string damage);
    }
}
