using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>What a framework can deal with. Source: mesos.proto, FrameworkInfo.Capability.</summary>
[Flags]
public enum FrameworkCapabilities
{
    /// <summary>Nothing beyond the first version of the API.</summary>
    None = 0,

    /// <summary>Takes resources that may be revoked.</summary>
    RevocableResources = 1 << 1,

    /// <summary>Wants to see TASK_KILLING.</summary>
    TaskKillingState = 1 << 2,

    /// <summary>Takes offers with gpus.</summary>
    GpuResources = 1 << 3,

    /// <summary>Takes shared volumes.</summary>
    SharedResources = 1 << 4,

    /// <summary>Knows UNREACHABLE, DROPPED, GONE, GONE_BY_OPERATOR and UNKNOWN; without it they are LOST.</summary>
    PartitionAware = 1 << 5,

    /// <summary>Subscribes with several roles, and reads the allocation role of an offer.</summary>
    MultiRole = 1 << 6,

    /// <summary>Reads stacked reservations.</summary>
    ReservationRefinement = 1 << 7,

    /// <summary>Takes offers of other regions.</summary>
    RegionAware = 1 << 8,
}

/// <summary>What a framework says of itself. Source: mesos.proto, FrameworkInfo.</summary>
public sealed record FrameworkSpec
{
    /// <summary>The id that it asks for; absent on a first subscription.</summary>
    public FrameworkId? Id { get; init; }

    /// <summary>The name that people read.</summary>
    public required string Name { get; init; }

    /// <summary>The user of its tasks; empty for the agent's own.</summary>
    public required string User { get; init; }

    /// <summary>The roles; one without <see cref="FrameworkCapabilities.MultiRole"/>; in the order given.</summary>
    public required ImmutableArray<string> Roles { get; init; }

    /// <summary>What it can deal with.</summary>
    public FrameworkCapabilities Capabilities { get; init; }

    /// <summary>How long its tasks live on after its stream broke.</summary>
    public TimeSpan FailoverTimeout { get; init; }

    /// <summary>True when its tasks survive a restart of the agent; ours always do.</summary>
    public bool Checkpoint { get; init; }

    /// <summary>Who runs it; absent without authentication.</summary>
    public string? Principal { get; init; }

    /// <summary>Where it runs; may be empty.</summary>
    public string Hostname { get; init; } = string.Empty;

    /// <summary>Its own page; may be empty.</summary>
    public string WebUiUrl { get; init; } = string.Empty;

    /// <summary>What the mapper found wrong with the message, as sentences; empty for a sound one.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>The original message, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Wire { get; init; }
}

/// <summary>Where a framework is in its life.</summary>
public enum FrameworkPhase
{
    /// <summary>Its stream is open.</summary>
    Connected,

    /// <summary>Its stream broke; the failover timer runs.</summary>
    Disconnected,

    /// <summary>Known from the journal or from a node after a restart; it has not come back yet.</summary>
    Recovered,

    /// <summary>Removed; its id can never come back.</summary>
    Completed,
}

/// <summary>One framework, its subscription and what it refused.</summary>
public sealed record Framework
{
    /// <summary>The id that the cluster gave it.</summary>
    public required FrameworkId Id { get; init; }

    /// <summary>What it says of itself.</summary>
    public required FrameworkSpec Spec { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required FrameworkPhase Phase { get; init; }

    /// <summary>The open stream; absent unless connected.</summary>
    public StreamId? Stream { get; init; }

    /// <summary>Monotonic instant of removal; absent while connected.</summary>
    public TimeSpan? RemoveAt { get; init; }

    /// <summary>Roles that want no offers until REVIVE.</summary>
    public ImmutableHashSet<string> SuppressedRoles { get; init; } = [];

    /// <summary>Refused resources by node and role; not kept over a restart or a disconnect.</summary>
    public ImmutableDictionary<FilterKey, OfferFilter> Filters { get; init; } = ImmutableDictionary<FilterKey, OfferFilter>.Empty;

    /// <summary>Open offers; not kept over a restart.</summary>
    public ImmutableHashSet<OfferId> Offers { get; init; } = [];

    /// <summary>Tasks that are not completed.</summary>
    public ImmutableHashSet<TaskId> Tasks { get; init; } = [];

    /// <summary>Completed tasks, oldest first, at most <see cref="ClusterLimits.CompletedTasksPerFramework"/>.</summary>
    public ImmutableList<TaskId> CompletedTasks { get; init; } = [];

    /// <summary>What its live tasks and offers hold, for fairness.</summary>
    public ResourceSet Allocated { get; init; } = ResourceSet.Empty;

    /// <summary>First subscription, UTC.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Newest subscription, UTC.</summary>
    public required DateTimeOffset ReregisteredAt { get; init; }

    /// <summary>Removal, UTC; absent before.</summary>
    public DateTimeOffset? UnregisteredAt { get; init; }

    /// <summary>True when the framework declared the capability.</summary>
    public bool Has(FrameworkCapabilities capability) => (Spec.Capabilities & capability) != 0;
}

/// <summary>Whose resources a filter speaks of.</summary>
public readonly record struct FilterKey(NodeId Node, string Role);

/// <summary>Resources that a framework refused: offers that hold no more than these are withheld.</summary>
/// <param name="Resources">What was refused, without allocation role.</param>
/// <param name="Until">Monotonic instant of the end.</param>
public sealed record OfferFilter(ResourceSet Resources, TimeSpan Until);
