using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>The absolute path of an app or group: <c>/edge/web</c>; the root group is <c>/</c>.</summary>
public readonly record struct AppId(string Value) : IComparable<AppId>
{
    /// <inheritdoc/>
    public int CompareTo(AppId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>True when this is the other path or lies below it.</summary>
    public bool IsWithin(AppId group) =>
        group.Value == "/" || Value == group.Value || Value.StartsWith(group.Value + "/", StringComparison.Ordinal);
}

/// <summary>What its author asked for, field by field: the unit of merging. Fields are Marathon's, values their JSON text.</summary>
/// <remarks>Normalised: defaults are filled in, so two definitions that mean the same are equal field by field.</remarks>
/// <param name="Fields">By name, ordinal; canonical JSON without spaces.</param>
public sealed record AppDefinition(ImmutableSortedDictionary<string, string> Fields)
{
    /// <summary>A definition without fields.</summary>
    public static AppDefinition Empty { get; } = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>The JSON text of a field; absent when it is not set.</summary>
    public string? this[string field] => Fields.GetValueOrDefault(field);

    /// <summary>Sets fields over this definition; an empty text removes one.</summary>
    public AppDefinition With(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var result = Fields.ToBuilder();
        foreach (var (name, value) in fields)
        {
            if (value.Length == 0)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = value;
            }
        }

        return new AppDefinition(result.ToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(AppDefinition? other) =>
        other is not null && Fields.Count == other.Fields.Count && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc/>
    public override int GetHashCode() => Fields.Count;
}

/// <summary>What the scheduler needs of a definition. Source: Marathon, AppDefinition.</summary>
public sealed record AppSpec
{
    /// <summary>How many instances are wanted.</summary>
    public required int Instances { get; init; }

    /// <summary>What one instance holds, without ports.</summary>
    public required ResourceSet Resources { get; init; }

    /// <summary>The role that its resources are allocated to.</summary>
    public string Role { get; init; } = "*";

    /// <summary>The host ports of one instance in order: the number asked for, or 0 for any.</summary>
    public ImmutableArray<int> Ports { get; init; } = [];

    /// <summary>True when the numbers in <see cref="Ports"/> have to be had.</summary>
    public bool RequirePorts { get; init; }

    /// <summary>Where instances may stand.</summary>
    public ImmutableArray<PlacementConstraint> Constraints { get; init; } = [];

    /// <summary>Share of the wanted instances that stays healthy in an upgrade, 0 to 1.</summary>
    public double MinimumHealthCapacity { get; init; } = 1;

    /// <summary>Share of the wanted instances that may be added in an upgrade, 0 to 1.</summary>
    public double MaximumOverCapacity { get; init; } = 1;

    /// <summary>First wait after a failure.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Growth of the wait with each failure.</summary>
    public double BackoffFactor { get; init; } = 1.15;

    /// <summary>Longest wait.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>True: the oldest instance is killed first; false: the youngest.</summary>
    public bool KillOldestFirst { get; init; }

    /// <summary>How long a node may be out of reach before a replacement starts; absent: for ever.</summary>
    public TimeSpan? InactiveAfter { get; init; } = TimeSpan.Zero;

    /// <summary>How long a node may be out of reach before its instance is given up; absent: for ever.</summary>
    public TimeSpan? ExpungeAfter { get; init; } = TimeSpan.Zero;

    /// <summary>What happens to an instance on a cut node.</summary>
    public DisconnectPolicy Disconnect { get; init; }

    /// <summary>What happens when hub and site changed the same app.</summary>
    public MergePolicy Merge { get; init; }

    /// <summary>Apps and groups that have to run first.</summary>
    public ImmutableArray<AppId> Dependencies { get; init; } = [];

    /// <summary>True when an instance is healthy only after a check has passed.</summary>
    public bool HasHealthCheck { get; init; }

    /// <summary>True when there may never be two at once, not even in an upgrade. Source: label MARATHON_SINGLE_INSTANCE_APP.</summary>
    public bool SingleInstance { get; init; }

    /// <summary>Between SIGTERM and SIGKILL; absent for the default.</summary>
    public TimeSpan? KillGrace { get; init; }
}

/// <summary>One constraint. Source: Marathon, constraints.</summary>
/// <param name="Field">hostname, @region, @zone, or an attribute.</param>
/// <param name="Operator">The rule.</param>
/// <param name="Value">Its value; empty when it has none.</param>
public sealed record PlacementConstraint(string Field, ConstraintOperator Operator, string Value);

/// <summary>The rule of a constraint. Source: Marathon, constraints.</summary>
public enum ConstraintOperator
{
    /// <summary>At most one instance per value.</summary>
    Unique,

    /// <summary>All instances share one value.</summary>
    Cluster,

    /// <summary>Spread evenly over the values.</summary>
    GroupBy,

    /// <summary>The value matches a regular expression.</summary>
    Like,

    /// <summary>The value does not match a regular expression.</summary>
    Unlike,

    /// <summary>At most so many instances per value.</summary>
    MaxPer,

    /// <summary>The value equals.</summary>
    Is,
}

/// <summary>What happens to an instance whose node is out of reach.</summary>
/// <remarks>Source: ARCHITECTURE, "Ownership"; label <c>EDGE_DISCONNECT</c>.</remarks>
public enum DisconnectPolicy
{
    /// <summary>As <c>unreachableStrategy</c> says; the replacement stays when the original comes back.</summary>
    PreferNewer,

    /// <summary>As <c>unreachableStrategy</c> says; the replacement goes when the original comes back.</summary>
    PreferOriginal,

    /// <summary>A replacement starts only when the original is proven to have ended.</summary>
    NeverTwo,

    /// <summary>The site's instance is the truth: no replacement, it is adopted when it comes back.</summary>
    SiteDecides,
}

/// <summary>What happens when a site changed an app of the hub.</summary>
/// <remarks>Source: SYNC and ARCHITECTURE, "Ownership"; label <c>EDGE_MERGE</c>.</remarks>
public enum MergePolicy
{
    /// <summary>Merged field by field; what both changed differently becomes a conflict.</summary>
    Fields,

    /// <summary>The hub's value wins where both changed; the site's is kept in the record.</summary>
    Hub,

    /// <summary>The site's value wins where both changed; the hub's is kept in the record.</summary>
    Site,

    /// <summary>Nothing is merged before an admin decides.</summary>
    Hold,
}

/// <summary>One stored version of an app.</summary>
/// <param name="Version">Its name: strictly increasing per app.</param>
/// <param name="Generation">Its number.</param>
/// <param name="Definition">What it said.</param>
public sealed record AppVersion(DateTimeOffset Version, long Generation, AppDefinition Definition);

/// <summary>What a site's operator changed in an app of the hub.</summary>
/// <param name="BaseGeneration">The hub's generation that the change was made on.</param>
/// <param name="Base">The values before the change; an empty text where the field was not set.</param>
/// <param name="Fields">The values after it; an empty text removes the field.</param>
/// <param name="Author">Who.</param>
/// <param name="At">When, by the site's clock, UTC; shown, never compared.</param>
public sealed record AppOverride(
    long BaseGeneration,
    ImmutableSortedDictionary<string, string> Base,
    ImmutableSortedDictionary<string, string> Fields,
    string Author,
    DateTimeOffset At)
{
    /// <summary>How many instances stood here when the operator changed the app first.</summary>
    public int LocalInstances { get; init; }
}

/// <summary>The newest failure of an app. Source: Marathon, TaskFailure.</summary>
public sealed record AppFailure(TaskId Task, NodeId Node, TaskState State, string Message, DateTimeOffset At, DateTimeOffset Version);

/// <summary>One app: what is wanted, by whom, and how launching goes.</summary>
public sealed record App
{
    /// <summary>Its path.</summary>
    public required AppId Id { get; init; }

    /// <summary>The node whose operator owns it; absent when the hub owns it.</summary>
    public NodeId? Owner { get; init; }

    /// <summary>What its owner asked for.</summary>
    public required AppDefinition Definition { get; init; }

    /// <summary>What runs: the definition under the site's override; derived.</summary>
    public required AppSpec Spec { get; init; }

    /// <summary>Rises by one with each change by its owner.</summary>
    public required long Generation { get; init; }

    /// <summary>The name of this version, UTC, strictly increasing.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>The version at which only the number of instances changed last.</summary>
    public required DateTimeOffset LastScalingAt { get; init; }

    /// <summary>The version at which anything else changed last.</summary>
    public required DateTimeOffset LastConfigChangeAt { get; init; }

    /// <summary>Rises with each wish to restart without a change.</summary>
    public long Restarts { get; init; }

    /// <summary>Identifies what an instance runs: equal for definitions that differ only in <c>instances</c>; derived.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>The <see cref="ConfigHash"/> at which an operator stopped an exchange with force: what runs otherwise stays as long as
    /// the app has it; absent when nobody did.</summary>
    public string? LeftAt { get; init; }

    /// <summary>Versions, newest first, the current one included, at most <see cref="ClusterLimits.AppVersions"/>.</summary>
    public ImmutableArray<AppVersion> Versions { get; init; } = [];

    /// <summary>A site's change that the owner has not merged; on the node only.</summary>
    public AppOverride? Override { get; init; }

    /// <summary>True when its owner deleted it and instances, or holders of the news, are left.</summary>
    public bool Deleted { get; init; }

    /// <summary>The number of this node's report in which the app or its override changed last; 0: nothing to report.</summary>
    public long ReportRevision { get; init; }

    /// <summary>The newest failure; absent when there was none.</summary>
    public AppFailure? LastFailure { get; init; }

    /// <summary>Failures in a row of the current configuration; sets the wait before the next launch.</summary>
    public int Failures { get; init; }

    /// <summary>Monotonic instant before which nothing is launched; absent when launching is free; not kept over a restart.</summary>
    public TimeSpan? LaunchAfter { get; init; }

    /// <summary>Why nothing could be placed the last time; absent when all is placed; not kept over a restart.</summary>
    public PlacementSummary? Refusals { get; init; }

    /// <summary>Since when instances wait to be placed, UTC; absent when none waits; not kept over a restart.</summary>
    public DateTimeOffset? QueuedSince { get; init; }
}

/// <summary>Why nodes were refused, in the order in which they are asked. Source: Marathon, processedOffersSummary.</summary>
/// <param name="Processed">Nodes looked at.</param>
/// <param name="Declined">Nodes that died at each reason; every reason is listed, in funnel order.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Samples">A few refused nodes with sentences.</param>
public sealed record PlacementSummary(
    int Processed,
    ImmutableArray<KeyValuePair<PlacementReason, int>> Declined,
    DateTimeOffset At,
    ImmutableArray<PlacementRefusal> Samples);

/// <summary>One node that was refused.</summary>
/// <param name="Node">Which.</param>
/// <param name="Reason">At which stage of the funnel.</param>
/// <param name="Sentence">What is missing, with figures.</param>
public sealed record PlacementRefusal(NodeId Node, PlacementReason Reason, string Sentence);

/// <summary>The stages of the funnel, in order. Source: Marathon, rejectSummaryLastOffers.</summary>
public enum PlacementReason
{
    /// <summary>The node does not offer to the app's role.</summary>
    UnfulfilledRole,

    /// <summary>A constraint says no.</summary>
    UnfulfilledConstraint,

    /// <summary>A reservation is missing.</summary>
    NoCorrespondingReservationFound,

    /// <summary>The node is out of reach, or drained.</summary>
    AgentMaintenance,

    /// <summary>Not enough cpus.</summary>
    InsufficientCpus,

    /// <summary>Not enough memory.</summary>
    InsufficientMemory,

    /// <summary>Not enough disk.</summary>
    InsufficientDisk,

    /// <summary>Not enough gpus.</summary>
    InsufficientGpus,

    /// <summary>Not the ports.</summary>
    InsufficientPorts,

    /// <summary>Withheld for others.</summary>
    DeclinedScarceResources,
}
