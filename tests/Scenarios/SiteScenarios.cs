using System.Net;
using System.Text.Json.Nodes;
using Edge.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>A site that is cut off for a while, or for many short whiles: it is operated, and loses nothing that it had to tell.</summary>
/// <remarks>Each is named after a public thread.</remarks>
public sealed class SiteScenarios(SiteScenarios.Fixture fleet, ITestOutputHelper output) : IClassFixture<SiteScenarios.Fixture>
{
    private const string A = "a";
    private const string B = "b";

    /// <summary>kubeedge#4048 "why the pod will restart when the edgenode is reconnected to cloudcore".</summary>
    [RequiresNativeFact]
    public Task KubeEdge4048_ShortCuts_HealthyTasksStay() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 4);
        var processes = tasks.Select(f.Process).ToArray();
        for (var i = 0; i < 3; i++)
        {
            var before = f.Cluster.Connections(A) + f.Cluster.Connections(B);
            f.Link(A).Cut();
            f.Link(B).Cut();
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            f.Link(A).Heal();
            f.Link(B).Heal();
            var took = await MarathonDoor.UntilAsync(
                () => Task.FromResult(f.Cluster.Connections(A) + f.Cluster.Connections(B) >= before + 2), 45, "both are back");
            output.WriteLine($"cut of 0.3 s, both back after {took.TotalMilliseconds:F0} ms");
        }

        await f.StayAsync("/till", tasks);
        Assert.Equal(processes, tasks.Select(f.Process));
    });

    /// <summary>nomad#15483 "New behavior when max_client_disconnect is used" (a flood of allocations): the link flaps every second for
    /// twenty; nothing is started, and the node is back soon after.</summary>
    [RequiresNativeFact]
    public Task Nomad15483_LinkFlapsForTwentySeconds_NoFloodOfTasks() => fleet.RunAsync(async f =>
    {
        await using var told = await EventTap.OpenAsync(f.Cluster.Api, "status_update_event");
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 6);
        var processes = tasks.Select(f.Process).ToArray();
        var heard = told.Events.Count;
        var connections = f.Cluster.Connections(A);
        for (var i = 0; i < 10; i++)
        {
            f.Link(A).Cut();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            f.Link(A).Heal();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        connections = f.Cluster.Connections(A) - connections;
        var back = await f.ReachableAsync(A);
        output.WriteLine($"10 flaps in 20 s: {connections} connections, back {back.TotalSeconds:F1} s after the last");
        await f.StayAsync("/till", tasks);
        Assert.Equal(processes, tasks.Select(f.Process));
        Assert.Equal(heard, told.Events.Count);
    });

    /// <summary>greengrass-lite#1018 "job execution occasionally stays hanging in progress even though the runtime finishes" (a status
    /// publish was lost): every end of an outage is told, each once, in its order.</summary>
    [RequiresNativeFact]
    public Task GreengrassLite1018_StatusesOfAnOutage_ArriveCompletely_InOrder() => fleet.RunAsync(async f =>
    {
        await using var told = await EventTap.OpenAsync(f.Cluster.Api, "status_update_event");
        var file = Path.Combine(f.Cluster.Folder, "ends-" + Guid.NewGuid().ToString("N"));
        var command = $"sleep 0.1; echo $MESOS_TASK_ID >> {file}; exit 3";
        await f.Hub.CreateAsync("/loop", command, 1, """
            "backoffSeconds":0,"maxLaunchDelaySeconds":1,"constraints":[["hostname","LIKE",".*"]]
            """);
        await Cluster.UntilAsync(() => Lines(file).Length >= 1, 20, "it crashes for the first time");
        var node = (string)told.Events.First(e => (string?)e["appId"] == "/loop")["slaveId"]!;
        f.Link(node).Cut();
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System);
        var during = Lines(file).Length;
        await f.PowerCutAsync(node);
        await f.Cluster.RestartAgentAsync(node);
        await Cluster.UntilAsync(() => Lines(file).Length >= during + 5, 20, "it goes on after the power cut");
        f.Link(node).Heal();
        await f.ReachableAsync(node);
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/loop?force=true", """{"instances":0}""");
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/loop")).Count == 0 && await f.Hub.DeploymentsAsync() == 0, 30, "the loop has ended");

        var ran = Lines(file);
        string[] Failed() => [.. told.Events.Where(e => (string?)e["taskStatus"] == "TASK_FAILED").Select(e => (string)e["taskId"]!)];
        await MarathonDoor.UntilAsync(
            () => Task.FromResult(ran.Except(Failed()).Count() <= 1),
            20, () => $"all of {ran.Length} ends are told, not {Failed().Length}");
        output.WriteLine($"{ran.Length} ends ({during} before the power cut), {Failed().Length} told as TASK_FAILED");

        // Each once, and in the order of their incarnations; the last may have been killed by the end of the app.
        Assert.Equal(Failed().Length, Failed().Distinct().Count());
        Assert.Equal(Failed().OrderBy(Incarnation), Failed());
        foreach (var task in ran[..^1])
        {
            string[] states = [.. told.Of(task).Select(e => (string)e["taskStatus"]!).Where(s => s != "TASK_UNREACHABLE")];
            Assert.Equal(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"], states);
        }
    });

    /// <summary>greengrass-nucleus PR#1049 "do not block local deployment when offline": an app that was made at the cut-off site survives
    /// the reconnect, and a restart of the hub.</summary>
    [RequiresNativeFact]
    public Task GreengrassNucleus1049_OwnAppMadeOffline_SurvivesReconnectAndHubRestart() => fleet.RunAsync(async f =>
    {
        f.Link(A).Cut();
        var started = TimeProvider.System.GetTimestamp();
        await f.Agent(A).CreateAsync("/kiosk", Fleet.Forever, instances: 2);
        await MarathonDoor.UntilAsync(async () => await f.Agent(A).RunningAsync("/kiosk") == 2, 10, "it runs");
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"POST at the cut-off agent to two tasks running: {took.TotalMilliseconds:F0} ms");
        var tasks = await f.Agent(A).SettledAsync("/kiosk", 2, 10);
        var processes = tasks.Select(f.Process).ToArray();
        f.Link(A).Heal();
        await f.AgreedAsync(A, "/kiosk", 2);
        await f.Cluster.Hub.KillAsync();
        await f.Cluster.StartHubAsync();
        await f.ReachableAsync(A);
        await f.AgreedAsync(A, "/kiosk", 2);
        await f.StayAsync("/kiosk", tasks);
        Assert.Equal(processes, tasks.Select(f.Process));

        var (status, body) = await f.Hub.SendAsync(HttpMethod.Put, "v2/apps/kiosk", """{"instances":1}""");
        output.WriteLine($"the hub does not take it over by accident: {(int)status} {body?["message"]}");
        Assert.True((int)status is 403 or 409 or 422, $"{status} {body?.ToJsonString()}");
    });

    /// <summary>nomad#24629, greengrass-nucleus#1203: what a cut-off operator ends ends at once; it stays ended after the
    /// reconnect.</summary>
    [RequiresNativeFact]
    public Task GreengrassNucleus1203_KilledOffline_StaysKilled() => fleet.RunAsync(async f =>
    {
        f.Link(A).Cut();
        var first = (await f.Agent(A).RunAsync("/kiosk", Fleet.Forever))[0];
        await f.Agent(A).MustAsync(HttpMethod.Delete, $"v2/apps/kiosk/tasks/{first.Id}");
        SeenTask? next = null;
        var took = await MarathonDoor.UntilAsync(
            async () => (next = (await f.Agent(A).TasksAsync("/kiosk")).FirstOrDefault(t => t.Id != first.Id)) is { State: "TASK_RUNNING" },
            15, "another one runs");
        Assert.Equal(0, f.Process(first));
        await f.Agent(A).MustAsync(HttpMethod.Delete, $"v2/apps/kiosk/tasks/{next!.Id}?scale=true");
        await MarathonDoor.UntilAsync(async () => (await f.Agent(A).TasksAsync("/kiosk")).Count == 0, 15, "none is left");
        f.Link(A).Heal();
        await f.ReachableAsync(A);
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.SendAsync(HttpMethod.Get, "v2/apps/kiosk")).Status == HttpStatusCode.OK, 30, "the hub knows the app");
        await f.StayAsync("/kiosk", []);
        Assert.Equal(0, f.Processes(A, [first, next]));
        output.WriteLine($"killed at the cut-off site, replaced after {took.TotalMilliseconds:F0} ms; scaled to none, and none came back");
    });

    /// <summary>k3s#10209 (offline boxes delete what they need), kubeedge#3618: an operator without leave gets a sentence, not silence, and
    /// what runs goes on.</summary>
    [RequiresNativeFact]
    public Task KubeEdge3618_HubsAppChangedOfflineWithoutLeave_IsRefusedWithASentence() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, 1, """
            "constraints":[["hostname","LIKE",".*"]]
            """);
        var node = tasks[0].Node;
        f.Link(node).Cut();
        await MarathonDoor.UntilAsync(
            async () => (bool?)(await f.Agent(node).MustAsync(HttpMethod.Get, $"edge/v1/nodes/{node}"))["connected"] == false, 20,
            "the agent knows that it is cut off");
        var (status, body) = await f.Agent(node).SendAsync(HttpMethod.Delete, "v2/apps/till");
        output.WriteLine($"DELETE of a hub's app at a cut-off node: {(int)status} {Sentence(body)}");
        Assert.True(status is HttpStatusCode.Forbidden or HttpStatusCode.Conflict, $"{status}");
        Assert.Contains("belongs to the hub", Sentence(body), StringComparison.Ordinal);
        f.Link(node).Heal();
        await f.ReachableAsync(node);
        await f.StayAsync("/till", tasks);
    });

    private static string Sentence(JsonNode? body) => (string?)body?["message"] ?? (string?)body?["detail"] ?? string.Empty;

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    private static int Incarnation(string task) => new SeenTask(task, string.Empty, string.Empty, string.Empty).Incarnation;

    /// <summary>Two nodes with all the patience of the defaults.</summary>
    public sealed class Fixture : FleetFixture
    {
        internal override Fleet Create() => new(new HubSettings(), new AgentSettings(A), new AgentSettings(B));
    }
}
