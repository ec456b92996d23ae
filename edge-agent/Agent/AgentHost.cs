using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Edge.Agent.Containerizer;
using Edge.Agent.Fingerprint;
using Edge.Agent.Health;
using Edge.Agent.Http;
using Edge.Agent.Storage;
using Edge.Agent.Sync;
using Edge.Agent.Tasks;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Api.Edge;
using Edge.Daemon.Api.Marathon;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Hosting;
using Edge.Daemon.Mapping;
using Edge.Daemon.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Edge.Agent;

/// <summary>Wires one agent, in the order that counts: journal, keeper, tasks, and only then the network.</summary>
internal sealed partial class AgentHost : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly HostClock _clock;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private readonly AgentActs _acts = new();
    private SqlJournal? _journal;
    private EngineLoop? _engine;
    private MarathonEvents? _events;
    private AuditLog? _audit;
    private KeeperContainerizer? _containerizer;
    private WebApplication? _web;
    private IPEndPoint _endpoint;

    private AgentHost(AgentOptions options, HostClock clock)
    {
        _options = options;
        _clock = clock;
        _endpoint = options.Http;
        _loggers = LoggerFactory.Create(b => b
            .AddSimpleConsole(o => o.SingleLine = true)
            .SetMinimumLevel(options.LogLevel)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Polly", LogLevel.Error));
        _logger = _loggers.CreateLogger<AgentHost>();
    }

    /// <summary>True when the agent ended on a fault of its own.</summary>
    public bool Failed { get; private set; }

    /// <summary>Where the node's own API is, as <c>http://127.0.0.1:5051</c>; known after the start.</summary>
    public string HttpAddress { get; private set; } = string.Empty;

    /// <summary>Runs an agent until it is asked to end; its tasks go on.</summary>
    public static async Task<AgentHost> StartAsync(AgentOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = new AgentHost(options, new HostClock(time));
        try
        {
            await host.StartWorkAsync(cancellationToken);
            await host.StartNetworkAsync(cancellationToken);
            return host.Failed ? throw new IOException("The agent stopped on a fault of its own; its log says which.") : host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _web!.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        _acts.Runner?.Dispose();
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        if (_containerizer is not null)
        {
            await _containerizer.DisposeAsync();
        }

        _journal?.Dispose();
        _loggers.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Journal, keeper, tasks: nothing here looks up a name or opens a socket to anybody else.</summary>
    private async Task StartWorkAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.Data);
        var opened = JournalFile.Open(
            Path.Combine(_options.Data, "agent.db"),
            SqliteDriver.Connect,
            new JournalDecoders(TaskMapping.FromWire, FrameworkMapping.FromWire, DelegationMapping.FromDocument),
            _clock.Time.GetUtcNow());
        _journal = opened.Journal;
        if (opened.Damage is { } damage)
        {
            Log.Damaged(_logger, damage);
        }

        var node = new NodeId(_options.Node);
        var self = new SelfState
        {
            Id = node,
            Identity = new NodeIdentity(Instance(_options.Data), _journal.AgentEpoch, NodeProbe.BootId()),
            Description = Describe(_options.Http),
            Standalone = _options.Hub is null,
        };
        var restored = Restoration.RestoreNode(opened.Rows, self, Guid.NewGuid().ToString("D"), Context());
        if (_journal.Commit(restored.Rows) is { } failure)
        {
            throw new IOException($"The journal in {_options.Data} cannot be written: {failure}");
        }

        _engine = new EngineLoop(
            restored.State, _journal, _acts,
            new EngineLoopOptions(ClusterLimits.Default, _clock.Time, _clock.Monotonic, _clock.NextSeed, OnFatal),
            _loggers.CreateLogger<EngineLoop>());
        _events = new MarathonEvents(() => _engine, _clock.Time);
        _audit = new AuditLog(_clock.Time);
        _acts.Events = _events;
        _acts.EdgeEvents = new EdgeEvents(_events.Feed, _audit);
        await StartTasksAsync(node, cancellationToken);
    }

    private async Task StartTasksAsync(NodeId node, CancellationToken cancellationToken)
    {
        var paths = new ContainerPaths(_options.Data, node.Value);
        var options = new KeeperOptions { Paths = paths };
        _containerizer = await KeeperContainerizer.OpenAsync(
            options, _clock.Time, _loggers.CreateLogger<KeeperContainerizer>(), cancellationToken);
        var specs = new ContainerSpecs(node, () => _endpoint.ToString(), (container, framework, executor) =>
            paths.Sandbox(framework.Value, executor.Value, container.Value));
        var probes = new HealthProbes(new SideCommands(options, _clock.Time), specs.BuildCheck, _clock.Time);
        var health = new HealthChecker(
            _engine!, probes.RunAsync, probes.AskAsync, _clock.Time, _loggers.CreateLogger<HealthChecker>());
        var runner = new TaskRunner(_containerizer, _engine!, specs, health, _clock.Time, _loggers.CreateLogger<TaskRunner>());
        _acts.Runner = runner;
        _engine!.Start();
        var known = _engine.Snapshot.Tasks.Values.Select(t => t.Container.Value).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<OrphanContainer> orphans =
        [
            .. (await _containerizer.ListAsync(cancellationToken))
                .Where(c => !known.Contains(c.ContainerId))
                .Select(c => new OrphanContainer(new ContainerId(c.ContainerId), c.Exit is null, c.Exit?.ExitStatus)),
        ];
        await _engine.SubmitAsync(new OrphansFound(orphans), cancellationToken);
        _loops.Add(GuardAsync(runner.RunAsync));
        _loops.Add(GuardAsync(health.RunAsync));
        await _engine.SubmitAsync(new ResumeTasks(), cancellationToken);
        Log.TasksResumed(_logger, known.Count, orphans.Length, _clock.Monotonic().TotalMilliseconds);
    }

    private async Task StartNetworkAsync(CancellationToken cancellationToken)
    {
        await StartApiAsync(cancellationToken);
        if (_endpoint.Port != _options.Http.Port)
        {
            await _engine!.SubmitAsync(new DescribeSelf(Describe(_endpoint)), cancellationToken);
        }

        if (_options.Hub is { } hub)
        {
            var link = new HubLink(
                new HubLinkOptions(_options.Node, Instance(_options.Data), hub.Host, hub.Port, _options.KeepAlive),
                _engine!, TaskMapping.FromWire, _clock.Time, _loggers.CreateLogger<HubLink>());
            _acts.Link = link;
            _loops.Add(GuardAsync(link.RunAsync));
        }

        EndpointsFile.Write(_options.Data, [new("http", HttpAddress)]);
        Log.Started(_logger, _options.Node, HttpAddress, _options.Data, _clock.Monotonic().TotalMilliseconds);
    }

    private async Task StartApiAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(_options.Http);
        });
        _web = builder.Build();
        _web.UsePathAliases(new PathAliases(
            MesosRoutes.AgentPrefixes, [.. MesosRoutes.AgentPaths, .. FilesEndpoint.Paths], MesosRoutes.AgentExactPaths));
        var paths = new ContainerPaths(_options.Data, _options.Node);
        var host = new MesosHost(
            _engine!,
            new FrameworkStreams(new EventStreamLimits(), _clock.Time),
            () => new MesosIdentity(Dns.GetHostName(), _endpoint.Address, _endpoint.Port),
            _clock.Time,
            _web.Lifetime.ApplicationStopping)
        {
            Metrics = [new AgentMetrics(_engine!, () => _acts.Link).Write],
        };
        var gateway = new AuditedGateway(_engine!, _audit!);
        _web.MapMarathon(
            new MarathonHost(gateway, _events!, () => _endpoint.ToString(), _clock.Time, _clock.Monotonic)
            {
                HubUrl = () => _acts.Link?.HubApi,
            },
            _web.Lifetime.ApplicationStopping);
        _web.MapEdge(
            new EdgeHost(gateway, _events!.Feed, _audit!, Context) { HubUrl = () => _acts.Link?.HubApi },
            _web.Lifetime.ApplicationStopping);
        _web.MapMesosAgent(host, new Sandboxes(_engine!, paths));
        new FilesEndpoint(new SandboxFiles(paths)).Map(_web);
        await _web.StartAsync(cancellationToken);
        HttpAddress = _web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        _endpoint = new IPEndPoint(_options.Http.Address, new Uri(HttpAddress).Port);
    }

    private DecisionContext Context() =>
        new(_clock.Time.GetUtcNow(), _clock.Monotonic(), _clock.NextSeed(), ClusterLimits.Default) { Apps = AppMapping.Instance };

    /// <exception cref="InvalidDataException">A flag or the profile says something that cannot be; the message names all of it.</exception>
    private NodeDescription Describe(IPEndPoint endpoint)
    {
        var probed = NodeProbe.Describe(new NodeProbeInput
        {
            Data = _options.Data,
            Address = endpoint.Address.ToString(),
            Port = endpoint.Port,
            Site = _options.Site,
            Profile = _options.Profile,
            Resources = TextOf(_options.Resources),
            Attributes = AttributeText.Format(_options.Attributes),
        });
        foreach (var warning in probed.Warnings)
        {
            Log.Probed(_logger, warning);
        }

        return probed.Description ?? throw new InvalidDataException(string.Join(" ", probed.Errors));
    }

    /// <summary>The flag as it was written; names that were given nothing stand in it too, because they remove what was found.</summary>
    private static string? TextOf(ResourceTextResult? given)
    {
        if (given?.Value is not { } resources)
        {
            return null;
        }

        var removed = given.Names
            .Where(name => resources.All(r => r.Name != name))
            .Select(name => name == "ports" ? "ports:[]" : name + ":0");
        return string.Join(';', removed.Prepend(resources.Describe()));
    }

    /// <summary>Of the machine and its data folder: another machine with the same name differs, a lost database does not.</summary>
    private static string Instance(string data)
    {
        var text = NodeProbe.MachineId() + "\n" + Path.GetFullPath(data);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    /// <summary>Root of a loop: a fault of its own ends the agent loudly; an agent that only looks alive would be worse.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_stopping.Token);
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // However it ended on the way out, it has ended.
        }
        catch (Exception failure)
        {
            Log.LoopFailed(_logger, failure);
            OnFatal(failure);
        }
    }

    /// <summary>The loop has logged why; the process ends, its tasks go on, and whoever watches it starts it again.</summary>
    private void OnFatal(Exception failure)
    {
        Failed = true;
        _web?.Lifetime.StopApplication();
    }

    private sealed class AgentActs : IEngineActs
    {
        public TaskRunner? Runner { get; set; }

        public HubLink? Link { get; set; }

        public MarathonEvents? Events { get; set; }

        public EdgeEvents? EdgeEvents { get; set; }

        public void Carry(Dispatch dispatch)
        {
            if (dispatch is Dispatch.ToHub up)
            {
                Link?.Send(up.Message);
            }
            else if (dispatch is Dispatch.Announce announced)
            {
                Events?.Publish(announced.Event);
                EdgeEvents?.Publish(announced.Event);
            }
            else
            {
                Runner?.Carry(dispatch);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2205, LogLevel.Critical, "A loop stopped on a fault of its own; the agent ends, its tasks go on")]
        public static partial void LoopFailed(ILogger logger, Exception failure);

        [LoggerMessage(2204, LogLevel.Warning, "{Warning}")]
        public static partial void Probed(ILogger logger, string warning);

        [LoggerMessage(2201, LogLevel.Information, "Node {Node} is up: API {Http}, data {Data}, {Millis} ms after the start")]
        public static partial void Started(ILogger logger, string node, string http, string data, double millis);

        [LoggerMessage(2202, LogLevel.Error, "{Damage}")]
        public static partial void Damaged(ILogger logger, string damage);

        [LoggerMessage(2203, LogLevel.Information,
            "Tasks resumed: {Known} known, {Orphans} found without a journal, {Millis} ms after the start")]
        public static partial void TasksResumed(ILogger logger, int known, int orphans, double millis);
    }
}
