using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Resources;

namespace Edge.Core.Engine;

/// <summary>The rows of a journal, as they were last committed.</summary>
/// <param name="HubEpoch">Empty in a new journal.</param>
/// <param name="Frameworks">Completed ones included, in any order.</param>
/// <param name="Nodes">In any order.</param>
/// <param name="Tasks">Completed ones included, in any order.</param>
/// <param name="Outbox">In any order.</param>
/// <param name="Self">What a node keeps about its hub; absent on a hub and in a new journal.</param>
public sealed record JournalRows(
    string HubEpoch,
    ImmutableArray<Framework> Frameworks,
    ImmutableArray<Node> Nodes,
    ImmutableArray<ClusterTask> Tasks,
    ImmutableArray<KeyValuePair<long, StatusUpdate>> Outbox,
    SelfState? Self)
{
    /// <summary>A journal in which nothing was ever written.</summary>
    public static JournalRows Empty { get; } = new(string.Empty, [], [], [], [], null);

    /// <summary>What speaks of apps.</summary>
    public AppRows Apps { get; init; } = AppRows.Empty;
}

/// <summary>The rows that speak of apps, each in any order. What depends on a definition is derived when they are restored.</summary>
public sealed record AppRows(
    ImmutableArray<App> Apps,
    ImmutableArray<Instance> Instances,
    ImmutableArray<Deployment> Deployments,
    ImmutableArray<AppGroup> Groups,
    ImmutableArray<SiteOverride> Overrides,
    ImmutableArray<Conflict> Conflicts)
{
    /// <summary>No rows.</summary>
    public static AppRows Empty { get; } = new([], [], [], [], [], []);
}

/// <summary>Rebuilds a state from the rows of a journal: what is not in a row is computed, what belonged to a session is gone.</summary>
public static class Restoration
{
    /// <summary>Restores a hub.</summary>
    /// <param name="rows">The journal.</param>
    /// <param name="masterId">The id of this run; never used before.</param>
    /// <param name="context">Now and the limits; the seed makes the epoch of a new journal.</param>
    /// <returns>The state, and the rows that are new in it.</returns>
    public static Decision RestoreHub(JournalRows rows, string masterId, DecisionContext context)
    {
        var state = Index(rows, masterId, context);
        var transition = new Transition(state, context);
        if (rows.HubEpoch.Length == 0)
        {
            transition.RenewEpoch();
        }

        var due = context.Monotonic + context.Limits.RecoveryWindow;
        foreach (var framework in state.Frameworks.Values.OrderBy(f => f.Id).Where(f => !BuiltinFramework.Is(f.Id)))
        {
            // Its own failover timeout may be zero: a restart of the hub must not be the end of its tasks.
            var removeAt = framework.Spec.FailoverTimeout > context.Limits.RecoveryWindow
                ? context.After(framework.Spec.FailoverTimeout)
                : due;
            transition.Put(framework with { Phase = FrameworkPhase.Recovered, Stream = null, RemoveAt = removeAt }, durable: false);
            transition.Schedule(removeAt, TimerKind.FrameworkFailover, framework.Id.Value);
        }

        foreach (var node in state.Nodes.Values.OrderBy(n => n.Id).Where(n => n.Reachability == Reachability.Reachable))
        {
            transition.Put(node with { Recovered = true, UnreachableAt = due }, durable: false);
            transition.Schedule(due, TimerKind.NodeUnreachable, node.Id.Value);
        }

        RestoreApps(transition, rows.Apps);
        foreach (var node in state.Nodes.Values.OrderBy(n => n.Id).Where(n => n.Reachability == Reachability.Unreachable))
        {
            CutDecisions.Unreach(transition, node.Id);
        }

        AppScheduler.Run(transition);
        return transition.Build([]);
    }

    /// <summary>Restores a node.</summary>
    /// <param name="rows">The journal.</param>
    /// <param name="self">Who the node is now and what it has; taken over, while sequence numbers and revisions come from the
    /// journal.</param>
    /// <param name="masterId">The id of this run; never used before.</param>
    /// <param name="context">Now and the limits.</param>
    /// <returns>The state, and the rows that are new in it.</returns>
    public static Decision RestoreNode(JournalRows rows, SelfState self, string masterId, DecisionContext context)
    {
        var transition = new Transition(Index(rows, masterId, context), context);
        var outbox = rows.Outbox.ToImmutableSortedDictionary();
        var next = Math.Max(rows.Self?.NextSequence ?? 1, outbox.IsEmpty ? 1 : outbox.Last().Key + 1);
        transition.Put(self with
        {
            HubEpoch = rows.Self?.HubEpoch ?? string.Empty,
            HeldRevision = rows.Self?.HeldRevision ?? 0,
            NextSequence = next,
            CountedFrom = next,
            Outbox = outbox,
            ReportRevision = Math.Max(
                rows.Self?.ReportRevision ?? 0, rows.Apps.Apps.Select(a => a.ReportRevision).DefaultIfEmpty().Max()),
            ReportedRevision = rows.Self?.ReportedRevision ?? 0,
            HubKey = rows.Self?.HubKey ?? default,
            Delegation = rows.Self?.Delegation is { } held ? DelegationDecisions.Restore(transition, held) : null,
        });
        RestoreApps(transition, rows.Apps);
        return transition.Build([]);
    }

    /// <summary>Puts the rows back without making them durable again; the scheduler looks at every app.</summary>
    private static void RestoreApps(Transition transition, AppRows rows)
    {
        foreach (var app in rows.Apps)
        {
            // Instants of the last run say nothing in this one.
            var free = app with { LaunchAfter = null, Refusals = null, QueuedSince = null };
            transition.Apps.Put(AppConfig.Derive(transition, free), durable: false);
            transition.Apps.MarkDirty(AppTables.KeyOf(app));
        }

        foreach (var instance in rows.Instances)
        {
            transition.Apps.Put(instance with { RelaunchAt = null }, durable: false);
        }

        transition.Apps.Restore(rows);
    }

    private static ClusterState Index(JournalRows rows, string masterId, DecisionContext context)
    {
        var tasks = rows.Tasks.ToImmutableDictionary(t => t.Key, t => t with { Deliveries = 0, RedeliverAt = null });
        var byFramework = rows.Tasks.ToLookup(t => t.Key.Framework);
        var byNode = rows.Tasks.Where(t => !t.IsTerminal).ToLookup(t => t.Node);
        var frameworks = rows.Frameworks.Select(f => Index(f, byFramework[f.Id])).ToArray();
        return new ClusterState
        {
            MasterId = masterId,
            HubEpoch = rows.HubEpoch,
            StartedAt = context.Now,
            Frameworks = frameworks.Where(f => f.Phase != FrameworkPhase.Completed).ToImmutableDictionary(f => f.Id, f => f),
            CompletedFrameworks =
                [.. frameworks.Where(f => f.Phase == FrameworkPhase.Completed).OrderBy(f => f.UnregisteredAt).ThenBy(f => f.Id)],
            Nodes = rows.Nodes.ToImmutableDictionary(n => n.Id, n => Index(n, byNode[n.Id])),
            Tasks = tasks,
        };
    }

    private static Framework Index(Framework framework, IEnumerable<ClusterTask> tasks)
    {
        var all = tasks.ToArray();
        return framework with
        {
            Stream = null,
            Offers = [],
            Filters = framework.Filters.Clear(),
            Tasks = [.. all.Where(t => !t.Completed).Select(t => t.Key.Task)],
            CompletedTasks = [.. all.Where(t => t.Completed).OrderBy(Ended).ThenBy(t => t.Key).Select(t => t.Key.Task)],
            Allocated = Sum(all.Where(t => !t.IsTerminal)),
        };
    }

    private static Node Index(Node node, IEnumerable<ClusterTask> live)
    {
        var all = live.ToArray();
        return NodeLedger.Balance(node with
        {
            Connected = false,
            AwaitsInventory = false,
            AwaitsReport = false,
            UnreachableAt = null,
            ResendAt = null,
            Resends = 0,
            // A node that holds more than was ever counted here knows a history that this journal does not.
            SentRevision = node.DesiredRevision,
            SendsAgain = false,

            // One that has confirmed nothing yet is owed a full set.
            FullRevision = node.HeldRevision == 0 ? node.DesiredRevision : 0,
            Offers = [],
            Offered = ResourceSet.Empty,
            Tasks = [.. all.Select(t => t.Key)],
            Used = Sum(all),
        });
    }

    private static DateTimeOffset Ended(ClusterTask task) => task.Latest?.Timestamp ?? task.LaunchedAt;

    private static ResourceSet Sum(IEnumerable<ClusterTask> tasks) =>
        tasks.Aggregate(ResourceSet.Empty, (sum, task) => sum + task.Resources.Unallocate());
}
