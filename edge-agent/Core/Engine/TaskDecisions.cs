using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Resources;
using Edge.Core.Tasks;

namespace Edge.Core.Engine;

/// <summary>Statuses come from nodes, go to frameworks and are acknowledged; tasks are killed and become history.</summary>
/// <remarks>Source: Mesos task status update stream: one status of a task is under way, the next follows its acknowledgement.</remarks>
internal static class TaskDecisions
{
    /// <summary>Applies what a node said; repeated, late and foreign statuses change nothing.</summary>
    public static void Apply(Transition transition, NodeId node, StatusUpdate update)
    {
        if (update.Released && transition.Task(update.Task) is { IsTerminal: true })
        {
            InstanceDecisions.Released(transition, node, update.Task);
        }

        if (update.Launch is { Slot: not null } launch && transition.Task(update.Task) is null)
        {
            SessionDecisions.AdoptLaunch(transition, node, launch);
        }

        if (transition.Task(update.Task) is not { } task || task.Node != node || task.IsTerminal || IsOtherRun(task, update))
        {
            Ignore(transition);
            if (!TaskStateMachine.IsTerminal(update.State) && transition.Node(node) is { AwaitsInventory: false } there)
            {
                // It lives there and is wanted by nobody: an old copy of a database was put back.
                AssignmentDecisions.DemandFull(transition, there);
            }

            return;
        }

        var result = TaskStateMachine.Apply(task, update with { Node = node, Launch = null }, transition.Limits.StatusHistory);
        if (!result.Advanced)
        {
            Ignore(transition);
            return;
        }

        transition.Counters = transition.Counters with { StatusesApplied = transition.Counters.StatusesApplied + 1 };
        task = result.Task;
        if (task.IsTerminal)
        {
            Release(transition, task);
        }

        if (task.Slot is null)
        {
            Offer(transition, task);
            return;
        }

        // The scheduler sees it here: nothing is delivered, and nobody acknowledges.
        transition.Put(task);
        if (task.IsTerminal)
        {
            Complete(transition, task);
        }

        InstanceDecisions.Observed(transition, task, task.Latest! with { Released = update.Released });
    }

    /// <summary>Sends the oldest pending status if none is under way.</summary>
    public static void Deliver(Transition transition, Framework framework, ClusterTask task)
    {
        if (task.RedeliverAt is not null || task.Pending.IsEmpty || framework.Phase != FrameworkPhase.Connected)
        {
            return;
        }

        var wait = Backoff(transition.Limits.StatusRetryMin, transition.Limits.StatusRetryMax, task.Deliveries);
        var due = transition.Context.Monotonic + wait;
        transition.Tell(framework, new FrameworkEvent.Update(StatusTranslation.For(framework, task.Pending[0])));
        transition.Put(task with { Deliveries = task.Deliveries + 1, RedeliverAt = due }, durable: false);
        transition.Schedule(due, TimerKind.StatusRedelivery, task.Key.Framework.Value, task.Key.Task.Value);
    }

    public static void Acknowledge(Transition transition, AcknowledgeStatus command)
    {
        var key = new TaskKey(command.Framework, command.Task);
        if (transition.Task(key) is not { Pending.IsEmpty: false } task || task.Pending[0].Uuid != command.Uuid)
        {
            return;
        }

        task = task with { Pending = task.Pending.RemoveAt(0), RedeliverAt = null, Deliveries = 0 };
        if (task.IsTerminal && task.Pending.IsEmpty)
        {
            Complete(transition, task);
            return;
        }

        transition.Put(task);
        Deliver(transition, transition.Framework(command.Framework)!, task);
    }

    public static void Kill(Transition transition, KillTask command)
    {
        if (transition.Task(new TaskKey(command.Framework, command.Task)) is not { Completed: false } task)
        {
            // Source: Mesos, KILL of an unknown task behaves like explicit reconciliation.
            ReconcileDecisions.Answer(transition, command.Framework, new TaskQuery(command.Task, command.Node));
            return;
        }

        if (task.IsTerminal || (command.Node is { } node && node != task.Node))
        {
            return;
        }

        WantKilled(transition, task, command.Grace);
    }

    /// <summary>Turns what is wanted of a task to its end; a second call may only change the grace.</summary>
    public static void WantKilled(Transition transition, ClusterTask task, TimeSpan? grace)
    {
        if (transition.Node(task.Node) is not { } node)
        {
            transition.Put(task with { Desired = DesiredState.Kill, KillGrace = grace });
            return;
        }

        node = node with { DesiredRevision = node.DesiredRevision + 1 };
        transition.Put(node);
        transition.Put(task with { Desired = DesiredState.Kill, KillGrace = grace, Revision = node.DesiredRevision });
        transition.MarkToSend(node.Id);
    }

    /// <summary>Makes a task history of its framework; a framework that is gone has none.</summary>
    public static void Complete(Transition transition, ClusterTask task)
    {
        var key = task.Key;
        task = task with { Completed = true, Pending = [], RedeliverAt = null };
        if (transition.Framework(key.Framework) is { } framework)
        {
            transition.Put(task);
            transition.Put(Trim(transition, framework with
            {
                Tasks = framework.Tasks.Remove(key.Task),
                CompletedTasks = framework.CompletedTasks.Add(key.Task),
            }), durable: false);
            return;
        }

        var index = transition.CompletedFrameworks.FindIndex(f => f.Id == key.Framework);
        if (index < 0)
        {
            transition.RemoveTask(key);
            return;
        }

        transition.Put(task);
        var completed = transition.CompletedFrameworks[index];
        transition.CompletedFrameworks = transition.CompletedFrameworks.SetItem(index, Trim(transition, completed with
        {
            Tasks = completed.Tasks.Remove(key.Task),
            CompletedTasks = completed.CompletedTasks.Add(key.Task),
        }));
    }

    /// <summary>A status from the hub's own records: no uuid, nobody acknowledges it.</summary>
    public static StatusUpdate FromMaster(Transition transition, ClusterTask task, TaskState state, StatusReason? reason, string message) =>
        new()
        {
            Task = task.Key,
            State = state,
            Source = StatusSource.Master,
            Reason = reason,
            Message = message,
            Timestamp = transition.Context.Now,
            Node = task.Node,
            Executor = task.Observed > ObservedState.Staging ? task.Executor : null,
        };

    /// <summary>Doubles a wait up to a maximum.</summary>
    public static TimeSpan Backoff(TimeSpan min, TimeSpan max, int repeats)
    {
        var wait = min;
        for (var i = 0; i < repeats && wait < max; i++)
        {
            wait += wait;
        }

        return wait < max ? wait : max;
    }

    private static bool IsOtherRun(ClusterTask task, StatusUpdate update) =>
        update.Container is { } container && container != task.Container;

    private static void Offer(Transition transition, ClusterTask task)
    {
        if (transition.Framework(task.Key.Framework) is not { } framework)
        {
            transition.Put(task);
            if (task.IsTerminal)
            {
                Complete(transition, task);
            }

            return;
        }

        if (StatusTranslation.Wants(framework, task.Latest!.State))
        {
            task = task with { Pending = Append(task.Pending, task.Latest) };
        }

        transition.Put(task);
        Deliver(transition, framework, task);
    }

    /// <summary>Only the first is under way; a turn of health behind it gives way to the next, or a framework that is away would find them
    /// all.</summary>
    private static ImmutableArray<StatusUpdate> Append(ImmutableArray<StatusUpdate> pending, StatusUpdate update) =>
        pending is [_, .., { State: TaskState.Running, Healthy: not null }] && update is { State: TaskState.Running, Healthy: not null }
            ? pending.SetItem(pending.Length - 1, update)
            : pending.Add(update);

    private static void Release(Transition transition, ClusterTask task)
    {
        Count(transition, task.Observed);
        if (transition.Node(task.Node) is { } node)
        {
            node = node with { Tasks = node.Tasks.Remove(task.Key) };
            transition.Put(NodeLedger.Release(node, task.Resources, node.Tasks.Select(k => transition.Task(k)!)), durable: false);
            transition.MarkAllocatable(node.Id);
        }

        if (transition.Framework(task.Key.Framework) is { } framework)
        {
            transition.Put(Charge(framework, task.Resources, -1), durable: false);
        }
    }

    /// <summary>Adds to, or with a negative sign takes from, what a framework holds.</summary>
    public static Framework Charge(Framework framework, ResourceSet resources, int sign) => framework with
    {
        Allocated = sign > 0
            ? framework.Allocated + resources.Unallocate()
            : framework.Allocated.SubtractClamped(resources.Unallocate()),
    };

    private static Framework Trim(Transition transition, Framework framework)
    {
        while (framework.CompletedTasks.Count > transition.Limits.CompletedTasksPerFramework)
        {
            transition.RemoveTask(new TaskKey(framework.Id, framework.CompletedTasks[0]));
            framework = framework with { CompletedTasks = framework.CompletedTasks.RemoveAt(0) };
        }

        return framework;
    }

    private static void Count(Transition transition, ObservedState observed)
    {
        var counters = transition.Counters;
        transition.Counters = observed switch
        {
            ObservedState.Finished => counters with { TasksFinished = counters.TasksFinished + 1 },
            ObservedState.Killed => counters with { TasksKilled = counters.TasksKilled + 1 },
            ObservedState.Failed => counters with { TasksFailed = counters.TasksFailed + 1 },
            ObservedState.Error => counters with { TasksError = counters.TasksError + 1 },
            ObservedState.Dropped or ObservedState.Gone => counters with { TasksLost = counters.TasksLost + 1 },
            ObservedState.Staging or ObservedState.Starting or ObservedState.Running or ObservedState.Killing => counters,
        };
    }

    private static void Ignore(Transition transition) =>
        transition.Counters = transition.Counters with { StatusesIgnored = transition.Counters.StatusesIgnored + 1 };
}
