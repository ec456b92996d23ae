using System.Diagnostics;
using Edge.Contracts.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Faults;

/// <summary>Faults of the machine under an agent: a full disk, a clock that stands at 1970.</summary>
public sealed class MachineFaultTests
{
    private const string Node = "one";
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    /// <summary>A task ends while nothing can be written: its end is told when there is room again, and new work is done.</summary>
    [RequiresNativeFact("root", "mount", "umount")]
    public async Task FullDisk_WhileATaskEnds_ItsEndIsToldWhenThereIsRoom()
    {
        var disk = Directory.CreateTempSubdirectory("edge-disk-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk);
        try
        {
            await Cluster.RunAsync(new HubSettings(), [new AgentSettings(Node) { Data = Path.Combine(disk, "data") }], async cluster =>
            {
                await using var framework = new TestFramework(cluster.Api, RawMesosClient.Json);
                framework.Start();
                await framework.UntilAsync(() => framework.Id is not null, 15, "subscribed");
                var task = new FaultTask(cluster, framework, "task", Node);
                await task.StartAsync();
                var ballast = Path.Combine(disk, "ballast");
                Fill(ballast);
                task.Finish();
                await Cluster.UntilAsync(() => !Directory.Exists($"/proc/{task.Process}"), 10, "the task has ended");
                await Cluster.UntilAsync(
                    () => cluster[Node].Log().Contains("full", StringComparison.OrdinalIgnoreCase)
                        || KeeperLog(cluster).Contains("No space left", StringComparison.Ordinal),
                    20, "somebody names the full disk");
                Assert.False(framework.Saw("task", TaskState.TaskFinished), "The end was told before it was durable.");
                Assert.True(cluster[Node].IsRunning, "The agent has ended.");

                File.Delete(ballast);
                await task.FinishAsync();
                await framework.LaunchAsync(TestFramework.Shell("next", "true", Node));
                await framework.WaitForAsync("next", TaskState.TaskFinished, 30);
            });
        }
        finally
        {
            await RunAsync("umount", "-l", disk);
            Directory.Delete(disk);
        }
    }

    /// <summary>The agent believes that it is 1970, as a board without a battery does before it has heard of the time.</summary>
    [RequiresNativeFact("faketime")]
    public Task ClockAt1970_TasksRunAndAreTold() => Cluster.RunAsync(
        new HubSettings(),
        [
            new AgentSettings(Node)
            {
                Environment = new Dictionary<string, string>
                {
                    ["LD_PRELOAD"] = FakeTime,
                    ["FAKETIME"] = "@1970-01-01 00:00:10",
                    ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
                },
            },
        ],
        async cluster =>
        {
            await using var framework = new TestFramework(cluster.Api, RawMesosClient.Json);
            framework.Start();
            await framework.UntilAsync(() => framework.Id is not null, 15, "subscribed");
            var task = new FaultTask(cluster, framework, "task", Node);
            await task.StartAsync();
            Assert.True(framework.Updates[0].Status.Timestamp < 10_000, $"Not at 1970: {framework.Updates[0].Status}");
            await cluster[Node].KillAsync();
            await cluster.RestartAgentAsync(Node);
            task.AssertAlive();
            await task.FinishAsync();
        });

    private static string KeeperLog(Cluster cluster)
    {
        var path = Path.Combine(cluster[Node].Data, "keeper.log");
        return File.Exists(path) ? File.ReadAllText(path) : string.Empty;
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full, as intended.
        }
    }

    private static async Task RunAsync(params string[] words)
    {
        using var process = Process.Start(words[0], words[1..]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
