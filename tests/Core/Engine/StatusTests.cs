using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>Source: Mesos status update stream, KILL and RECONCILE.</summary>
public sealed class StatusTests
{
    private readonly EngineWorld _hub = EngineWorld.Hub().Join();
    private readonly FrameworkId _framework;
    private readonly ClusterTask _task;

    public StatusTests()
    {
        _framework = _hub.Subscribe();
        _task = _hub.Launch(_framework, _hub.Offers.Single(), EngineWorld.Task("t1"));
    }

    private ClusterTask Task => _hub.State.Tasks[_task.Key];

    [Fact]
    public void OneStatusIsUnderWay_TheNextFollowsItsAcknowledgement()
    {
        var starting = _hub.Report(_task, TaskState.Starting);
        Assert.Equal(starting.Uuid, _hub.Updates.Single().Uuid);
        var running = _hub.Report(_task, TaskState.Running);
        Assert.Empty(_hub.Updates);

        Acknowledge(starting);
        Assert.Equal(running.Uuid, _hub.Updates.Single().Uuid);
    }

    [Fact]
    public void UnacknowledgedStatus_ComesAgain_After10Seconds_DoublingTo10Minutes()
    {
        var starting = _hub.Report(_task, TaskState.Starting);
        foreach (var wait in (double[])[10, 20, 40, 80, 160, 320, 600, 600, 600])
        {
            Assert.Empty(_hub.Wait(wait - 0.1).Updates);
            Assert.Equal(starting.Uuid, _hub.Wait(0.1).Updates.Single().Uuid);
        }
    }

    [Fact]
    public void AcknowledgementOfAnotherUuid_IsIgnored()
    {
        var starting = _hub.Report(_task, TaskState.Starting);
        _hub.Do(new AcknowledgeStatus(_framework, EngineWorld.Stream1, _task.Key.Task, Guid.NewGuid()));
        Assert.Equal(starting.Uuid, Task.Pending.Single().Uuid);
    }

    [Fact]
    public void AcknowledgementOnAnOldStream_IsIgnored()
    {
        var starting = _hub.Report(_task, TaskState.Starting);
        _hub.Subscribe(EngineWorld.Framework(_framework), EngineWorld.Stream2);
        Assert.Equal(starting.Uuid, _hub.Updates.Single().Uuid);
        Acknowledge(starting);
        Assert.Single(Task.Pending);
    }

    [Fact]
    public void AcknowledgedEnd_MakesTheTaskHistory()
    {
        var end = _hub.Report(_task, TaskState.Finished);
        Assert.False(Task.Completed);
        Assert.True(_hub.State.Nodes[EngineWorld.Node1].Used.IsEmpty);
        Acknowledge(end);
        Assert.True(Task.Completed);
        Assert.Equal(_task.Key.Task, Assert.Single(_hub.State.Frameworks[_framework].CompletedTasks));
    }

    [Fact]
    public void PendingStatuses_SurviveARestart_AndFollowTheSubscription()
    {
        var end = _hub.Report(_task, TaskState.Finished);
        _hub.Restart();
        _hub.Subscribe(EngineWorld.Framework(_framework), EngineWorld.Stream2);
        Assert.Equal(end.Uuid, _hub.Updates.Single().Uuid);
    }

    [Fact]
    public void Killing_IsToldOnlyToWhoDeclaredIt()
    {
        _hub.Report(_task, TaskState.Killing);
        Assert.Empty(_hub.Updates);
        Assert.Equal(ObservedState.Killing, Task.Observed);
    }

    [Fact]
    public void RepeatedAndLateStatuses_ChangeNothing()
    {
        _hub.Report(_task, TaskState.Running);
        _hub.Report(_task, TaskState.Starting);
        Assert.Equal(ObservedState.Running, Task.Observed);
        Assert.Equal(1, _hub.State.Counters.StatusesIgnored);
    }

    [Fact]
    public void CompletedTasks_AreBounded()
    {
        var hub = EngineWorld.Hub(ClusterLimits.Default with { CompletedTasksPerFramework = 2 }).Join();
        var framework = hub.Subscribe();
        var offer = hub.Offers.Single();
        for (var i = 0; i < 4; i++)
        {
            var task = hub.Launch(framework, offer, EngineWorld.Task($"t{i}"));
            var end = hub.Report(task, TaskState.Finished);
            hub.Do(new AcknowledgeStatus(framework, EngineWorld.Stream1, task.Key.Task, end.Uuid!.Value));
            offer = hub.Wait(10).Offers.LastOrDefault() ?? hub.State.Offers.Values.Single();
        }

        Assert.Equal(["t2", "t3"], hub.State.Tasks.Keys.Select(k => k.Task.Value).Order());
    }

    [Fact]
    public void Kill_IsSentToTheNode_WithTheGrace()
    {
        Kill(grace: 7);
        var item = Assert.IsType<DownMessage.Assignments>(_hub.Down.Single()).Items.Single();
        Assert.Equal((DesiredState.Kill, TimeSpan.FromSeconds(7)), (item.Desired, item.KillGrace));
    }

    [Fact]
    public void Kill_OfAnEndedTask_DoesNothing()
    {
        _hub.Report(_task, TaskState.Finished);
        Kill();
        Assert.Empty(_hub.Acts);
    }

    [Fact]
    public void Kill_WithAnotherNode_DoesNothing()
    {
        _hub.Do(new KillTask(_framework, EngineWorld.Stream1, _task.Key.Task, new NodeId("n9"), null));
        Assert.Equal(DesiredState.Run, Task.Desired);
    }

    [Fact]
    public void Kill_OfAnUnknownTask_AnswersLikeReconcile()
    {
        _hub.Do(new KillTask(_framework, EngineWorld.Stream1, new TaskId("nothing"), null, null));
        Assert.Equal(TaskState.Unknown, _hub.Updates.Single().State);
    }

    [Fact]
    public void Kill_WhileTheNodeIsAway_ReachesItLater()
    {
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null));
        Kill();
        Assert.Empty(_hub.Down.OfType<DownMessage.Assignments>());
        _hub.Do(
            new NodeMessage(
                EngineWorld.Node1,
                EngineWorld.Hello(_hub.State.HubEpoch, 2, identity: _hub.State.Nodes[EngineWorld.Node1].Identity)));
        Assert.Equal(DesiredState.Kill, _hub.Down.OfType<DownMessage.Assignments>().Single().Items.Single().Desired);
    }

    [Fact]
    public void Reconcile_WithoutTasks_TellsTheLatestStateOfEveryLiveTask()
    {
        _hub.Report(_task, TaskState.Running);
        _hub.Do(new ReconcileTasks(_framework, EngineWorld.Stream1, []));
        var status = _hub.Updates.Single();
        Assert.Equal((TaskState.Running, StatusReason.Reconciliation), (status.State, status.Reason!.Value));
        Assert.Null(status.Uuid);
    }

    [Fact]
    public void Reconcile_OfAnEndedTask_UntilItsEndIsAcknowledged_TellsTheEnd()
    {
        _hub.Report(_task, TaskState.Failed);
        Assert.Equal(TaskState.Failed, Ask("t1"));
    }

    [Fact]
    public void Reconcile_OfATaskBeforeItsNodeConfirmed_TellsStaging() => Assert.Equal(TaskState.Staging, Ask("t1"));

    [Fact]
    public void Reconcile_OfAnUnknownTask_OnAConnectedNode_IsGone() => Assert.Equal(TaskState.Gone, Ask("other", "n1"));

    [Fact]
    public void Reconcile_OfAnUnknownTask_OnAnUnknownNode_IsUnknown() => Assert.Equal(TaskState.Unknown, Ask("other", "n9"));

    [Fact]
    public void Reconcile_OfAnUnknownTask_WithoutANode_IsUnknown() => Assert.Equal(TaskState.Unknown, Ask("other"));

    [Fact]
    public void Reconcile_OfAnUnknownTask_OnAnUnreachableNode_IsUnreachable_WithTheTime()
    {
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null)).Wait(76);
        Assert.Equal(TaskState.Unreachable, Ask("other", "n1"));
        Assert.NotNull(_hub.Updates.Single().UnreachableSince);
    }

    [Theory]
    [InlineData("t1", "n1")]
    [InlineData("other", "n1")]
    [InlineData("other", null)]
    public void Reconcile_WhileANodeHasNotComeBackAfterARestart_IsSilent(string task, string? node)
    {
        _hub.Restart();
        _hub.Subscribe(EngineWorld.Framework(_framework));
        Assert.Null(Ask(task, node));
    }

    [Fact]
    public void Reconcile_WhileAnInventoryIsOutstanding_IsSilent()
    {
        _hub.Do(
            new NodeMessage(EngineWorld.Node1, EngineWorld.Hello("another", 9, identity: _hub.State.Nodes[EngineWorld.Node1].Identity)));
        Assert.Null(Ask("other", "n1"));
        Assert.Null(Ask("other"));
    }

    private TaskState? Ask(string task, string? node = null)
    {
        _hub.Do(new ReconcileTasks(
            _framework, EngineWorld.Stream1, [new TaskQuery(new TaskId(task), node is null ? null : new NodeId(node))]));
        return _hub.Updates.SingleOrDefault()?.State;
    }

    private void Kill(double? grace = null) => _hub.Do(new KillTask(
        _framework, EngineWorld.Stream1, _task.Key.Task, EngineWorld.Node1, grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null));

    private void Acknowledge(StatusUpdate status) =>
        _hub.Do(new AcknowledgeStatus(_framework, EngineWorld.Stream1, status.Task.Task, status.Uuid!.Value));
}
