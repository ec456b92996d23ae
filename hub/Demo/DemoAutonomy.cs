using System.Text.Json.Nodes;

namespace Edge.Hub.Demo;

/// <summary>What the product is bought for: a site works and is operated without the hub, and comes back without surprises.</summary>
/// <remarks>Everything goes through the Marathon API, of the hub or of the cut-off agent. Source: CONTRACT, "Two commands"; GOALS, "The
/// plug-pull contract".</remarks>
internal sealed class DemoAutonomy(DemoNarration told, DemoProcess hub, IReadOnlyDictionary<string, DemoProcess> agents, TimeProvider time)
{
    private const string Till = "/shop/till";
    private const string Kiosk = "/kiosk";
    private const string CutNode = "store-2";
    private const string DarkNode = "store-3";

    private JsonNode? _beforeCut;

    /// <summary>Deploys an app over the fleet by the hub's API.</summary>
    public async Task DeployAsync()
    {
        told.Step($"Deploy the app {Till} by the hub's Marathon API: one instance in each store");
        var started = time.GetTimestamp();
        await told.SendAsync(HttpMethod.Post, Hub("v2/apps"), """
            {"id":"/shop/till","cmd":"while true; do date; sleep 1; done","instances":3,"cpus":0.1,"mem":32,
             "labels":{"EDGE_DISCONNECT":"site-decides"}}
            """);
        await told.UntilAsync(async () => await RunningAsync(Hub("v2/apps/shop/till")) == 3, 15, "three instances run");
        told.Say($"POST to three TASK_RUNNING: {DemoNarration.Millis(time.GetElapsedTime(started))}");
        await told.UntilAsync(
            async () => (await told.GetAsync(Hub("v2/deployments"))).AsArray().Count == 0, 10, "the deployment is done");
    }

    /// <summary>The site is cut off: a task dies, and its operator deploys and changes what runs there.</summary>
    public async Task WorkOfflineAsync()
    {
        told.Step($"Cut the link of {CutNode}; kill a task there; its operator goes on through the agent's own Marathon API");
        var before = await TaskAsync(CutNode, "shop/till");
        ProcessKiller.EndTask((string)before["id"]!);
        var took = await told.UntilAsync(
            async () => (string)(await TaskAsync(CutNode, "shop/till"))["id"]! != (string)before["id"]!, 15, "the agent starts it again");
        told.Say($"the killed task was started again by the agent alone after {DemoNarration.Millis(took)} (its back-off is 1 s)");
        var started = time.GetTimestamp();
        await told.SendAsync(
            HttpMethod.Post, Agent(CutNode, "v2/apps"), """{"id":"/kiosk","cmd":"sleep 100000","cpus":0.1,"mem":32}""");
        await told.UntilAsync(async () => await RunningAsync(Agent(CutNode, "v2/apps/kiosk")) == 1, 10, "the new app runs there");
        told.Say($"the new app {Kiosk}, made offline: POST to TASK_RUNNING {DemoNarration.Millis(time.GetElapsedTime(started))}");
        await told.SendAsync(HttpMethod.Put, Agent(CutNode, "v2/apps/shop/till"), """{"instances":2,"env":{"LANG":"cs"}}""");
        await told.UntilAsync(async () => await RunningAsync(Agent(CutNode, "v2/apps/shop/till")) == 2, 15, "the site runs two");
        await told.SendAsync(HttpMethod.Put, Hub("v2/apps/shop/till?force=true"), """{"env":{"LANG":"de"},"mem":40}""");
        told.Say("the site set instances=2 and LANG=cs; the hub, not knowing, set mem=40 and LANG=de");
        _beforeCut = await TaskAsync(CutNode, "kiosk");
    }

    /// <summary>The link is back: merged by field, one conflict, nothing lost.</summary>
    public async Task ReconcileAsync()
    {
        told.Step("Heal the link: both sides' changes are merged by field; what both changed is shown, and decided by an admin");
        var started = time.GetTimestamp();
        JsonNode? conflict = null;
        await told.UntilAsync(
            async () => (conflict = (await told.GetAsync(Hub("edge/v1/conflicts?state=open")))["conflicts"]?.AsArray().FirstOrDefault())
                is not null,
            45, "the hub shows the conflict");
        told.Say($"conflict after {DemoNarration.Millis(time.GetElapsedTime(started))}: {conflict!["app"]} {conflict["field"]}: "
            + $"base {conflict["base"]?.ToJsonString() ?? "-"}, hub {conflict["hub"]?.ToJsonString()}, "
            + $"site {conflict["site"]?.ToJsonString()}");
        var till = (await told.GetAsync(Hub("v2/apps/shop/till")))["app"]!;
        told.Ensure((int)till["instances"]! == 4 && (double)till["mem"]! == 40, "instances (3+1) and mem (40) are merged");
        told.Say("merged without asking: instances 3 + 1 = 4 (the site's wish), mem 40 (the hub's)");
        await told.SendAsync(HttpMethod.Post, Hub($"edge/v1/conflicts/{conflict["id"]}"), """{"resolution":"site"}""");
        await told.UntilAsync(
            async () => await RunningAsync(Hub("v2/apps/shop/till")) == 4
                && (await told.GetAsync(Hub("v2/deployments"))).AsArray().Count == 0,
            45, "four instances run what was decided");
        var kiosk = await told.GetAsync(Hub("v2/apps/kiosk"));
        told.Ensure(
            (string?)kiosk["app"]?["tasks"]?[0]?["id"] == (string)_beforeCut!["id"]!, $"the hub sees {Kiosk}, and its task never stopped");
        told.Say($"decided for the site: LANG=cs everywhere; {Kiosk} is seen by the hub, and its task never stopped");
    }

    /// <summary>Power comes back with no network.</summary>
    public async Task PullThePlugAsync()
    {
        told.Step($"Pull the plug of {DarkNode} with the hub out of reach: every process dies; the power comes back, the network does not");
        var wanted = await RunningAsync(Agent(DarkNode, "v2/apps/shop/till"));
        await hub.KillAsync();
        await agents[DarkNode].KillAsync();
        DemoKeeper.End(agents[DarkNode].Data);
        var started = time.GetTimestamp();
        await agents[DarkNode].StartAsync();
        await told.UntilAsync(
            async () => await RunningAsync(Agent(DarkNode, "v2/apps/shop/till")) == wanted && wanted > 0, 10, "its work runs again");
        var took = DemoNarration.Millis(time.GetElapsedTime(started));
        told.Say($"{wanted} task(s) run again {took} after the agent's start, without a network");
        var back = await hub.StartAsync();
        await told.UntilAsync(async () => await RunningAsync(Hub("v2/apps/shop/till")) == 4, 45, "the hub sees four instances again");
        told.Say($"hub back in {DemoNarration.Millis(back)}; it adopted what runs, and started nothing twice");
    }

    private Uri Hub(string path) => new(hub.Endpoint("http"), path);

    private Uri Agent(string node, string path) => new(agents[node].Endpoint("http"), path);

    private async Task<int> RunningAsync(Uri app) => (int?)(await told.GetAsync(app))["app"]?["tasksRunning"] ?? -1;

    private async Task<JsonNode> TaskAsync(string node, string app)
    {
        JsonNode? task = null;
        await told.UntilAsync(
            async () => (task = (await told.GetAsync(Agent(node, $"v2/apps/{app}/tasks")))["tasks"]?.AsArray()
                .FirstOrDefault(t => (string?)t!["state"] == "TASK_RUNNING")) is not null,
            15, $"a task of {app} runs at {node}");
        return task!;
    }
}
