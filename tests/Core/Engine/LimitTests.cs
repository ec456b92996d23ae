using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>What happens at the bounds that a stranger, or a bad day, could reach.</summary>
public sealed class LimitTests
{
    [Fact]
    public void NodeBeyondTheLimit_IsRefusedWithASentence_AndCounted()
    {
        var hub = EngineWorld.Hub(new ClusterLimits { Nodes = 2 }).Join("n1").Join("n2");
        hub.Do(Hello("n3"));
        Assert.Contains("2 nodes, which is its limit", Refusal(hub), StringComparison.Ordinal);
        Assert.Equal(["n1", "n2"], hub.State.Nodes.Keys.Select(n => n.Value).Order(StringComparer.Ordinal));
        Assert.Equal(1, hub.State.Counters.SessionsRefused);
        Assert.Empty(hub.Rows);
    }

    [Fact]
    public void NodesBeyondTheLimit_WithinOneBatch_AreCountedOneByOne()
    {
        var hub = EngineWorld.Hub(new ClusterLimits { Nodes = 3 });
        hub.Do([.. Enumerable.Range(0, 10).Select(i => Hello($"n{i}"))]);
        Assert.Equal(3, hub.State.Nodes.Count);
        Assert.Equal(7, hub.State.Counters.SessionsRefused);
    }

    [Fact]
    public void KnownNode_ComesBack_AtTheLimit()
    {
        var hub = EngineWorld.Hub(new ClusterLimits { Nodes = 1 }).Join("n1");
        hub.Do(new NodeLinkLost(EngineWorld.Node1, "machine-n1"));
        Assert.IsType<DownMessage.Welcome>(hub.Do(Hello("n1")).Down.First());
        Assert.True(hub.State.Nodes[EngineWorld.Node1].Connected);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void NodeName_ThatCouldBeNoFolder_IsRefused(string name)
    {
        var hub = EngineWorld.Hub().Do(Hello(name));
        Assert.Contains("The node's name", Refusal(hub), StringComparison.Ordinal);
        Assert.Empty(hub.State.Nodes);
    }

    [Fact]
    public void NodeName_MayBeAsLongAsAFileName()
    {
        Assert.Single(EngineWorld.Hub().Do(Hello(new string('x', 255))).State.Nodes);
        Assert.Contains("255 characters", Refusal(EngineWorld.Hub().Do(Hello(new string('x', 256)))), StringComparison.Ordinal);
    }

    [Fact]
    public void FullOutbox_TakesNoWork_ConfirmsNothing_AndIsCounted()
    {
        var agent = Full();
        Down(agent, Set(1, 2, "t2"));
        Assert.Empty(agent.Acts.OfType<Dispatch.StartContainer>());
        Assert.Empty(agent.Up.OfType<UpMessage.Held>());
        Assert.Equal(1, agent.State.Self!.HeldRevision);
        Assert.Equal(1, agent.State.Counters.AssignmentsRefused);
        Assert.Equal(["t1"], agent.State.Tasks.Keys.Select(k => k.Task.Value));
    }

    [Fact]
    public void FullOutbox_StillTakesWhatItsOwnContainersTell()
    {
        var agent = Full();
        agent.Do(new ContainerObserved(new ContainerId("c-t1"), ObservedState.Finished, null, null));
        Assert.Equal(3, agent.State.Self!.Outbox.Count);
    }

    [Fact]
    public void WorkIsTakenAgain_WhenTheHubHasCommittedTheStatuses()
    {
        var agent = Full();
        Down(agent, Set(1, 2, "t2"));
        Down(agent, new DownMessage.Acknowledged("db-1", 2));
        Down(agent, Set(1, 2, "t2"));
        var held = new UpMessage.Held(2, Gap: false) { Sequence = agent.State.Self!.NextSequence - 1 };
        Assert.Equal(held, agent.Up.OfType<UpMessage.Held>().Single());
        Assert.Equal("t2", agent.Acts.OfType<Dispatch.StartContainer>().Single().Task.Key.Task.Value);
        Assert.Equal(1, agent.State.Counters.AssignmentsRefused);
    }

    /// <summary>The hub's side of it: what is not confirmed is said again.</summary>
    [Fact]
    public void HubSendsTheSetAgain_UntilItIsConfirmed()
    {
        var hub = EngineWorld.Hub().Join();
        var framework = hub.Subscribe();
        hub.Launch(framework, hub.Offers.Single(), EngineWorld.Task("t1"));
        var sent = hub.Down.OfType<DownMessage.Assignments>().Single();
        var again = hub.Wait(15).Down.OfType<DownMessage.Assignments>().Single();
        Assert.Equal((sent.AppliesTo, sent.ResultsIn), (again.AppliesTo, again.ResultsIn));
        Assert.Equal("t1", again.Items.Single().Key.Task.Value);
    }

    /// <summary>A node whose outbox has room for two statuses, and holds them.</summary>
    private static EngineWorld Full()
    {
        var agent = EngineWorld.Agent(limits: new ClusterLimits { Outbox = 2 });
        agent.Do(new HubLinkOpened());
        Down(agent, new DownMessage.Welcome("hub-1", 0, WantsInventory: false));
        Down(agent, Set(0, 1, "t1"));
        agent.Do(new ContainerObserved(new ContainerId("c-t1"), ObservedState.Running, null, null));
        Assert.Equal(2, agent.State.Self!.Outbox.Count);
        return agent;
    }

    private static void Down(EngineWorld agent, DownMessage message) => agent.Do(new HubMessage(message));

    private static DownMessage.Assignments Set(long from, long to, string id) => new("hub-1", from, to, from == 0,
    [
        new Assignment
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
        },
    ]);

    private static NodeMessage Hello(string node) =>
        new(new NodeId(node), EngineWorld.Hello(identity: EngineWorld.Identity("machine-" + node, "db-" + node)));

    private static string Refusal(EngineWorld hub) => Assert.IsType<DownMessage.Refused>(hub.Down.Single()).Reason;
}
