using System.Text.Json.Nodes;
using Edge.Tests.EndToEnd;

namespace Edge.Tests.Scenarios;

/// <summary>A hub and native agents, each behind a cable of its own that can be cut and degraded.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>A task that goes on for ever.</summary>
    public const string Forever = "sleep 100000";

    private readonly Dictionary<string, DegradedLink> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MarathonDoor> _agents = new(StringComparer.Ordinal);
    private readonly AgentSettings[] _settings;

    /// <param name="agents">Where their hub is does not matter: each gets its cable.</param>
    public Fleet(HubSettings hub, params AgentSettings[] agents)
    {
        Cluster = Cluster.New(hub);
        Hub = new MarathonDoor(() => Cluster.Api);
        foreach (var agent in agents)
        {
            _links[agent.Node] = new DegradedLink(() => Cluster.Broker.Port, new DegradedLinkOptions(), TimeProvider.System);
            _agents[agent.Node] = new MarathonDoor(() => Cluster[agent.Node].Endpoint("http"));
        }

        _settings = [.. agents.Select(a => a with { Hub = $"mqtt://127.0.0.1:{_links[a.Node].Port}" })];
    }

    /// <summary>The processes.</summary>
    public Cluster Cluster { get; }

    /// <summary>The hub's API.</summary>
    public MarathonDoor Hub { get; }

    /// <summary>The nodes' names.</summary>
    public IReadOnlyCollection<string> Nodes => _links.Keys;

    /// <summary>Starts everything.</summary>
    public Task StartAsync() => Cluster.StartAsync(_settings);

    /// <summary>Starts the agents; they may find the hub much later.</summary>
    public Task StartWithoutWaitingAsync() => Task.WhenAll(_settings.Select(Cluster.StartAgentAsync));

    /// <summary>The cable of a node.</summary>
    public DegradedLink Link(string node) => _links[node];

    /// <summary>The API of a node's own agent.</summary>
    public MarathonDoor Agent(string node) => _agents[node];

    /// <summary>The process of a task, the shell that was started for it; 0 when there is none.</summary>
    public int Process(SeenTask task) => ProcessScan.Task(Cluster[task.Node].Data, task.Id) is [var id, ..] ? id : 0;

    /// <summary>Tasks that have processes on a node, the truth beside all APIs.</summary>
    public int Processes(string node, IEnumerable<SeenTask> tasks) =>
        tasks.Count(t => ProcessScan.Task(Cluster[node].Data, t.Id).Count > 0);

    /// <summary>Kills the process of a task, as the kernel does when memory is short.</summary>
    public void KillTask(SeenTask task)
    {
        foreach (var id in ProcessScan.Task(Cluster[task.Node].Data, task.Id))
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
        }
    }

    /// <summary>The power of a node fails: agent, keeper and every task die at once.</summary>
    public async Task PowerCutAsync(string node)
    {
        await Cluster[node].KillAsync();
        await ProcessScan.EndAsync(Cluster[node].Data);
    }

    /// <summary>Waits until the hub and a node that is the only one with tasks of an app show the same running tasks.</summary>
    /// <returns>The tasks.</returns>
    public async Task<IReadOnlyList<SeenTask>> AgreedAsync(string node, string app, int instances, int seconds = 30)
    {
        IReadOnlyList<SeenTask> there = [], here = [];
        await MarathonDoor.UntilAsync(
            async () =>
            {
                there = await Agent(node).TasksAsync(app);
                here = await Hub.TasksAsync(app);
                return here.Count == instances && here.Concat(there).All(t => t.State == "TASK_RUNNING")
                    && Ids(here).SequenceEqual(Ids(there)) && await Hub.DeploymentsAsync() == 0;
            },
            seconds,
            () => $"hub and {node} agree on {instances} task(s) of {app}: {string.Join(", ", here)}; there: {string.Join(", ", there)}");
        return there;
    }

    /// <summary>For a second, exactly these tasks and no others are seen by the hub.</summary>
    public Task StayAsync(string app, IReadOnlyList<SeenTask> tasks) => MarathonDoor.WhileAsync(
        async () => Ids(await Hub.TasksAsync(app)).SequenceEqual(Ids(tasks)), TimeSpan.FromSeconds(1),
        () => $"exactly {string.Join(", ", tasks)}");

    /// <summary>The ids of tasks, in order.</summary>
    public static IEnumerable<string> Ids(IEnumerable<SeenTask> tasks) => tasks.Select(t => t.Id).Order(StringComparer.Ordinal);

    /// <summary>What the hub says of a node; a sentence when it does not know it.</summary>
    public async Task<JsonNode> NodeAsync(string node) => (await Hub.SendAsync(HttpMethod.Get, $"edge/v1/nodes/{node}")).Body!;

    /// <summary>Waits until the hub has given a node up.</summary>
    public Task<TimeSpan> UnreachableAsync(string node) => ReachabilityAsync(node, "unreachable");

    /// <summary>Waits until the hub has a session with a node.</summary>
    public Task<TimeSpan> ReachableAsync(string node, int seconds = 45) => ReachabilityAsync(node, "reachable", seconds);

    /// <summary>Heals everything, removes every app, and waits until hub and nodes agree that nothing is left.</summary>
    public async Task TidyAsync()
    {
        foreach (var node in Nodes)
        {
            Link(node).Heal();
            await ReachableAsync(node);
        }

        foreach (var door in (MarathonDoor[])[Hub, .. _agents.Values])
        {
            await RemoveAsync(door);
        }

        await MarathonDoor.UntilAsync(
            async () => (await Hub.TasksAsync()).Count == 0 && await Hub.DeploymentsAsync() == 0
                && (await Task.WhenAll(_agents.Values.Select(a => a.TasksAsync()))).All(t => t.Count == 0),
            30,
            "nothing is left of the scenario, by the hub and by its nodes");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var node in Nodes)
        {
            await _links[node].DisposeAsync();
            _agents[node].Dispose();
        }

        Hub.Dispose();
    }

    private static async Task RemoveAsync(MarathonDoor door)
    {
        foreach (var app in (await door.MustAsync(HttpMethod.Get, "v2/apps"))["apps"]!.AsArray())
        {
            // A site's own is removed at the site, the hub's at the hub; each refuses the other's.
            await door.SendAsync(HttpMethod.Delete, $"v2/apps{(string)app!["id"]!}?force=true");
        }
    }

    private Task<TimeSpan> ReachabilityAsync(string node, string state, int seconds = 45)
    {
        JsonNode? seen = null;
        return MarathonDoor.UntilAsync(
            async () => (string?)(seen = await NodeAsync(node))["reachability"] == state
                && (state != "reachable" || (bool?)seen["connected"] == true),
            seconds,
            () => $"{node} is {state}; it is {seen?.ToJsonString()}");
    }
}
