using Edge.Contracts.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Faults;

/// <summary>Faults of one node: its name taken twice, its agent ended, its database or its keeper lost while a task runs.</summary>
public sealed class NodeFaultTests
{
    private const string Node = "one";

    [RequiresNativeFact]
    public Task Agent_EndedBySigterm_LeavesItsTasksRunning() => WithTaskAsync(async (cluster, _, task) =>
    {
        Assert.Equal(0, await cluster[Node].TerminateAsync(TimeSpan.FromSeconds(15)));
        task.AssertAlive();
        await cluster.RestartAgentAsync(Node);
        task.AssertAlive();
        await task.FinishAsync();
    });

    [RequiresNativeFact]
    public Task Agent_TaskEndsWhileItIsDown_ItsEndIsToldAfterwards() => WithTaskAsync(async (cluster, framework, task) =>
    {
        await cluster[Node].KillAsync();
        task.Finish();
        await Cluster.UntilAsync(() => !Directory.Exists($"/proc/{task.Process}"), 10, "the task has ended");
        Assert.False(framework.Saw("task", TaskState.TaskFinished));
        await cluster.RestartAgentAsync(Node);
        await task.FinishAsync();
    });

    [RequiresNativeFact]
    public Task Agent_NameTakenTwice_TheSecondIsRefused_TheFirstGoesOn() => WithTaskAsync(async (cluster, framework, task) =>
    {
        var settings = new AgentSettings(Node);
        var data = Path.Combine(cluster.Folder, "impostor");
        await using var second = new DaemonProcess("impostor", DaemonProgram.Agent, data, data + ".log");
        try
        {
            await second.StartAsync(DaemonProgram.AgentArguments(settings, data, cluster.Broker.ToString().TrimEnd('/')));
            const string Refusal = "The hub refused this node";
            await second.WaitForLogAsync(Refusal, 30);
            Assert.Contains(Node, second.Log().Split(Refusal)[1], StringComparison.Ordinal);
            task.AssertAlive();
            await framework.LaunchAsync(TestFramework.Shell("meanwhile", "true", Node));
            await framework.WaitForAsync("meanwhile", TaskState.TaskFinished, 30);
            Assert.Empty(cluster.Sandboxes("one", framework.Id!, "nowhere"));
            Assert.False(Directory.Exists(Path.Combine(data, "slaves")), "The second has run something.");
        }
        finally
        {
            await second.KillAsync();
            await ProcessScan.EndAsync(data);
        }

        await task.FinishAsync();
    });

    [RequiresNativeFact]
    public Task AgentDatabase_Truncated_IsMovedAside_AndTheTaskIsAdopted() =>
        WithDamagedDatabaseAsync(path =>
        {
            var whole = File.ReadAllBytes(path);
            Assert.True(whole.Length > 16384, $"The journal has only {whole.Length} bytes.");
            File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        });

    [RequiresNativeFact]
    public Task AgentDatabase_Overwritten_IsMovedAside_AndTheTaskIsAdopted() => WithDamagedDatabaseAsync(path =>
    {
        var garbage = new byte[65536];
        new Random(7).NextBytes(garbage);
        File.WriteAllBytes(path, garbage);
    });

    [RequiresNativeFact]
    public Task AgentDatabase_Deleted_TheTaskIsAdopted() => WithDamagedDatabaseAsync(File.Delete, isMovedAside: false);

    /// <summary>The keeper is the task's parent: without it nobody can see the exit status, so the end is told as it is known.</summary>
    [RequiresNativeFact]
    public Task Keeper_Killed_TheTaskIsAdoptedByTheNext_AndItsEndIsTold() => WithTaskAsync(async (cluster, framework, task) =>
    {
        var keeper = ProcessScan.Keeper(cluster[Node].Data)!.Value;
        Kill(keeper);
        await Cluster.UntilAsync(() => ProcessScan.Keeper(cluster[Node].Data) is { } next && next != keeper, 15, "another keeper runs");
        task.AssertAlive();
        await EndsAsync(framework, task);
    });

    [RequiresNativeFact]
    public Task KeeperAndAgent_BothKilled_TheTaskIsAdopted_AndItsEndIsTold() => WithTaskAsync(async (cluster, framework, task) =>
    {
        await cluster[Node].KillAsync();
        Kill(ProcessScan.Keeper(cluster[Node].Data)!.Value);
        task.AssertAlive();
        await cluster.RestartAgentAsync(Node);
        task.AssertAlive();
        await EndsAsync(framework, task);
    });

    private static async Task EndsAsync(TestFramework framework, FaultTask task)
    {
        task.Finish();
        await framework.UntilAsync(
            () => framework.Saw("task", TaskState.TaskFinished) || framework.Saw("task", TaskState.TaskFailed), 30, "the end is told");
        var end = framework.Updates[^1];
        Assert.True(
            end.State == TaskState.TaskFinished || end.Status.Message.Length > 0,
            "A failure that nobody saw has to be explained: " + framework.Told());
        task.AssertTold(end.State);
    }

    private static Task WithDamagedDatabaseAsync(Action<string> damage, bool isMovedAside = true) => WithTaskAsync(
        async (cluster, framework, task) =>
    {
        // Ended in order, so that the whole journal is in the one file that is damaged.
        Assert.Equal(0, await cluster[Node].TerminateAsync(TimeSpan.FromSeconds(15)));
        var path = Path.Combine(cluster[Node].Data, "agent.db");
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        damage(path);
        await cluster.RestartAgentAsync(Node);
        if (isMovedAside)
        {
            await cluster[Node].WaitForLogAsync($"The journal {path} is damaged", 10);
            Assert.Single(Directory.GetFiles(cluster[Node].Data, "agent.db.damaged-*"), f => !f.EndsWith("-wal", StringComparison.Ordinal));
        }

        await Cluster.UntilAsync(() => cluster.Connections(Node) >= 2, 30, "the agent is back at the hub");
        task.AssertAlive();
        await framework.LaunchAsync(TestFramework.Shell("next", "true", Node));
        await framework.WaitForAsync("next", TaskState.TaskFinished, 30);
        task.AssertAlive();
        task.Finish();
        await framework.WaitForAsync("task", TaskState.TaskFinished, 60);
        Assert.Single(framework.Updates, u => u.Task == "task" && u.State == TaskState.TaskFinished);
    });

    private static Task WithTaskAsync(Func<Cluster, TestFramework, FaultTask, Task> test) =>
        Cluster.RunAsync(new HubSettings(), [new AgentSettings(Node)], async cluster =>
        {
            await using var framework = new TestFramework(cluster.Api, RawMesosClient.Json);
            framework.Start();
            await framework.UntilAsync(() => framework.Id is not null, 15, "subscribed");
            var task = new FaultTask(cluster, framework, "task", Node);
            await task.StartAsync();
            await test(cluster, framework, task);
            Assert.Empty(framework.Errors);
        });

    private static void Kill(int id)
    {
        using var process = System.Diagnostics.Process.GetProcessById(id);
        process.Kill();
    }
}
