using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using Edge.Daemon.Storage;
using Edge.Tests.Core.Engine;
using Edge.Tests.Daemon.Mapping;
using Edge.Tests.Support;

namespace Edge.Tests.Daemon.Storage;

/// <summary>What speaks of apps in a journal on real SQLite: what was committed is what is loaded.</summary>
public sealed class AppJournalTests : IDisposable
{
    private readonly JournalWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void EveryKindOfRow_ComesBackWhole()
    {
        Commit([.. AppRowSamples.Rows]);
        Assert.Equal(Text(AppRowSamples.Rows), Text(AppRowSamples.ToChanges(Load().Apps)));
    }

    [Fact]
    public void Rows_AreReplaced_AndDeleted_ByTheirKeys()
    {
        Commit([.. AppRowSamples.Rows]);
        var other = AppRowSamples.App with { Owner = new NodeId("n2") };
        Commit(
            AppRowSamples.Row(AppRowSamples.App with { Generation = 10 }),
            AppRowSamples.Row(other),
            new RowChange.AppRow(new AppKey(string.Empty, AppRowSamples.App.Id), null),
            new RowChange.OverrideRow(new SiteKey(new NodeId("n2"), AppRowSamples.App.Id), null));
        var rows = Load().Apps;
        Assert.Equal(["n1:10", "n2:9", ":-9223372036854775808"], rows.Apps.OrderBy(a => a.Owner is null).ThenBy(a => a.Owner?.Value)
            .Select(a => $"{a.Owner}:{a.Generation}"));
        Assert.Equal(["n1"], rows.Overrides.Select(o => o.Node.Value));
        Commit([.. AppRowSamples.ToDeletes(rows)]);
        Assert.Equal(Deep.Text(AppRows.Empty), Deep.Text(Load().Apps));
    }

    [Fact]
    public void WhatIsDerived_OrOfThisRunOnly_IsNotKept()
    {
        Commit(
            AppRowSamples.Row(AppRowSamples.App with
            {
                Spec = new AppSpec { Instances = 5, Resources = ResourceSet.Empty },
                ConfigHash = "abc",
                LaunchAfter = TimeSpan.FromSeconds(5),
                QueuedSince = AppSamples.Time,
                Refusals = new PlacementSummary(1, [], AppSamples.Time, []),
            }),
            AppRowSamples.Row(AppRowSamples.Instance with { RelaunchAt = TimeSpan.FromSeconds(1) }));
        var rows = Load().Apps;
        Assert.Equal(Deep.Text(AppRowSamples.App), Deep.Text(rows.Apps.Single()));
        Assert.Equal(Deep.Text(AppRowSamples.Instance), Deep.Text(rows.Instances.Single()));
    }

    [Fact]
    public void FiftyVersions_TakeLittleMoreThanOne()
    {
        var value = $"\"{new string('v', 40)}\"";
        var large = AppSamples.Define([("id", "\"/a\""), .. Enumerable.Range(0, 40).Select(i => ($"field{i:00}", value))]);
        ImmutableArray<AppVersion> versions =
        [
            .. Enumerable.Range(0, 50).Select(i => new AppVersion(
                AppSamples.Time.AddSeconds(-i), 50 - i, large.With([KeyValuePair.Create("instances", $"{i}")]))),
        ];
        var app = AppRowSamples.App with { Definition = versions[0].Definition, Versions = versions };
        var one = AppCodec.Write(app with { Versions = [versions[0]] }).Length;
        var bytes = AppCodec.Write(app);
        Assert.True(bytes.Length < one * 2, $"One version takes {one} bytes, fifty {bytes.Length}.");
        Assert.Equal(Deep.Text(app), Deep.Text(AppCodec.Read(new AppKey("n1", app.Id), bytes)));
    }

    [Fact]
    public void TaskNodeAndFramework_KeepWhatApps_Need()
    {
        var spec = SyncSamples.Spec("t1");
        var task = AssignmentDecisions.ToTask(AppSamples.Launch with { Spec = spec }, new NodeId("n1"));
        var plain = task with { Key = new TaskKey(new FrameworkId("f-2"), new TaskId("t1")), Slot = null };
        var node = new Node
        {
            Id = new NodeId("n1"),
            Description = EngineWorld.Description(),
            Identity = EngineWorld.Identity(),
            RegisteredAt = AppSamples.Time,
            Free = EngineWorld.NodeResources,
            ReportRevision = long.MaxValue,
            OnHold = true,
        };
        var framework = new Framework
        {
            Id = new FrameworkId("marathon"),
            Spec = new FrameworkSpec
            {
                Name = "marathon",
                User = string.Empty,
                Roles = ["*"],
                Capabilities = FrameworkCapabilities.PartitionAware | FrameworkCapabilities.RegionAware,
                Checkpoint = true,
                Wire = default,
            },
            Phase = FrameworkPhase.Connected,
            RegisteredAt = AppSamples.Time,
            ReregisteredAt = AppSamples.Time,
        };
        Commit(
            new RowChange.TaskRow(task.Key, task), new RowChange.TaskRow(plain.Key, plain), new RowChange.NodeRow(node.Id, node),
            new RowChange.FrameworkRow(framework.Id, framework));
        var rows = Load();
        Assert.Equal(Deep.Text(AppSamples.Slot), Deep.Text(rows.Tasks.Single(t => t.Key.Framework == task.Key.Framework).Slot));
        Assert.Null(rows.Tasks.Single(t => t.Key == plain.Key).Slot);
        Assert.Equal((long.MaxValue, true), (rows.Nodes.Single().ReportRevision, rows.Nodes.Single().OnHold));
        Assert.Equal(framework.Spec.Capabilities, rows.Frameworks.Single().Spec.Capabilities);
        Assert.True(rows.Frameworks.Single().Spec.Checkpoint);
    }

    [Fact]
    public void NodesOwnNumbers_AndWhatItsHubDelegated_ComeBack()
    {
        var self = new SelfState
        {
            Id = new NodeId("n1"),
            Identity = EngineWorld.Identity(),
            Description = EngineWorld.Description(),
            ReportRevision = 8,
            ReportedRevision = 7,
        };
        Commit(new RowChange.SelfRow(self));
        var bare = Load().Self!;
        Assert.Equal((8L, 7L, true, true), (bare.ReportRevision, bare.ReportedRevision, bare.HubKey.IsEmpty, bare.Delegation is null));

        var held = AppSamples.Delegated.Held with { Used = TimeSpan.FromMicroseconds(123_456_789), CountedFrom = TimeSpan.FromSeconds(3) };
        Commit(new RowChange.SelfRow(self with { HubKey = new byte[] { 9, 8 }, Delegation = held, SentReport = 5 }));
        var full = Load().Self!;
        Assert.Equal(Deep.Text(held with { CountedFrom = TimeSpan.Zero }), Deep.Text(full.Delegation));
        Assert.Equal("0x0908", Deep.Text(full.HubKey));
        Assert.Equal(0, full.SentReport);
    }

    [Fact]
    public void Outbox_KeepsWhatTheNodeStarted_AndGaveUp()
    {
        ImmutableArray<StatusUpdate> sent =
        [
            .. AppSamples.Statuses.Items,
            SyncSamples.Status("t3") with
            {
                Launch = AppSamples.Launch with { Slot = AppSamples.BareSlot, Desired = DesiredState.Run, KillGrace = TimeSpan.MaxValue },
            },
        ];
        Commit([.. sent.Select((s, i) => new RowChange.OutboxRow(i + 1, s))]);
        var came = Load().Outbox.OrderBy(o => o.Key).Select(o => o.Value);
        var expected = sent.SetItem(3, sent[3] with { Launch = sent[3].Launch! with { KillGrace = EpochMicros.ToSpan(long.MaxValue) } });
        Assert.Equal(Deep.Text(expected), Deep.Text(came));
    }

    /// <summary>A hub and a node that went through most of what there is about apps start from their journals as they ended.</summary>
    [Fact]
    public void LivesOfApps_AreRestored_AsIfFromMemory()
    {
        var world = new AppWorld("n1", "n2");
        world.Put("""{"id":"/web","cmd":"sleep 1","cpus":0.1,"mem":16,"instances":2}""");
        world.Put("""{"id":"/web","cmd":"sleep 2","cpus":0.1,"mem":16,"instances":3}""");
        world.Delegate(AppSamples.Delegation with { Restart = true, Create = true, Quota = null });
        world.Cut("n1");
        world.Set("/web", "cmd", "\"sleep 3\"", "n1");
        world.Put("""{"id":"/local","cmd":"sleep 1","cpus":0.1,"mem":16}""", "n1");
        AssertRestores(world["n1"], "cut.db", isHub: false);
        world.Set("/web", "cmd", "\"sleep 4\"");
        world.Heal("n1");
        Assert.NotEmpty(world.Hub.Overrides);
        Assert.NotEmpty(world.Hub.Conflicts);
        AssertRestores(world.Hub, "hub.db", isHub: true);
        AssertRestores(world["n1"], "healed.db", isHub: false);
    }

    private void AssertRestores(ClusterState state, string name, bool isHub)
    {
        var rows = EngineWorld.RowsOf(state);
        Commit(name,
        [
            new RowChange.EpochRow(rows.HubEpoch),
            .. rows.Frameworks.Select(f => new RowChange.FrameworkRow(f.Id, f)),
            .. rows.Nodes.Select(n => new RowChange.NodeRow(n.Id, n)),
            .. rows.Tasks.Select(t => new RowChange.TaskRow(t.Key, t)),
            .. rows.Outbox.Select(o => new RowChange.OutboxRow(o.Key, o.Value)),
            .. rows.Self is { } self ? (RowChange[])[new RowChange.SelfRow(self)] : [],
            .. AppRowSamples.ToChanges(rows.Apps),
        ]);
        Assert.NotEmpty(rows.Apps.Apps);
        Assert.NotEmpty(rows.Apps.Instances);
        Assert.Equal(Restored(rows), Restored(Load(name)));

        string Restored(JournalRows from)
        {
            var context = new DecisionContext(AppSamples.Time, TimeSpan.FromHours(9), 1, ClusterLimits.Default)
            {
                Apps = AppMapping.Instance,
            };
            var me = state.Self is { } s ? new SelfState { Id = s.Id, Identity = s.Identity, Description = s.Description } : null;
            var to = (isHub ? Restoration.RestoreHub(from, "m9", context) : Restoration.RestoreNode(from, me!, "m9", context)).State;
            return Deep.Text(to.Self) + Text(AppRowSamples.ToChanges(EngineWorld.RowsOf(to).Apps))
                + string.Join('\n', to.Tasks.Values.Select(t => Deep.Text(t.Slot) + Deep.Text(t.Observed)).Order(StringComparer.Ordinal))
                + string.Join('\n', to.Nodes.Values.OrderBy(n => n.Id).Select(n => $"{n.ReportRevision} {n.OnHold}"));
        }
    }

    private static string Text(IEnumerable<RowChange> rows) =>
        string.Join('\n', rows.Select(Deep.Text).Order(StringComparer.Ordinal));

    private void Commit(params RowChange[] rows) => Commit("test.db", rows);

    private void Commit(string name, RowChange[] rows)
    {
        using var journal = _world.Open(name);
        Assert.Null(journal.Commit(rows));
    }

    private JournalRows Load(string name = "test.db")
    {
        using var journal = _world.Open(name);
        return journal.Load();
    }
}
