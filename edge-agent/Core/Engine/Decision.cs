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

    /// <summary>A deployment stands, or was not needed.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Version">The version that it leads to.</param>
    /// <param name="Ended">Tasks that it ends at once; empty for most.</param>
    public sealed record Deployed(string Id, DateTimeOffset Version, ImmutableArray<TaskKey> Ended) : CommandReply;

    /// <summary>Other deployments are in the way; nothing changed.</summary>
    public sealed record Locked(ImmutableArray<string> Deployments) : CommandReply;

    /// <summary>The app is not what the author saw; nothing changed.</summary>
    public sealed record Stale(AppId App) : CommandReply;

    /// <summary>There are as many deployments as allowed; nothing changed.</summary>
    public sealed record TooMany(int Limit) : CommandReply;

    /// <summary>The app is somebody else's, who can be reached; nothing changed.</summary>
    public sealed record Elsewhere(AppId App) : CommandReply;

    /// <summary>The app is somebody else's, who has not allowed this; nothing changed.</summary>
    public sealed record Forbidden(AppId App, string Reason) : CommandReply;
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

    /// <summary>An app.</summary>
    public sealed record AppRow(AppKey Key, App? Value) : RowChange;

    /// <summary>An instance.</summary>
    public sealed record InstanceRow(InstanceId Key, Instance? Value) : RowChange;

    /// <summary>A deployment.</summary>
    public sealed record DeploymentRow(string Key, Deployment? Value) : RowChange;

    /// <summary>A group that says something of its own.</summary>
    public sealed record GroupRow(AppId Key, AppGroup? Value) : RowChange;

    /// <summary>A site's change of an app of the hub.</summary>
    public sealed record OverrideRow(SiteKey Key, SiteOverride? Value) : RowChange;

    /// <summary>A conflict.</summary>
    public sealed record ConflictRow(string Key, Conflict? Value) : RowChange;
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

    /// <summary>Tells whoever listens to events.</summary>
    public sealed record Announce(ClusterEvent Event) : Dispatch;

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
