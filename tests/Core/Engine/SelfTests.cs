using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Core.Engine;

/// <summary>The node's half of the sync contract, and what its runtime tells.</summary>
public sealed class SelfTests
{
    private readonly EngineWorld _agent = EngineWorld.Agent();

    private SelfState Self => _agent.State.Self!;

    [Fact]
    public void OpenLink_SaysHello_AndAgainUntilSomebodyAnswers()
    {
        _agent.Do(new HubLinkOpened());
        var hello = Assert.IsType<UpMessage.Hello>(_agent.Up.Single());
        Assert.Equal((string.Empty, 0, 1), (hello.HubEpoch, hello.HeldRevision, hello.OutboxHead));
        Assert.IsType<UpMessage.Hello>(_agent.Wait(15).Up.Single());
        Assert.Empty(_agent.Wait(29).Up);
        Assert.IsType<UpMessage.Hello>(_agent.Wait(1).Up.Single());
        Down(Welcome());
        Assert.Empty(_agent.Wait(1000).Up);
    }

    [Fact]
    public void Assignment_IsHeld_ReportedAsStarting_AndStarted_OnceEach()
    {
        Open();
        Down(Set(0, 1, full: true, Item("t1")));
        Assert.Equal("t1", Assert.IsType<Dispatch.StartContainer>(_agent.Acts[0]).Task.Key.Task.Value);
        Assert.Equal([new UpMessage.Held(1, false) { Sequence = 1 }], _agent.Up.OfType<UpMessage.Held>());
        Assert.Equal(TaskState.Starting, _agent.Up.OfType<UpMessage.Statuses>().Single().Items.Single().State);

        Down(Set(0, 1, full: true, Item("t1")));
        Assert.Equal([new UpMessage.Held(1, false) { Sequence = 1 }], _agent.Up);
        Assert.Empty(_agent.Acts.OfType<Dispatch.StartContainer>());
    }

    [Fact]
    public void FullSetThatCameLate_EndsNothing()
    {
        Open();
        Down(Set(0, 1, full: true), Set(1, 2, full: false, Item("t1")));
        Down(Set(0, 1, full: true));
        Assert.Empty(_agent.Acts.OfType<Dispatch.KillContainer>());
        Assert.Equal(2, Self.HeldRevision);
    }

    [Fact]
    public void Gap_IsReported_AndChangesNothing()
    {
        Open();
        Down(Set(3, 4, full: false, Item("t1")));
        Assert.Equal(new UpMessage.Held(0, Gap: true), _agent.Up.Single());
        Assert.Empty(_agent.State.Tasks);
    }

    [Fact]
    public void SetOfAnotherHistory_OpensTheSessionAgain()
    {
        Open();
        Down(new DownMessage.Assignments("other", 0, 1, true, [Item("t1")]));
        Assert.IsType<UpMessage.Hello>(_agent.Up.Single());
        Assert.Empty(_agent.State.Tasks);
    }

    [Fact]
    public void FullSet_EndsWhatItDoesNotName()
    {
        Run("t1");
        Down(Set(0, 2, full: true));
        Assert.Equal(new ContainerId("c-t1"), _agent.Acts.OfType<Dispatch.KillContainer>().Single().Container);
    }

    [Fact]
    public void Kill_ReportsKilling_AndUsesTheGraceOfTheCall()
    {
        Run("t1");
        Down(Set(1, 2, false, Item("t1") with { Desired = DesiredState.Kill, KillGrace = TimeSpan.FromSeconds(9) }));
        Assert.Equal(new Dispatch.KillContainer(new ContainerId("c-t1"), TimeSpan.FromSeconds(9)), _agent.Acts[0]);
        Assert.Equal(ObservedState.Killing, Task("t1").Observed);
    }

    [Fact]
    public void KillOfWhatWasNeverStarted_IsReportedAsKilled()
    {
        Open();
        Down(Set(0, 1, true, Item("t1") with { Desired = DesiredState.Kill }));
        Assert.Empty(_agent.Acts.OfType<Dispatch.StartContainer>());
        Assert.Equal((TaskState.Killed, StatusReason.TaskKilledDuringLaunch), (Task("t1").Latest!.State, Task("t1").Latest!.Reason!.Value));
    }

    [Fact]
    public void WhatTheHubSawRunning_IsNotStartedAgain_AfterTheDatabaseWasLost()
    {
        Open();
        Down(Set(0, 1, true, Item("t1") with { Observed = ObservedState.Running }));
        Assert.Empty(_agent.Acts.OfType<Dispatch.StartContainer>());
        Assert.Equal((TaskState.Failed, StatusReason.ExecutorTerminated), (Task("t1").Latest!.State, Task("t1").Latest!.Reason!.Value));
    }

    [Fact]
    public void WhatStillRuns_IsAdopted_AfterTheDatabaseWasLost()
    {
        _agent.Do(new OrphansFound([Orphan("c-t1", running: true)]));
        Open();
        Down(Set(0, 1, true, Item("t1")));
        Assert.Equal(ObservedState.Running, Assert.IsType<Dispatch.StartContainer>(_agent.Acts[0]).Task.Observed);
        Assert.Empty(Self.Orphans);
    }

    [Fact]
    public void WhatNobodyWants_IsEndedOrForgotten_AfterTheDatabaseWasLost()
    {
        _agent.Do(new OrphansFound([Orphan("c-a", running: true), Orphan("c-b", running: false)]));
        Open();
        Down(Set(0, 1, true));
        Assert.Equal(new ContainerId("c-a"), _agent.Acts.OfType<Dispatch.KillContainer>().Single().Container);
        Assert.Equal(new ContainerId("c-b"), _agent.Acts.OfType<Dispatch.ForgetContainer>().Single().Container);
        _agent.Do(new ContainerObserved(new ContainerId("c-a"), ObservedState.Killed, null, null));
        Assert.Equal(new ContainerId("c-a"), _agent.Acts.OfType<Dispatch.ForgetContainer>().Single().Container);
    }

    [Fact]
    public void UnknownContainers_MakeTheNodeAskForAFullSet()
    {
        Run("t1");
        var again = EngineWorld.Agent(_agent.ToRows() with { Tasks = [] });
        again.Do(new OrphansFound([Orphan("c-t1", running: true)]));
        again.Do(new HubLinkOpened());
        Assert.Equal(0, Assert.IsType<UpMessage.Hello>(again.Up.Single()).HeldRevision);
    }

    [Fact]
    public void Restart_AttachesToWhatRuns_EndsWhatIsToEnd_BeforeAnyLink()
    {
        Run("t1");
        Down(Set(1, 2, false, Item("t2"), Item("t1") with { Desired = DesiredState.Kill }));
        var again = EngineWorld.Agent(_agent.ToRows());
        again.Do(new ResumeTasks());
        Assert.Equal(2, again.Acts.OfType<Dispatch.StartContainer>().Count());
        Assert.Equal(new ContainerId("c-t1"), again.Acts.OfType<Dispatch.KillContainer>().Single().Container);
    }

    [Fact]
    public void Statuses_StayUntilAcknowledged_AndThenTheEndedTaskIsHistory()
    {
        Run("t1");
        _agent.Do(new ContainerObserved(new ContainerId("c-t1"), ObservedState.Finished, null, null));
        Assert.Equal(3, Self.Outbox.Count);
        Assert.Equal(3, _agent.Wait(15).Up.OfType<UpMessage.Statuses>().Single().Items.Length);

        Down(new DownMessage.Acknowledged("db-1", 2));
        Assert.Equal(3, Self.OutboxHead);
        Assert.False(Task("t1").Completed);
        Down(new DownMessage.Acknowledged("db-1", 3));
        Assert.True(Task("t1").Completed);
        Assert.Contains(new Dispatch.ForgetContainer(new ContainerId("c-t1")), _agent.Acts);
    }

    [Fact]
    public void AcknowledgementOfAnotherDatabase_IsIgnored()
    {
        Run("t1");
        Down(new DownMessage.Acknowledged("db-0", 2));
        Assert.Equal(2, Self.Outbox.Count);
    }

    [Fact]
    public void OldCopyOfTheJournal_CountsItsStatusesAboveWhatTheHubHas()
    {
        Run("t1");
        var again = EngineWorld.Agent(_agent.ToRows());
        again.Do(new HubLinkOpened());
        again.Do(new ContainerObserved(new ContainerId("c-t1"), ObservedState.Failed, StatusReason.ExecutorTerminated, null));
        again.Do(new HubMessage(Welcome() with { AppliedSequence = 50 }));

        var sent = again.Up.OfType<UpMessage.Statuses>().Single();
        Assert.Equal((51, 3), (sent.FirstSequence, sent.Items.Length));
        Assert.Equal(54, again.State.Self!.NextSequence);
        Assert.Contains(new RowChange.OutboxTrim(50), again.Rows);
    }

    [Fact]
    public void WelcomeOfAnotherDatabase_IsIgnored()
    {
        _agent.Do(new HubLinkOpened());
        Down(Welcome() with { AgentEpoch = "db-0", AppliedSequence = 50 });
        Assert.False(Self.Welcomed);
        Assert.Equal(1, Self.NextSequence);
    }

    [Fact]
    public void WelcomeOfAnotherHistory_WithinASession_IsAskedAbout()
    {
        Run("t1");
        Down(Welcome() with { HubEpoch = "hub-0" });
        Assert.IsType<UpMessage.Hello>(_agent.Up.Single());
        Assert.Equal(("hub-1", 1), (Self.HubEpoch, Self.HeldRevision));
    }

    [Fact]
    public void Inventory_NamesWhatIsNotForgotten_AndTheEpochIsKeptUntilTheFullSetCame()
    {
        Run("t1");
        Down(new DownMessage.Welcome("hub-2", 0, WantsInventory: true));
        Assert.Equal("t1", _agent.Up.OfType<UpMessage.Inventory>().Single().Tasks.Single().Assignment.Key.Task.Value);
        Assert.Equal("hub-1", Self.HubEpoch);
        _agent.Do(new HubLinkClosed(), new HubLinkOpened());
        Assert.Equal("hub-1", Assert.IsType<UpMessage.Hello>(_agent.Up.Single()).HubEpoch);

        Down(new DownMessage.Welcome("hub-2", 0, WantsInventory: true));
        Down(new DownMessage.Assignments("hub-2", 0, 1, true, [Item("t1")]));
        Assert.Equal(("hub-2", 1), (Self.HubEpoch, Self.HeldRevision));
    }

    [Fact]
    public void EndThatTheHubForgot_IsToldAgain()
    {
        Run("t1");
        _agent.Do(new ContainerObserved(new ContainerId("c-t1"), ObservedState.Finished, null, null));
        Down(new DownMessage.Acknowledged("db-1", 3));
        Down(Set(0, 5, true, Item("t1")));
        var sent = _agent.Up.OfType<UpMessage.Statuses>().Single();
        Assert.Equal((4, TaskState.Finished), (sent.FirstSequence, sent.Items.Single().State));
    }

    [Fact]
    public void RefusedWithASession_SaysHelloAtOnce_WithoutOneLater()
    {
        Open();
        Down(new DownMessage.Refused("no session"));
        Assert.IsType<UpMessage.Hello>(_agent.Up.Single());
        Down(new DownMessage.Refused("no session"));
        Assert.Empty(_agent.Up);
        Assert.Equal("no session", Self.Refusal);
        Assert.IsType<UpMessage.Hello>(_agent.Wait(15).Up.Single());
    }

    [Fact]
    public void NewResources_AreReported_AlsoBetweenHelloAndWelcome()
    {
        _agent.Do(new HubLinkOpened());
        _agent.Do(new DescribeSelf(EngineWorld.Description(ResourceSet.Of(Resource.Of("cpus", 1)))));
        Assert.IsType<UpMessage.Report>(_agent.Up.Single());
    }

    [Fact]
    public void EndedTasks_AreBounded()
    {
        Open();
        ImmutableArray<Assignment> many = [.. Enumerable.Range(0, 120).Select(i => Item($"t{i:D3}") with { Desired = DesiredState.Kill })];
        Down(Set(0, 1, true, [.. many]));
        Down(new DownMessage.Acknowledged("db-1", 120));
        Assert.Equal(100, _agent.State.Tasks.Count);
        Assert.Equal(120, _agent.Acts.OfType<Dispatch.ForgetContainer>().Count());
    }

    private static DownMessage.Welcome Welcome() => new("hub-1", 0, WantsInventory: false);

    private static OrphanContainer Orphan(string id, bool running) => new(new ContainerId(id), running, null);

    private static DownMessage.Assignments Set(long from, long to, bool full, params Assignment[] items) =>
        new("hub-1", from, to, full, [.. items]);

    private static Assignment Item(string id) => new()
    {
        Key = new TaskKey(new FrameworkId("f"), new TaskId(id)),
        Container = new ContainerId("c-" + id),
        Spec = EngineWorld.Task(id),
        Resources = EngineWorld.Task(id).Resources.Allocate("*"),
        Role = "*",
        User = "root",
        Desired = DesiredState.Run,
        Observed = ObservedState.Staging,
        LaunchedAt = DateTimeOffset.UnixEpoch,
    };

    private ClusterTask Task(string id) => _agent.State.Tasks[new TaskKey(new FrameworkId("f"), new TaskId(id))];

    private void Open()
    {
        _agent.Do(new HubLinkOpened());
        Down(Welcome());
    }

    private void Run(string id)
    {
        Open();
        Down(Set(0, 1, true, Item(id)));
        _agent.Do(new ContainerObserved(new ContainerId("c-" + id), ObservedState.Running, null, null));
    }

    private void Down(params DownMessage[] messages) => _agent.Do([.. messages.Select(m => new HubMessage(m))]);
}
