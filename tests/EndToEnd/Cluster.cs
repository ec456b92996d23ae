namespace Edge.Tests.EndToEnd;

/// <summary>A hub and its agents as real processes in a temporary folder; everything is gone with it, tasks and keepers too.</summary>
/// <remarks>When a test fails the folder stays and the message carries the ends of all logs.</remarks>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly HubSettings _settings;
    private readonly Dictionary<string, AgentSettings> _agentSettings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DaemonProcess> _agents = new(StringComparer.Ordinal);
    private string _httpAddress = "127.0.0.1:0";
    private string _mqttAddress;
    private bool _failed;

    private Cluster(HubSettings settings)
    {
        _settings = settings;
        _mqttAddress = settings.Mqtt;
        Folder = Directory.CreateTempSubdirectory("edge-e2e-").FullName;
        Hub = new DaemonProcess("hub", DaemonProgram.Hub, Path.Combine(Folder, "hub"), Path.Combine(Folder, "hub.log"));
    }

    /// <summary>Holds all data folders and logs.</summary>
    public string Folder { get; }

    /// <summary>The hub.</summary>
    public DaemonProcess Hub { get; }

    /// <summary>Where the hub's API is; the same after a restart.</summary>
    public Uri Api => new($"http://{_httpAddress}");

    /// <summary>Where the hub's broker is; the same after a restart.</summary>
    public Uri Broker => new($"mqtt://{_mqttAddress}");

    /// <summary>An agent by its node's name.</summary>
    public DaemonProcess this[string node] => _agents[node];

    /// <summary>Runs a test against a new cluster of a hub and loopback agents.</summary>
    /// <param name="agents">Started before the test; the hub knows them all by then.</param>
    public static async Task RunAsync(HubSettings hub, AgentSettings[] agents, Func<Cluster, Task> test)
    {
        await using var cluster = new Cluster(hub);
        await cluster.GuardAsync(async () =>
        {
            await cluster.StartAsync(agents);
            await test(cluster);
        });
    }

    /// <summary>Makes a cluster for several tests, with nothing started yet; <see cref="StartAsync"/> follows.</summary>
    public static Cluster New(HubSettings hub) => new(hub);

    /// <summary>Starts the hub and agents, and waits until the hub knows them all.</summary>
    public async Task StartAsync(params AgentSettings[] agents)
    {
        await StartHubAsync();
        await Task.WhenAll(agents.Select(StartAgentAsync));
        await UntilAsync(() => agents.All(a => Connections(a.Node) > 0), 30, "all agents have reached the hub");
    }

    /// <summary>Runs a test; the first one that fails carries the ends of all logs, and the folder stays.</summary>
    public async Task GuardAsync(Func<Task> test)
    {
        try
        {
            await test();
        }
        catch (Exception failure) when (!_failed)
        {
            _failed = true;
            throw new InvalidOperationException($"{failure}\n{Tails()}", failure);
        }
    }

    /// <summary>Starts the hub: the first time on free ports, later where it was.</summary>
    public async Task<TimeSpan> StartHubAsync()
    {
        var took = await Hub.StartAsync(DaemonProgram.HubArguments(_settings, Hub.Data, _httpAddress, _mqttAddress));
        _httpAddress = Hub.Endpoint("http").Authority;
        _mqttAddress = Hub.Endpoint("mqtt").Authority;
        return took;
    }

    /// <summary>Starts an agent, or starts it again with what it was started with.</summary>
    public Task<TimeSpan> StartAgentAsync(AgentSettings settings)
    {
        lock (_agents)
        {
            _agentSettings[settings.Node] = settings;
            if (!_agents.TryGetValue(settings.Node, out var agent))
            {
                agent = NewAgent(settings.Node, settings.Data ?? Path.Combine(Folder, settings.Node));
            }

            agent.Environment = settings.Environment;
            return agent.StartAsync(
                DaemonProgram.AgentArguments(settings, agent.Data, settings.Hub ?? $"mqtt://{_mqttAddress}"), settings.Namespace);
        }
    }

    /// <summary>Starts an agent that was ended.</summary>
    public Task<TimeSpan> RestartAgentAsync(string node) => StartAgentAsync(_agentSettings[node]);

    /// <summary>How often an agent has reached the hub's broker, by its log.</summary>
    public int Connections(string node) => _agents[node].Log().Split("Connected to the hub's broker").Length - 1;

    /// <summary>Waits until something holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task UntilAsync(Func<bool> holds, int seconds, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > seconds)
            {
                throw new TimeoutException($"Not within {seconds} s: {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>The sandboxes of an executor (its runs), on the disk of a node.</summary>
    public IReadOnlyList<string> Sandboxes(string node, string framework, string executor)
    {
        var runs = Path.Combine(_agents[node].Data, "slaves", node, "frameworks", framework, "executors", executor, "runs");
        return Directory.Exists(runs)
            ? [.. Directory.EnumerateDirectories(runs).Where(d => Path.GetFileName(d) != "latest")]
            : [];
    }

    /// <summary>The ends of all logs.</summary>
    public string Tails() => string.Join('\n', _agents.Values.Prepend(Hub).Select(d => d.Tail()));

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _agents.Values.Append(Hub))
        {
            await daemon.DisposeAsync();
            await ProcessScan.EndAsync(daemon.Data);
        }

        // Whoever cleans temporary folders may have been faster.
        if (!_failed && Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private DaemonProcess NewAgent(string node, string data)
    {
        var agent = new DaemonProcess(node, DaemonProgram.Agent, data, Path.Combine(Folder, node + ".log"));
        _agents[node] = agent;
        return agent;
    }
}
