using System.Globalization;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What the checks of a node's tasks have shown becomes statuses for the hub, and the end of tasks that fail.</summary>
/// <remarks>Source: apache/mesos src/launcher/executor.cpp, taskHealthUpdated. Told is only what turned, and of each task at most one turn
/// that the hub has not committed: a task that flaps while the hub is away fills neither the outbox nor the flash.</remarks>
internal static class HealthDecisions
{
    /// <summary>Takes over a result; results of a task that ends or has ended say nothing any more.</summary>
    public static void Observe(Transition transition, HealthObserved observed)
    {
        if (transition.Tasks.FirstOrDefault(t => t.Container == observed.Container) is not { Observed: ObservedState.Running } task)
        {
            return;
        }

        task = task with { Health = observed.Health };
        transition.Put(task, durable: false);
        task = Tell(transition, task);
        if (observed.Kill)
        {
            End(transition, task, observed.Health);
        }
    }

    /// <summary>The hub has committed a turn: the task may have turned again meanwhile.</summary>
    public static void TellRest(Transition transition, StatusUpdate committed)
    {
        if (committed.Healthy is not null && transition.Task(committed.Task) is { } task && task.Container == committed.Container)
        {
            Tell(transition, task);
        }
    }

    /// <summary>An old copy of the journal was put back: the hub may have been told otherwise since, so it is told again.</summary>
    public static void TellAgain(Transition transition)
    {
        foreach (var task in transition.Tasks.Where(t => t.Observed == ObservedState.Running && t.Health is not null).OrderBy(t => t.Key))
        {
            SelfDecisions.Queue(transition, Turn(transition, task));
        }
    }

    /// <summary>Asks the runtime again for the end of tasks that the node was ending when its daemon stopped.</summary>
    public static void Resume(Transition transition, ClusterTask task)
    {
        if (task.EndCause == EndCause.HealthCheck)
        {
            Kill(transition, task);
        }
    }

    /// <summary>The end of a task, as what ended it tells it.</summary>
    /// <returns>The status as it was, unless it is the end that the node itself brought about.</returns>
    public static StatusUpdate Explain(ClusterTask task, StatusUpdate end) =>
        end.State == TaskState.Killed && task is { EndCause: { } cause, Latest.Message: { } why }
            ? end with { Healthy = false, Cause = cause, Message = end.Message is null ? why : $"{why}; {end.Message}" }
            : end;

    private static ClusterTask Tell(Transition transition, ClusterTask task)
    {
        var turned = task is { Observed: ObservedState.Running, Health: { } health } && task.Latest?.Healthy != health.Healthy;
        return turned && !IsTelling(transition.Self!, task) ? SelfDecisions.Report(transition, task, Turn(transition, task)) : task;
    }

    private static bool IsTelling(SelfState self, ClusterTask task) =>
        task.Latest is { Healthy: not null, Uuid: { } uuid } && self.Outbox.Values.Any(s => s.Uuid == uuid);

    private static StatusUpdate Turn(Transition transition, ClusterTask task)
    {
        // Told only of tasks that have a result.
        var health = task.Health!;
        var message = health.Healthy ? null : $"health check failed: {health.LastFailureCause}";
        return SelfDecisions.Draft(transition, task, TaskState.Running, StatusReason.TaskHealthCheckStatusUpdated, message) with
        {
            Healthy = health.Healthy,
        };
    }

    /// <summary>Ends a task because of its health; nobody has asked for it, so what is wanted of it stays.</summary>
    private static void End(Transition transition, ClusterTask task, TaskHealth health)
    {
        var count = health.ConsecutiveFailures.ToString(CultureInfo.InvariantCulture);
        var why = $"health check failed {count} times in a row: {health.LastFailureCause}";
        var killing = SelfDecisions.Draft(transition, task, TaskState.Killing, null, why) with
        {
            Healthy = false,
            Cause = EndCause.HealthCheck,
        };
        Kill(transition, SelfDecisions.Report(transition, task, killing));
    }

    private static void Kill(Transition transition, ClusterTask task) => transition.Send(
        new Dispatch.KillContainer(task.Container, task.Spec.KillGrace ?? transition.Limits.KillGraceDefault));
}
