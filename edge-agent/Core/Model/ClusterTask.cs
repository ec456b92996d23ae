using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>What the cluster wants of a task.</summary>
public enum DesiredState
{
    /// <summary>It should run to its end.</summary>
    Run,

    /// <summary>It should end.</summary>
    Kill,
}

/// <summary>One task of one framework on one node: the request, what is wanted, and what was observed.</summary>
/// <remarks>A task is one-shot. Its observed state only rises; a restart is a new task.</remarks>
public sealed record ClusterTask
{
    /// <summary>Which task.</summary>
    public required TaskKey Key { get; init; }

    /// <summary>The request.</summary>
    public required TaskSpec Spec { get; init; }

    /// <summary>Where it runs.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The run on that node; statuses of another run are not of this task.</summary>
    public required ContainerId Container { get; init; }

    /// <summary>The executor; equal to the task's id for a command task.</summary>
    public required ExecutorId Executor { get; init; }

    /// <summary>What it holds of the node, allocated to its role; released when it has ended.</summary>
    public required ResourceSet Resources { get; init; }

    /// <summary>The role that the resources were offered to.</summary>
    public required string Role { get; init; }

    /// <summary>The user that the framework runs its tasks as; a command may name another.</summary>
    public required string User { get; init; }

    /// <summary>What the cluster wants.</summary>
    public DesiredState Desired { get; init; } = DesiredState.Run;

    /// <summary>The grace of the kill request; absent for the specification's own.</summary>
    public TimeSpan? KillGrace { get; init; }

    /// <summary>The node's desired revision at which this task last changed; items above the node's held revision are sent.</summary>
    public long Revision { get; init; }

    /// <summary>What the node observed.</summary>
    public ObservedState Observed { get; init; } = ObservedState.Staging;

    /// <summary>The newest status; absent before the first.</summary>
    public StatusUpdate? Latest { get; init; }

    /// <summary>What its checks have shown; absent without a result. Restored from the statuses, so only whether it is healthy.</summary>
    public TaskHealth? Health { get; init; }

    /// <summary>What its readiness check has shown; absent without a result. Restored from the statuses.</summary>
    public TaskReadiness? Readiness { get; init; }

    /// <summary>Statuses, oldest first, one per state (a repeated one takes the place of the last), at most
    /// <see cref="ClusterLimits.StatusHistory"/>.</summary>
    public ImmutableArray<StatusUpdate> History { get; init; } = [];

    /// <summary>Statuses that the framework has not acknowledged, oldest first; only the first is under way.</summary>
    public ImmutableArray<StatusUpdate> Pending { get; init; } = [];

    /// <summary>How often the first pending status was sent on the current stream; not kept over a restart.</summary>
    public int Deliveries { get; init; }

    /// <summary>Monotonic instant of the next delivery; absent when nothing is under way.</summary>
    public TimeSpan? RedeliverAt { get; init; }

    /// <summary>True when the framework has acknowledged the end, or will never: the task is history.</summary>
    public bool Completed { get; init; }

    /// <summary>When the cluster accepted it, UTC.</summary>
    public required DateTimeOffset LaunchedAt { get; init; }

    /// <summary>Which instance of which app it is; absent for tasks of other frameworks.</summary>
    public AppSlot? Slot { get; init; }

    /// <summary>Why the node ends or has ended it by itself; absent for every other end.</summary>
    public EndCause? EndCause => Latest?.Cause;

    /// <summary>True when nothing can be observed any more.</summary>
    public bool IsTerminal => Observed >= ObservedState.Finished;
}
