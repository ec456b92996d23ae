using Edge.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>A node that was cut off comes back: nothing twice, nothing restarted without need, nothing stuck.</summary>
/// <remarks>Each is named after a public thread. The hub gives a node up after two seconds here.</remarks>
public sealed class ReconnectScenarios(ReconnectScenarios.Fixture fleet, ITestOutputHelper output)
    : IClassFixture<ReconnectScenarios.Fixture>
{
    private const string A = "a";
    private const string B = "b";
    private const string Lost = "TASK_UNREACHABLE";

    /// <summary>nomad#12680 "Reconnecting allocation can cause a replacement that is immediately stopped", by default: the replacement
    /// stays, the one that comes back ends, and that is all.</summary>
    [RequiresNativeFact]
    public Task Nomad12680_LongCut_Default_IsReplaced_AndTheReturningOneEnds() => fleet.RunAsync(async f =>
    {
        var original = await RunAndCutAsync(f, "/till", "prefer-newer");
        SeenTask? next = null;
        var took = await MarathonDoor.UntilAsync(
            async () => (next = Other(await f.Hub.TasksAsync("/till"), original)) is { State: "TASK_RUNNING" }, 30, "a replacement runs");
        output.WriteLine($"cut to the replacement running: {took.TotalSeconds:F1} s, node timeout 2 s");
        Assert.NotEqual(original.Node, next!.Node);
        Assert.NotEqual(0, f.Process(original));

        f.Link(original.Node).Heal();
        took = await MarathonDoor.UntilAsync(() => Task.FromResult(f.Process(original) == 0), 30, "the original has ended");
        output.WriteLine($"healed to the original ended: {took.TotalMilliseconds:F0} ms");
        await f.AgreedAsync(next.Node, "/till", 1);
        await f.StayAsync("/till", [next]);
        Assert.Empty(await f.Agent(original.Node).TasksAsync("/till"));
    });

    /// <summary>nomad#12680 again, with the other choice: <c>prefer-original</c> keeps what ran all the time.</summary>
    [RequiresNativeFact]
    public Task Nomad12680_LongCut_PreferOriginal_TheReplacementEnds() => fleet.RunAsync(async f =>
    {
        var original = await RunAndCutAsync(f, "/till", "prefer-original");
        var process = f.Process(original);
        SeenTask? next = null;
        await MarathonDoor.UntilAsync(
            async () => (next = Other(await f.Hub.TasksAsync("/till"), original)) is { State: "TASK_RUNNING" }, 30, "a replacement runs");
        f.Link(original.Node).Heal();
        await MarathonDoor.UntilAsync(() => Task.FromResult(f.Process(next!) == 0), 30, "the replacement has ended");
        await f.AgreedAsync(original.Node, "/till", 1);
        await f.StayAsync("/till", [original]);
        Assert.Equal(process, f.Process(original));
    });

    /// <summary>nomad PR#19101, PR#12476: users wanted "never start a second copy".</summary>
    [RequiresNativeFact]
    public Task Nomad19101_LongCut_NeverTwo_NoSecondCopy() => NoSecondCopyAsync("never-two");

    /// <summary>nomad#16515 "Max_client_disconnect ignores no-reschedule policy": what the site has is the truth.</summary>
    [RequiresNativeFact]
    public Task Nomad16515_LongCut_SiteDecides_NoSecondCopy() => NoSecondCopyAsync("site-decides");

    /// <summary>nomad#16515 by Marathon's own words: <c>unreachableStrategy</c> disabled.</summary>
    [RequiresNativeFact]
    public Task Nomad16515_LongCut_UnreachableStrategyDisabled_NoSecondCopy() =>
        NoSecondCopyAsync("prefer-newer", ",\"unreachableStrategy\":\"disabled\"");

    /// <summary>nomad#15144 "Nomad should differentiate between crashed/rebooted and disconnected nomad client", openyurt#260: a cut leaves
    /// the task as it is; a reboot during the cut is a new task in the same place, and its predecessor is told as ended.</summary>
    [RequiresNativeFact]
    public Task Nomad15144_RebootAndCut_AreToldApart() => fleet.RunAsync(async f =>
    {
        await using var told = await EventTap.OpenAsync(f.Cluster.Api, "status_update_event");
        var cut = await RunAndCutAsync(f, "/cut", "never-two");
        await f.UnreachableAsync(cut.Node);
        f.Link(cut.Node).Heal();
        await f.AgreedAsync(cut.Node, "/cut", 1);
        await f.StayAsync("/cut", [cut]);
        Assert.DoesNotContain(told.Of(cut.Id), e => (string?)e["taskStatus"] is "TASK_FAILED" or "TASK_KILLED");

        f.Link(cut.Node).Cut();
        await f.PowerCutAsync(cut.Node);
        await f.UnreachableAsync(cut.Node);
        await f.Cluster.RestartAgentAsync(cut.Node);
        f.Link(cut.Node).Heal();
        var after = (await AgreedOnAsync(f, cut.Node, "/cut", incarnation: 2))[0];
        Assert.StartsWith(cut.Id[..cut.Id.LastIndexOf('.')], after.Id, StringComparison.Ordinal);
        await MarathonDoor.UntilAsync(
            () => Task.FromResult(told.Of(cut.Id).Any(e => (string?)e["taskStatus"] == "TASK_FAILED")), 10, "the end of the first is told");
        var message = (string?)told.Of(cut.Id).First(e => (string?)e["taskStatus"] == "TASK_FAILED")["message"];
        Assert.Contains("exit status unknown", message, StringComparison.Ordinal);
        output.WriteLine($"cut: the same task. Reboot: '{message}', then {after.Id}");
    });

    /// <summary>nomad#19729 "allocation states to hang in a non-terminal state": after a long cut with everything replaced, an app that is
    /// deleted is gone at once, everywhere, and nothing of it can be seen any more.</summary>
    [RequiresNativeFact]
    public Task Nomad19729_AfterALongCut_NothingHangs() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 6);
        f.Link(A).Cut();
        await f.UnreachableAsync(A);
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/till")).Count(t => t is { Node: B, State: "TASK_RUNNING" }) == 6, 30, "six run on b");
        f.KillTask(tasks.First(t => t.Node == A));
        f.Link(A).Heal();
        await MarathonDoor.UntilAsync(async () => (await f.Hub.TasksAsync("/till")).Count == 6, 30, "six are left");
        await f.Hub.MustAsync(HttpMethod.Delete, "v2/apps/till");
        var took = await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync()).Count == 0 && await f.Hub.DeploymentsAsync() == 0
                && (await f.Agent(A).TasksAsync()).Count == 0 && (await f.Agent(B).TasksAsync()).Count == 0,
            15, "nothing is left anywhere");
        Assert.Equal(0, f.Processes(A, tasks) + f.Processes(B, tasks));
        output.WriteLine($"deleted after a long cut: gone everywhere after {took.TotalMilliseconds:F0} ms");
    });

    /// <summary>openyurt#267, iotedge#7539: only one direction works. The node hears the hub, the hub does not hear the node.</summary>
    [RequiresNativeFact]
    public Task OpenYurt267_OnlyOneDirectionWorks_NothingTwice() => fleet.RunAsync(async f =>
    {
        var task = (await f.Hub.RunAsync("/till", Fleet.Forever, 1, Policy("never-two")))[0];
        var process = f.Process(task);
        var started = TimeProvider.System.GetTimestamp();
        f.Link(task.Node).Silence(up: true, down: false);
        await f.UnreachableAsync(task.Node);
        output.WriteLine($"one-way cut noticed after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s (keepalive 2 s)");
        Assert.Equal(1, await f.Agent(task.Node).RunningAsync("/till"));
        f.Link(task.Node).Heal();
        await f.AgreedAsync(task.Node, "/till", 1, seconds: 60);
        await f.StayAsync("/till", [task]);
        Assert.Equal(process, f.Process(task));
    });

    private Task NoSecondCopyAsync(string policy, string more = "") => fleet.RunAsync(async f =>
    {
        var original = await RunAndCutAsync(f, "/till", policy, more);
        var process = f.Process(original);
        await f.UnreachableAsync(original.Node);
        await MarathonDoor.WhileAsync(
            async () => (await f.Hub.TasksAsync("/till")).Select(t => (t.Id, t.State)).SequenceEqual([(original.Id, Lost)]),
            TimeSpan.FromSeconds(2), () => "the hub waits for the original");
        f.Link(original.Node).Heal();
        await f.AgreedAsync(original.Node, "/till", 1);
        await f.StayAsync("/till", [original]);
        Assert.Equal(process, f.Process(original));
        output.WriteLine($"{policy}: cut for longer than the node timeout; one copy, the same process {process}");
    });

    private static async Task<SeenTask> RunAndCutAsync(Fleet f, string app, string policy, string more = "")
    {
        var task = (await f.Hub.RunAsync(app, Fleet.Forever, 1, Policy(policy) + more))[0];
        f.Link(task.Node).Cut();
        return task;
    }

    private static string Policy(string policy) => $$"""
        "labels":{"EDGE_DISCONNECT":"{{policy}}"}
        """;

    private static async Task<IReadOnlyList<SeenTask>> AgreedOnAsync(Fleet f, string node, string app, int incarnation)
    {
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync(app)).Any(t => t.Incarnation == incarnation), 30, $"{app} is at its start {incarnation}");
        return await f.AgreedAsync(node, app, 1);
    }

    private static SeenTask? Other(IReadOnlyList<SeenTask> tasks, SeenTask original) => tasks.FirstOrDefault(t => t.Id != original.Id);

    /// <summary>Two nodes, given up after two seconds of silence.</summary>
    public sealed class Fixture : FleetFixture
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

        internal override Fleet Create() => new(
            new HubSettings { NodeTimeout = s_patience },
            new AgentSettings(A) { KeepAlive = s_patience },
            new AgentSettings(B) { KeepAlive = s_patience });
    }
}
