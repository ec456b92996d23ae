using Edge.Core.Model;
using Edge.Core.Tasks;

namespace Edge.Core.Engine;

/// <summary>Answers RECONCILE from the hub's records.</summary>
/// <remarks>Source: Mesos master.cpp, reconcile; the cases of explicit reconciliation, first match wins.</remarks>
internal static class ReconcileDecisions
{
    public static void Reconcile(Transition transition, ReconcileTasks command)
    {
        if (!command.Tasks.IsEmpty)
        {
            foreach (var query in command.Tasks)
            {
                Answer(transition, command.Framework, query);
            }

            return;
        }

        foreach (var id in transition.Framework(command.Framework)!.Tasks.Order())
        {
            Answer(transition, command.Framework, new TaskQuery(id, null));
        }
    }

    /// <summary>Answers for one task, or stays silent while its node may still tell.</summary>
    public static void Answer(Transition transition, FrameworkId id, TaskQuery query)
    {
        var framework = transition.Framework(id)!;
        var key = new TaskKey(id, query.Task);
        if (transition.Task(key) is { Completed: false } task)
        {
            var silent = !task.IsTerminal && transition.Node(task.Node) is { Recovered: true };
            if (!silent)
            {
                Tell(transition, framework, Known(transition, task));
            }

            return;
        }

        if (Unknown(transition, query) is { } state)
        {
            Tell(transition, framework, new StatusUpdate
            {
                Task = key,
                State = state,
                Source = StatusSource.Master,
                Reason = StatusReason.Reconciliation,
                Message = $"Reconciliation: {Explain(state)}",
                Timestamp = transition.Context.Now,
                Node = query.Node,
                UnreachableSince = state == TaskState.Unreachable ? transition.Node(query.Node!.Value)!.UnreachableSince : null,
            });
        }
    }

    private static void Tell(Transition transition, Framework framework, StatusUpdate update) =>
        transition.Tell(framework, new FrameworkEvent.Update(StatusTranslation.For(framework, update)));

    private static StatusUpdate Known(Transition transition, ClusterTask task)
    {
        var node = transition.Node(task.Node);
        var unreachable = !task.IsTerminal && node is { Reachability: Reachability.Unreachable };
        var state = unreachable ? TaskState.Unreachable : TaskStateMachine.ToState(task.Observed);
        return TaskDecisions.FromMaster(transition, task, state, StatusReason.Reconciliation, "Reconciliation: Latest task state") with
        {
            Container = task.Observed > ObservedState.Staging ? task.Container : null,
            UnreachableSince = unreachable ? node!.UnreachableSince : null,
            Healthy = task.Health?.Healthy,
        };
    }

    private static TaskState? Unknown(Transition transition, TaskQuery query)
    {
        if (query.Node is not { } id)
        {
            return transition.Nodes.Any(n => n.Recovered || n.AwaitsInventory) ? null : TaskState.Unknown;
        }

        return transition.Node(id) switch
        {
            { Recovered: true } or { AwaitsInventory: true } => null,
            { Reachability: Reachability.Unreachable } => TaskState.Unreachable,
            { } => TaskState.Gone,
            null => TaskState.Unknown,
        };
    }

    private static string Explain(TaskState state) => state switch
    {
        TaskState.Unreachable => "Task is unreachable",
        TaskState.Gone => "Task is unknown to the agent",
        _ => "Task is unknown",
    };
}
