using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>What the hub lets the operator of a site do while it is cut off. Signed by the hub, checked by the node.</summary>
/// <remarks>Source: ARCHITECTURE, "Ownership".</remarks>
public sealed record Delegation
{
    /// <summary>Its id; a newer one replaces it.</summary>
    public required string Id { get; init; }

    /// <summary>The node that it is for.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Apps of the hub that may be changed: paths and everything below them.</summary>
    public ImmutableArray<AppId> Apps { get; init; } = [];

    /// <summary>Fields of those apps that may be changed; <c>*</c> is any.</summary>
    public ImmutableArray<string> Fields { get; init; } = [];

    /// <summary>True when those apps may be restarted, and their tasks be killed.</summary>
    public bool Restart { get; init; } = true;

    /// <summary>True when apps of the site's own may be made.</summary>
    public bool Create { get; init; } = true;

    /// <summary>What apps of the site's own may hold together; absent: whatever is free.</summary>
    public Resources.ResourceSet? Quota { get; init; }

    /// <summary>How long it holds, counted from its receipt by a clock that never jumps; absent: for ever.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>When the hub issued it, UTC; shown, never compared.</summary>
    public DateTimeOffset IssuedAt { get; init; }
}

/// <summary>A delegation that a node holds.</summary>
/// <param name="Delegation">What it says.</param>
/// <param name="Document">The signed bytes.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the bytes, in the form of IEEE P1363.</param>
/// <param name="Used">How much of its time was over when the journal last heard of it.</param>
public sealed record HeldDelegation(Delegation Delegation, ReadOnlyMemory<byte> Document, ReadOnlyMemory<byte> Signature, TimeSpan Used)
{
    /// <summary>Monotonic instant from which <see cref="Used"/> goes on counting in this run; not kept over a restart.</summary>
    public TimeSpan CountedFrom { get; init; }

    /// <summary>Monotonic instant at which the time that is over becomes durable next; not kept over a restart.</summary>
    public TimeSpan CountAt { get; init; }

    /// <summary>How much of its time is over.</summary>
    /// <param name="monotonic">Now.</param>
    public TimeSpan UsedAt(TimeSpan monotonic) => Used + (monotonic - CountedFrom);

    /// <summary>True when its time is over.</summary>
    public bool HasRunOut(TimeSpan monotonic) => Delegation.ValidFor is { } valid && UsedAt(monotonic) > valid;

    /// <summary>The same, counted up to now.</summary>
    public HeldDelegation Counted(TimeSpan monotonic) => this with { Used = UsedAt(monotonic), CountedFrom = monotonic };
}

/// <summary>What the hub delegates: to one node, or to every node that has no policy of its own.</summary>
/// <remarks>Kept by the hub beside its journal, because the engine decides nothing by it.</remarks>
public sealed record DelegationPolicy
{
    /// <summary>What a hub delegates before anybody has said otherwise: all of its apps, their number, their environment and their
    /// container, and apps of the site's own.</summary>
    public static DelegationPolicy BuiltIn { get; } = new()
    {
        Id = "built-in",
        Apps = [new AppId("/")],
        Fields = ["instances", "env", "container"],
    };

    /// <summary>Changes with every change.</summary>
    public required string Id { get; init; }

    /// <summary>See <see cref="Delegation.Apps"/>.</summary>
    public ImmutableArray<AppId> Apps { get; init; } = [];

    /// <summary>See <see cref="Delegation.Fields"/>.</summary>
    public ImmutableArray<string> Fields { get; init; } = [];

    /// <summary>See <see cref="Delegation.Restart"/>.</summary>
    public bool Restart { get; init; } = true;

    /// <summary>See <see cref="Delegation.Create"/>.</summary>
    public bool Create { get; init; } = true;

    /// <summary>See <see cref="Delegation.Quota"/>.</summary>
    public Resources.ResourceSet? Quota { get; init; }

    /// <summary>See <see cref="Delegation.ValidFor"/>.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>When it was said, UTC.</summary>
    public DateTimeOffset ChangedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Who said it; empty for <see cref="BuiltIn"/>.</summary>
    public string Author { get; init; } = string.Empty;

    /// <summary>What a node is given by it.</summary>
    /// <param name="id">The id of the document.</param>
    /// <param name="issuedAt">When, UTC.</param>
    public Delegation For(NodeId node, string id, DateTimeOffset issuedAt) => new()
    {
        Id = id,
        Node = node,
        Apps = Apps,
        Fields = Fields,
        Restart = Restart,
        Create = Create,
        Quota = Quota,
        ValidFor = ValidFor,
        IssuedAt = issuedAt,
    };
}

/// <summary>What became of a site's change at the hub.</summary>
public enum OverrideState
{
    /// <summary>Waits for an admin: the policy is hold.</summary>
    Held,

    /// <summary>Every field is settled, by merging or by a decision.</summary>
    Settled,

    /// <summary>At least one field was changed by both; the site's value stays at the site until an admin decides.</summary>
    Conflict,
}

/// <summary>A site's change of an app of the hub, as the hub keeps it.</summary>
public sealed record SiteOverride
{
    /// <summary>Where it was made.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Of which app.</summary>
    public required AppId App { get; init; }

    /// <summary>What was changed.</summary>
    public required AppOverride Change { get; init; }

    /// <summary>The number of the node's report that it came in.</summary>
    public required long ReportRevision { get; init; }

    /// <summary>What became of it.</summary>
    public required OverrideState State { get; init; }

    /// <summary>Fields that are not settled; the site keeps its value of them.</summary>
    public ImmutableArray<string> Open { get; init; } = [];

    /// <summary>The node's desired revision at which the outcome has to be told.</summary>
    public long Revision { get; init; }

    /// <summary>True when it stands for an app that the hub took over from the site.</summary>
    public bool Adopted { get; init; }
}

/// <summary>Whose change it is: the key of a <see cref="SiteOverride"/>.</summary>
public readonly record struct SiteKey(NodeId Node, AppId App) : IComparable<SiteKey>
{
    /// <inheritdoc/>
    public int CompareTo(SiteKey other)
    {
        var byNode = Node.CompareTo(other.Node);
        return byNode != 0 ? byNode : App.CompareTo(other.App);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Node}:{App}";
}

/// <summary>One field that hub and site changed differently, or one that a policy decided: shown until somebody has seen to it.</summary>
public sealed record Conflict
{
    /// <summary>Stands for a field when the hub deleted the app that the site changed.</summary>
    public const string WholeApp = "*";

    /// <summary>A UUID.</summary>
    public required string Id { get; init; }

    /// <summary>Where the site's value runs.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The app.</summary>
    public required AppId App { get; init; }

    /// <summary>The field, by Marathon's name.</summary>
    public required string Field { get; init; }

    /// <summary>The value that both started from, JSON text; empty when it was not set.</summary>
    public required string Base { get; init; }

    /// <summary>The hub's value, JSON text; empty when it removed it.</summary>
    public required string Hub { get; init; }

    /// <summary>The site's value, JSON text; empty when it removed it.</summary>
    public required string Site { get; init; }

    /// <summary>Who changed it at the site.</summary>
    public required string Author { get; init; }

    /// <summary>When, by the site's clock, UTC.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When the hub found it, UTC.</summary>
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>Which value was taken: <c>hub</c> or <c>site</c>; absent while it is open.</summary>
    public string? Resolution { get; init; }

    /// <summary>Who decided: an admin, or <c>policy</c>; absent while it is open.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>When, UTC; absent while it is open.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }
}

/// <summary>A group that says something of its own; others exist by the apps below them.</summary>
/// <param name="Id">Its path.</param>
/// <param name="Dependencies">What all apps below it need first.</param>
public sealed record AppGroup(AppId Id, ImmutableArray<AppId> Dependencies);
