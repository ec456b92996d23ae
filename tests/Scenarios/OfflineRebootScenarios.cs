using System.Net.Sockets;
using Edge.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>A node that starts without its hub does its work: what users of other systems ask for and do not get.</summary>
/// <remarks>Each is named after a public thread.</remarks>
public sealed class OfflineRebootScenarios(OfflineRebootScenarios.Fixture fleet, ITestOutputHelper output)
    : IClassFixture<OfflineRebootScenarios.Fixture>
{
    private const string Store = "store";

    /// <summary>kubeedge#6414 "pod dont get running on offline node when restarting the node", kubeedge#3618, openyurt#858 (49.9 s):
    /// power cut, no hub; the work of ten tasks runs as soon as the agent does.</summary>
    [RequiresNativeFact]
    public Task KubeEdge6414_NodeRestartedOffline_StartsItsWork() => fleet.RunAsync(async f =>
    {
        var before = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 10);
        await f.Cluster.Hub.KillAsync();
        await f.PowerCutAsync(Store);
        Assert.Equal(0, f.Processes(Store, before));

        var started = TimeProvider.System.GetTimestamp();
        await f.Cluster.RestartAgentAsync(Store);
        IReadOnlyList<SeenTask> after = [];
        await MarathonDoor.UntilAsync(
            async () => (after = await f.Agent(Store).TasksAsync("/till")).Count(t => t is { State: "TASK_RUNNING", Incarnation: 2 }) == 10,
            10, "ten tasks run again");
        var took = TimeProvider.System.GetElapsedTime(started);

        Assert.Equal(10, f.Processes(Store, after));
        output.WriteLine($"power back to ten tasks running, no hub: {took.TotalMilliseconds:F0} ms (OpenYurt: 23.9 s)");
        Assert.InRange(took.TotalSeconds, 0, 5);

        // The hub is back: what runs is what it sees, and nothing is started again for that.
        await f.Cluster.StartHubAsync();
        Assert.Equal(Fleet.Ids(after), Fleet.Ids(await f.AgreedAsync(Store, "/till", 10)));
    });

    /// <summary>kubeedge#4441 "Exited container can not be up when edge node in offline condition".</summary>
    [RequiresNativeFact]
    public Task KubeEdge4441_TaskExitsOffline_IsStartedAgain() => fleet.RunAsync(async f =>
    {
        var task = (await f.Hub.RunAsync("/till", Fleet.Forever))[0];
        f.Link(Store).Cut();
        f.KillTask(task);
        SeenTask? next = null;
        var took = await MarathonDoor.UntilAsync(
            async () => (next = (await f.Agent(Store).TasksAsync("/till")).FirstOrDefault(t => t.Incarnation == 2))
                is { State: "TASK_RUNNING" },
            10, "the task runs again");
        output.WriteLine($"killed offline, runs again after {took.TotalMilliseconds:F0} ms; its back-off is 1 s");
        Assert.NotEqual(0, f.Process(next!));

        f.Link(Store).Heal();
        await f.ReachableAsync(Store);
        await MarathonDoor.UntilAsync(
            async () => (await f.Hub.TasksAsync("/till")).Select(t => t.Id).SequenceEqual([next!.Id]), 20, "the hub sees the second task");
    });

    /// <summary>kubeedge#4172 "Pod's conditions remain Ready false when cloudcore node or edgenode were reboot".</summary>
    [RequiresNativeFact]
    public Task KubeEdge4172_BothSidesRestarted_StatusIsRight() => fleet.RunAsync(async f =>
    {
        await f.Hub.RunAsync("/till", Fleet.Forever, instances: 3);
        await f.Cluster.Hub.KillAsync();
        await f.PowerCutAsync(Store);
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(f.Cluster.StartHubAsync(), f.Cluster.RestartAgentAsync(Store));
        IReadOnlyList<SeenTask> tasks = [];
        await MarathonDoor.UntilAsync(
            async () => (tasks = await f.Hub.TasksAsync("/till")).Count(t => t is { State: "TASK_RUNNING", Incarnation: 2 }) == 3,
            30, "the hub shows the three tasks that were started after the reboot");
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"both sides rebooted: the hub shows what runs {took.TotalMilliseconds:F0} ms later");
        Assert.Equal(3, f.Processes(Store, tasks));
        await f.AgreedAsync(Store, "/till", 3);
    });

    /// <summary>iotedge#2544, #2588 "can't restart when the device is in offline mode" (identity lookup needs DNS), k3s#1686, k3s#10036
    /// "Fail to run static pod without master running": the hub's name never resolves, not even to an error.</summary>
    [RequiresNativeFact("root", "unshare", "mount")]
    public async Task IoTEdge2544_HubsNameNeverResolves_WorkStartsAllTheSame()
    {
        // A name server that takes every question and answers none. Port 53 is the only one that resolv.conf can name.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        deaf.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.213.53.53"), 53));
        var folder = Directory.CreateTempSubdirectory("edge-deaf-").FullName;
        var data = Path.Combine(folder, "data");
        var names = Path.Combine(folder, "resolv.conf");
        await File.WriteAllTextAsync(names, "nameserver 127.213.53.53\noptions timeout:30 attempts:5\n");
        var program = new DaemonProgram(
            "unshare", ["-m", "sh", "-c", $"mount --bind {names} /etc/resolv.conf && exec \"$0\" \"$@\"", DaemonProgram.NativeAgent]);
        await using var agent = new DaemonProcess("deaf", program, data, Path.Combine(folder, "log"));
        using var door = new MarathonDoor(() => agent.Endpoint("http"));
        var arguments = DaemonProgram.AgentArguments(new AgentSettings("deaf"), data, "mqtt://hub.edge.invalid:1883");
        try
        {
            await agent.StartAsync(arguments);
            await door.RunAsync("/static", Fleet.Forever, instances: 3);
            await agent.KillAsync();
            await ProcessScan.EndAsync(data);

            var started = TimeProvider.System.GetTimestamp();
            await agent.StartAsync(arguments);
            await MarathonDoor.UntilAsync(async () => await door.RunningAsync("/static") == 3, 10, "three tasks run");
            var took = TimeProvider.System.GetElapsedTime(started);
            output.WriteLine($"name server silent: power back to three tasks running: {took.TotalMilliseconds:F0} ms");
            Assert.InRange(took.TotalSeconds, 0, 5);
            await Cluster.UntilAsync(() => deaf.Available > 0, 10, "the name server was asked at all");
        }
        finally
        {
            await agent.KillAsync();
            await ProcessScan.EndAsync(data);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>nomad#15783 "Restart IoT or edge tasks before reconnecting to server", nomad PR#5669 "do not restart restored tasks until
    /// server is contacted", nomad#24629: the agent alone is restarted, with the hub away; then the hub is back.</summary>
    [RequiresNativeFact]
    public Task Nomad15783_AgentRestartedWithoutServer_NothingIsRestarted_NothingTwice() => fleet.RunAsync(async f =>
    {
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 5);
        var processes = tasks.Select(f.Process).ToArray();
        await f.Cluster.Hub.KillAsync();
        await f.Cluster[Store].KillAsync();
        await f.Cluster.RestartAgentAsync(Store);
        Assert.Equal(Fleet.Ids(tasks), Fleet.Ids(await f.Agent(Store).SettledAsync("/till", 5, 10)));
        Assert.Equal(0, await f.Cluster[Store].TerminateAsync(TimeSpan.FromSeconds(15)));
        var back = await f.Cluster.RestartAgentAsync(Store);
        await f.Cluster.StartHubAsync();
        await f.ReachableAsync(Store);
        await f.StayAsync("/till", tasks);
        Assert.Equal(processes, tasks.Select(f.Process));
        output.WriteLine($"agent killed, then ended: back after {back.TotalMilliseconds:F0} ms; five tasks have their processes still");
    });

    /// <summary>iotedge#1731 "Module not started by edgeAgent after offline device restore connectivity": what the hub was told during the
    /// outage arrives after it, at a node that was rebooted meanwhile.</summary>
    [RequiresNativeFact]
    public Task IoTEdge1731_DeployedDuringTheOutage_StartsWhenTheNodeIsBack() => fleet.RunAsync(async f =>
    {
        await f.Hub.RunAsync("/old", Fleet.Forever);
        f.Link(Store).Cut();
        await f.Hub.CreateAsync("/new", Fleet.Forever, instances: 2);
        await f.Hub.MustAsync(HttpMethod.Put, "v2/apps/old?force=true", """{"cmd":"sleep 200000"}""");
        await f.PowerCutAsync(Store);
        await f.Cluster.RestartAgentAsync(Store);
        await MarathonDoor.UntilAsync(async () => await f.Agent(Store).RunningAsync("/old") == 1, 10, "the old work runs");
        f.Link(Store).Heal();
        var took = await MarathonDoor.UntilAsync(
            async () => await f.Hub.RunningAsync("/new") == 2 && await f.Hub.DeploymentsAsync() == 0, 45, "the new work runs");
        output.WriteLine($"link healed to everything deployed meanwhile running: {took.TotalMilliseconds:F0} ms");
        Assert.Single(await f.Agent(Store).TasksAsync("/old"));
    });

    /// <summary>One node.</summary>
    public sealed class Fixture : FleetFixture
    {
        internal override Fleet Create() => new(new HubSettings(), new AgentSettings(Store));
    }
}
