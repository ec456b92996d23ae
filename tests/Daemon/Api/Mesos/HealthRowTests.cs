using System.Text.Json;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Reason = Edge.Contracts.Mesos.TaskStatus.Types.Reason;
using Task = System.Threading.Tasks.Task;
using TaskState = Edge.Core.Model.TaskState;
using WireState = Edge.Contracts.Mesos.TaskState;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>What frameworks and readers see of health; the number is that of the conformance checklist.</summary>
public sealed class HealthRowTests
{
    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row54_FailingCheck_IsRunningUnhealthy_AndThenKilledUnhealthy(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        node.Report("task-1", TaskState.Running);
        node.ReportHealth("task-1", TaskState.Running, false, StatusReason.TaskHealthCheckStatusUpdated);

        var running = await subscription.NextStatusAsync();
        Assert.False(running.HasHealthy);
        await client.DoAsync(Calls.Acknowledge(running));
        var turned = await subscription.NextStatusAsync();
        Assert.Equal(
            (WireState.TaskRunning, true, false, Reason.TaskHealthCheckStatusUpdated),
            (turned.State, turned.HasHealthy, turned.Healthy, turned.Reason));
        await client.DoAsync(Calls.Acknowledge(turned));

        var answer = await cluster.Client().GetAsync("/state");
        var task = JsonDocument.Parse(answer.Text).RootElement.GetProperty("frameworks")[0].GetProperty("tasks")[0];
        var status = Assert.Single(task.GetProperty("statuses").EnumerateArray());
        Assert.False(status.GetProperty("healthy").GetBoolean());

        node.ReportHealth("task-1", TaskState.Killed, false, null);
        var killed = await subscription.NextStatusAsync();
        Assert.Equal(
            (WireState.TaskKilled, true, false, false), (killed.State, killed.HasHealthy, killed.Healthy, killed.HasReason));
    }
}
