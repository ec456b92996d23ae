using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>A wish to change the cluster: the only way in. A closed set.</summary>
public abstract record ClusterCommand
{
    private protected ClusterCommand()
    {
    }
}

/// <summary>A call of a subscribed framework; ignored when the stream is not the current one.</summary>
/// <param name="Framework">Whose.</param>
/// <param name="Stream">The stream that the call named.</param>
public abstract record FrameworkCommand(FrameworkId Framework, StreamId Stream) : ClusterCommand;

/// <summary>SUBSCRIBE. Replies <see cref="CommandReply.Accepted"/> or <see cref="CommandReply.Rejected"/>.</summary>
public sealed record Subscribe(FrameworkSpec Spec, ImmutableArray<string> SuppressedRoles, StreamId Stream) : ClusterCommand;

/// <summary>A stream ended, for whatever reason.</summary>
public sealed record FrameworkStreamClosed(FrameworkId Framework, StreamId Stream) : ClusterCommand;

/// <summary>TEARDOWN by the framework itself.</summary>
public sealed record Teardown(FrameworkId Framework, StreamId Stream) : FrameworkCommand(Framework, Stream);

/// <summary>Removal of a framework by an operator. Replies rejected when it is not known.</summary>
public sealed record RemoveFramework(FrameworkId Framework) : ClusterCommand;

/// <summary>ACCEPT.</summary>
/// <param name="Offers">In the order given.</param>
/// <param name="Operations">Carried out in order, each sees what the one before it left.</param>
/// <param name="Refuse">How long the leftovers are withheld; absent for the default.</param>
public sealed record AcceptOffers(
    FrameworkId Framework,
    StreamId Stream,
    ImmutableArray<OfferId> Offers,
    ImmutableArray<OfferOperation> Operations,
    TimeSpan? Refuse) : FrameworkCommand(Framework, Stream);

/// <summary>One operation of an ACCEPT.</summary>
public abstract record OfferOperation
{
    private OfferOperation()
    {
    }

    /// <summary>Starts tasks; each is judged alone.</summary>
    public sealed record Launch(ImmutableArray<TaskSpec> Tasks) : OfferOperation;

    /// <summary>An operation that this cluster does not carry out yet: its tasks, if any, get TASK_ERROR with the reason.</summary>
    public sealed record Unsupported(string Name, ImmutableArray<TaskSpec> Tasks, StatusReason Reason) : OfferOperation;
}

/// <summary>DECLINE.</summary>
public sealed record DeclineOffers(FrameworkId Framework, StreamId Stream, ImmutableArray<OfferId> Offers, TimeSpan? Refuse)
    : FrameworkCommand(Framework, Stream);

/// <summary>REVIVE; no roles means all.</summary>
public sealed record ReviveOffers(FrameworkId Framework, StreamId Stream, ImmutableArray<string> Roles)
    : FrameworkCommand(Framework, Stream);

/// <summary>SUPPRESS; no roles means all.</summary>
public sealed record SuppressOffers(FrameworkId Framework, StreamId Stream, ImmutableArray<string> Roles)
    : FrameworkCommand(Framework, Stream);

/// <summary>KILL.</summary>
/// <param name="Node">Where the framework believes the task to be; absent when it does not say.</param>
/// <param name="Grace">Between SIGTERM and SIGKILL; absent for the task's own.</param>
public sealed record KillTask(FrameworkId Framework, StreamId Stream, TaskId Task, NodeId? Node, TimeSpan? Grace)
    : FrameworkCommand(Framework, Stream);

/// <summary>ACKNOWLEDGE.</summary>
public sealed record AcknowledgeStatus(FrameworkId Framework, StreamId Stream, TaskId Task, Guid Uuid)
    : FrameworkCommand(Framework, Stream);

/// <summary>RECONCILE; no tasks means all that live.</summary>
public sealed record ReconcileTasks(FrameworkId Framework, StreamId Stream, ImmutableArray<TaskQuery> Tasks)
    : FrameworkCommand(Framework, Stream);

/// <summary>A task that a framework asks about.</summary>
public readonly record struct TaskQuery(TaskId Task, NodeId? Node);

/// <summary>MESSAGE and SHUTDOWN: nobody to deliver to as long as tasks have no executors of their own; counted.</summary>
public sealed record DropMessage(FrameworkId Framework, StreamId Stream) : FrameworkCommand(Framework, Stream);

/// <summary>UPDATE_FRAMEWORK. Replies accepted or rejected.</summary>
public sealed record UpdateFramework(FrameworkId Framework, StreamId Stream, FrameworkSpec Spec, ImmutableArray<string> SuppressedRoles)
    : FrameworkCommand(Framework, Stream);

/// <summary>A message of a node.</summary>
/// <param name="Node">By the topic it came on.</param>
public sealed record NodeMessage(NodeId Node, UpMessage Message) : ClusterCommand;

/// <summary>A node's link broke: its last will came, or the broker lost it.</summary>
/// <param name="Instance">The instance whose link it was; absent when nobody knows.</param>
public sealed record NodeLinkLost(NodeId Node, string? Instance) : ClusterCommand;

/// <summary>The connection to the hub is open; the node says hello.</summary>
public sealed record HubLinkOpened : ClusterCommand;

/// <summary>The connection to the hub is gone.</summary>
public sealed record HubLinkClosed : ClusterCommand;

/// <summary>A message of the hub.</summary>
public sealed record HubMessage(DownMessage Message) : ClusterCommand;

/// <summary>The runtime found containers that the journal does not know; once, at start, before the network.</summary>
public sealed record OrphansFound(ImmutableArray<OrphanContainer> Orphans) : ClusterCommand;

/// <summary>The daemon has read its journal: tasks go on. Once, at start, before the network.</summary>
public sealed record ResumeTasks : ClusterCommand;

/// <summary>The runtime saw something happen to a container.</summary>
/// <param name="Reason">Absent for plain progress.</param>
/// <param name="Message">A sentence for the operator; may be absent.</param>
public sealed record ContainerObserved(ContainerId Container, ObservedState State, StatusReason? Reason, string? Message) : ClusterCommand;

/// <summary>A check of a running task had a result.</summary>
/// <param name="Health">What the results so far amount to.</param>
/// <param name="Kill">True when it failed often enough to be ended.</param>
public sealed record HealthObserved(ContainerId Container, TaskHealth Health, bool Kill) : ClusterCommand;

/// <summary>A readiness check of a running task had a result.</summary>
/// <param name="Cause">Why it is not ready, as a sentence without a full stop; absent when it is.</param>
public sealed record ReadinessObserved(ContainerId Container, TaskReadiness Readiness, string? Cause) : ClusterCommand;

/// <summary>The node's resources or attributes changed.</summary>
public sealed record DescribeSelf(NodeDescription Description) : ClusterCommand;

/// <summary>Time has passed; whatever fell due is done.</summary>
public sealed record Tick : ClusterCommand;
