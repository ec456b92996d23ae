using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>What a node keeps about itself and its hub; absent on a hub.</summary>
public sealed record SelfState
{
    /// <summary>Its own name.</summary>
    public required NodeId Id { get; init; }

    /// <summary>Who it is now.</summary>
    public required NodeIdentity Identity { get; init; }

    /// <summary>What it has now.</summary>
    public required NodeDescription Description { get; init; }

    /// <summary>The hub whose set it holds; empty before the first.</summary>
    public string HubEpoch { get; init; } = string.Empty;

    /// <summary>The newest revision that it has committed.</summary>
    public long HeldRevision { get; init; }

    /// <summary>The number that the next status gets; starts at 1 with the database.</summary>
    public long NextSequence { get; init; } = 1;

    /// <summary>Statuses that the hub has not committed, by sequence number, ascending; no gaps.</summary>
    public ImmutableSortedDictionary<long, StatusUpdate> Outbox { get; init; } = ImmutableSortedDictionary<long, StatusUpdate>.Empty;

    /// <summary>True while a session is open and welcomed; not kept over a restart.</summary>
    public bool Welcomed { get; init; }

    /// <summary>The hub of this session: not yet <see cref="HubEpoch"/> while its full set is outstanding; not kept over a
    /// restart.</summary>
    public string SessionEpoch { get; init; } = string.Empty;

    /// <summary>True while a connection is open; not kept over a restart.</summary>
    public bool Linked { get; init; }

    /// <summary>Why the hub refused the newest session; absent when it did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>The newest status sent on this session; not kept over a restart.</summary>
    public long SentSequence { get; init; }

    /// <summary>The first sequence number of this run, until the first welcome: no hub can have seen it. Then 0; not kept over a
    /// restart.</summary>
    public long CountedFrom { get; init; }

    /// <summary>Monotonic instant at which unacknowledged statuses, or a hello, are sent again; absent when there are none.</summary>
    public TimeSpan? ResendAt { get; init; }

    /// <summary>How often they were sent again; sets the back-off.</summary>
    public int Resends { get; init; }

    /// <summary>Containers that run here although the journal does not know them; found at start.</summary>
    public ImmutableDictionary<ContainerId, OrphanContainer> Orphans { get; init; } =
        ImmutableDictionary<ContainerId, OrphanContainer>.Empty;

    /// <summary>The newest revision of the node's report of its own apps and changes; 0 before the first.</summary>
    public long ReportRevision { get; init; }

    /// <summary>The newest revision that the hub has committed.</summary>
    public long ReportedRevision { get; init; }

    /// <summary>The newest revision sent on this session; not kept over a restart.</summary>
    public long SentReport { get; init; }

    /// <summary>True when the node has no hub and tells nobody: statuses are not kept for one.</summary>
    public bool Standalone { get; init; }

    /// <summary>What the site's operator may do; absent before the hub has said.</summary>
    public HeldDelegation? Delegation { get; init; }

    /// <summary>The hub's public key, as first seen; empty before.</summary>
    public ReadOnlyMemory<byte> HubKey { get; init; }

    /// <summary>The sequence number of the oldest status that the hub has not committed.</summary>
    public long OutboxHead => Outbox.IsEmpty ? NextSequence : Outbox.First().Key;
}
