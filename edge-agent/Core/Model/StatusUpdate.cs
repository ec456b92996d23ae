namespace Edge.Core.Model;

/// <summary>One status of one task: what frameworks receive in an UPDATE.</summary>
/// <remarks>Source: apache/mesos include/mesos/v1/mesos.proto, TaskStatus.</remarks>
public sealed record StatusUpdate
{
    /// <summary>The task that it speaks of.</summary>
    public required TaskKey Task { get; init; }

    /// <summary>The state, before it is translated for frameworks without partition awareness.</summary>
    public required TaskState State { get; init; }

    /// <summary>Who made it.</summary>
    public required StatusSource Source { get; init; }

    /// <summary>When, by the maker's wall clock, UTC; shown, never compared.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The node of the task; absent when none is known.</summary>
    public NodeId? Node { get; init; }

    /// <summary>The executor; absent when the task never reached a node.</summary>
    public ExecutorId? Executor { get; init; }

    /// <summary>The run; absent when the task never reached a node.</summary>
    public ContainerId? Container { get; init; }

    /// <summary>Why; absent for plain progress.</summary>
    public StatusReason? Reason { get; init; }

    /// <summary>A sentence for the operator; may be absent.</summary>
    public string? Message { get; init; }

    /// <summary>Set on statuses that a node made: the framework has to acknowledge them. Absent on those of the hub.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>What the health check shows; absent where none has shown anything, and where a status does not speak of it.</summary>
    public bool? Healthy { get; init; }

    /// <summary>What the readiness check shows; absent where it has shown nothing, and where a status does not speak of it. Never sent to
    /// frameworks.</summary>
    public TaskReadiness? Readiness { get; init; }

    /// <summary>Set on KILLING and KILLED of a task that its node ended by itself; never sent to frameworks.</summary>
    public EndCause? Cause { get; init; }

    /// <summary>Since when the node is out of reach; only with <see cref="TaskState.Unreachable"/>.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Only on the first status of a task that a node started on its own: what a hub needs to take it over.</summary>
    public Assignment? Launch { get; init; }

    /// <summary>Only on the last status of an instance's task: true when the node gave the instance up.</summary>
    public bool Released { get; init; }
}
