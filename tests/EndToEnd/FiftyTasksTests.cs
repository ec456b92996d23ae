using System.Text.Json;
using Edge.Contracts.Mesos;
using Xunit.Abstractions;
using Task = System.Threading.Tasks.Task;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Tests.EndToEnd;

/// <summary>Fifty tasks, real parts only: a hub and two native agents as processes, real commands, and what the wire and the disk
/// say.</summary>
public sealed class FiftyTasksTests(ITestOutputHelper output)
{
    private const int Count = 50;

    // Its own name, something computed, and something from the machine: no two sandboxes hold the same.
    private const string Command = """
        echo "I am $MESOS_EXECUTOR_ID of $MESOS_FRAMEWORK_ID"; echo sum $((17 + 25)); uname -s; pwd; echo to-stderr >&2
        """;

    private static readonly string[] s_states = ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"];

    /// <summary>The npm package mesos-framework 0.5.3, unmodified.</summary>
    [RequiresNativeFact("npm:mesos-framework")]
    public Task FiftyTasks_RunToFinished_WithRealOutput() => OnTwoAgentsAsync(async cluster =>
    {
        await using var scheduler = MesosFrameworkProcess.Start(
            cluster.Api, "--tasks", $"{Count}", "--command", Command, "--timeout-seconds", "120");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(130), TimeProvider.System);
        var subscribed = await scheduler.WaitForTypeAsync("SUBSCRIBED", limit.Token);
        var framework = subscribed.GetProperty("framework_id").GetString()!;
        Assert.True(await scheduler.WaitForExitAsync(limit.Token) == 0, scheduler.Told());

        var tasks = scheduler.Updates().GroupBy(u => u.GetProperty("task_id").GetString()!).ToArray();
        Assert.Equal(Count, tasks.Length);
        Assert.All(tasks, task =>
        {
            Assert.Equal(s_states, task.Select(u => u.GetProperty("state").GetString()));
            Assert.All(task, u => AssertStatus(u.GetProperty("status"), task.Key));
            AssertOutput(cluster, task.First().GetProperty("agent_id").GetString()!, framework, task.Key);
        });
        AssertEachOnce(scheduler.Updates().Select(u => u.GetProperty("uuid").GetString()!));
        Assert.Equal(2, scheduler.Updates().Select(u => u.GetProperty("agent_id").GetString()).Distinct().Count());
        Assert.DoesNotContain(scheduler.Seen, line => line.GetProperty("type").GetString() is "ERROR" or "CLIENT_ERROR" or "CLOSED");
        output.WriteLine($"{Count} tasks over npm mesos-framework: {Span(scheduler)} ms from SUBSCRIBED to the last TASK_FINISHED");
    });

    /// <summary>The same work in the other wire form.</summary>
    [RequiresNativeFact]
    public Task FiftyTasks_Protobuf_RunToFinished_WithRealOutput() => OnTwoAgentsAsync(async cluster =>
    {
        await using var framework = new TestFramework(cluster.Api, RawMesosClient.Protobuf);
        await framework.LaunchAsync(
            [.. Enumerable.Range(0, Count).Select(i => TestFramework.Shell($"task-{i}", Command, i % 2 == 0 ? "one" : "two"))]);
        framework.Start();
        await framework.UntilAsync(
            () => framework.Updates.Count(u => u.State == TaskState.TaskFinished) == Count, 120, "all tasks are finished");

        foreach (var task in framework.Updates.GroupBy(u => u.Task))
        {
            Assert.Equal(s_states, task.Select(u => Name(u.State)));
            Assert.All(task, u =>
            {
                using var json = JsonDocument.Parse(MesosJson.ToBytes(u.Status));
                AssertStatus(json.RootElement, task.Key);
            });
            AssertOutput(cluster, task.First().Status.AgentId.Value, framework.Id!, task.Key);
        }

        Assert.Equal(3 * Count, framework.Updates.Count);
        AssertEachOnce(framework.Updates.Select(u => u.Status.Uuid.ToBase64()));
        Assert.Equal(["one", "two"], framework.Nodes.Order());
        Assert.True(framework.OneRecordPerChunk);
        Assert.Empty(framework.Errors);
    });

    private static Task OnTwoAgentsAsync(Func<Cluster, Task> test) =>
        Cluster.RunAsync(new HubSettings(), [new AgentSettings("one"), new AgentSettings("two")], test);

    // Source: apache/mesos include/mesos/v1/mesos.proto, TaskStatus; docs/task-state-reasons.md.
    private static void AssertStatus(JsonElement status, string task)
    {
        Assert.Equal("SOURCE_EXECUTOR", status.GetProperty("source").GetString());
        Assert.Equal(task, status.GetProperty("executor_id").GetProperty("value").GetString());
        Assert.Equal(16, status.GetProperty("uuid").GetBytesFromBase64().Length);
        Assert.True(status.GetProperty("timestamp").GetDouble() > 1_600_000_000, status.GetRawText());
        Assert.False(status.TryGetProperty("reason", out _), status.GetRawText());
        Assert.NotEmpty(status.GetProperty("container_status").GetProperty("container_id").GetProperty("value").GetString()!);
    }

    private static void AssertOutput(Cluster cluster, string node, string framework, string task)
    {
        var sandbox = Assert.Single(cluster.Sandboxes(node, framework, task));
        Assert.Equal(
            [$"I am {task} of {framework}", "sum 42", "Linux", sandbox],
            File.ReadAllLines(Path.Combine(sandbox, "stdout")));
        Assert.Equal(["to-stderr"], File.ReadAllLines(Path.Combine(sandbox, "stderr")));
    }

    private static void AssertEachOnce(IEnumerable<string> uuids)
    {
        var all = uuids.ToArray();
        Assert.Equal(3 * Count, all.Length);
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    private static string Name(TaskState state) => MesosJson.ToText(new TaskStatus { State = state }).Split('"')[3];

    private static long Span(MesosFrameworkProcess scheduler) =>
        scheduler.Updates().Last().GetProperty("at").GetInt64() - scheduler.Seen[0].GetProperty("at").GetInt64();
}
