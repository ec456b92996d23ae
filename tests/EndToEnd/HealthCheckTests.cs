using Edge.Contracts.Mesos;
using Task = System.Threading.Tasks.Task;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Tests.EndToEnd;

/// <summary>Health checks of the native agent, as a framework sees them.</summary>
public sealed class HealthCheckTests
{
    private const string Node = "one";

    /// <summary>Healthy while its sandbox holds a file; the agent is killed and comes back between two turns.</summary>
    [RequiresNativeFact]
    public Task Command_ThatTurns_IsSeenAsHealthy_Unhealthy_AndTheEnd() => Cluster.RunAsync(
        new HubSettings(),
        [new AgentSettings(Node)],
        async cluster =>
        {
            await using var framework = new TestFramework(
                cluster.Api, RawMesosClient.Protobuf, FrameworkInfo.Types.Capability.Types.Type.TaskKillingState);
            var task = TestFramework.Shell("checked", "touch well; sleep 1000");
            task.HealthCheck = new HealthCheck
            {
                Type = HealthCheck.Types.Type.Command,
                Command = new CommandInfo { Value = "test -e well" },
                DelaySeconds = 0,
                IntervalSeconds = 0.2,
                ConsecutiveFailures = 3,
            };
            await framework.LaunchAsync(task);
            framework.Start();
            await framework.UntilAsync(() => Turns(framework).SequenceEqual([true]), 30, "healthy");

            await cluster[Node].KillAsync();
            await cluster.RestartAgentAsync(Node);
            await Cluster.UntilAsync(() => cluster.Connections(Node) == 2, 30, "the agent is back at the hub");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            Assert.Equal([true], Turns(framework));

            File.Delete(Path.Combine(cluster.Sandboxes(Node, framework.Id!, "checked").Single(), "well"));
            var end = await framework.WaitForAsync("checked", TaskState.TaskKilled, 30);
            Assert.Equal([true, false], Turns(framework));
            Assert.False(end.Status.Healthy);
            Assert.False(end.Status.HasReason);
            Assert.StartsWith(
                "health check failed 3 times in a row: Command exited with status 1", end.Status.Message, StringComparison.Ordinal);
            Assert.Equal(
                [TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskRunning, TaskState.TaskRunning, TaskState.TaskKilling,
                    TaskState.TaskKilled],
                framework.States("checked"));
            Assert.Empty(framework.Errors);
        });

    private static bool[] Turns(TestFramework framework) =>
    [
        .. framework.Updates
            .Where(u => u.State == TaskState.TaskRunning && u.Status.HasHealthy)
            .Where(u => u.Status.Reason == TaskStatus.Types.Reason.TaskHealthCheckStatusUpdated)
            .Select(u => u.Status.Healthy),
    ];
}
