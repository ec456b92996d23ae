using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What the readiness checks of a node's tasks show becomes statuses for the hub.</summary>
/// <remarks>They are those of <see cref="HealthDecisions"/>: one status tells both. Source: Marathon, readinessChecks.</remarks>
internal static class ReadinessDecisions
{
    /// <summary>Takes over a result; one of a task that does not run, or was ready before, says nothing any more.</summary>
    public static void Observe(Transition transition, ReadinessObserved observed)
    {
        if (transition.Tasks.FirstOrDefault(t => t.Container == observed.Container)
            is { Observed: ObservedState.Running, Readiness: not { Ready: true } } task)
        {
            task = task with { Readiness = observed.Readiness };
            transition.Put(task, durable: false);
            HealthDecisions.Tell(transition, task, observed.Cause);
        }
    }

    /// <summary>True when a task has no readiness check, or it has passed.</summary>
    public static bool IsReady(ClusterTask task) => task.Spec.Readiness is null || task.Readiness is { Ready: true };
}
