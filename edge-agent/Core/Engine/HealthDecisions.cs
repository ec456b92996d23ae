using System.Globalization;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What the checks of a node's tasks have shown becomes statuses for the hub, and the end of tasks that fail.</summary>
/// <remarks>Source: apache/mesos src/launcher/executor.cpp, taskHealthUpdated. Told is only what turned, and of each task at most one turn
/// that the hub has not committed: a task that flaps while the hub is away fills neither the outbox nor the flash. Readiness is told in
/// the same statuses; only that a task is ready does not wait, for it is said once, and a node that is alone needs it after a
/// restart.</remarks>
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
        if (SpeaksOfChecks(committed) && transition.Task(committed.Task) is { } task && task.Container == committed.Container)
        {
            Tell(transition, task);
        }
    }

    /// <summary>An old copy of the journal was put back: the hub may have been told otherwise since, so it is told again.</summary>
    public static void TellAgain(Transition transition)
    {
        foreach (var task in transition.Tasks
            .Where(t => t.Observed == ObservedState.Running && (t.Health is not null || t.Readiness is not null)).OrderBy(t => t.Key))
        {
            var reason = task.Health is null ? StatusReason.TaskCheckStatusUpdated : StatusReason.TaskHealthCheckStatusUpdated;
            SelfDecisions.Queue(transition, Turn(transition, task, reason, null));
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

    /// <summary>Tells what turned, unless an earlier turn is still to be committed.</summary>
    /// <param name="unready">Why the task is not ready; absent when that is not known, or when it is.</param>
    /// <returns>The task afterwards.</returns>
    public static ClusterTask Tell(Transition transition, ClusterTask task, string? unready = null)
    {
        var healthTurned = task.Health is { } health && task.Latest?.Healthy != health.Healthy;
        var readyTurned = task.Readiness?.IsNewsAfter(task.Latest?.Readiness) == true;
        var waits = IsTelling(transition.Self!, task) && !(readyTurned && task.Readiness is { Ready: true });
        if (task.Observed != ObservedState.Running || !(healthTurned || readyTurned) || waits)
        {
            return task;
        }

        var reason = healthTurned ? StatusReason.TaskHealthCheckStatusUpdated : StatusReason.TaskCheckStatusUpdated;
        return SelfDecisions.Report(transition, task, Turn(transition, task, reason, unready));
    }

    private static bool SpeaksOfChecks(StatusUpdate status) => status.Healthy is not null || status.Readiness is not null;

    private static bool IsTelling(SelfState self, ClusterTask task) =>
        task.Latest is { Uuid: { } uuid } latest && SpeaksOfChecks(latest) && self.Outbox.Values.Any(s => s.Uuid == uuid);

    /// <summary>All that the checks show, whichever turned: the status takes the place of the one before it.</summary>
    private static StatusUpdate Turn(Transition transition, ClusterTask task, StatusReason reason, string? unready)
    {
        var message = task switch
        {
            { Health: { Healthy: false } health } => $"health check failed: {health.LastFailureCause}",
            { Readiness.Ready: false } => unready is null ? "not ready" : $"not ready: {unready}",
            _ => null,
        };
        return SelfDecisions.Draft(transition, task, TaskState.Running, reason, message) with
        {
            Healthy = task.Health?.Healthy,
            Readiness = task.Readiness,
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
