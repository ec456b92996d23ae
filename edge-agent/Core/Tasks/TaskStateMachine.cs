using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Tasks;

/// <summary>The result of folding one report into a task.</summary>
/// <param name="Task">The task afterwards; the same value when nothing advanced.</param>
/// <param name="Advanced">True when the state rose, or a running task's health or readiness turned.</param>
/// <param name="Why">Why a report was ignored, for the operator; empty when it was not.</param>
public readonly record struct TaskTransition(ClusterTask Task, bool Advanced, string Why);

/// <summary>Decides how one task's observed state changes when its node reports something.</summary>
/// <remarks>Pure. States only rise; a terminal state is final; a late or repeated report is ignored, not an error. Only RUNNING may follow
/// itself, and only when it says another health or readiness than the one before it: the numbers of the sync contract keep the reports in
/// order, so each turn is taken once.
/// Source: apache/mesos include/mesos/v1/mesos.proto, TaskState; SYNC, invariants 1 and 3.</remarks>
public static class TaskStateMachine
{
    /// <summary>Folds one report into a task.</summary>
    /// <param name="task">The last committed value.</param>
    /// <param name="report">What the node said: remote input, any order, any number of times.</param>
    /// <param name="historyMax">How many statuses are kept for display, at least 1.</param>
    /// <returns>The new value, or the unchanged one with the reason. Never throws for remote input.</returns>
    public static TaskTransition Apply(ClusterTask task, StatusUpdate report, int historyMax)
    {
        if (report.Container is { } container && container != task.Container)
        {
            return new TaskTransition(task, false, $"The status is of another run, {container}.");
        }

        if (task.IsTerminal)
        {
            return new TaskTransition(task, false, "The task has already ended.");
        }

        if (Observe(report.State) is not { } observed)
        {
            return new TaskTransition(task, false, $"A node cannot observe {report.State}.");
        }

        return observed > task.Observed || IsTurn(task, observed, report)
            ? new TaskTransition(Advance(task, observed, report, historyMax), true, string.Empty)
            : new TaskTransition(task, false, $"Already past {observed}.");
    }

    /// <summary>The rung of a state, or null for states that nodes do not observe.</summary>
    public static ObservedState? Observe(TaskState state) => state switch
    {
        TaskState.Staging => ObservedState.Staging,
        TaskState.Starting => ObservedState.Starting,
        TaskState.Running => ObservedState.Running,
        TaskState.Killing => ObservedState.Killing,
        TaskState.Finished => ObservedState.Finished,
        TaskState.Failed => ObservedState.Failed,
        TaskState.Killed => ObservedState.Killed,
        TaskState.Error => ObservedState.Error,
        TaskState.Dropped => ObservedState.Dropped,
        TaskState.Gone => ObservedState.Gone,
        TaskState.Lost or TaskState.Unreachable or TaskState.GoneByOperator or TaskState.Unknown => null,
    };

    /// <summary>The state of a rung.</summary>
    public static TaskState ToState(ObservedState observed) => observed switch
    {
        ObservedState.Staging => TaskState.Staging,
        ObservedState.Starting => TaskState.Starting,
        ObservedState.Running => TaskState.Running,
        ObservedState.Killing => TaskState.Killing,
        ObservedState.Finished => TaskState.Finished,
        ObservedState.Failed => TaskState.Failed,
        ObservedState.Killed => TaskState.Killed,
        ObservedState.Error => TaskState.Error,
        ObservedState.Dropped => TaskState.Dropped,
        ObservedState.Gone => TaskState.Gone,
    };

    /// <summary>True when no later report can change the state.</summary>
    public static bool IsTerminal(TaskState state) => state switch
    {
        TaskState.Staging or TaskState.Starting or TaskState.Running or TaskState.Killing => false,
        TaskState.Unreachable or TaskState.Unknown => false,
        TaskState.Finished or TaskState.Failed or TaskState.Killed or TaskState.Error => true,
        TaskState.Lost or TaskState.Dropped or TaskState.Gone or TaskState.GoneByOperator => true,
    };

    /// <summary>The latest status of a running task says what was last told; it is not RUNNING when the framework was removed.</summary>
    private static bool IsTurn(ClusterTask task, ObservedState observed, StatusUpdate report) =>
        observed == ObservedState.Running && task.Observed == ObservedState.Running
        && task.Latest is { State: TaskState.Running } told
        && ((report.Healthy is { } healthy && told.Healthy != healthy) || report.Readiness?.IsNewsAfter(told.Readiness) == true);

    private static ClusterTask Advance(ClusterTask task, ObservedState observed, StatusUpdate report, int historyMax)
    {
        var readiness = TaskReadiness.Told(task.Readiness, report);
        if (observed == ObservedState.Running)
        {
            // It takes the place of the RUNNING before it, which may have said more.
            report = report with { Readiness = readiness };
        }

        return task with
        {
            Observed = observed,
            Latest = report,
            Health = TaskHealth.Told(task.Health, report),
            Readiness = readiness,
            History = Remember(task.History, report, historyMax),
        };
    }

    /// <summary>Appends to a bounded history; a status of the same state gives way, then the oldest.</summary>
    /// <remarks>Source: Mesos master.cpp, updateTask: an exact repeat of a state replaces the last status.</remarks>
    internal static ImmutableArray<StatusUpdate> Remember(ImmutableArray<StatusUpdate> history, StatusUpdate update, int max) =>
        history is [.., var last] && last.State == update.State ? history.SetItem(history.Length - 1, update)
        : history.Length < max ? history.Add(update)
        : history.RemoveAt(0).Add(update);
}
