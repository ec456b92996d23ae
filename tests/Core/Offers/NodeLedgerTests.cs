using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Resources;
using Edge.Tests.Core.Engine;
using FsCheck;
using FsCheck.Fluent;

namespace Edge.Tests.Core.Offers;

public sealed class NodeLedgerTests
{
    /// <summary>Whatever frameworks and nodes do, in whatever order: free + offered + used = total.</summary>
    [Fact]
    public void Books_Balance_AfterAnySequenceOfCommands() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int[]>(),
            choices =>
            {
                var hub = EngineWorld.Hub().Join().Join("n2");
                hub.Subscribe(EngineWorld.Framework(new FrameworkId("f1")));
                hub.Subscribe(EngineWorld.Framework(new FrameworkId("f2"), roles: "shop"), EngineWorld.Stream2);
                foreach (var choice in choices)
                {
                    hub.Do(Choose(hub.State, new Random(choice)));
                    Audit(hub.State);
                }

                Audit(hub.Wait(10).State);
                Audit(hub.Restart().State);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Audit_FindsAWrongBook()
    {
        var hub = EngineWorld.Hub().Join();
        var node = hub.State.Nodes[EngineWorld.Node1];
        Assert.Null(NodeLedger.Audit(node, [], []));
        Assert.NotNull(NodeLedger.Audit(node with { Used = ResourceSet.Of(Resource.Of("cpus", 1)) }, [], []));
        Assert.NotNull(NodeLedger.Audit(node with { Offered = ResourceSet.Of(Resource.Of("cpus", 1)) }, [], []));
        Assert.NotNull(NodeLedger.Audit(node with { Free = ResourceSet.Empty }, [], []));
    }

    [Fact]
    public void PortThatTwoTasksHold_StaysHeld_WhenOneOfThemEnds()
    {
        var hub = EngineWorld.Hub().Join();
        var task = hub.Launch(hub.Subscribe(), hub.Offers.Single(), EngineWorld.Task("t1"));
        var port = ResourceSet.Of(Resource.Of("ports", RangeSet.Of(31005, 31005)));
        var holder = hub.State.Tasks[task.Key] with { Resources = port };
        var node = hub.State.Nodes[EngineWorld.Node1] with { Used = ResourceSet.Empty };
        node = NodeLedger.Use(NodeLedger.Use(node, port), port);

        Assert.Null(NodeLedger.Audit(NodeLedger.Release(node, port, [holder]), [holder], []));
    }

    [Fact]
    public void NodeThatShrinksBelowItsUse_HasNothingFree_AndRecovers()
    {
        var hub = EngineWorld.Hub().Join();
        var framework = hub.Subscribe();
        var task = hub.Launch(framework, hub.Offers.Single(), EngineWorld.Task("t1", cpus: 3));
        var less = EngineWorld.Description(ResourceSet.Of(Resource.Of("cpus", 2), Resource.Of("mem", 4096)));
        hub.Do(new NodeMessage(EngineWorld.Node1, new UpMessage.Report(less)));
        Assert.Equal(Scalar.Zero, hub.State.Nodes[EngineWorld.Node1].Free.GetScalar("cpus"));
        hub.Report(task, TaskState.Finished);
        Assert.Equal("cpus:2;mem:4096", hub.State.Offers.Values.Single().Resources.Describe());
    }

    private static ClusterCommand Choose(ClusterState state, Random random)
    {
        var framework = new FrameworkId(random.Next(2) == 0 ? "f1" : "f2");
        var stream = framework.Value == "f1" ? EngineWorld.Stream1 : EngineWorld.Stream2;
        var node = new NodeId(random.Next(2) == 0 ? "n1" : "n2");
        var offers = state.Offers.Values.OrderBy(o => o.Id.Value, StringComparer.Ordinal).ToArray();
        var tasks = state.Tasks.Values.OrderBy(t => t.Key).ToArray();
        var offer = offers.Length > 0 ? offers[random.Next(offers.Length)] : null;
        var task = tasks.Length > 0 ? tasks[random.Next(tasks.Length)] : null;
        return random.Next(9) switch
        {
            < 3 when offer is not null => new AcceptOffers(
                offer.Framework, offer.Framework.Value == "f1" ? EngineWorld.Stream1 : EngineWorld.Stream2, [offer.Id],
                [new OfferOperation.Launch([Spec(random, offer.Node), Spec(random, offer.Node)])], TimeSpan.Zero),
            3 when offer is not null => new DeclineOffers(framework, stream, [offer.Id], TimeSpan.FromSeconds(1)),
            4 when task is not null => Status(state, task, random),
            5 when task is not null => new KillTask(framework, stream, task.Key.Task, null, null),
            6 => random.Next(2) == 0
                ? new NodeLinkLost(node, null)
                : new NodeMessage(node, EngineWorld.Hello(
                    state.HubEpoch, state.Nodes[node].HeldRevision, state.Nodes[node].AppliedSequence + 1, state.Nodes[node].Identity)),
            7 => new NodeMessage(node, new UpMessage.Report(EngineWorld.Description(
                ResourceSet.Of(Resource.Of("cpus", random.Next(1, 9)), Resource.Of("mem", 4096))))),
            8 => new ReviveOffers(framework, stream, []),
            _ => new Tick(),
        };
    }

    private static TaskSpec Spec(Random random, NodeId node) =>
        EngineWorld.Task($"t{random.Next(20)}", node, random.Next(1, 30) / 10.0);

    private static NodeMessage Status(ClusterState state, ClusterTask task, Random random)
    {
        var node = state.Nodes[task.Node];
        TaskState[] states = [TaskState.Starting, TaskState.Running, TaskState.Finished, TaskState.Failed];
        return new NodeMessage(node.Id, new UpMessage.Statuses(
            node.Identity.AgentEpoch, node.AppliedSequence + 1, [EngineWorld.Status(task, states[random.Next(4)])]));
    }

    private static void Audit(ClusterState state)
    {
        foreach (var node in state.Nodes.Values)
        {
            Assert.Null(NodeLedger.Audit(node, node.Tasks.Select(k => state.Tasks[k]), node.Offers.Select(o => state.Offers[o])));
        }

        foreach (var framework in state.Frameworks.Values)
        {
            var held = framework.Tasks.Select(id => state.Tasks[new TaskKey(framework.Id, id)]).Where(t => !t.IsTerminal)
                .Select(t => t.Resources).Concat(framework.Offers.Select(o => state.Offers[o].Resources));
            Assert.Equal(held.Aggregate(ResourceSet.Empty, (sum, r) => sum + r.Unallocate()), framework.Allocated);
        }
    }
}
