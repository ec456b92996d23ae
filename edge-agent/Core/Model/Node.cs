using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>What a node says of itself on every session.</summary>
public sealed record NodeDescription
{
    /// <summary>The name to reach it by, or to show.</summary>
    public required string Hostname { get; init; }

    /// <summary>The address of its own API; port 0 when it serves none.</summary>
    public required string Address { get; init; }

    /// <summary>The port of its own API.</summary>
    public required int Port { get; init; }

    /// <summary>The site it stands in; empty when it was not told.</summary>
    public string Site { get; init; } = string.Empty;

    /// <summary>Everything it offers, before any use.</summary>
    public required ResourceSet Resources { get; init; }

    /// <summary>Its attributes in the order given.</summary>
    public ImmutableArray<Edge.Core.Resources.Attribute> Attributes { get; init; } = [];

    /// <summary>The software version, dotted numbers.</summary>
    public required string Version { get; init; }
}

/// <summary>Who a node is: three ids that tell a restart, a reboot, a lost database and a stolen name apart.</summary>
/// <param name="Instance">Made from the machine and the data folder: two machines with one name differ here.</param>
/// <param name="AgentEpoch">Made with the database: changes when it was lost.</param>
/// <param name="BootId">The kernel's: changes with each boot.</param>
public sealed record NodeIdentity(string Instance, string AgentEpoch, string BootId);

/// <summary>One node of the cluster as the hub knows it.</summary>
public sealed record Node
{
    /// <summary>Its name.</summary>
    public required NodeId Id { get; init; }

    /// <summary>What it says of itself.</summary>
    public required NodeDescription Description { get; init; }

    /// <summary>Who it is.</summary>
    public required NodeIdentity Identity { get; init; }

    /// <summary>True while a session is open and welcomed; not kept over a restart.</summary>
    public bool Connected { get; init; }

    /// <summary>True from a restart of the hub until the node's first session.</summary>
    public bool Recovered { get; init; }

    /// <summary>True while the hub waits for the node's inventory; nothing is offered or assigned before it came.</summary>
    /// <remarks>Not kept over a restart: the node says the old epoch until it holds the full set that answers its inventory.</remarks>
    public bool AwaitsInventory { get; init; }

    /// <summary>What the hub believes about the way to it.</summary>
    public Reachability Reachability { get; init; }

    /// <summary>Since when it is out of reach, UTC; absent while reachable.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Monotonic instant at which a cut becomes unreachable; absent while connected or already so.</summary>
    public TimeSpan? UnreachableAt { get; init; }

    /// <summary>Newest message, UTC; shown, never compared.</summary>
    public DateTimeOffset LastSeen { get; init; }

    /// <summary>Its wall clock minus ours at its newest session, the way there included; absent before; not kept over a restart.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>First session, UTC.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Newest session, UTC.</summary>
    public DateTimeOffset ReregisteredAt { get; init; }

    /// <summary>The revision of what the cluster wants of this node; rises by one with each change.</summary>
    public long DesiredRevision { get; init; }

    /// <summary>The newest revision sent on the current session, or before it; 0 asks for a full set. A restart counts all as
    /// sent.</summary>
    public long SentRevision { get; init; }

    /// <summary>True when what is not confirmed is to be sent again, as soon as anything may be sent; not kept over a restart.</summary>
    /// <remarks>Apart from <see cref="SentRevision"/>, which tells a node that knows more than this hub ever sent: a hub that forgot what
    /// it had sent would take itself for one from an old backup.</remarks>
    public bool SendsAgain { get; init; }

    /// <summary>Whoever holds less than this revision is owed a full set: something unwanted ran there, or its inventory has come. A
    /// restart keeps only that nothing was confirmed yet.</summary>
    public long FullRevision { get; init; }

    /// <summary>The newest revision that the node has committed.</summary>
    public long HeldRevision { get; init; }

    /// <summary>The status that has to be applied before <see cref="HeldRevision"/> says what is gone; absent until the node has confirmed
    /// something in this session, and afterwards; not kept over a restart.</summary>
    public long? HeldSequence { get; init; }

    /// <summary>Monotonic instant at which unconfirmed revisions are sent again; absent when all are confirmed.</summary>
    public TimeSpan? ResendAt { get; init; }

    /// <summary>How often the current revision was sent again; sets the back-off.</summary>
    public int Resends { get; init; }

    /// <summary>The sequence number of the newest status that was applied; every status up to it was applied once.</summary>
    public long AppliedSequence { get; init; }

    /// <summary>Tasks that have not ended.</summary>
    public ImmutableHashSet<TaskKey> Tasks { get; init; } = [];

    /// <summary>Open offers; not kept over a restart.</summary>
    public ImmutableHashSet<OfferId> Offers { get; init; } = [];

    /// <summary>What live tasks hold.</summary>
    public ResourceSet Used { get; init; } = ResourceSet.Empty;

    /// <summary>What open offers hold.</summary>
    public ResourceSet Offered { get; init; } = ResourceSet.Empty;

    /// <summary>What nobody holds: free + offered + used = total. Never negative; a node that shrank below its use has nothing
    /// free.</summary>
    public required ResourceSet Free { get; init; }

    /// <summary>The newest revision of its report that was committed here.</summary>
    public long ReportRevision { get; init; }

    /// <summary>True while the hub waits for what the node's operator changed: nothing is assigned before it came; not kept over a
    /// restart.</summary>
    public bool AwaitsReport { get; init; }

    /// <summary>The report that its newest hello named; not kept over a restart.</summary>
    public long ReportAwaited { get; init; }

    /// <summary>The status that has to be applied before what the node reported is the whole story; absent before the report and
    /// afterwards; not kept over a restart.</summary>
    public long? ReportSequence { get; init; }

    /// <summary>True while an admin has not approved what a returning site brings: nothing is sent there.</summary>
    public bool OnHold { get; init; }
}
