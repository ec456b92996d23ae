using Edge.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>A side loses its memory: the hub gets an old backup, a node loses its database. What runs goes on, and is found
/// again.</summary>
/// <remarks>Each is named after a public thread.</remarks>
public sealed class HubLossScenarios(HubLossScenarios.Fixture fleet, ITestOutputHelper output) : IClassFixture<HubLossScenarios.Fixture>
{
    private const string A = "a";
    private const string B = "b";

    /// <summary>nomad#14624 "server node does not start after power shutdown", k3s#7584: the remedy there is to delete the state. Here an
    /// old backup is put back: what it knows goes on, what has changed since is learned from the nodes, nothing is restarted.</summary>
    [RequiresNativeFact]
    public Task Nomad14624_HubFromAnOldBackup_TasksGoOn_NothingTwice() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 4);
        var backup = await BackUpAsync(f);

        // After the backup: one task was replaced by its node, two were added.
        f.KillTask(tasks[0]);
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/till")).Any(t => t is { Incarnation: 2, State: "TASK_RUNNING" }),
            20, "one was started again");
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/till", """{"instances":6}""");
        var six = await f.Hub.SettledAsync("/till", 6, 30);
        var known = six.Where(t => tasks.Any(o => Instance(o) == Instance(t))).ToArray();
        Assert.Equal(4, known.Length);
        var processes = known.Select(f.Process).ToArray();

        await f.Cluster.Hub.KillAsync();
        Restore(f, backup);
        var started = TimeProvider.System.GetTimestamp();
        await f.Cluster.StartHubAsync();
        await f.ReachableAsync(A);
        await f.ReachableAsync(B);
        IReadOnlyList<SeenTask> now = [];
        await MarathonDoor.UntilAsync(
            async () => Fleet.Ids(now = await f.Hub.TasksAsync("/till")).SequenceEqual(Fleet.Ids(known))
                && now.All(t => t.State == "TASK_RUNNING") && f.Processes(A, six) + f.Processes(B, six) == 4,
            45, () => $"the four that the backup knows run, as they are now; there are {string.Join(", ", now)}");
        var took = TimeProvider.System.GetElapsedTime(started);
        var kept = known.Select(f.Process).Intersect(processes).Count();
        output.WriteLine($"hub from an old backup: agrees with its nodes after {took.TotalSeconds:F1} s; {kept} of 4 processes untouched");
        Assert.Equal(4, kept);
        await f.StayAsync("/till", now);
    });

    /// <summary>nomad#14624 with nothing done since: a backup of the same state changes nothing at all.</summary>
    [RequiresNativeFact]
    public Task Nomad14624_HubFromAFreshBackup_NothingIsTouched() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 4);
        var processes = tasks.Select(f.Process).ToArray();
        var backup = await BackUpAsync(f);
        await f.Cluster.Hub.KillAsync();
        Restore(f, backup);
        await f.Cluster.StartHubAsync();
        await f.ReachableAsync(A);
        await f.ReachableAsync(B);
        await f.StayAsync("/till", tasks);
        Assert.Equal(processes, tasks.Select(f.Process));
    });

    /// <summary>nomad#3977 "Fails to start with BoltDB panic", nomad#2560, k3s#1850: the node's database is gone. Its tasks are found by
    /// their keeper, adopted, and not one is started a second time.</summary>
    [RequiresNativeFact]
    public Task Nomad2560_AgentsDatabaseLost_TasksAreAdopted_NothingTwice() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 6);
        var processes = tasks.Select(f.Process).ToArray();
        await f.Cluster[A].KillAsync();
        foreach (var file in Directory.GetFiles(f.Cluster[A].Data, "agent.db*"))
        {
            File.Delete(file);
        }

        var started = TimeProvider.System.GetTimestamp();
        await f.Cluster.RestartAgentAsync(A);
        await f.ReachableAsync(A);
        var here = tasks.Count(t => t.Node == A);
        await MarathonDoor.UntilAsync(async () => await f.Agent(A).RunningAsync("/till") == here, 30, "the agent knows its tasks again");
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"database lost: {here} tasks adopted {took.TotalMilliseconds:F0} ms after the start");
        Assert.Equal(Fleet.Ids(tasks), Fleet.Ids(await f.Hub.SettledAsync("/till", 6, 30)));
        Assert.Equal(processes, tasks.Select(f.Process));

        // The next failure is mended as ever.
        f.KillTask(tasks.First(t => t.Node == A));
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/till")).Count(t => t.State == "TASK_RUNNING") == 6
                && (await f.Hub.TasksAsync("/till")).Any(t => t.Node == A && !Fleet.Ids(tasks).Contains(t.Id)),
            20, "an adopted task that ends is started again");
    });

    /// <summary>nomad#16623, k3s#1626: database lost and power cut together. The hub knows what belongs there, and says it again.</summary>
    [RequiresNativeFact]
    public Task Nomad16623_DatabaseLostAndPowerCut_TheHubSaysItAgain() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 4);
        await f.PowerCutAsync(A);
        Directory.Delete(f.Cluster[A].Data, recursive: true);
        var started = TimeProvider.System.GetTimestamp();
        await f.Cluster.RestartAgentAsync(A);
        await f.ReachableAsync(A);
        IReadOnlyList<SeenTask> now = [];
        await MarathonDoor.UntilAsync(
            async () => (now = await f.Hub.TasksAsync("/till")).Count(t => t.State == "TASK_RUNNING") == 4 && await RealAsync(f, now), 30,
            () => $"four run; there are {string.Join(", ", now)}");
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"data folder lost: four tasks run {took.TotalSeconds:F1} s after the agent's start");
        Assert.Equal(2, now.Count(t => tasks.Any(o => o.Id == t.Id && o.Node == B)));
    });

    /// <summary>iotedge#4062 "does not restore provisioning result after reboot in offline state" (modules removed): the hub is set up from
    /// nothing. It does not know the apps; their tasks must not die of that unseen.</summary>
    [RequiresNativeFact]
    public Task IoTEdge4062_HubFromNothing_OwnAppsGoOn() => fleet.RunAsync(async f =>
    {
        var own = await f.Agent(A).RunAsync("/kiosk", Fleet.Forever, 2);
        await f.AgreedAsync(A, "/kiosk", 2);
        var processes = own.Select(f.Process).ToArray();
        await f.Cluster.Hub.KillAsync();
        foreach (var file in Directory.GetFiles(f.Cluster.Hub.Data, "hub.db*"))
        {
            File.Delete(file);
        }

        await f.Cluster.StartHubAsync();
        await MarathonDoor.UntilAsync(
            async () => await f.Hub.RunningAsync("/kiosk") == 2, 45, "the new hub sees the site's own app");
        Assert.Equal(Fleet.Ids(own), Fleet.Ids(await f.AgreedAsync(A, "/kiosk", 2)));
        Assert.Equal(processes, own.Select(f.Process));
        output.WriteLine("hub from nothing: the site's own app is seen again, and its tasks never stopped");
        await f.ReachableAsync(B);
    });

    private static Task<bool> RealAsync(Fleet f, IReadOnlyList<SeenTask> tasks) =>
        Task.FromResult(f.Processes(A, tasks) + f.Processes(B, tasks) == tasks.Count);

    private static string Instance(SeenTask task) => task.Id[..task.Id.LastIndexOf('.')];

    /// <summary>Ends the hub in order, copies its database, and starts it again.</summary>
    private static async Task<string> BackUpAsync(Fleet f)
    {
        Assert.Equal(0, await f.Cluster.Hub.TerminateAsync(TimeSpan.FromSeconds(15)));
        var backup = Path.Combine(f.Cluster.Folder, "backup-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(backup);
        foreach (var file in Directory.GetFiles(f.Cluster.Hub.Data, "hub.db*"))
        {
            File.Copy(file, Path.Combine(backup, Path.GetFileName(file)));
        }

        await f.Cluster.StartHubAsync();
        await f.ReachableAsync(A);
        await f.ReachableAsync(B);
        return backup;
    }

    private static void Restore(Fleet f, string backup)
    {
        foreach (var file in Directory.GetFiles(f.Cluster.Hub.Data, "hub.db*"))
        {
            File.Delete(file);
        }

        foreach (var file in Directory.GetFiles(backup))
        {
            File.Copy(file, Path.Combine(f.Cluster.Hub.Data, Path.GetFileName(file)));
        }
    }

    /// <summary>Two nodes.</summary>
    public sealed class Fixture : FleetFixture
    {
        internal override Fleet Create() => new(new HubSettings(), new AgentSettings(A), new AgentSettings(B));
    }
}
