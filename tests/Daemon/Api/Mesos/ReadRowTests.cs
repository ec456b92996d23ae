using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Daemon.Api.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;
using TaskState = Edge.Core.Model.TaskState;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>The old read endpoints of a master; the numbers are those of the conformance checklist.</summary>
public sealed partial class ReadRowTests
{
    [Theory]
    [InlineData("/version")]
    [InlineData("/master/version")]
    public async Task Row61_Version_IsDottedNumbers(string path)
    {
        await using var cluster = await TestCluster.StartAsync();
        var json = await JsonAsync(cluster, path);
        Assert.Matches(DottedNumbers(), json.GetProperty("version").GetString()!);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("build_time").ValueKind);
    }

    [Theory]
    [InlineData("/state")]
    [InlineData("/master/state")]
    [InlineData("/master/state/")]
    [InlineData("/state.json")]
    [InlineData("/master/state.json")]
    public async Task Row62_State_HasTheKeysThatReadersWant(string path)
    {
        await using var cluster = await RunningAsync();
        var json = await JsonAsync(cluster, path);
        var pid = $"master@127.0.0.1:{cluster.Address.Port}";
        Assert.Equal(pid, json.GetProperty("leader").GetString());
        Assert.Equal(pid, json.GetProperty("pid").GetString());
        Assert.Equal(cluster.Address.Port, json.GetProperty("leader_info").GetProperty("port").GetInt32());
        Assert.Equal(TestCluster.MasterId, json.GetProperty("id").GetString());
        Assert.Equal(1, json.GetProperty("activated_slaves").GetInt32());
        foreach (var list in new[] { "orphan_tasks", "unregistered_frameworks", "completed_frameworks", "recovered_slaves" })
        {
            Assert.Equal(0, json.GetProperty(list).GetArrayLength());
        }

        AssertKeys(json, "start_time elected_time hostname capabilities deactivated_slaves unreachable_slaves flags slaves frameworks");
        var node = json.GetProperty("slaves")[0];
        AssertKeys(node, """
            id hostname port attributes pid registered_time resources used_resources offered_resources reserved_resources
            unreserved_resources active deactivated version capabilities
            """);
        Assert.Equal("slave(1)@10.1.2.3:5051", node.GetProperty("pid").GetString());
        Assert.Equal("r1", node.GetProperty("attributes").GetProperty("rack").GetString());
        Assert.Equal(2, node.GetProperty("attributes").GetProperty("floor").GetDouble());
        Assert.Equal("[31000-31009]", node.GetProperty("resources").GetProperty("ports").GetString());
        Assert.Equal(2, node.GetProperty("used_resources").GetProperty("cpus").GetDouble());
        Assert.Equal(0, node.GetProperty("used_resources").GetProperty("gpus").GetDouble());
    }

    [Fact]
    public async Task Row62_FrameworkAndTask_HaveTheKeysThatReadersWant()
    {
        await using var cluster = await RunningAsync();
        var framework = (await JsonAsync(cluster, "/state")).GetProperty("frameworks")[0];
        AssertKeys(framework, """
            id name user hostname webui_url role capabilities failover_timeout checkpoint active connected recovered registered_time
            unregistered_time resources used_resources offered_resources tasks unreachable_tasks completed_tasks offers executors
            """);
        Assert.False(framework.TryGetProperty("pid", out _));
        var task = framework.GetProperty("tasks").EnumerateArray().Single(t => t.GetProperty("id").GetString() == "task-1");
        AssertKeys(task, "id name framework_id executor_id slave_id state role resources limits statuses user labels discovery");
        Assert.Equal("TASK_RUNNING", task.GetProperty("state").GetString());
        Assert.Equal(string.Empty, task.GetProperty("executor_id").GetString());
        Assert.Equal("team", task.GetProperty("labels")[0].GetProperty("key").GetString());
        Assert.Equal("EXTERNAL", task.GetProperty("discovery").GetProperty("visibility").GetString());
        var status = task.GetProperty("statuses")[0];
        Assert.Equal("TASK_RUNNING", status.GetProperty("state").GetString());
        var container = status.GetProperty("container_status");
        Assert.NotEmpty(container.GetProperty("container_id").GetProperty("value").GetString()!);
        Assert.Equal(
            "10.1.2.3", container.GetProperty("network_infos")[0].GetProperty("ip_addresses")[0].GetProperty("ip_address").GetString());
    }

    [Fact]
    public async Task Row63_Jsonp_IsAScript()
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Client().GetAsync("/state?jsonp=f");
        Assert.Equal("text/javascript", answer.Header("Content-Type"));
        Assert.StartsWith("f({", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("});", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row64_MetricsSnapshot_HoldsNumbersOnly_AndEveryNameThatExportersRead()
    {
        await using var cluster = await RunningAsync();
        var json = await JsonAsync(cluster, "/metrics/snapshot?timeout=100ms");
        Assert.All(json.EnumerateObject(), p => Assert.Equal(JsonValueKind.Number, p.Value.ValueKind));
        Assert.Equal(1, json.GetProperty("master/elected").GetDouble());
        Assert.Equal(1, json.GetProperty("master/tasks_running").GetDouble());
        Assert.Equal(1, json.GetProperty("master/tasks_staging").GetDouble());
        Assert.Equal(4, json.GetProperty("master/cpus_total").GetDouble());
        Assert.Equal(0.5, json.GetProperty("master/cpus_percent").GetDouble());
        AssertKeys(json, """
            allocator/mesos/allocation_run_ms/p9999 allocator/mesos/allocation_runs master/slaves_active master/frameworks_active
            master/invalid_status_updates master/event_queue_messages master/outstanding_offers registrar/state_store_ms/p99
            system/load_1min system/mem_total_bytes master/slave_shutdowns_scheduled master/mem_revocable_used
            """);
        foreach (var junk in new[] { "junk", "100", "-5ms", "ms" })
        {
            Assert.Equal(400, (await cluster.Client().GetAsync("/metrics/snapshot?timeout=" + junk)).Status);
        }
    }

    [Fact]
    public async Task Row65_Health_IsEmpty()
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Client().GetAsync("/health");
        Assert.Equal((200, 0), (answer.Status, answer.Body.Length));
    }

    [Theory]
    [InlineData("/redirect")]
    [InlineData("/master/redirect")]
    public async Task Row66_Redirect_HasNoPath(string path)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Client().GetAsync(path);
        Assert.Equal((307, $"//127.0.0.1:{cluster.Address.Port}"), (answer.Status, answer.Header("Location")));
        Assert.Equal(404, (await cluster.Client().GetAsync("/redirect/anything")).Status);
    }

    [Fact]
    public async Task Row67_Tasks_ArePagedAndFiltered()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client();
        await using var subscription = await client.SubscribeAsync();
        for (var i = 0; i < 4; i++)
        {
            var offer = await subscription.NextOfferAsync();
            await client.DoAsync(Calls.Launch(offer, Calls.Task(offer, "task-" + i, 0.1, 32)));
            cluster.Advance(TimeSpan.FromSeconds(6));
        }

        Assert.Equal("task-1 task-2", await IdsAsync(cluster, "/tasks?limit=2&offset=1&order=asc"));
        Assert.Equal("task-3 task-2 task-1 task-0", await IdsAsync(cluster, "/tasks"));
        Assert.Equal("task-0 task-1 task-2 task-3", await IdsAsync(cluster, "/master/tasks/?order=asc&limit=-1"));
        Assert.Equal("task-2", await IdsAsync(cluster, "/tasks?task_id=task-2"));
        Assert.Equal("", await IdsAsync(cluster, "/tasks?framework_id=nobody"));
        Assert.Equal("task-3", await IdsAsync(cluster, "/tasks?limit=1&framework_id=" + client.Framework.Value));
    }

    [Fact]
    public async Task Row35And68_RemovedFrameworks_AreShownWithTheirTasksKilled()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client();
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        await client.DoAsync(Calls.Of(Call.Types.Type.Teardown));
        var json = await JsonAsync(cluster, "/frameworks?framework_id=" + client.Framework.Value);
        Assert.Equal(0, json.GetProperty("frameworks").GetArrayLength());
        var completed = json.GetProperty("completed_frameworks")[0];
        Assert.Equal("TASK_KILLED", completed.GetProperty("completed_tasks")[0].GetProperty("state").GetString());
        Assert.True(completed.GetProperty("unregistered_time").GetDouble() > 0);
        var task = (await JsonAsync(cluster, "/tasks?task_id=task-1")).GetProperty("tasks")[0];
        Assert.Equal("TASK_KILLED", task.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Row68_OtherReads_HaveTheirShapes()
    {
        await using var cluster = await RunningAsync();
        cluster.AddNode("node-2", "cpus(prod):2;mem:64");
        var node = (await JsonAsync(cluster, "/master/slaves?slave_id=node-2")).GetProperty("slaves").EnumerateArray().Single();
        Assert.Equal(2, node.GetProperty("reserved_resources").GetProperty("prod").GetProperty("cpus").GetDouble());
        var full = node.GetProperty("reserved_resources_full").GetProperty("prod")[0];
        Assert.Equal("STATIC", full.GetProperty("reservations")[0].GetProperty("type").GetString());
        Assert.Equal("mem", node.GetProperty("unreserved_resources_full")[0].GetProperty("name").GetString());
        AssertKeys(node, "used_resources_full offered_resources_full");
        Assert.Equal(2, (await JsonAsync(cluster, "/slaves")).GetProperty("slaves").GetArrayLength());

        var roles = (await JsonAsync(cluster, "/roles")).GetProperty("roles").EnumerateArray()
            .ToDictionary(r => r.GetProperty("name").GetString()!);
        Assert.Equal(2, roles["*"].GetProperty("allocated").GetProperty("cpus").GetDouble());
        Assert.Equal(2, roles["prod"].GetProperty("reserved").GetProperty("cpus").GetDouble());
        AssertKeys(roles["*"], "weight quota resources offered frameworks");

        var summary = await JsonAsync(cluster, "/state-summary");
        Assert.Equal(1, summary.GetProperty("slaves")[0].GetProperty("TASK_RUNNING").GetInt32());
        Assert.Equal(1, summary.GetProperty("frameworks")[0].GetProperty("TASK_STAGING").GetInt32());
        Assert.Equal("node-1", summary.GetProperty("frameworks")[0].GetProperty("slave_ids")[0].GetString());
        Assert.Equal(
            cluster.Snapshot.Frameworks.Keys.Single().Value, summary.GetProperty("slaves")[0].GetProperty("framework_ids")[0].GetString());
    }

    [Fact]
    public async Task Row92_LargeAnswers_ArePackedOnDemand()
    {
        await using var cluster = await RunningAsync();
        var answer = await cluster.Client().GetAsync("/state", SchedulerClient.Header("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", answer.Header("Content-Encoding"));
        using var inflated = new GZipStream(new MemoryStream(answer.Body), CompressionMode.Decompress);
        using var json = await JsonDocument.ParseAsync(inflated);
        Assert.Equal(TestCluster.MasterId, json.RootElement.GetProperty("id").GetString());
        Assert.Null((await cluster.Client().GetAsync("/state")).Header("Content-Encoding"));
    }

    [Fact]
    public async Task Prometheus_ReadsTheClusterAndItsStreams()
    {
        await using var cluster = await RunningAsync();
        var answer = await cluster.Client().GetAsync("/metrics");
        Assert.Equal(MetricsText.ContentType, answer.Header("Content-Type"));
        var lines = answer.Text.Split('\n');
        Assert.Contains("edge_tasks{state=\"TASK_RUNNING\"} 1", lines);
        Assert.Contains("edge_nodes{state=\"connected\"} 1", lines);
        Assert.Contains("edge_tasks_launched_total 2", lines);
        Assert.Contains("edge_streams_opened_total 1", lines);
        Assert.All(lines.Where(l => l.Length > 0), line => Assert.Matches(PrometheusLine(), line));
    }

    [Fact]
    public async Task OtherMethods_Are405()
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await new RawMesosClient(cluster.Address, path: "/state").CallAsync([], CancellationToken.None);
        Assert.Equal(405, answer.Status);
    }

    /// <summary>A cluster of one node with two tasks of one framework: one runs, one is still staging.</summary>
    private static async Task<TestCluster> RunningAsync()
    {
        var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client();
        var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        var task = Calls.Task(offer);
        task.Labels = new Labels { Labels_ = { new Label { Key = "team", Value = "blue" } } };
        task.Discovery = new DiscoveryInfo { Visibility = DiscoveryInfo.Types.Visibility.External, Name = "web" };
        await client.DoAsync(Calls.Launch(offer, task, Calls.Task(offer, "task-2")));
        node.Report("task-1", TaskState.Running);
        return cluster;
    }

    internal static async Task<JsonElement> JsonAsync(TestCluster cluster, string path)
    {
        var answer = await cluster.Client().GetAsync(path);
        Assert.True(answer.Status == 200, $"{path}: {answer.Status} {answer.Text}");
        Assert.Equal("application/json", answer.Header("Content-Type"));
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    internal static void AssertKeys(JsonElement json, string keys)
    {
        foreach (var key in keys.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(json.TryGetProperty(key, out _), $"The key {key} is missing.");
        }
    }

    private static async Task<string> IdsAsync(TestCluster cluster, string path) => string.Join(
        ' ', (await JsonAsync(cluster, path)).GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("id").GetString()));

    [GeneratedRegex(@"^\d+\.\d+\.\d+$")]
    private static partial Regex DottedNumbers();

    [GeneratedRegex(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=""[^""]*""\})? [-0-9.E+]+)$")]
    private static partial Regex PrometheusLine();
}
