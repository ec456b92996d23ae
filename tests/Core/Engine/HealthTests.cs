using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>What a node's checks show, at the node and at the hub.</summary>
public sealed class HealthTests
{
    private static readonly ContainerId s_container = new("c-t1");
    private EngineWorld _agent = EngineWorld.Agent();

    private ClusterTask Task => _agent.State.Tasks.Values.Single();

    private IEnumerable<StatusUpdate> Sent => _agent.Up.OfType<UpMessage.Statuses>().SelectMany(s => s.Items);

    [Fact]
    public void FirstResult_AndEachTurn_IsToldOnce()
    {
        Run();
        Observe(true);
        var told = Assert.Single(Sent);
        Assert.Equal(
            (TaskState.Running, true, StatusReason.TaskHealthCheckStatusUpdated, StatusSource.Executor, (string?)null),
            (told.State, told.Healthy!.Value, told.Reason!.Value, told.Source, told.Message));
        Commit();

        Observe(true);
        Observe(true);
        Assert.Empty(Sent);
        Observe(false, failures: 1);
        told = Assert.Single(Sent);
        Assert.Equal((false, "health check failed: cause"), (told.Healthy!.Value, told.Message));
        Assert.Equal([TaskState.Starting, TaskState.Running], Task.History.Select(s => s.State));
    }

    [Fact]
    public void CountersThatMove_AreKeptInMemory_AndNowhereElse()
    {
        Run();
        Observe(false, failures: 1);
        Commit();
        Observe(false, failures: 2);
        Assert.Equal(2, Task.Health!.ConsecutiveFailures);
        Assert.Empty(Sent);
        Assert.Empty(_agent.Rows);
    }

    [Fact]
    public void TaskThatFlaps_WhileTheHubIsAway_TellsOneTurn_AndTheRestLater()
    {
        Run();
        _agent.Do(new HubLinkClosed());
        for (var i = 0; i < 99; i++)
        {
            Observe(i % 2 == 0, failures: i % 2);
        }

        Observe(false, failures: 1);
        Assert.Single(_agent.State.Self!.Outbox);
        _agent.Do(new HubLinkOpened());
        Down(Welcome(2));
        Assert.Equal(true, Assert.Single(Sent).Healthy);
        Down(new DownMessage.Acknowledged("db-1", 3));
        Assert.Equal(false, Assert.Single(Sent).Healthy);
        Down(new DownMessage.Acknowledged("db-1", 4));
        Assert.Empty(Sent);
    }

    [Fact]
    public void TooManyFailures_EndTheTask_WhichIsStillWanted()
    {
        Run();
        Observe(true);
        Commit();
        Observe(false, failures: 3, kill: true);
        Assert.Equal(
            [(TaskState.Running, false, null), (TaskState.Killing, false, EndCause.HealthCheck)],
            Sent.Select(s => (s.State, s.Healthy!.Value, s.Cause)));
        var kill = _agent.Acts.OfType<Dispatch.KillContainer>().Single();
        Assert.Equal(new Dispatch.KillContainer(s_container, TimeSpan.FromSeconds(3)), kill);
        Assert.Equal((DesiredState.Run, EndCause.HealthCheck), (Task.Desired, Task.EndCause!.Value));

        Observe(false, failures: 4, kill: true);
        Assert.Empty(_agent.Acts);
        _agent.Do(new ContainerObserved(s_container, ObservedState.Killed, null, "Command terminated with signal Terminated"));
        var end = Assert.Single(Sent);
        Assert.Equal((TaskState.Killed, false, EndCause.HealthCheck, null), (end.State, end.Healthy!.Value, end.Cause!.Value, end.Reason));
        Assert.Equal("health check failed 3 times in a row: cause; Command terminated with signal Terminated", end.Message);
        Assert.Equal(EndCause.HealthCheck, Task.EndCause);
    }

    [Fact]
    public void KillThatSomebodyAskedFor_HasNoCause()
    {
        Run();
        Observe(false, failures: 1);
        Down(new DownMessage.Assignments("hub-1", 1, 2, false, [Item() with { Desired = DesiredState.Kill }]));
        _agent.Do(new ContainerObserved(s_container, ObservedState.Killed, null, "gone"));
        Assert.Equal((null, "gone", null), (Task.Latest!.Healthy, Task.Latest.Message, Task.EndCause));
    }

    [Fact]
    public void ResultsOfATaskThatDoesNotRun_SayNothing()
    {
        Run();
        _agent.Do(new ContainerObserved(s_container, ObservedState.Finished, null, null));
        Observe(false, failures: 3, kill: true);
        _agent.Do(new HealthObserved(new ContainerId("other"), new TaskHealth { Healthy = false }, Kill: true));
        Assert.Empty(_agent.Acts);
        Assert.Null(Task.Health);
    }

    [Fact]
    public void RestartedNode_SaysNothingTwice_AndEndsWhatItWasEnding()
    {
        Run();
        Observe(false, failures: 1);
        Restart();
        Assert.False(Task.Health!.Healthy);
        Observe(false, failures: 1);
        Assert.Empty(_agent.Rows);

        Observe(false, failures: 3, kill: true);
        Restart();
        Assert.Equal(s_container, _agent.Acts.OfType<Dispatch.KillContainer>().Single().Container);
    }

    [Fact]
    public void OldCopyOfTheJournal_TellsTheHealthAgain()
    {
        Run();
        Observe(true);
        Commit();
        Restart();
        _agent.Do(new HubLinkOpened());
        Down(Welcome(50));
        var sent = _agent.Up.OfType<UpMessage.Statuses>().Single();
        Assert.Equal((51, true), (sent.FirstSequence, sent.Items.Single().Healthy!.Value));
    }

    [Fact]
    public void Inventory_LeavesTurnsThatFollow_ToTheOutbox()
    {
        Run();
        Observe(true);
        Down(new DownMessage.Welcome("hub-2", 0, WantsInventory: true));
        Assert.Equal(TaskState.Starting, _agent.Up.OfType<UpMessage.Inventory>().Single().Tasks.Single().Latest!.State);
        Assert.Equal(true, Sent.Single().Healthy);
    }

    [Fact]
    public void Hub_DeliversEachTurn_KeepsTheHealth_AndAnswersReconciliationWithIt()
    {
        var hub = EngineWorld.Hub().Join();
        var framework = hub.Subscribe();
        var task = hub.Launch(framework, hub.Offers.Single(), EngineWorld.Task("t1"));
        Acknowledge(hub, hub.Report(task, TaskState.Running));

        var turn = Turn(hub, task, true);
        Assert.Equal((turn.Uuid, true), (hub.Updates.Single().Uuid, hub.Updates.Single().Healthy!.Value));
        Acknowledge(hub, turn);
        Turn(hub, task, true);
        Assert.Empty(hub.Updates);
        Assert.True(hub.State.Tasks[task.Key].Health!.Healthy);
        hub.Do(new ReconcileTasks(framework, EngineWorld.Stream1, []));
        Assert.Equal(true, hub.Updates.Single().Healthy);

        var end = EngineWorld.Status(task, TaskState.Killed) with { Healthy = false, Cause = EndCause.HealthCheck };
        Say(hub, task, end);
        Assert.Equal(end.Uuid, hub.Updates.Single().Uuid);
        Assert.Equal((false, EndCause.HealthCheck), (hub.State.Tasks[task.Key].Health!.Healthy, hub.State.Tasks[task.Key].EndCause!.Value));
    }

    [Fact]
    public void FrameworkThatIsAway_FindsTheNewestTurn_BehindTheOneUnderWay()
    {
        var hub = EngineWorld.Hub().Join();
        var framework = hub.Subscribe();
        var task = hub.Launch(framework, hub.Offers.Single(), EngineWorld.Task("t1"));
        Acknowledge(hub, hub.Report(task, TaskState.Running));
        var first = Turn(hub, task, true);
        for (var i = 0; i < 20; i++)
        {
            Turn(hub, task, i % 2 != 0);
        }

        var last = Turn(hub, task, false);
        var pending = hub.State.Tasks[task.Key].Pending;
        Assert.Equal([first.Uuid, last.Uuid], pending.Select(p => p.Uuid));
        Assert.Equal([TaskState.Running], hub.State.Tasks[task.Key].History.Select(h => h.State));
    }

    private static StatusUpdate Turn(EngineWorld hub, ClusterTask task, bool healthy)
    {
        var turn = EngineWorld.Status(task, TaskState.Running) with
        {
            Healthy = healthy,
            Reason = StatusReason.TaskHealthCheckStatusUpdated,
        };
        Say(hub, task, turn);
        return turn;
    }

    private static void Say(EngineWorld hub, ClusterTask task, StatusUpdate update)
    {
        var node = hub.State.Nodes[task.Node];
        hub.Do(new NodeMessage(node.Id, new UpMessage.Statuses(node.Identity.AgentEpoch, node.AppliedSequence + 1, [update])));
    }

    private static void Acknowledge(EngineWorld hub, StatusUpdate update) =>
        hub.Do(new AcknowledgeStatus(update.Task.Framework, EngineWorld.Stream1, update.Task.Task, update.Uuid!.Value));

    private static DownMessage.Welcome Welcome(long applied) => new("hub-1", applied, WantsInventory: false);

    private static Assignment Item() => new()
    {
        Key = new TaskKey(new FrameworkId("f"), new TaskId("t1")),
        Container = s_container,
        Spec = EngineWorld.Task("t1"),
        Resources = EngineWorld.Task("t1").Resources.Allocate("*"),
        Role = "*",
        User = "root",
        Desired = DesiredState.Run,
        Observed = ObservedState.Staging,
        LaunchedAt = DateTimeOffset.UnixEpoch,
    };

    private void Run()
    {
        _agent.Do(new HubLinkOpened());
        Down(Welcome(0));
        Down(new DownMessage.Assignments("hub-1", 0, 1, true, [Item()]));
        _agent.Do(new ContainerObserved(s_container, ObservedState.Running, null, null));
        Commit();
    }

    /// <summary>The hub has committed all that it was sent.</summary>
    private void Commit() => Down(new DownMessage.Acknowledged("db-1", _agent.State.Self!.NextSequence - 1));

    private void Restart()
    {
        _agent = EngineWorld.Agent(_agent.ToRows() with { Tasks = [Task with { Health = TaskHealth.Of(Task.History) }] });
        _agent.Do(new ResumeTasks());
    }

    private void Observe(bool healthy, int failures = 0, bool kill = false)
    {
        var health = new TaskHealth { Healthy = healthy, ConsecutiveFailures = failures, LastFailureCause = healthy ? null : "cause" };
        _agent.Do(new HealthObserved(s_container, health, kill));
    }

    private void Down(params DownMessage[] messages) => _agent.Do([.. messages.Select(m => new HubMessage(m))]);
}
