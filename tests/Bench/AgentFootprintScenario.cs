using System.Globalization;
using Edge.Contracts.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;

namespace Edge.Bench;

/// <summary>What the native agent and its keeper cost while nothing happens: memory, CPU, wake-ups, bytes on the wire and to the
/// disk.</summary>
/// <remarks>The agent runs in a network namespace of its own, so every byte on its cable is its own; needs root.
/// <c>--seconds N</c> (60) of idling for each row, <c>--tasks N</c> (10) for the second.</remarks>
internal static class AgentFootprintScenario
{
    private const string Node = "one";

    // Source: sysconf(_SC_CLK_TCK), 100 on every Linux that we know.
    private const int MillisPerTick = 10;

    // Starting costs are over by then.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);

    public static async Task<BenchReport> RunAsync(BenchArguments arguments)
    {
        var idle = TimeSpan.FromSeconds(arguments.Get("seconds", 60));
        var report = new BenchReport(
            "agent-footprint", "process", "tasks", "RSS KiB", "PSS KiB", "private dirty KiB", "threads", "CPU ms", "switches", "written B",
            "wire up B", "wire down B");
        await using var space = await NetworkNamespace.CreateAsync();
        await Cluster.RunAsync(
            new HubSettings { Mqtt = space.Here + ":0", Insecure = true },
            [new AgentSettings(Node) { Namespace = space.Name }],
            cluster => MeasureAsync(cluster, space, report, (idle, arguments.Get("tasks", 10))));
        report.Note(FormattableString.Invariant(
            $"Idle for {idle.TotalSeconds} s each; native file {FileMebibytes():F1} MiB; keepalive 60 s."));
        return report;
    }

    private static double FileMebibytes() => new System.IO.FileInfo(DaemonProgram.NativeAgent).Length / 1048576.0;

    private static async Task MeasureAsync(Cluster cluster, NetworkNamespace space, BenchReport report, (TimeSpan Idle, int Tasks) plan)
    {
        var fresh = Resumed(cluster);
        await IdleAsync(cluster, space, report, plan.Idle, 0);
        await using (var framework = new TestFramework(cluster.Api, RawMesosClient.Protobuf))
        {
            framework.Start();
            string[] ids = [.. Enumerable.Range(0, plan.Tasks).Select(i => $"task-{i}")];
            await framework.LaunchAsync([.. ids.Select(id => TestFramework.Shell(id, "exec sleep 1000000"))]);
            await framework.UntilAsync(() => ids.All(id => framework.Saw(id, TaskState.TaskRunning)), 60, "all tasks run");
            await IdleAsync(cluster, space, report, plan.Idle, plan.Tasks);
        }

        await cluster[Node].KillAsync();
        var ready = await cluster.RestartAgentAsync(Node);
        report.Note($"Fresh start: {fresh}.");
        report.Note($"Start after kill -9 with {plan.Tasks} tasks: {Resumed(cluster)}; "
            + FormattableString.Invariant($"from the start of the process to endpoints.json {ready.TotalMilliseconds:F0} ms."));
    }

    private static async Task IdleAsync(Cluster cluster, NetworkNamespace space, BenchReport report, TimeSpan idle, int tasks)
    {
        await Task.Delay(s_settle, TimeProvider.System);
        var agent = cluster[Node].Id;
        var keeper = ProcessScan.Keeper(cluster[Node].Data)!.Value;
        var (agentBefore, keeperBefore, wireBefore) = (Usage.Of(agent), Usage.Of(keeper), space.Bytes());
        await Task.Delay(idle, TimeProvider.System);
        var (agentAfter, keeperAfter, wireAfter) = (Usage.Of(agent), Usage.Of(keeper), space.Bytes());
        Add(report, "agent", tasks, agentBefore, agentAfter,
            $"{wireAfter.FromThere - wireBefore.FromThere}", $"{wireAfter.ToThere - wireBefore.ToThere}");
        Add(report, "keeper", tasks, keeperBefore, keeperAfter, "-", "-");
    }

    private static void Add(BenchReport report, string process, int tasks, Usage before, Usage after, string up, string down) => report.Add(
        process, tasks, after.Rss, after.Pss, after.PrivateDirty, after.Threads,
        (after.CpuTicks - before.CpuTicks) * MillisPerTick,
        after.Switches.Sum(t => t.Value - before.Switches.GetValueOrDefault(t.Key)), after.Written - before.Written, up, down);

    /// <summary>The newest line of the log about the resumption of tasks.</summary>
    private static string Resumed(Cluster cluster)
    {
        var lines = cluster[Node].Log().Split('\n');
        string Last(string word, string from) => lines.Last(l => l.Contains(word, StringComparison.Ordinal)).Split(from)[1].Trim();
        return Last("Tasks resumed:", "[2203] ") + ", ready: " + Last(" is up: API", ", ");
    }

    /// <summary>What the kernel has counted for one process.</summary>
    private sealed record Usage(
        long Rss, long Pss, long PrivateDirty, int Threads, long CpuTicks, Dictionary<string, long> Switches, long Written)
    {
        public static Usage Of(int id)
        {
            var rollup = Fields($"/proc/{id}/smaps_rollup");
            var threads = Directory.GetDirectories($"/proc/{id}/task");
            return new Usage(
                rollup["Rss"], rollup["Pss"], rollup["Private_Dirty"], threads.Length,
                Ticks(id),
                threads.ToDictionary(t => t, t => Fields(t + "/status"), StringComparer.Ordinal).ToDictionary(
                    t => t.Key, t => t.Value["voluntary_ctxt_switches"] + t.Value["nonvoluntary_ctxt_switches"], StringComparer.Ordinal),
                Fields($"/proc/{id}/io")["write_bytes"]);
        }

        // User and system time of all threads, those that have ended too. Source: proc_pid_stat(5), fields 14 and 15.
        private static long Ticks(int id) => File.ReadAllText($"/proc/{id}/stat").Split(") ")[1].Split(' ')[11..13]
            .Sum(t => long.Parse(t, CultureInfo.InvariantCulture));

        private static Dictionary<string, long> Fields(string path)
        {
            var fields = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var line in File.ReadLines(path))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && long.TryParse(
                    line[(colon + 1)..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim(),
                    CultureInfo.InvariantCulture,
                    out var value))
                {
                    fields[line[..colon]] = value;
                }
            }

            return fields;
        }
    }
}
