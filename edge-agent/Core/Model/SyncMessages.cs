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
        : UpMessage;

    /// <summary>Everything that the node holds for the hub, asked for when the two do not share a history.</summary>
    /// <param name="Tasks">Tasks that have not been forgotten, each with its newest status.</param>
    /// <param name="OutboxHead">As in <see cref="Hello"/>.</param>
    public sealed record Inventory(ImmutableArray<InventoryItem> Tasks, long OutboxHead) : UpMessage;

    /// <summary>Statuses in the order of their sequence numbers, without a gap.</summary>
    /// <param name="AgentEpoch">The database that counted them.</param>
    /// <param name="FirstSequence">The number of the first.</param>
    /// <param name="Items">Never empty.</param>
    public sealed record Statuses(string AgentEpoch, long FirstSequence, ImmutableArray<StatusUpdate> Items) : UpMessage;

    /// <summary>The node has committed everything up to a revision. <paramref name="Gap"/>: what came did not apply to it; send from
    /// here.</summary>
    public sealed record Held(long Revision, bool Gap) : UpMessage;

    /// <summary>The node's resources or attributes changed.</summary>
    public sealed record Report(NodeDescription Description) : UpMessage;
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
        string HubEpoch, long AppliesTo, long ResultsIn, bool Full, ImmutableArray<Assignment> Items) : DownMessage;

    /// <summary>The hub has committed all statuses up to a sequence number; the node may forget them.</summary>
    public sealed record Acknowledged(string AgentEpoch, long Sequence) : DownMessage;
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
