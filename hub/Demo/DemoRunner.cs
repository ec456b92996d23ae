using System.Text.Json.Nodes;

namespace Edge.Hub.Demo;

/// <summary>The demonstration: a hub and three agents as real processes, real tasks, a kill -9, a cut link, and the figures.</summary>
/// <remarks>Every step either holds or ends the run with the reason. Source: CONTRACT, "Two commands on a fresh machine".</remarks>
internal sealed class DemoRunner(DemoPrograms programs, string folder, TimeProvider time) : IAsyncDisposable
{
    private static readonly string[] s_nodes = ["store-1", "store-2", "store-3"];

    private readonly DemoNarration _told = new(time);
    private readonly Dictionary<string, DemoProcess> _agents = new(StringComparer.Ordinal);
    private DemoProcess? _hub;
    private LinkCutter? _cable;
    private DemoFramework? _framework;

    /// <summary>Runs every step.</summary>
    /// <exception cref="DemoFailedException">A step did not hold; the message says which and why.</exception>
    public async Task RunAsync()
    {
        var started = time.GetTimestamp();
        await StartHubAsync();
        await StartAgentsAsync();
        await RunTasksAsync();
        await KillAgentAsync();
        await CutLinkAsync();
        await KillHubAsync();
        await AgreeAsync();
        var autonomy = new DemoAutonomy(_told, _hub!, _agents, time);
        await autonomy.DeployAsync();
        _cable!.Cut();
        await autonomy.WorkOfflineAsync();
        _cable.Heal();
        await autonomy.ReconcileAsync();
        await autonomy.PullThePlugAsync();
        _told.Say($"All steps held in {time.GetElapsedTime(started).TotalSeconds:F1} s. "
            + $"The framework subscribed {_framework!.Subscriptions} times and saw {_framework.Duplicates} statuses twice.");
    }

    /// <summary>Says where everything is.</summary>
    public void SayWhere()
    {
        Console.WriteLine($"  hub API   {_hub!.Endpoint("http")}   (try {_hub.Endpoint("http")}state)");
        foreach (var (name, agent) in _agents)
        {
            Console.WriteLine($"  {name}   {agent.Endpoint("http")}");
        }

        Console.WriteLine($"  logs and data in {folder}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_framework is not null)
        {
            await _framework.DisposeAsync();
        }

        foreach (var agent in _agents.Values)
        {
            agent.Dispose();
            DemoKeeper.End(agent.Data);
        }

        _hub?.Dispose();
        if (_cable is not null)
        {
            await _cable.DisposeAsync();
        }

        _told.Dispose();
    }

    private async Task StartHubAsync()
    {
        _told.Step("Start a hub (broker and database inside)");
        _hub = NewHub("127.0.0.1:0", "127.0.0.1:0");
        var took = await _hub.StartAsync();
        var http = _hub.Endpoint("http");
        var mqtt = _hub.Endpoint("mqtt");
        _told.Say($"hub ready in {DemoNarration.Millis(took)}: API {http}, MQTT {mqtt.Host}:{mqtt.Port}");
        // It comes back at the same place after it was killed.
        _hub = Renew(_hub, NewHub($"{http.Host}:{http.Port}", $"{mqtt.Host}:{mqtt.Port}"));
        await _hub.StartAsync();
    }

    private async Task StartAgentsAsync()
    {
        _told.Step("Start three agents; the link of store-2 goes through a cable that can be cut");
        var mqttPort = _hub!.Endpoint("mqtt").Port;
        _cable = new LinkCutter(() => mqttPort);
        foreach (var name in s_nodes)
        {
            var port = name == "store-2" ? _cable.Port : mqttPort;
            _agents[name] = new DemoProcess(
                name, folder, programs.Agent,
                [
                    .. programs.AgentArguments, "run", "--hub", $"mqtt://127.0.0.1:{port}", "--data", Path.Combine(folder, name),
                    "--node", name, "--http", "127.0.0.1:0", "--site", name, "--resources", "cpus:2;mem:1024;disk:1024",
                ],
                time);
            var took = await _agents[name].StartAsync();
            _told.Say($"{name} ready in {DemoNarration.Millis(took)}");
        }

        await _told.UntilAsync(
            async () => (await StateAsync())["slaves"]!.AsArray().Count == s_nodes.Length, 10, "the hub sees three agents");
    }

    private async Task RunTasksAsync()
    {
        _told.Step("A framework (public Mesos v1 API only) launches a long task on each agent");
        _framework = new DemoFramework(() => $"{_hub!.Endpoint("http")}".TrimEnd('/'), time);
        _framework.Start();
        await _told.UntilAsync(() => _framework.Subscriptions > 0, 5, "the framework is subscribed");
        foreach (var name in s_nodes)
        {
            _framework.Launch($"web-{name}", "while true; do date; sleep 1; done", name);
        }

        await _told.UntilAsync(() => s_nodes.All(n => _framework.Saw($"web-{n}", "TASK_RUNNING")), 15, "all three are TASK_RUNNING");
        var latencies = s_nodes.Select(n => _framework[$"web-{n}"].RunningAfter!.Value.TotalMilliseconds).Order().ToArray();
        _told.Say($"ACCEPT to TASK_RUNNING as the framework saw it: median {latencies[1]:F0} ms, slowest {latencies[^1]:F0} ms");
    }

    private async Task KillAgentAsync()
    {
        _told.Step("Kill -9 the agent of store-1: its task must not notice, and what ends meanwhile must be told");
        _framework!.Launch("short-1", "sleep 2; exit 7", "store-1");
        await _told.UntilAsync(() => _framework.Saw("short-1", "TASK_RUNNING"), 10, "short-1 runs");
        var agent = _agents["store-1"];
        var killed = agent.Id;
        await agent.KillAsync();
        _told.Say($"agent process {killed} is gone; waiting until short-1 has ended without it");
        await Task.Delay(TimeSpan.FromSeconds(2.5), time);
        var took = await agent.StartAsync();
        await _told.UntilAsync(() => _framework.Saw("short-1", "TASK_FAILED"), 10, "the end of short-1 (exit status 7) arrives");
        _told.Ensure(!_framework.Saw("web-store-1", "TASK_FAILED"), "the long task of store-1 lives on");
        _told.Say($"agent back in {DemoNarration.Millis(took)}; short-1 told as TASK_FAILED, the long task never noticed");
    }

    private async Task CutLinkAsync()
    {
        _told.Step("Cut the link of store-2; a task ends there meanwhile; heal it");
        _framework!.Launch("short-2", "sleep 1; echo done", "store-2");
        await _told.UntilAsync(() => _framework.Saw("short-2", "TASK_RUNNING"), 10, "short-2 runs");
        _cable!.Cut();
        await _told.UntilAsync(async () => TasksEnded(await AgentStateAsync("store-2")) > 0, 15, "short-2 ends on the node, cut off");
        _told.Ensure(!_framework.Saw("short-2", "TASK_FINISHED"), "nothing crossed the cut");
        var healed = time.GetTimestamp();
        _cable.Heal();
        await _told.UntilAsync(() => _framework.Saw("short-2", "TASK_FINISHED"), 45, "the status arrives after the link healed");
        _told.Say($"TASK_FINISHED arrived {DemoNarration.Millis(time.GetElapsedTime(healed))} after the link healed");
    }

    private async Task KillHubAsync()
    {
        _told.Step("Kill -9 the hub and start it again");
        var before = _framework!.Subscriptions;

        // A connection that is lost within two seconds counts as a failed one, after which an agent waits longer.
        await Task.Delay(TimeSpan.FromSeconds(2.2), time);
        await _hub!.KillAsync();
        var took = await _hub.StartAsync();
        await _told.UntilAsync(() => _framework.Subscriptions > before, 15, "the framework is subscribed again with its id");
        await _told.UntilAsync(
            async () => RunningOnHub(await StateAsync()) == s_nodes.Length, 45, "the hub sees the three long tasks running");
        _told.Say($"hub back in {DemoNarration.Millis(took)}; three tasks ran through it");
    }

    private async Task AgreeAsync()
    {
        _told.Step("Compare what the hub believes with what each agent says");
        await _told.UntilAsync(
            async () => (await _told.GetAsync(new Uri(_hub!.Endpoint("http"), "edge/v1/nodes")))["nodes"]!.AsArray()
                .Count(n => (bool)n!["connected"]!) == s_nodes.Length,
            45, "all agents are connected");
        var hub = RunningOnHub(await StateAsync());
        var agents = 0;
        foreach (var name in s_nodes)
        {
            agents += TasksRunning(await AgentStateAsync(name));
        }

        _told.Ensure(hub == agents, $"hub and agents agree: {hub} tasks run by the hub's books, {agents} by the agents'");
        _told.Say($"both sides agree: {hub} tasks run");
    }

    private async Task<JsonNode> StateAsync() => await _told.GetAsync(new Uri(_hub!.Endpoint("http"), "state"));

    private async Task<JsonNode> AgentStateAsync(string name) => await _told.GetAsync(new Uri(_agents[name].Endpoint("http"), "state"));

    private static int RunningOnHub(JsonNode state) => state["frameworks"]!.AsArray()
        .SelectMany(f => f!["tasks"]!.AsArray())
        .Count(t => (string?)t!["state"] == "TASK_RUNNING");

    private static int TasksRunning(JsonNode state) => Executors(state, "executors").SelectMany(e => e!["tasks"]!.AsArray())
        .Count(t => (string?)t!["state"] == "TASK_RUNNING");

    private static int TasksEnded(JsonNode state) => Executors(state, "executors").Concat(Executors(state, "completed_executors"))
        .SelectMany(e => e!["tasks"]!.AsArray().Concat(e["completed_tasks"]!.AsArray()))
        .Count(t => (string?)t!["state"] == "TASK_FINISHED");

    private static IEnumerable<JsonNode?> Executors(JsonNode state, string kind) => state["frameworks"]!.AsArray()
        .Concat(state["completed_frameworks"]!.AsArray())
        .SelectMany(f => f![kind]!.AsArray());

    private DemoProcess NewHub(string http, string mqtt) => new(
        "hub", folder, programs.Hub,
        [.. programs.HubArguments, "serve", "--http", http, "--mqtt", mqtt, "--data", Path.Combine(folder, "hub")], time);

    private static DemoProcess Renew(DemoProcess old, DemoProcess renewed)
    {
        old.Dispose();
        return renewed;
    }
}
