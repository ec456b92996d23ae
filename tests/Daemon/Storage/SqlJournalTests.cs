using Edge.Contracts.Mesos;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Edge.Tests.Core.Engine;
using Edge.Tests.Daemon.Mapping;
using TaskState = Edge.Core.Model.TaskState;

namespace Edge.Tests.Daemon.Storage;

/// <summary>The journal on real SQLite: what was committed is what is loaded.</summary>
public sealed class SqlJournalTests : IDisposable
{
    private readonly JournalWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void NewJournal_IsEmpty_AndKeepsItsName()
    {
        string epoch;
        using (var journal = _world.Open())
        {
            var rows = journal.Load();
            Assert.Equal((0, 0, 0, 0), (rows.Tasks.Length, rows.Nodes.Length, rows.Frameworks.Length, rows.Outbox.Length));
            Assert.Null(rows.Self);
            epoch = journal.AgentEpoch;
            Assert.Equal(16, epoch.Length);
        }

        using var again = _world.Open();
        Assert.Equal(epoch, again.AgentEpoch);
    }

    [Fact]
    public void Hub_CommitAndLoad_GivesTheSameRows()
    {
        var hub = EngineWorld.Hub();
        using (var journal = _world.Open())
        {
            Live(hub, new Committer(journal, hub));
        }

        AssertLosesNothing(nodes: 2, tasks: 2, frameworks: 2);
        using var loaded = _world.Open();
        var rows = loaded.Load();
        Assert.Equal(hub.State.HubEpoch, rows.HubEpoch);
        var task = rows.Tasks.Single(t => t.Key.Task.Value == "t1");
        var known = hub.State.Tasks[task.Key];
        Assert.Equal(known.Latest, task.Latest);
        Assert.Equal<IEnumerable<StatusUpdate>>(known.History, task.History);
        Assert.Equal<IEnumerable<StatusUpdate>>(known.Pending, task.Pending);
        Assert.Equal(known.Resources, task.Resources);
        Assert.Equal((known.Observed, known.Desired, known.KillGrace), (task.Observed, task.Desired, task.KillGrace));
        Assert.Equal((known.Container, known.Revision, known.LaunchedAt), (task.Container, task.Revision, task.LaunchedAt));
        Assert.Equal(known.Spec.Wire.ToArray(), task.Spec.Wire.ToArray());
        var node = rows.Nodes.Single(n => n.Id.Value == "n1");
        Assert.Equal(hub.State.Nodes[node.Id].Identity, node.Identity);
        Assert.Equal(hub.State.Nodes[node.Id].Description.Resources, node.Description.Resources);
        Assert.Equal(TimeSpan.FromSeconds(60), rows.Frameworks.Single(f => f.Id == task.Key.Framework).Spec.FailoverTimeout);
    }

    [Fact]
    public void Agent_CommitAndLoad_GivesTheSameRows_AndTheOutboxIsTrimmed()
    {
        var agent = EngineWorld.Agent();
        using (var journal = _world.Open())
        {
            var commit = new Committer(journal, agent);
            var item = SyncSamples.Assignment("t1") with { Desired = DesiredState.Run, Observed = ObservedState.Staging };
            commit.Do(new HubLinkOpened());
            commit.Do(new HubMessage(new DownMessage.Welcome("hub-1", 0, WantsInventory: false)));
            commit.Do(new HubMessage(new DownMessage.Assignments("hub-1", 0, 3, true, [item])));
            commit.Do(new ContainerObserved(item.Container, ObservedState.Running, null, null));
            commit.Do(new ContainerObserved(item.Container, ObservedState.Failed, StatusReason.ExecutorTerminated, "gone"));
            Assert.Equal(agent.State.Self!.Outbox, journal.Load().Outbox);
            commit.Do(new HubMessage(new DownMessage.Acknowledged("db-1", 2)));
        }

        AssertLosesNothing(nodes: 0, tasks: 1, frameworks: 0);
        using var loaded = _world.Open();
        var rows = loaded.Load();
        Assert.Equal([3L], rows.Outbox.Select(o => o.Key));
        Assert.Equal(("hub-1", 3L, 4L), (rows.Self!.HubEpoch, rows.Self.HeldRevision, rows.Self.NextSequence));
    }

    [Fact]
    public void RowsWithoutAValue_AreDeleted()
    {
        var hub = EngineWorld.Hub();
        using var journal = _world.Open();
        Live(hub, new Committer(journal, hub));
        var rows = journal.Load();
        Assert.Null(journal.Commit(
        [
            .. rows.Tasks.Select(t => new RowChange.TaskRow(t.Key, null)),
            .. rows.Nodes.Select(n => new RowChange.NodeRow(n.Id, null)),
            .. rows.Frameworks.Select(f => new RowChange.FrameworkRow(f.Id, null)),
            new RowChange.OutboxRow(1, SyncSamples.Status("t1")), new RowChange.OutboxRow(2, SyncSamples.Status("t1")),
            new RowChange.OutboxRow(1, null),
        ]));
        var left = journal.Load();
        Assert.Equal((0, 0, 0), (left.Tasks.Length, left.Nodes.Length, left.Frameworks.Length));
        Assert.Equal([2L], left.Outbox.Select(o => o.Key));
    }

    [Fact]
    public void RefusedCommit_LeavesNothingOfIt_AndTheNextOneIsTaken()
    {
        using var journal = _world.Open();
        _world.Run("CREATE TRIGGER full BEFORE INSERT ON outbox WHEN new.sequence = 2 BEGIN SELECT RAISE(ABORT, 'no room'); END");
        var status = SyncSamples.Status("t1");
        var reason = journal.Commit([new RowChange.OutboxRow(1, status), new RowChange.OutboxRow(2, status)]);
        Assert.Contains("no room", reason, StringComparison.Ordinal);
        Assert.Empty(journal.Load().Outbox);
        Assert.Null(journal.Commit([new RowChange.OutboxRow(3, status)]));
        Assert.Equal([3L], journal.Load().Outbox.Select(o => o.Key));
    }

    [Fact]
    public void NewerVersion_IsRefused_AndLeftAlone()
    {
        _world.Open().Dispose();
        _world.Run("PRAGMA user_version = 99");
        var refusal = Assert.Throws<InvalidDataException>(() => _world.Open());
        Assert.Contains("version 99", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Install the newer program", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE node SET resources = 'what'")]
    [InlineData("UPDATE framework SET wire = x'ffff'")]
    [InlineData("UPDATE task SET request = x'ffff'")]
    [InlineData("UPDATE task SET latest = x'0100'")]
    [InlineData("UPDATE task SET history = 'text'")]
    public void RowThatCannotBeRead_IsDamage(string sql)
    {
        var hub = EngineWorld.Hub();
        using var journal = _world.Open();
        Live(hub, new Committer(journal, hub));
        _world.Run(sql);
        Assert.Throws<InvalidDataException>(() => journal.Load());
    }

    /// <summary>A life with everything that a hub stores in it: a kill, an end, a lost node, a removed framework.</summary>
    private static void Live(EngineWorld hub, Committer commit)
    {
        commit.Do(new NodeMessage(EngineWorld.Node1, EngineWorld.Hello()));
        commit.Do(new NodeMessage(EngineWorld.Node1, new UpMessage.Held(1, Gap: false)));
        commit.Do(new NodeMessage(new NodeId("n2"), EngineWorld.Hello(identity: EngineWorld.Identity("machine-2", "db-2"))));
        var wire = FrameworkMapping.FromMessage(new FrameworkInfo
        {
            User = "root",
            Name = "f",
            FailoverTimeout = 60,
            Roles = { "web" },
            Capabilities = { new FrameworkInfo.Types.Capability { Type = FrameworkInfo.Types.Capability.Types.Type.MultiRole } },
        });
        commit.Do(new Subscribe(wire, ["web"], EngineWorld.Stream2));
        commit.Do(new Teardown(Assert.IsType<CommandReply.SubscribedAs>(hub.Replies[0]).Framework, EngineWorld.Stream2));
        commit.Do(new Subscribe(wire, [], EngineWorld.Stream1));
        var framework = Assert.IsType<CommandReply.SubscribedAs>(hub.Replies[0]).Framework;
        var offer = hub.State.Offers.Values.First(o => o.Node == EngineWorld.Node1);
        OfferOperation launch = new OfferOperation.Launch([SyncSamples.Spec("t1"), SyncSamples.Spec("t2")]);
        commit.Do(new AcceptOffers(framework, EngineWorld.Stream1, [offer.Id], [launch], null));
        var task = hub.State.Tasks[new TaskKey(framework, new TaskId("t1"))];
        var statuses = new UpMessage.Statuses(
            "db-1", 1, [EngineWorld.Status(task, TaskState.Starting), EngineWorld.Status(task, TaskState.Running) with { Message = "up" }]);
        commit.Do(new NodeMessage(EngineWorld.Node1, statuses));
        commit.Do(new KillTask(framework, EngineWorld.Stream1, task.Key.Task, null, TimeSpan.FromMicroseconds(7)));
        commit.Do(new NodeLinkLost(new NodeId("n2"), null));
        commit.Wait(76);
        Assert.Equal(Reachability.Unreachable, hub.State.Nodes[new NodeId("n2")].Reachability);
    }

    /// <summary>Loads everything, writes it into another journal, and finds the same values in every column of both.</summary>
    private void AssertLosesNothing(int nodes, int tasks, int frameworks)
    {
        using (var first = _world.Open())
        using (var second = _world.Open("second.db"))
        {
            var rows = first.Load();
            Assert.Equal((nodes, tasks, frameworks), (rows.Nodes.Length, rows.Tasks.Length, rows.Frameworks.Length));
            Assert.Null(second.Commit(
            [
                .. rows.HubEpoch.Length > 0 ? (RowChange[])[new RowChange.EpochRow(rows.HubEpoch)] : [],
                .. rows.Frameworks.Select(f => new RowChange.FrameworkRow(f.Id, f)),
                .. rows.Nodes.Select(n => new RowChange.NodeRow(n.Id, n)),
                .. rows.Tasks.Select(t => new RowChange.TaskRow(t.Key, t)),
                .. rows.Outbox.Select(o => new RowChange.OutboxRow(o.Key, o.Value)),
                .. rows.Self is { } self ? (RowChange[])[new RowChange.SelfRow(self)] : [],
            ]));
        }

        var dump = _world.Dump();
        Assert.NotEmpty(dump);
        Assert.Equal(dump, _world.Dump("second.db"));
    }

    /// <summary>Decides and commits.</summary>
    private sealed class Committer(IJournal journal, EngineWorld world)
    {
        private bool _begun;

        public void Do(params ClusterCommand[] batch) => Commit(() => world.Do(batch));

        public void Wait(double seconds) => Commit(() => world.Wait(seconds));

        private void Commit(Action decide)
        {
            if (!_begun)
            {
                // What the start of the daemon made.
                Assert.Null(journal.Commit(world.Rows));
                _begun = true;
            }

            decide();
            Assert.Null(journal.Commit(world.Rows));
        }
    }
}
