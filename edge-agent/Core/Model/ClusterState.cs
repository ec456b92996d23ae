using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>Everything that one cluster knows, as one value: readers keep it as long as they like and never lock.</summary>
/// <remarks>A hub's cluster has many nodes; an agent's has itself. Written by the engine only.</remarks>
public sealed record ClusterState
{
    /// <summary>Rises by one with each batch that changed something.</summary>
    public long Version { get; init; }

    /// <summary>The id of this run of the daemon, as Mesos' master id; the prefix of new framework and offer ids.</summary>
    public required string MasterId { get; init; }

    /// <summary>The history that revisions count; changes only when the hub's journal is behind what a node has seen.</summary>
    public required string HubEpoch { get; init; }

    /// <summary>When this run started, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Frameworks that are not completed.</summary>
    public ImmutableDictionary<FrameworkId, Framework> Frameworks { get; init; } = ImmutableDictionary<FrameworkId, Framework>.Empty;

    /// <summary>Completed frameworks, oldest first, at most <see cref="ClusterLimits.CompletedFrameworks"/>.</summary>
    public ImmutableList<Framework> CompletedFrameworks { get; init; } = [];

    /// <summary>Nodes.</summary>
    public ImmutableDictionary<NodeId, Node> Nodes { get; init; } = ImmutableDictionary<NodeId, Node>.Empty;

    /// <summary>Tasks, completed ones included as long as their framework keeps them.</summary>
    public ImmutableDictionary<TaskKey, ClusterTask> Tasks { get; init; } = ImmutableDictionary<TaskKey, ClusterTask>.Empty;

    /// <summary>Open offers; not kept over a restart.</summary>
    public ImmutableDictionary<OfferId, Offer> Offers { get; init; } = ImmutableDictionary<OfferId, Offer>.Empty;

    /// <summary>Nodes whose free resources were not considered since they changed.</summary>
    public ImmutableHashSet<NodeId> Allocatable { get; init; } = [];

    /// <summary>Apps: the hub's and, on the hub, those of sites.</summary>
    public ImmutableDictionary<AppKey, App> Apps { get; init; } = ImmutableDictionary<AppKey, App>.Empty;

    /// <summary>Instances of apps.</summary>
    public ImmutableDictionary<InstanceId, Instance> Instances { get; init; } = ImmutableDictionary<InstanceId, Instance>.Empty;

    /// <summary>The instances of each app that has some.</summary>
    public ImmutableDictionary<AppKey, ImmutableHashSet<InstanceId>> AppInstances { get; init; } =
        ImmutableDictionary<AppKey, ImmutableHashSet<InstanceId>>.Empty;

    /// <summary>The instances of each node that has some.</summary>
    public ImmutableDictionary<NodeId, ImmutableHashSet<InstanceId>> NodeInstances { get; init; } =
        ImmutableDictionary<NodeId, ImmutableHashSet<InstanceId>>.Empty;

    /// <summary>Deployments under way, by id.</summary>
    public ImmutableDictionary<string, Deployment> Deployments { get; init; } = ImmutableDictionary<string, Deployment>.Empty;

    /// <summary>Groups that say something of their own.</summary>
    public ImmutableDictionary<AppId, AppGroup> Groups { get; init; } = ImmutableDictionary<AppId, AppGroup>.Empty;

    /// <summary>Changes that sites made to the hub's apps; on a hub.</summary>
    public ImmutableDictionary<SiteKey, SiteOverride> Overrides { get; init; } = ImmutableDictionary<SiteKey, SiteOverride>.Empty;

    /// <summary>Fields that hub and site changed differently, decided ones included as long as they are kept; on a hub.</summary>
    public ImmutableDictionary<string, Conflict> Conflicts { get; init; } = ImmutableDictionary<string, Conflict>.Empty;

    /// <summary>Apps with instances that could not be placed; not kept over a restart.</summary>
    public ImmutableHashSet<AppKey> WaitingApps { get; init; } = [];

    /// <summary>The newest version given to anything, UTC: the next one is above it, whatever the clock says.</summary>
    public DateTimeOffset LastVersion { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Instants at which something falls due, ascending; an entry that its owner no longer waits for is ignored.</summary>
    public ImmutableSortedSet<EngineTimer> Timers { get; init; } = [];

    /// <summary>What a node keeps about itself; absent on a hub.</summary>
    public SelfState? Self { get; init; }

    /// <summary>Sums since the start.</summary>
    public ClusterCounters Counters { get; init; } = new();

    /// <summary>Number of the newest framework id of this run.</summary>
    public long FrameworkNumber { get; init; }

    /// <summary>Number of the newest offer id of this run.</summary>
    public long OfferNumber { get; init; }
}

/// <summary>What a timer wakes.</summary>
public enum TimerKind
{
    /// <summary>A framework that did not come back is removed.</summary>
    FrameworkFailover,

    /// <summary>A cut node becomes unreachable.</summary>
    NodeUnreachable,

    /// <summary>Unconfirmed assignments are sent again.</summary>
    NodeResend,

    /// <summary>A refusal of an offer ends: the node is offered again.</summary>
    FilterExpiry,

    /// <summary>An unacknowledged status goes to its framework again.</summary>
    StatusRedelivery,

    /// <summary>Unacknowledged statuses go to the hub again.</summary>
    OutboxResend,

    /// <summary>An app is looked at again: a wait of its launching is over.</summary>
    AppWake,

    /// <summary>An ended instance starts again on its node.</summary>
    Relaunch,

    /// <summary>An instance on an unreachable node stops counting, or is given up.</summary>
    InstanceLost,

    /// <summary>The time that a delegation was held becomes durable.</summary>
    DelegationUse,
}

/// <summary>One instant at which something falls due.</summary>
/// <param name="Due">Monotonic.</param>
/// <param name="Kind">What it wakes.</param>
/// <param name="First">The framework or node.</param>
/// <param name="Second">The task; empty for others.</param>
public readonly record struct EngineTimer(TimeSpan Due, TimerKind Kind, string First, string Second) : IComparable<EngineTimer>
{
    /// <inheritdoc/>
    public int CompareTo(EngineTimer other)
    {
        var order = Due.CompareTo(other.Due);
        order = order != 0 ? order : Kind.CompareTo(other.Kind);
        order = order != 0 ? order : string.CompareOrdinal(First, other.First);
        return order != 0 ? order : string.CompareOrdinal(Second, other.Second);
    }
}

/// <summary>Sums since the start of this run; every one is a metric.</summary>
public sealed record ClusterCounters
{
    /// <summary>Tasks accepted.</summary>
    public long TasksLaunched { get; init; }

    /// <summary>Tasks that ended with exit status 0.</summary>
    public long TasksFinished { get; init; }

    /// <summary>Tasks that ended otherwise.</summary>
    public long TasksFailed { get; init; }

    /// <summary>Tasks that ended on request.</summary>
    public long TasksKilled { get; init; }

    /// <summary>Tasks refused before launch.</summary>
    public long TasksError { get; init; }

    /// <summary>Tasks dropped, gone or lost.</summary>
    public long TasksLost { get; init; }

    /// <summary>Statuses applied.</summary>
    public long StatusesApplied { get; init; }

    /// <summary>Statuses ignored: repeated, late, or of another run.</summary>
    public long StatusesIgnored { get; init; }

    /// <summary>Calls of frameworks that named something invalid.</summary>
    public long InvalidCalls { get; init; }

    /// <summary>Sessions refused.</summary>
    public long SessionsRefused { get; init; }

    /// <summary>Sets of work that a node did not take because its outbox is full.</summary>
    public long AssignmentsRefused { get; init; }

    /// <summary>Messages of frameworks to executors that could not be delivered.</summary>
    public long MessagesDropped { get; init; }

    /// <summary>Delegations that were not signed by the node's hub, or not meant for the node.</summary>
    public long DelegationsRefused { get; init; }

    /// <summary>Allocation cycles.</summary>
    public long AllocationRuns { get; init; }

    /// <summary>Offers made.</summary>
    public long OffersMade { get; init; }
}
