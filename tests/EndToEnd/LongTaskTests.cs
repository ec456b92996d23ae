using System.Text.Json;
using Edge.Contracts.Mesos;
using Xunit.Abstractions;
using Task = System.Threading.Tasks.Task;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Tests.EndToEnd;

/// <summary>One long task through everything that may happen around it: kill -9 of its agent, kill -9 of the hub, two minutes without a
/// link.</summary>
/// <remarks>Two frameworks at once: npm mesos-framework, which knows nothing of partitions, and one that does.</remarks>
[Collection(nameof(LongTaskTests))]
public sealed class LongTaskTests(ITestOutputHelper output)
{
    private const string Node = "far";
    private const string Aware = "aware-long";
    private const string Command = "echo started $$; while :; do sleep 1; done";

    // The cut is two minutes; Mesos' own 75 s pass within it, counted from the broker's notice at 1.5 x 15 s of silence.
    private static readonly TimeSpan s_cut = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_nodeTimeout = TimeSpan.FromSeconds(75);

    [RequiresNativeFact("npm:mesos-framework", "root", "ip")]
    public async Task LongTask_SurvivesAgentKill_HubKill_AndTwoMinuteCut()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await Cluster.RunAsync(
            new HubSettings { Mqtt = space.Here + ":0", Insecure = true, NodeTimeout = s_nodeTimeout },
            [new AgentSettings(Node) { Namespace = space.Name, KeepAlive = s_keepAlive }],
            async cluster =>
            {
                await using var plain = MesosFrameworkProcess.Start(
                    cluster.Api, "--long-task", "--long-command", Command, "--timeout-seconds", "600", "--silence-seconds", "45");
                await using var aware = new TestFramework(
                    cluster.Api, RawMesosClient.Json, FrameworkInfo.Types.Capability.Types.Type.PartitionAware);
                await aware.LaunchAsync(TestFramework.Shell(Aware, Command));
                aware.Start();
                using var life = new Life(cluster, space, plain, aware, output);
                await life.RunAsync();
            });
    }

    /// <summary>The life of both tasks, step by step; each step asserts that nothing else happened.</summary>
    private sealed class Life(
        Cluster cluster, NetworkNamespace space, MesosFrameworkProcess plain, TestFramework aware, ITestOutputHelper output) : IDisposable
    {
        private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(8), TimeProvider.System);
        private string _plainTask = string.Empty;
        private int[] _processes = [];

        public async Task RunAsync()
        {
            await StartAsync();
            await KillAgentAsync();
            await KillHubAsync();
            await CutAsync();
            await EndAsync();
        }

        public void Dispose() => _limit.Dispose();

        private async Task StartAsync()
        {
            var running = await plain.WaitForStateAsync("TASK_RUNNING", _limit.Token);
            _plainTask = running.GetProperty("task_id").GetString()!;
            await aware.WaitForAsync(Aware, TaskState.TaskRunning, 30);
            _processes = [First(_plainTask), First(Aware)];
        }

        private async Task KillAgentAsync()
        {
            await cluster[Node].KillAsync();
            AssertAlive();
            var took = await cluster.RestartAgentAsync(Node);
            await Cluster.UntilAsync(() => cluster.Connections(Node) >= 2, 30, "the agent is back at the hub");
            AssertAlive();
            output.WriteLine($"agent killed and back in {took.TotalMilliseconds:F0} ms");
        }

        private async Task KillHubAsync()
        {
            var before = aware.Subscriptions;
            var id = aware.Id;
            await cluster.Hub.KillAsync();
            var took = await cluster.StartHubAsync();
            await aware.UntilAsync(() => aware.Subscriptions > before, 30, "the framework is subscribed again");
            Assert.Equal(id, aware.Id);
            await plain.WaitForTypeAsync("CLOSED", _limit.Token);
            await plain.WaitForTypeAsync("SUBSCRIBED", _limit.Token);
            await Cluster.UntilAsync(() => cluster.Connections(Node) >= 3, 60, "the agent is back at the hub");
            await ReconciledAsync(TaskState.TaskRunning);
            AssertAlive();
            output.WriteLine($"hub killed and back in {took.TotalMilliseconds:F0} ms");
        }

        private async Task CutAsync()
        {
            var started = TimeProvider.System.GetTimestamp();
            await space.CutAsync();
            var lost = await plain.WaitForStateAsync("TASK_LOST", _limit.Token);
            var told = TimeProvider.System.GetElapsedTime(started);
            Assert.Equal("REASON_AGENT_REMOVED", NewName(lost.GetProperty("reason").GetString()));
            Assert.Equal("SOURCE_MASTER", lost.GetProperty("source").GetString());
            var unreachable = await aware.WaitForAsync(Aware, TaskState.TaskUnreachable, 30);
            Assert.True(unreachable.Status.UnreachableTime.Nanoseconds > 0, unreachable.Status.ToString());
            AssertAlive();

            var rest = s_cut - TimeProvider.System.GetElapsedTime(started);
            Assert.True(rest > TimeSpan.Zero, $"The frameworks were told after {told}, later than the link was to heal.");
            await Task.Delay(rest, TimeProvider.System);
            AssertAlive();
            var healed = TimeProvider.System.GetTimestamp();
            await space.HealAsync();
            await aware.UntilAsync(() => aware.States(Aware)[^1] == TaskState.TaskRunning, 90, "TASK_RUNNING after the cut");
            output.WriteLine($"frameworks were told after {told.TotalSeconds:F1} s of the cut; "
                + $"running again {TimeProvider.System.GetElapsedTime(healed).TotalSeconds:F1} s after it healed");
            Assert.Equal(TaskStatus.Types.Reason.AgentReregistered, aware.Updates[^1].Status.Reason);
            var back = await plain.WaitForStateAsync("TASK_RUNNING", _limit.Token);
            Assert.Equal("REASON_AGENT_REREGISTERED", NewName(back.GetProperty("reason").GetString()));
            AssertAlive();
            await ReconciledAsync(TaskState.TaskRunning);
        }

        private async Task EndAsync()
        {
            await plain.TellAsync("kill");
            await plain.WaitForStateAsync("TASK_KILLED", _limit.Token);
            await aware.KillAsync(Aware);
            await aware.WaitForAsync(Aware, TaskState.TaskKilled, 30);
            await plain.TellAsync("stop");
            Assert.Equal(0, await plain.WaitForExitAsync(_limit.Token));
            await Cluster.UntilAsync(() => !_processes.Any(IsAlive), 10, "the processes of both tasks are gone");

            // What the node said (it has a uuid) came once each; the rest was said by the hub about the cut, and when it was asked.
            Assert.Equal(
                ["TASK_STARTING", "TASK_RUNNING", "TASK_KILLED"],
                plain.Updates()
                    .Where(u => u.GetProperty("uuid").ValueKind != JsonValueKind.Null)
                    .Select(u => u.GetProperty("state").GetString()));
            Assert.Equal(
                [TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskKilled],
                aware.Updates.Where(u => u.Status.HasUuid).Select(u => u.State));
            Assert.Single(plain.Updates(), u => u.GetProperty("state").GetString() == "TASK_LOST");
            Assert.Single(aware.Updates, u => u.State == TaskState.TaskUnreachable);
            Assert.Empty(aware.Errors);
        }

        private async Task ReconciledAsync(TaskState state)
        {
            // Asked again: as long as the node has not opened its session, the hub does not answer for it.
            var before = aware.Updates.Count;
            for (var i = 0; i < 60 && !Said(); i++)
            {
                await aware.ReconcileAsync();
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }

            Assert.True(Said(), $"Reconciliation never said {state}.\n{aware.Told()}");
            bool Said() => aware.Updates.Skip(before)
                .Any(u => u.State == state && u.Status.Reason == TaskStatus.Types.Reason.Reconciliation);
        }

        private int First(string task) => ProcessScan.Task(cluster[Node].Data, task)[0];

        private void AssertAlive() => Assert.Equal<IEnumerable<int>>(_processes, [First(_plainTask), First(Aware)]);

        private static bool IsAlive(int id) => Directory.Exists($"/proc/{id}");

        // The v1 names; older peers call an agent a slave.
        private static string? NewName(string? reason) => reason?.Replace("SLAVE", "AGENT", StringComparison.Ordinal);
    }
}
