using System.Net;
using Edge.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>Deployments that meet an absent node or an impossible wish end all the same.</summary>
/// <remarks>Each is named after a public thread. The hub gives a node up after two seconds here.</remarks>
public sealed class DeploymentScenarios(DeploymentScenarios.Fixture fleet, ITestOutputHelper output)
    : IClassFixture<DeploymentScenarios.Fixture>
{
    private const string A = "a";
    private const string B = "b";
    private const string Next = "sleep 200000";

    /// <summary>greengrass-nucleus#1203, #807 "deployment stuck in progress", iotedge#1731: one of two nodes is away while the app gets a
    /// new version. The deployment finishes; the node that comes back is brought up to date.</summary>
    [RequiresNativeFact]
    public Task Greengrass807_OneNodeIsAway_TheDeploymentFinishes_AndItIsBroughtUpToDate() => fleet.RunAsync(async f =>
    {
        var old = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 4);
        Assert.Equal(2, old.Count(t => t.Node == A));
        f.Link(A).Cut();
        await f.UnreachableAsync(A);
        var started = TimeProvider.System.GetTimestamp();
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/till?force=true", $$"""{"cmd":"{{Next}}"}""");
        await MarathonDoor.UntilAsync(async () => await f.Hub.DeploymentsAsync() == 0, 60, "the deployment is over");
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"new version with one of two nodes away: deployed after {took.TotalSeconds:F1} s");
        Assert.Equal(4, (await f.Hub.TasksAsync("/till")).Count(t => t is { Node: B, State: "TASK_RUNNING" }));
        Assert.Equal(2, f.Processes(A, old));

        f.Link(A).Heal();
        var healed = await MarathonDoor.UntilAsync(() => Task.FromResult(f.Processes(A, old) == 0), 30, "the old version has ended");
        output.WriteLine($"the node is back: its old version has ended {healed.TotalSeconds:F1} s later");
        var now = await f.Hub.SettledAsync("/till", 4, 30);
        Assert.Empty(Fleet.Ids(now).Intersect(Fleet.Ids(old)));
    });

    /// <summary>greengrass-nucleus#1203 for what the site decides: other nodes get the new version at once, the one that is away when it is
    /// back, and never a second copy meanwhile.</summary>
    [RequiresNativeFact]
    public Task Greengrass1203_SiteDecides_TheAwayNodeIsUpdatedWhenItIsBack_NeverTwice() => fleet.RunAsync(async f =>
    {
        const string Policy = """
            "labels":{"EDGE_DISCONNECT":"site-decides"}
            """;
        var old = await f.Hub.RunAsync("/till", Fleet.Forever, 2, Policy);
        bool IsNew(SeenTask task) => !Fleet.Ids(old).Contains(task.Id);
        f.Link(A).Cut();
        await f.UnreachableAsync(A);
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/till?force=true", $$"""{"cmd":"{{Next}}"}""");
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/till")).Any(t => t is { Node: B, State: "TASK_RUNNING" } && IsNew(t))
                && await f.Hub.DeploymentsAsync() == 0,
            30, "the other node has the new version, and the deployment is over");
        Assert.Single(await f.Agent(B).TasksAsync("/till"));
        Assert.Equal(1, f.Processes(A, old));
        f.Link(A).Heal();
        var took = await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/till")).Count(t => t.State == "TASK_RUNNING" && IsNew(t)) == 2,
            45, "two of the new version");
        Assert.Equal(0, f.Processes(A, old) + f.Processes(B, old));
        output.WriteLine($"site-decides: the deployment ends while a node is away; it has the new version {took.TotalSeconds:F1} s after");
    });

    /// <summary>balena-supervisor#1633 "Hard to recover device stuck in Updating state", greengrass-nucleus#807: a version that no node can
    /// take is taken back by one call, and what ran never stopped.</summary>
    [RequiresNativeFact]
    public Task Balena1633_StuckDeployment_IsTakenBack() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 2);
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/till", """{"cpus":1000}""");
        var stuck = (string)(await f.Hub.MustAsync(HttpMethod.Get, "v2/deployments"))[0]!["id"]!;
        var (locked, _) = await f.Hub.SendAsync(HttpMethod.Put, "v2/apps/till", """{"instances":3}""");
        Assert.Equal(HttpStatusCode.Conflict, locked);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        await f.Hub.MustAsync(HttpMethod.Delete, $"v2/deployments/{stuck}");
        Assert.Equal(Fleet.Ids(tasks), Fleet.Ids(await f.Hub.SettledAsync("/till", 2, 30)));
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"stuck deployment taken back in {took.TotalMilliseconds:F0} ms; its tasks never stopped");
        var app = (await f.Hub.MustAsync(HttpMethod.Get, "v2/apps/till"))["app"]!;
        Assert.Equal(0.1, (double)app["cpus"]!);
    });

    /// <summary>balena-supervisor#1633 with a version that starts and fails before it is healthy: the old one serves until somebody
    /// decides, and then as if nothing had been.</summary>
    [RequiresNativeFact]
    public Task Balena1633_BrokenVersion_IsTakenBack_TheOldOneServesAllTheTime() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 2, """
            "healthChecks":[{"protocol":"COMMAND","command":{"value":"true"},"intervalSeconds":1,"delaySeconds":1}]
            """);
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/till", """{"cmd":"false"}""");
        var stuck = (string)(await f.Hub.MustAsync(HttpMethod.Get, "v2/deployments"))[0]!["id"]!;
        await MarathonDoor.WhileAsync(
            async () => Fleet.Ids(await f.Hub.TasksAsync("/till")).Intersect(Fleet.Ids(tasks)).Count() == 2,
            TimeSpan.FromSeconds(3), () => "both of the old version serve");
        await f.Hub.MustAsync(HttpMethod.Delete, $"v2/deployments/{stuck}");
        Assert.Equal(Fleet.Ids(tasks), Fleet.Ids(await f.Hub.SettledAsync("/till", 2, 30)));
        output.WriteLine("a version that never gets healthy was taken back; both tasks of the old one served all the time");
    });

    /// <summary>Two nodes, given up after two seconds of silence.</summary>
    public sealed class Fixture : FleetFixture
    {
        internal override Fleet Create() => new(
            new HubSettings { NodeTimeout = TimeSpan.FromSeconds(2) }, new AgentSettings(A), new AgentSettings(B));
    }
}
