using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What a batch of commands led to.</summary>
/// <param name="State">The new state.</param>
/// <param name="Rows">What to make durable, in one transaction, before anything else; one entry per row.</param>
/// <param name="Dispatches">What to do once that is durable, in order.</param>
/// <param name="Replies">One per command, in the order of the commands.</param>
public sealed record Decision(
    ClusterState State, ImmutableArray<RowChange> Rows, ImmutableArray<Dispatch> Dispatches, ImmutableArray<CommandReply> Replies);

/// <summary>What the caller of a command is told after the commit.</summary>
public abstract record CommandReply
{
    private CommandReply()
    {
    }

    /// <summary>Done, or will show as events.</summary>
    public sealed record Accepted : CommandReply
    {
        /// <summary>The only value.</summary>
        public static Accepted Instance { get; } = new();
    }

    /// <summary>A subscription stands, with this id.</summary>
    public sealed record SubscribedAs(FrameworkId Framework) : CommandReply;

    /// <summary>Nothing changed; the sentence says why.</summary>
    public sealed record Rejected(string Reason) : CommandReply;
}

/// <summary>One durable row that changed. A record with a null value deletes.</summary>
public abstract record RowChange
{
    private RowChange()
    {
    }

    /// <summary>A framework, completed ones included.</summary>
    public sealed record FrameworkRow(FrameworkId Key, Framework? Value) : RowChange;

    /// <summary>A node.</summary>
    public sealed record NodeRow(NodeId Key, Node? Value) : RowChange;

    /// <summary>A task.</summary>
    public sealed record TaskRow(TaskKey Key, ClusterTask? Value) : RowChange;

    /// <summary>A status in a node's outbox.</summary>
    public sealed record OutboxRow(long Sequence, StatusUpdate? Value) : RowChange;

    /// <summary>All outbox rows up to a sequence number go.</summary>
    public sealed record OutboxTrim(long UpTo) : RowChange;

    /// <summary>What a node keeps about its hub, without the outbox.</summary>
    public sealed record SelfRow(SelfState Value) : RowChange;

    /// <summary>The hub's epoch.</summary>
    public sealed record EpochRow(string HubEpoch) : RowChange;
}

/// <summary>An act on the outside world, carried out after the commit; every one may be repeated without harm.</summary>
public abstract record Dispatch
{
    private Dispatch()
    {
    }

    /// <summary>Tells a framework.</summary>
    public sealed record ToFramework(StreamId Stream, FrameworkEvent Event) : Dispatch;

    /// <summary>Ends a stream, behind everything sent on it.</summary>
    public sealed record CloseStream(StreamId Stream) : Dispatch;

    /// <summary>Tells a node.</summary>
    public sealed record ToNode(NodeId Node, DownMessage Message) : Dispatch;

    /// <summary>Tells the hub.</summary>
    public sealed record ToHub(UpMessage Message) : Dispatch;

    /// <summary>Starts a task's container; it may run already.</summary>
    public sealed record StartContainer(ClusterTask Task) : Dispatch;

    /// <summary>Ends a container; it may have ended already.</summary>
    public sealed record KillContainer(ContainerId Container, TimeSpan Grace) : Dispatch;

    /// <summary>Nobody will ask about a container again; its records may go, its sandbox stays.</summary>
    public sealed record ForgetContainer(ContainerId Container) : Dispatch;
}
