using System.Globalization;
using Edge.Contracts.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;

namespace Edge.Bench;

/// <summary>From the ACCEPT that a framework sends to the TASK_RUNNING that it sees: a hub and a native agent on the loopback.</summary>
/// <remarks>In between: three HTTP calls (ACCEPT, and the acknowledgement of TASK_STARTING), five commits to disk, two MQTT messages each
/// way,
/// and a process. One launch at a time. <c>--launches N</c> (200), <c>--form protobuf|json</c> (both).</remarks>
internal static class LaunchLatencyScenario
{
    public static async Task<BenchReport> RunAsync(BenchArguments arguments)
    {
        var launches = arguments.Get("launches", 200);
        var report = new BenchReport("launch-latency", "form", "launches", "to", "p50 ms", "p90 ms", "p99 ms", "max ms");
        foreach (var form in (string[])[RawMesosClient.Protobuf, RawMesosClient.Json])
        {
            await Cluster.RunAsync(new HubSettings(), [new AgentSettings("one")], cluster => MeasureAsync(cluster, form, launches, report));
        }

        report.Note("One launch at a time; the task is 'sleep 0.1'. TASK_RUNNING comes only after TASK_STARTING was acknowledged.");
        return report;
    }

    private static async Task MeasureAsync(Cluster cluster, string form, int launches, BenchReport report)
    {
        await using var framework = new TestFramework(cluster.Api, form);
        framework.Start();
        await framework.UntilAsync(() => framework.Id is not null, 15, "subscribed");
        var warm = Math.Min(10, launches);
        for (var i = 0; i < launches + warm; i++)
        {
            await framework.LaunchAsync(TestFramework.Shell($"task-{i}", "sleep 0.1"));
            await framework.WaitForAsync($"task-{i}", TaskState.TaskFinished, 30);
        }

        foreach (var state in (TaskState[])[TaskState.TaskStarting, TaskState.TaskRunning])
        {
            var millis = framework.Updates
                .Where(u => u.State == state && int.Parse(u.Task[5..], CultureInfo.InvariantCulture) >= warm)
                .Select(u => TimeProvider.System.GetElapsedTime(framework.AcceptedAt[u.Task], u.At).TotalMilliseconds)
                .Order().ToArray();
            report.Add(form, millis.Length, state, Show(millis, 0.5), Show(millis, 0.9), Show(millis, 0.99), Show(millis, 1));
        }
    }

    private static string Show(double[] sorted, double part) =>
        sorted[Math.Min((int)(sorted.Length * part), sorted.Length - 1)].ToString("F1", CultureInfo.InvariantCulture);
}
