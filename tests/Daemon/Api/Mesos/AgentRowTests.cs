using System.Net;
using System.Text;
using System.Text.Json;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;
using Edge.Tests.Daemon.Api.Protocol;
using Edge.Tests.EndToEnd;
using NSubstitute;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>The old read endpoints of an agent; the numbers are those of the conformance checklist.</summary>
public sealed class AgentRowTests
{
    private static readonly TaskKey s_key = new(new FrameworkId("framework-1"), new TaskId("task-1"));

    [Theory]
    [InlineData("/slave(1)/state")]
    [InlineData("/state")]
    [InlineData("/slave%281%29/state")]
    [InlineData("/slave(1)/state.json")]
    public async Task Row69_State_ShowsExecutorsWithDirectoryAndContainer(string path)
    {
        await using var server = await ServeAsync();
        var answer = await new RawMesosClient(server.Address).GetAsync(path, CancellationToken.None);
        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        var json = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal("node-1", json.GetProperty("id").GetString());
        Assert.Equal($"slave(1)@127.0.0.1:{server.Address.Port}", json.GetProperty("pid").GetString());
        ReadRowTests.AssertKeys(json, """
            version start_time hostname capabilities resources reserved_resources unreserved_resources reserved_resources_full
            reserved_resources_allocated unreserved_resources_full unreserved_resources_allocated resource_providers attributes flags
            completed_frameworks
            """);
        var framework = json.GetProperty("frameworks")[0];
        Assert.Equal("framework-1", framework.GetProperty("id").GetString());
        var executor = framework.GetProperty("executors")[0];
        Assert.Equal("task-1", executor.GetProperty("id").GetString());
        Assert.Equal("container-1", executor.GetProperty("container").GetString());
        Assert.Equal("/sandboxes/container-1", executor.GetProperty("directory").GetString());
        Assert.Equal("TASK_RUNNING", executor.GetProperty("tasks")[0].GetProperty("state").GetString());
        Assert.Equal(0, executor.GetProperty("queued_tasks").GetArrayLength());
        Assert.Equal(1.5, json.GetProperty("unreserved_resources_allocated").GetProperty("cpus").GetDouble());
    }

    [Fact]
    public async Task MetricsSnapshot_HasTheNamesOfAnAgent()
    {
        await using var server = await ServeAsync();
        var answer = await new RawMesosClient(server.Address).GetAsync("/slave(1)/metrics/snapshot", CancellationToken.None);
        var json = JsonDocument.Parse(answer.Body).RootElement;
        Assert.All(json.EnumerateObject(), p => Assert.Equal(JsonValueKind.Number, p.Value.ValueKind));
        Assert.Equal(1, json.GetProperty("slave/tasks_running").GetDouble());
        Assert.Equal(1.5, json.GetProperty("slave/cpus_used").GetDouble());
        Assert.Equal(4, json.GetProperty("slave/cpus_total").GetDouble());
        ReadRowTests.AssertKeys(
            json, "slave/executors_running slave/uptime_secs containerizer/mesos/container_destroy_errors slave/registered");
    }

    private static async Task<LoopbackServer> ServeAsync()
    {
        var gateway = Substitute.For<IClusterGateway>();
        gateway.Snapshot.Returns(State());
        var sandboxes = Substitute.For<ISandboxDirectory>();
        sandboxes.Find(new ContainerId("container-1")).Returns("/sandboxes/container-1");
        var clock = new SteppedClock();
        var port = 0;
        var server = await LoopbackServer.StartAsync(app =>
        {
            app.UsePathAliases(new PathAliases(MesosRoutes.AgentPrefixes, MesosRoutes.AgentPaths, MesosRoutes.AgentExactPaths));
            app.MapMesosAgent(
                new MesosHost(
                    gateway,
                    new FrameworkStreams(new EventStreamLimits(), clock),
                    () => new MesosIdentity("node-1.test", IPAddress.Loopback, port),
                    clock,
                    CancellationToken.None),
                sandboxes);
        });
        port = server.Address.Port;
        return server;
    }

    private static ClusterState State()
    {
        var now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var resources = ResourceText.Parse("cpus:4;mem:1024").Value!;
        var used = ResourceText.Parse("cpus:1.5;mem:64").Value!;
        var wire = Encoding.UTF8.GetBytes(
            """{"name":"n","task_id":{"value":"task-1"},"agent_id":{"value":"node-1"},"command":{"value":"sleep 1"}}""");
        var spec = TaskMapping.FromMessage(Edge.Contracts.Mesos.MesosJson.Parse<Edge.Contracts.Mesos.TaskInfo>(wire.AsSpan()).Message!);
        return new ClusterState
        {
            MasterId = "m",
            HubEpoch = "e",
            StartedAt = now,
            Self = new SelfState
            {
                Id = new NodeId("node-1"),
                Identity = new NodeIdentity("i", "a", "b"),
                Description = new NodeDescription
                {
                    Hostname = "node-1.test",
                    Address = "127.0.0.1",
                    Port = 5051,
                    Resources = resources,
                    Version = "0.1.0",
                },
            },
            Tasks = System.Collections.Immutable.ImmutableDictionary<TaskKey, ClusterTask>.Empty.Add(s_key, new ClusterTask
            {
                Key = s_key,
                Spec = spec,
                Node = new NodeId("node-1"),
                Container = new ContainerId("container-1"),
                Executor = new ExecutorId("task-1"),
                Resources = used,
                Role = "*",
                User = "root",
                Observed = ObservedState.Running,
                LaunchedAt = now,
            }),
        };
    }
}
