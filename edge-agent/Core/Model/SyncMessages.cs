using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>What a node sends up.</summary>
public abstract record UpMessage
{
    private UpMessage()
    {
    }

    /// <summary>Opens a session.</summary>
    /// <param name="Identity">Who the node is.</param>
    /// <param name="Description">What it has.</param>
    /// <param name="HubEpoch">The hub that it last agreed with; empty on a first contact.</param>
    /// <param name="HeldRevision">The newest revision that it has committed.</param>
    /// <param name="OutboxHead">The sequence number of its oldest unacknowledged status; one above the newest when it has none.</param>
    /// <param name="Clock">Its wall clock, UTC; only shown.</param>
    public sealed record Hello(
        NodeIdentity Identity, NodeDescription Description, string HubEpoch, long HeldRevision, long OutboxHead, DateTimeOffset Clock)
        : UpMessage
    {
        /// <summary>The newest revision of the node's report of its own apps and changes.</summary>
        public long ReportRevision { get; init; }
    }

    /// <summary>Everything that the node holds for the hub, asked for when the two do not share a history.</summary>
    /// <param name="Tasks">Tasks that have not been forgotten, each with its newest status.</param>
    /// <param name="OutboxHead">As in <see cref="Hello"/>.</param>
    public sealed record Inventory(ImmutableArray<InventoryItem> Tasks, long OutboxHead) : UpMessage;

    /// <summary>Statuses in the order of their sequence numbers, without a gap.</summary>
    /// <param name="AgentEpoch">The database that counted them.</param>
    /// <param name="FirstSequence">The number of the first.</param>
    /// <param name="Items">Never empty.</param>
    public sealed record Statuses(string AgentEpoch, long FirstSequence, ImmutableArray<StatusUpdate> Items) : UpMessage
    {
        /// <summary>The newest report of the node's own apps and changes: whose tasks these are is known when it is applied.</summary>
        public long ReportRevision { get; init; }
    }

    /// <summary>The node has committed everything up to a revision. <paramref name="Gap"/>: what came did not apply to it; send from
    /// here.</summary>
    public sealed record Held(long Revision, bool Gap) : UpMessage
    {
        /// <summary>The newest status that it has committed: what it gave up is known to be gone when this one is applied.</summary>
        public long Sequence { get; init; }
    }

    /// <summary>The node's resources or attributes changed.</summary>
    public sealed record Report(NodeDescription Description) : UpMessage;

    /// <summary>Apps of the site's own and changes of the hub's apps, as they are now; a later one of an app replaces an earlier.</summary>
    /// <param name="AgentEpoch">The database that counted the revisions.</param>
    /// <param name="Revision">The newest revision that this message contains.</param>
    /// <param name="Items">Everything that changed since the revision that the hub confirmed, by app.</param>
    public sealed record SiteReport(string AgentEpoch, long Revision, ImmutableArray<SiteItem> Items) : UpMessage
    {
        /// <summary>The newest status that the node has committed: what the changes led to is known when this one is applied.</summary>
        public long Sequence { get; init; }

        /// <summary>The newest revision that the node has committed: the report is of a node that knows this much.</summary>
        public long HeldRevision { get; init; }
    }
}

/// <summary>What the hub sends down.</summary>
public abstract record DownMessage
{
    private DownMessage()
    {
    }

    /// <summary>Accepts a session.</summary>
    /// <param name="HubEpoch">The history that the hub stands for.</param>
    /// <param name="AppliedSequence">The newest status that it has committed.</param>
    /// <param name="WantsInventory">True when the two do not share a history: the node answers with
    /// <see cref="UpMessage.Inventory"/>.</param>
    public sealed record Welcome(string HubEpoch, long AppliedSequence, bool WantsInventory) : DownMessage
    {
        /// <summary>The database whose statuses <see cref="AppliedSequence"/> counts; empty when the sender does not say.</summary>
        /// <remarks>A welcome that answers a hello of before the loss of a database would make the node skip numbers.</remarks>
        public string AgentEpoch { get; init; } = string.Empty;

        /// <summary>The newest revision of the node's report that the hub has committed.</summary>
        public long ReportRevision { get; init; }
    }

    /// <summary>Refuses a session, or says that there is none any more, with a sentence for the operator of the node.</summary>
    /// <remarks>A node that believed that it had a session opens it again at once, others later.</remarks>
    public sealed record Refused(string Reason) : DownMessage;

    /// <summary>Changes of what the node should run.</summary>
    /// <param name="HubEpoch">The history that the revisions count.</param>
    /// <param name="AppliesTo">The revision that the node has to hold; anything when <paramref name="Full"/>.</param>
    /// <param name="ResultsIn">The revision that it holds afterwards.</param>
    /// <param name="Full">True when tasks that are not named are not wanted.</param>
    /// <param name="Items">Ascending by revision.</param>
    public sealed record Assignments(
        string HubEpoch, long AppliesTo, long ResultsIn, bool Full, ImmutableArray<Assignment> Items) : DownMessage
    {
        /// <summary>Instances whose newest task has ended: kept or given up; in a full set all of them.</summary>
        public ImmutableArray<SlotNotice> Slots { get; init; } = [];

        /// <summary>Apps of the hub that the node has instances or changes of, by path.</summary>
        public ImmutableArray<AppShare> Apps { get; init; } = [];
    }

    /// <summary>The hub has committed all statuses up to a sequence number; the node may forget them.</summary>
    public sealed record Acknowledged(string AgentEpoch, long Sequence) : DownMessage;

    /// <summary>The hub has committed the node's report up to a revision.</summary>
    public sealed record Reported(string AgentEpoch, long Revision) : DownMessage;

    /// <summary>What the site's operator may do; replaces what was said before.</summary>
    /// <param name="Held">The document with its signature.</param>
    /// <param name="HubKey">The hub's public key, SubjectPublicKeyInfo.</param>
    public sealed record Delegated(HeldDelegation Held, ReadOnlyMemory<byte> HubKey) : DownMessage;
}

/// <summary>What is wanted of an instance that has no live task.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Keep">True: the node starts it again when it is due; false: it is given up.</param>
public sealed record SlotNotice(InstanceId Instance, bool Keep);

/// <summary>An app of the hub, for a node that has instances of it.</summary>
public sealed record AppShare
{
    /// <summary>Its path.</summary>
    public required AppId Id { get; init; }

    /// <summary>What the hub wants.</summary>
    public required AppDefinition Definition { get; init; }

    /// <summary>The number of that wish.</summary>
    public required long Generation { get; init; }

    /// <summary>Its name.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>See <see cref="App.LastScalingAt"/>.</summary>
    public required DateTimeOffset LastScalingAt { get; init; }

    /// <summary>See <see cref="App.LastConfigChangeAt"/>.</summary>
    public required DateTimeOffset LastConfigChangeAt { get; init; }

    /// <summary>See <see cref="App.Restarts"/>.</summary>
    public long Restarts { get; init; }

    /// <summary>The newest report of the node whose change of this app is decided; 0 when there was none.</summary>
    public long SettledReport { get; init; }

    /// <summary>Fields of that change that are still open: the node keeps its own values of these.</summary>
    public ImmutableArray<string> Open { get; init; } = [];

    /// <summary>True for an app of the site's own: a node that lost its journal gets it back.</summary>
    public bool Own { get; init; }

    /// <summary>True when the hub took the app over from this site.</summary>
    public bool Adopted { get; init; }
}

/// <summary>One app in a node's report.</summary>
public sealed record SiteItem
{
    /// <summary>Its path.</summary>
    public required AppId Id { get; init; }

    /// <summary>The report's revision in which it changed last.</summary>
    public required long Revision { get; init; }

    /// <summary>The site's own app; absent for a change of a hub's app, and for a deleted one.</summary>
    public AppDefinition? Definition { get; init; }

    /// <summary>The change of a hub's app; absent for the site's own, and when the site took it back.</summary>
    public AppOverride? Override { get; init; }

    /// <summary>True for an app of the site's own.</summary>
    public required bool Own { get; init; }

    /// <summary>See <see cref="App.Generation"/>.</summary>
    public required long Generation { get; init; }

    /// <summary>See <see cref="App.Version"/>.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>See <see cref="App.LastScalingAt"/>.</summary>
    public required DateTimeOffset LastScalingAt { get; init; }

    /// <summary>See <see cref="App.LastConfigChangeAt"/>.</summary>
    public required DateTimeOffset LastConfigChangeAt { get; init; }

    /// <summary>See <see cref="App.Restarts"/>.</summary>
    public long Restarts { get; init; }
}

/// <summary>What the hub wants of one task.</summary>
public sealed record Assignment
{
    /// <summary>Which task.</summary>
    public required TaskKey Key { get; init; }

    /// <summary>Which run of it.</summary>
    public required ContainerId Container { get; init; }

    /// <summary>The request.</summary>
    public required TaskSpec Spec { get; init; }

    /// <summary>The resources with their allocation role.</summary>
    public required ResourceSet Resources { get; init; }

    /// <summary>The role of the offer.</summary>
    public required string Role { get; init; }

    /// <summary>The user of the framework.</summary>
    public required string User { get; init; }

    /// <summary>Run or end.</summary>
    public required DesiredState Desired { get; init; }

    /// <summary>The grace of the kill request.</summary>
    public TimeSpan? KillGrace { get; init; }

    /// <summary>What the hub knows that the node observed: a node that lost its database must not start this again.</summary>
    public required ObservedState Observed { get; init; }

    /// <summary>When the hub accepted it, UTC.</summary>
    public required DateTimeOffset LaunchedAt { get; init; }

    /// <summary>Which instance of which app it is; absent for tasks of other frameworks.</summary>
    public AppSlot? Slot { get; init; }
}

/// <summary>One task that a node holds, for a hub that may not know it.</summary>
/// <param name="Assignment">As the node was told, with what it observed since.</param>
/// <param name="Latest">Its newest status; absent before the first.</param>
public sealed record InventoryItem(Assignment Assignment, StatusUpdate? Latest);

/// <summary>A container that runs or ran on the node although its journal does not know it: the journal was lost.</summary>
/// <param name="Container">Which run.</param>
/// <param name="Running">False when it has ended.</param>
/// <param name="ExitStatus">As wait(2) gives it; absent when nobody saw it.</param>
public sealed record OrphanContainer(ContainerId Container, bool Running, int? ExitStatus);
