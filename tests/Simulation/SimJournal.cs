using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>The rows of one daemon as they were last committed; a value, so that a backup is a reference.</summary>
internal sealed record SimJournal
{
    public static SimJournal Empty { get; } = new();

    public string HubEpoch { get; init; } = string.Empty;

    public ImmutableDictionary<FrameworkId, Framework> Frameworks { get; init; } = ImmutableDictionary<FrameworkId, Framework>.Empty;

    public ImmutableDictionary<NodeId, Node> Nodes { get; init; } = ImmutableDictionary<NodeId, Node>.Empty;

    public ImmutableDictionary<TaskKey, ClusterTask> Tasks { get; init; } = ImmutableDictionary<TaskKey, ClusterTask>.Empty;

    public ImmutableSortedDictionary<long, StatusUpdate> Outbox { get; init; } = ImmutableSortedDictionary<long, StatusUpdate>.Empty;

    public SelfState? Self { get; init; }

    public ImmutableDictionary<AppKey, App> Apps { get; init; } = ImmutableDictionary<AppKey, App>.Empty;

    public ImmutableDictionary<InstanceId, Instance> Instances { get; init; } = ImmutableDictionary<InstanceId, Instance>.Empty;

    public ImmutableDictionary<string, Deployment> Deployments { get; init; } = ImmutableDictionary<string, Deployment>.Empty;

    public ImmutableDictionary<AppId, AppGroup> Groups { get; init; } = ImmutableDictionary<AppId, AppGroup>.Empty;

    public ImmutableDictionary<SiteKey, SiteOverride> Overrides { get; init; } = ImmutableDictionary<SiteKey, SiteOverride>.Empty;

    public ImmutableDictionary<string, Conflict> Conflicts { get; init; } = ImmutableDictionary<string, Conflict>.Empty;

    /// <summary>The journal after one transaction.</summary>
    public SimJournal Apply(IEnumerable<RowChange> rows) => rows.Aggregate(this, (journal, row) => journal.Apply(row));

    /// <summary>As a database gives them back: of the health, what the statuses say.</summary>
    public JournalRows ToRows() => new(
        HubEpoch,
        [.. Frameworks.Values],
        [.. Nodes.Values],
        [.. Tasks.Values.Select(t => t with { Health = TaskHealth.Of(t.History) })],
        [.. Outbox],
        Self)
    {
        Apps = new AppRows(
            [.. Apps.Values],
            [.. Instances.Values],
            [.. Deployments.Values],
            [.. Groups.Values],
            [.. Overrides.Values],
            [.. Conflicts.Values]),
    };

    private SimJournal Apply(RowChange row) => row switch
    {
        RowChange.EpochRow epoch => this with { HubEpoch = epoch.HubEpoch },
        RowChange.FrameworkRow { Value: { } value } => this with { Frameworks = Frameworks.SetItem(value.Id, value) },
        RowChange.FrameworkRow gone => this with { Frameworks = Frameworks.Remove(gone.Key) },
        RowChange.NodeRow { Value: { } value } => this with { Nodes = Nodes.SetItem(value.Id, value) },
        RowChange.NodeRow gone => this with { Nodes = Nodes.Remove(gone.Key) },
        RowChange.TaskRow { Value: { } value } => this with { Tasks = Tasks.SetItem(value.Key, value) },
        RowChange.TaskRow gone => this with { Tasks = Tasks.Remove(gone.Key) },
        RowChange.OutboxRow { Value: { } value } outbox => this with { Outbox = Outbox.SetItem(outbox.Sequence, value) },
        RowChange.OutboxRow gone => this with { Outbox = Outbox.Remove(gone.Sequence) },
        RowChange.OutboxTrim trim => this with { Outbox = Outbox.RemoveRange(Outbox.Keys.TakeWhile(k => k <= trim.UpTo)) },
        RowChange.SelfRow self => this with { Self = self.Value },
        _ => ApplyApp(row),
    };

    private SimJournal ApplyApp(RowChange row) => row switch
    {
        RowChange.AppRow app => this with { Apps = Put(Apps, app.Key, app.Value) },
        RowChange.InstanceRow instance => this with { Instances = Put(Instances, instance.Key, instance.Value) },
        RowChange.DeploymentRow deployment => this with { Deployments = Put(Deployments, deployment.Key, deployment.Value) },
        RowChange.GroupRow group => this with { Groups = Put(Groups, group.Key, group.Value) },
        RowChange.OverrideRow change => this with { Overrides = Put(Overrides, change.Key, change.Value) },
        RowChange.ConflictRow conflict => this with { Conflicts = Put(Conflicts, conflict.Key, conflict.Value) },
        _ => throw new SimulationFaultException($"The journal has no place for {row.GetType().Name}."),
    };

    private static ImmutableDictionary<TKey, TValue> Put<TKey, TValue>(ImmutableDictionary<TKey, TValue> rows, TKey key, TValue? value)
        where TKey : notnull
        where TValue : class => value is null ? rows.Remove(key) : rows.SetItem(key, value);
}
