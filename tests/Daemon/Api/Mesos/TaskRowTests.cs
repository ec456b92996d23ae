using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Google.Protobuf;
using Capability = Edge.Contracts.Mesos.FrameworkInfo.Types.Capability.Types.Type;
using Reason = Edge.Contracts.Mesos.TaskStatus.Types.Reason;
using Source = Edge.Contracts.Mesos.TaskStatus.Types.Source;
using Offer = Edge.Contracts.Mesos.Offer;
using Task = System.Threading.Tasks.Task;
using TaskState = Edge.Core.Model.TaskState;
using WireState = Edge.Contracts.Mesos.TaskState;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>Tasks, statuses and reconciliation; the numbers are those of the conformance checklist.</summary>
public sealed class TaskRowTests
{
    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row09To11_StatusesComeOneByOne_EachAfterTheAcknowledgementOfTheOneBefore(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        Assert.Equal("sleep 1000", node.Assigned("task-1").Spec.Command!.Value);
        node.Report("task-1", TaskState.Starting, TaskState.Running, TaskState.Finished);
        var reportedAt = cluster.Clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

        var uuids = new HashSet<ByteString>();
        foreach (var state in new[] { WireState.TaskStarting, WireState.TaskRunning, WireState.TaskFinished })
        {
            var status = await subscription.NextStatusAsync();
            Assert.Equal(state, status.State);
            Assert.Equal(16, status.Uuid.Length);
            Assert.True(uuids.Add(status.Uuid));
            Assert.Equal(Source.Executor, status.Source);
            Assert.Equal("node-1", status.AgentId.Value);
            Assert.Equal("task-1", status.ExecutorId.Value);
            Assert.Equal(node.Assigned("task-1").Container.Value, status.ContainerStatus.ContainerId.Value);
            Assert.Equal(reportedAt, status.Timestamp, 3);

            // Not acknowledged, the very same comes again, and later ones wait.
            cluster.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(status.Uuid, (await subscription.NextStatusAsync()).Uuid);
            cluster.Advance(TimeSpan.FromSeconds(20));
            Assert.Equal(status.Uuid, (await subscription.NextStatusAsync()).Uuid);
            await client.DoAsync(Calls.Acknowledge(status));
        }

        var task = cluster.Snapshot.Tasks.Values.Single();
        Assert.True(task.Completed);
        cluster.Advance(TimeSpan.FromMinutes(30));
        Assert.All(
            await Drain(subscription, client, cluster), e => Assert.True(e.Type is Event.Types.Type.Heartbeat or Event.Types.Type.Offers));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row12_AcknowledgementWithAShortUuid_Is400(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var status = new Edge.Contracts.Mesos.TaskStatus
        {
            TaskId = new TaskID { Value = "t" },
            AgentId = new AgentID { Value = "a" },
        };
        var answer = await client.CallAsync(Calls.Acknowledge(status, ByteString.CopyFrom(1, 2, 3, 4, 5)));
        Assert.Equal(400, answer.Status);
        Assert.StartsWith("Failed to validate scheduler::Call: ", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row13To16_DeclineReviveSuppress(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        await client.DoAsync(Calls.Decline(await subscription.NextOfferAsync(), 3600));
        cluster.Advance(TimeSpan.FromSeconds(3500));
        Assert.Empty(cluster.Snapshot.Offers);
        await client.DoAsync(Calls.Of(Call.Types.Type.Revive));
        await client.DoAsync(Calls.Decline(await subscription.NextOfferAsync()));
        cluster.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(cluster.Snapshot.Offers);
        cluster.Advance(TimeSpan.FromSeconds(0.2));
        var offer = await subscription.NextOfferAsync();

        await client.DoAsync(Calls.Of(Call.Types.Type.Suppress));
        await client.DoAsync(Calls.Decline(offer));
        cluster.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(cluster.Snapshot.Offers);
        await client.DoAsync(Calls.Of(Call.Types.Type.Revive));
        Assert.NotEqual(offer.Id, (await subscription.NextOfferAsync()).Id);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row17And18_Kill_CarriesItsGrace_AndKillingIsForThoseWhoAsk(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync(SchedulerClient.Info(Capability.TaskKillingState));
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer), Calls.Task(offer, "task-2")));
        node.Report("task-1", TaskState.Running);
        await client.DoAsync(Calls.Acknowledge(await subscription.NextStatusAsync()));
        await client.DoAsync(Calls.Kill("task-1", "node-1", TimeSpan.FromSeconds(10)));
        Assert.Equal(DesiredState.Kill, node.Assigned("task-1").Desired);
        Assert.Equal(TimeSpan.FromSeconds(10), node.Assigned("task-1").KillGrace);
        await client.DoAsync(Calls.Kill("task-2", "another-node"));
        Assert.Equal(DesiredState.Run, node.Assigned("task-2").Desired);

        node.Report("task-1", TaskState.Killing, TaskState.Killed);
        var killing = await subscription.NextStatusAsync();
        Assert.Equal(WireState.TaskKilling, killing.State);
        await client.DoAsync(Calls.Acknowledge(killing));
        Assert.Equal(WireState.TaskKilled, (await subscription.NextStatusAsync()).State);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row17_WithoutTheCapability_KillingIsNotSeen(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        await client.DoAsync(Calls.Kill("task-1"));
        node.Report("task-1", TaskState.Killing, TaskState.Killed);
        Assert.Equal(WireState.TaskKilled, (await subscription.NextStatusAsync()).State);
    }

    [Theory]
    [InlineData(WireForm.Json, true, WireState.TaskUnknown, WireState.TaskGone)]
    [InlineData(WireForm.Protobuf, true, WireState.TaskUnknown, WireState.TaskGone)]
    [InlineData(WireForm.Json, false, WireState.TaskLost, WireState.TaskLost)]
    [InlineData(WireForm.Protobuf, false, WireState.TaskLost, WireState.TaskLost)]
    public async Task Row19To21_Reconcile(WireForm form, bool partitionAware, WireState unknown, WireState gone)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync(
            partitionAware ? SchedulerClient.Info(Capability.PartitionAware) : SchedulerClient.Info());
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer), Calls.Task(offer, "task-2")));
        node.Report("task-1", TaskState.Running);
        await client.DoAsync(Calls.Acknowledge(await subscription.NextStatusAsync()));

        await client.DoAsync(Calls.Reconcile());
        foreach (var (id, state) in new[] { ("task-1", WireState.TaskRunning), ("task-2", WireState.TaskStaging) })
        {
            var status = await subscription.NextStatusAsync();
            Assert.Equal((id, state), (status.TaskId.Value, status.State));
            AssertReconciled(status);
        }

        await client.DoAsync(Calls.Reconcile(("no-task", "no-node"), ("no-task", "node-1")));
        foreach (var state in new[] { unknown, gone })
        {
            var status = await subscription.NextStatusAsync();
            Assert.Equal(state, status.State);
            AssertReconciled(status);
        }

        // KILL of an unknown task answers as the question would.
        await client.DoAsync(Calls.Kill("no-task"));
        Assert.Equal(unknown, (await subscription.NextStatusAsync()).State);
    }

    [Theory]
    [InlineData(WireForm.Json, true, WireState.TaskDropped)]
    [InlineData(WireForm.Protobuf, true, WireState.TaskDropped)]
    [InlineData(WireForm.Json, false, WireState.TaskLost)]
    [InlineData(WireForm.Protobuf, false, WireState.TaskLost)]
    public async Task Row22And24_InvalidOffers_DropTheirTasks(WireForm form, bool partitionAware, WireState expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        cluster.AddNode("node-2");
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync(
            partitionAware ? SchedulerClient.Info(Capability.PartitionAware) : SchedulerClient.Info());
        var offers = (await subscription.NextAsync(Event.Types.Type.Offers)).Offers.Offers_;
        Assert.Equal(2, offers.Count);
        var launch = Calls.Launch(offers[0], Calls.Task(offers[0]));
        launch.Accept.OfferIds.Add(offers[1].Id);
        await client.DoAsync(launch);
        var status = await subscription.NextStatusAsync();
        Assert.Equal((expected, Reason.InvalidOffers, Source.Master), (status.State, status.Reason, status.Source));
        Assert.False(status.HasUuid);

        await client.DoAsync(Calls.Launch(offers[0], Calls.Task(offers[0], "task-2")));
        var used = await subscription.NextStatusAsync();
        Assert.Equal((expected, Reason.InvalidOffers), (used.State, used.Reason));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row23And25_AnInvalidTask_IsRefusedAlone(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer, "greedy", cpus: 100), Calls.Task(offer, "modest")));
        var status = await subscription.NextStatusAsync();
        Assert.Equal(("greedy", WireState.TaskError, Reason.TaskInvalid), (status.TaskId.Value, status.State, status.Reason));
        Assert.Contains("cpus", status.Message, StringComparison.Ordinal);
        Assert.False(status.HasUuid);
        node.Report("modest", TaskState.Running);
        Assert.Equal("modest", (await subscription.NextStatusAsync()).TaskId.Value);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row26And59_LeftoversComeBack_AndTasksNeedNoAllocationRole(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        var info = SchedulerClient.Info(Capability.MultiRole);
        info.Roles.Add("web");
        await using var subscription = await client.SubscribeAsync(info);
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        Assert.Equal("web", node.Assigned("task-1").Role);
        Assert.Empty(cluster.Snapshot.Offers);
        cluster.Advance(TimeSpan.FromSeconds(5));
        var rest = await subscription.NextOfferAsync();
        Assert.Equal(3, rest.Resources.Single(r => r.Name == "cpus").Scalar.Value);
    }

    [Fact]
    public async Task Row58_Scalars_CountThousandths()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode("node-1", "cpus:0.3;mem:1024");
        var client = cluster.Client();
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        var nothing = Calls.Task(offer, "nothing", 0.0004);
        nothing.Resources.RemoveAt(1);
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer, "a", 0.1, 64), Calls.Task(offer, "b", 0.2, 64), nothing));
        Assert.Equal("nothing", (await subscription.NextStatusAsync()).TaskId.Value);
        Assert.Equal(0.3, cluster.Snapshot.Nodes.Values.Single().Used.GetScalar("cpus").ToDouble());
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row44_ACutNode_IsToldAsRescindThenUnreachableThenFailure(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync(SchedulerClient.Info(Capability.PartitionAware));
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        cluster.Advance(TimeSpan.FromSeconds(5));
        var open = await subscription.NextOfferAsync();
        node.LoseLink();
        Assert.Equal(open.Id, (await subscription.NextAsync(Event.Types.Type.Rescind)).Rescind.OfferId);
        cluster.Advance(TimeSpan.FromSeconds(75));
        var status = await subscription.NextStatusAsync();
        Assert.Equal((WireState.TaskUnreachable, Reason.AgentRemoved), (status.State, status.Reason));
        Assert.True(status.UnreachableTime.Nanoseconds > 0);
        Assert.Equal("node-1", (await subscription.NextAsync(Event.Types.Type.Failure)).Failure.AgentId.Value);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task WhatIsNotCarriedOutYet_IsRefusedByName(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Accept([offer.Id], new Offer.Types.Operation
        {
            Type = Offer.Types.Operation.Types.Type.LaunchGroup,
            LaunchGroup = new Offer.Types.Operation.Types.LaunchGroup
            {
                Executor = new ExecutorInfo { ExecutorId = new ExecutorID { Value = "e" } },
                TaskGroup = new TaskGroupInfo { Tasks = { Calls.Task(offer, "a"), Calls.Task(offer, "b") } },
            },
        }));
        foreach (var id in new[] { "a", "b" })
        {
            var status = await subscription.NextStatusAsync();
            Assert.Equal((id, WireState.TaskError, Reason.TaskGroupInvalid), (status.TaskId.Value, status.State, status.Reason));
            Assert.Contains("LAUNCH_GROUP", status.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task OtherCalls_AreAcceptedAndIgnored_AndUnknownOperationsSaySo(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        await client.DoAsync(new Call { Type = Call.Types.Type.Request, Request = new Call.Types.Request() });
        await client.DoAsync(new Call
        {
            Type = Call.Types.Type.Message,
            Message = new Call.Types.Message
            {
                AgentId = new AgentID { Value = "a" },
                ExecutorId = new ExecutorID { Value = "e" },
                Data = ByteString.CopyFromUtf8("hello"),
            },
        });
        Assert.Equal(1, cluster.Snapshot.Counters.MessagesDropped);
        await client.DoAsync(new Call
        {
            Type = Call.Types.Type.ReconcileOperations,
            ReconcileOperations = new Call.Types.ReconcileOperations
            {
                Operations = { new Call.Types.ReconcileOperations.Types.Operation { OperationId = new OperationID { Value = "op-1" } } },
            },
        });
        var status = (await subscription.NextAsync(Event.Types.Type.UpdateOperationStatus)).UpdateOperationStatus.Status;
        Assert.Equal(("op-1", OperationState.OperationUnknown), (status.OperationId.Value, status.State));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row60_UpdateFramework_IsAnsweredAtOnce(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client(form);
        var info = SchedulerClient.Info(Capability.MultiRole);
        info.Roles.Add("old");
        await using var subscription = await client.SubscribeAsync(info);
        var offer = await subscription.NextOfferAsync();
        info.Id = client.Framework;
        info.Roles[0] = "new";
        var update = new Call
        {
            Type = Call.Types.Type.UpdateFramework,
            UpdateFramework = new Call.Types.UpdateFramework { FrameworkInfo = info },
        };
        var answer = await client.CallAsync(update);
        Assert.Equal((200, string.Empty), (answer.Status, answer.Text));
        Assert.Equal(offer.Id, (await subscription.NextAsync(Event.Types.Type.Rescind)).Rescind.OfferId);
        Assert.Equal("new", (await subscription.NextOfferAsync()).AllocationInfo.Role);

        info.User = "somebody-else";
        answer = await client.CallAsync(update);
        Assert.Equal(400, answer.Status);
        Assert.Contains("FrameworkInfo.user", answer.Text, StringComparison.Ordinal);
    }

    private static void AssertReconciled(Edge.Contracts.Mesos.TaskStatus status)
    {
        Assert.Equal((Reason.Reconciliation, Source.Master), (status.Reason, status.Source));
        Assert.False(status.HasUuid);
    }

    /// <summary>What is waiting on the stream, up to a mark that is set now.</summary>
    private static async Task<List<Event>> Drain(Subscription subscription, SchedulerClient client, TestCluster cluster)
    {
        cluster.Streams.Send(new StreamId(Guid.Parse(client.StreamId!)), new FrameworkEvent.Failure(new NodeId("mark")));
        var events = new List<Event>();
        for (var next = await subscription.NextAsync(); next.Type != Event.Types.Type.Failure; next = await subscription.NextAsync())
        {
            events.Add(next);
        }

        return events;
    }
}
