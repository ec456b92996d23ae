using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>The hub's half of the sync contract. Source: SYNC, "Session opening"; each case was first seen by the simulator.</summary>
public sealed class SessionTests
{
    private readonly EngineWorld _hub = EngineWorld.Hub().Join();
    private readonly FrameworkId _framework;
    private readonly ClusterTask _task;

    public SessionTests()
    {
        _framework = _hub.Subscribe();
        _task = _hub.Launch(_framework, _hub.Offers.Single(), EngineWorld.Task("t1"));
        Up(new UpMessage.Held(2, Gap: false));
    }

    private Node Node => _hub.State.Nodes[EngineWorld.Node1];

    [Fact]
    public void FirstHello_IsWelcome_AndGetsAFullSet()
    {
        _hub.Join("n2");
        Assert.Equal(
            new DownMessage.Welcome(_hub.State.HubEpoch, 0, WantsInventory: false) { AgentEpoch = "db-n2" },
            _hub.Down.First());
        Assert.True(_hub.Down.OfType<DownMessage.Assignments>().Single().Full);
    }

    [Fact]
    public void SameHistory_GetsOnlyWhatItDoesNotHold()
    {
        Hello(held: 1);
        var sent = _hub.Down.OfType<DownMessage.Assignments>().Single();
        Assert.Equal((1, 2, false), (sent.AppliesTo, sent.ResultsIn, sent.Full));

        Hello(held: 2);
        Assert.IsType<DownMessage.Welcome>(_hub.Down.Single());
    }

    [Fact]
    public void AnotherMachineWithTheName_IsRefused_UntilTheFirstIsUnreachable()
    {
        var thief = EngineWorld.Hello(identity: EngineWorld.Identity("machine-2", "db-2"));
        Up(thief);
        Assert.Contains(
            "in use by another machine", Assert.IsType<DownMessage.Refused>(_hub.Down.Single()).Reason, StringComparison.Ordinal);
        Assert.Equal("machine-n1", Node.Identity.Instance);

        _hub.Do(new NodeLinkLost(EngineWorld.Node1, "machine-n1"));
        Assert.IsType<DownMessage.Refused>(_hub.Do(new NodeMessage(EngineWorld.Node1, thief)).Down.Single());
        _hub.Wait(76);
        Assert.IsType<DownMessage.Welcome>(_hub.Do(new NodeMessage(EngineWorld.Node1, thief)).Down.First());
    }

    [Fact]
    public void LostDatabase_IsRecognised_AndGetsAFullSet_WithWhatTheHubObserved()
    {
        _hub.Report(_task, TaskState.Running);
        Up(EngineWorld.Hello(identity: EngineWorld.Identity("machine-n1", "db-new")));

        var sent = _hub.Down.OfType<DownMessage.Assignments>().Single();
        Assert.True(sent.Full);
        Assert.Equal(ObservedState.Running, sent.Items.Single().Observed);
        Assert.Equal(0, Node.AppliedSequence);
    }

    [Fact]
    public void NodeThatHoldsMore_StartsANewHistory_AndIsAskedForItsInventory()
    {
        var epoch = _hub.State.HubEpoch;
        Hello(held: 7);

        Assert.NotEqual(epoch, _hub.State.HubEpoch);
        Assert.Contains(new RowChange.EpochRow(_hub.State.HubEpoch), _hub.Rows);
        Assert.True(Assert.IsType<DownMessage.Welcome>(_hub.Down.Single()).WantsInventory);
    }

    [Fact]
    public void NewHistory_AsksTheOtherConnectedNodesToo()
    {
        _hub.Join("n2");
        Hello(held: 7);
        Assert.True(_hub.State.Nodes[new NodeId("n2")].AwaitsInventory);
        Assert.Equal(2, _hub.Down.OfType<DownMessage.Welcome>().Count(w => w.WantsInventory));
    }

    [Fact]
    public void RestoredHub_WhoseRevisionsCaughtUp_IsStillBehind()
    {
        _hub.Restart();
        _hub.Subscribe(EngineWorld.Framework(_framework));
        for (var i = 0; i < 5; i++)
        {
            _hub.Do(new KillTask(_framework, EngineWorld.Stream1, _task.Key.Task, null, null));
        }

        Hello(held: 4);
        Assert.True(Node.AwaitsInventory);
    }

    [Fact]
    public void Inventory_IsAskedForAgain_UntilItCame()
    {
        Hello(held: 7);
        Assert.True(Assert.IsType<DownMessage.Welcome>(_hub.Wait(15.1).Down.Single()).WantsInventory);
        Hello(held: 0, hub: _hub.State.HubEpoch);
        Assert.True(Assert.IsType<DownMessage.Welcome>(_hub.Down.Single()).WantsInventory);
    }

    [Fact]
    public void Inventory_AdoptsWhatTheHubDoesNotKnow_AndItsFramework()
    {
        Hello(held: 7);
        var lost = _task with { Key = new TaskKey(new FrameworkId("f-lost"), new TaskId("t9")), Container = new ContainerId("c9") };
        Up(new UpMessage.Inventory([Item(lost, TaskState.Running)], 40));

        var adopted = _hub.State.Tasks[lost.Key];
        Assert.Equal((ObservedState.Running, new ContainerId("c9")), (adopted.Observed, adopted.Container));
        Assert.Equal(FrameworkPhase.Recovered, _hub.State.Frameworks[lost.Key.Framework].Phase);
        Assert.Equal(39, Node.AppliedSequence);
        Assert.Equal("cpus:2;mem:128", Node.Used.Describe());
        var sent = _hub.Down.OfType<DownMessage.Assignments>().Single();
        Assert.True(sent.Full);
        Assert.Equal(["t1", "t9"], sent.Items.Select(i => i.Key.Task.Value).Order());
    }

    [Fact]
    public void Inventory_WithAnEndedTask_TellsItsFrameworkTheEnd()
    {
        Hello(held: 7);
        var lost = _task with { Key = new TaskKey(_framework, new TaskId("t9")), Container = new ContainerId("c9") };
        Up(new UpMessage.Inventory([Item(lost, TaskState.Finished)], 40));

        Assert.Equal(TaskState.Finished, _hub.Updates.Single().State);
        Assert.Equal("cpus:1;mem:64", Node.Used.Describe());
    }

    [Fact]
    public void Inventory_WithWorkOfARemovedFramework_EndsIt()
    {
        _hub.Do(new Teardown(_framework, EngineWorld.Stream1));
        Hello(held: 7);
        var lost = _task with { Key = new TaskKey(_framework, new TaskId("t9")), Container = new ContainerId("c9") };
        Up(new UpMessage.Inventory([Item(lost, TaskState.Running)], 40));

        Assert.All(_hub.Down.OfType<DownMessage.Assignments>().Single().Items, item => Assert.Equal(DesiredState.Kill, item.Desired));
    }

    [Fact]
    public void NothingIsOffered_BeforeTheInventoryCame()
    {
        Hello(held: 7);
        Assert.Empty(_hub.Wait(14).Offers);
        Up(new UpMessage.Inventory([], 1));
        Assert.Single(_hub.Offers);
    }

    [Fact]
    public void Statuses_AreAppliedOnce_AndAGapIsNotAcknowledged()
    {
        _hub.Report(_task, TaskState.Starting, 1);
        Assert.Equal(new DownMessage.Acknowledged("db-n1", 1), _hub.Down.Single());
        _hub.Report(_task, TaskState.Running, 3);
        Assert.Equal(new DownMessage.Acknowledged("db-n1", 1), _hub.Down.Single());
        _hub.Report(_task, TaskState.Running, 2);
        _hub.Report(_task, TaskState.Running, 2);
        Assert.Equal(new DownMessage.Acknowledged("db-n1", 2), _hub.Down.Single());
        Assert.Equal(2, _hub.State.Tasks[_task.Key].History.Length);
    }

    [Fact]
    public void MessageWithoutASession_IsAnsweredWithSo()
    {
        _hub.Restart();
        _hub.Report(_task, TaskState.Starting);
        Assert.IsType<DownMessage.Refused>(_hub.Down.Single());
        Assert.Equal(ObservedState.Staging, _hub.State.Tasks[_task.Key].Observed);
    }

    [Fact]
    public void CutNode_IsAskedAfterItsSession_ABoundedNumberOfTimes()
    {
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null));
        var questions = _hub.Down.Count();
        for (var i = 0; i < 100; i++)
        {
            questions += _hub.Wait(60).Down.Count();
        }

        Assert.Equal(9, questions);
    }

    [Fact]
    public void CutNode_OfAnotherInstance_MeansNothing()
    {
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, "machine-2"));
        Assert.True(Node.Connected);
    }

    [Fact]
    public void Cut_TellsFrameworksAfter75Seconds_AndTheLatestStateOnReturn()
    {
        var running = _hub.Report(_task, TaskState.Running);
        _hub.Do(new AcknowledgeStatus(_framework, EngineWorld.Stream1, _task.Key.Task, running.Uuid!.Value));
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null));
        Assert.Empty(_hub.Wait(74.9).Updates);
        _hub.Wait(0.2);
        Assert.Equal(
            (TaskState.Unreachable, StatusReason.AgentRemoved), (_hub.Updates.Single().State, _hub.Updates.Single().Reason!.Value));
        Assert.Single(_hub.Events.OfType<FrameworkEvent.Failure>());
        Assert.False(Node.Used.IsEmpty);

        Hello(held: 2);
        Assert.Equal(
            (TaskState.Running, StatusReason.AgentReregistered), (_hub.Updates.Single().State, _hub.Updates.Single().Reason!.Value));
        Assert.Equal(Reachability.Reachable, Node.Reachability);
    }

    [Fact]
    public void Cut_IsToldAsLost_WithoutPartitionAwareness()
    {
        _hub.Subscribe(EngineWorld.Framework(_framework, FrameworkCapabilities.None), EngineWorld.Stream1);
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null)).Wait(76);
        Assert.Equal(TaskState.Lost, _hub.Updates.Single().State);
    }

    [Fact]
    public void ReturnWithinTheTimeout_TellsNothing()
    {
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null)).Wait(60);
        Hello(held: 2);
        Assert.Empty(_hub.Updates);
        Assert.Empty(_hub.Wait(100).Updates);
    }

    [Fact]
    public void RestartedHub_WaitsTenMinutesForItsNodes()
    {
        _hub.Restart();
        _hub.Subscribe(EngineWorld.Framework(_framework));
        Assert.Empty(_hub.Wait(599).Updates);
        Assert.Equal(TaskState.Unreachable, _hub.Wait(2).Updates.Single().State);
    }

    [Fact]
    public void UnconfirmedAssignments_AreSentAgain_WithDoublingWaits()
    {
        _hub.Launch(_framework, _hub.Wait(6).Offers.Single(), EngineWorld.Task("t2"));
        foreach (var wait in (double[])[15, 30, 60, 120, 240, 300, 300])
        {
            Assert.Empty(_hub.Wait(wait - 0.1).Down);
            Assert.Equal(3, Assert.IsType<DownMessage.Assignments>(_hub.Wait(0.1).Down.Single()).ResultsIn);
        }

        Up(new UpMessage.Held(3, Gap: false));
        Assert.Empty(_hub.Wait(1000).Down);
    }

    [Fact]
    public void Gap_IsFilledAtOnce_FromWhatTheNodeHolds()
    {
        _hub.Launch(_framework, _hub.Wait(6).Offers.Single(), EngineWorld.Task("t2"));
        Up(new UpMessage.Held(1, Gap: true));
        var sent = Assert.IsType<DownMessage.Assignments>(_hub.Down.Single());
        Assert.Equal((1, 3, 2), (sent.AppliesTo, sent.ResultsIn, sent.Items.Length));
    }

    [Fact]
    public void ManyAssignments_ComeInSeveralMessages_ThatChain()
    {
        var hub = EngineWorld.Hub(ClusterLimits.Default with { AssignmentsPerMessage = 2 }).Join();
        var framework = hub.Subscribe();
        ImmutableArray<TaskSpec> tasks = [.. Enumerable.Range(0, 3).Select(i => EngineWorld.Task($"t{i}"))];
        hub.Do(new AcceptOffers(framework, EngineWorld.Stream1, [hub.Offers.Single().Id], [new OfferOperation.Launch(tasks)], null));
        Assert.Equal([(1, 3), (3, 4)], hub.Down.Cast<DownMessage.Assignments>().Select(a => (a.AppliesTo, a.ResultsIn)));
    }

    [Fact]
    public void LiveStatusOfATaskThatNobodyWants_AsksForAFullSet()
    {
        var end = _hub.Report(_task, TaskState.Finished);
        _hub.Do(new AcknowledgeStatus(_framework, EngineWorld.Stream1, _task.Key.Task, end.Uuid!.Value));
        _hub.Report(_task, TaskState.Running);
        var sent = _hub.Down.OfType<DownMessage.Assignments>().Single();
        Assert.True(sent.Full);
        Assert.Empty(sent.Items);
    }

    [Fact]
    public void OwedFullSet_IsStillOwed_OnTheNextSession()
    {
        var end = _hub.Report(_task, TaskState.Finished);
        _hub.Do(new AcknowledgeStatus(_framework, EngineWorld.Stream1, _task.Key.Task, end.Uuid!.Value));
        _hub.Report(_task, TaskState.Running);
        Hello(held: 2);
        Assert.True(_hub.Down.OfType<DownMessage.Assignments>().Single().Full);
        Up(new UpMessage.Held(3, Gap: false));
        Hello(held: 3);
        Assert.Empty(_hub.Down.OfType<DownMessage.Assignments>());
    }

    private void Hello(long held, string? hub = null) =>
        Up(EngineWorld.Hello(hub ?? _hub.State.HubEpoch, held, Node.AppliedSequence + 1, Node.Identity));

    private void Up(UpMessage message) => _hub.Do(new NodeMessage(EngineWorld.Node1, message));

    private static InventoryItem Item(ClusterTask task, TaskState state) =>
        new(AssignmentDecisions.ToAssignment(task), EngineWorld.Status(task, state));
}
