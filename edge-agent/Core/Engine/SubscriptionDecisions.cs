using Edge.Core.Frameworks;
using Edge.Core.Model;
using Edge.Core.Tasks;

namespace Edge.Core.Engine;

/// <summary>A framework comes, comes back, falls away and goes.</summary>
/// <remarks>Source: Mesos scheduler HTTP API, SUBSCRIBE and TEARDOWN; master.cpp, subscribe, failoverFramework, removeFramework.</remarks>
internal static class SubscriptionDecisions
{
    public static CommandReply Subscribe(Transition transition, Subscribe command)
    {
        if (Refuse(transition, command) is { } fault)
        {
            transition.Send(new Dispatch.ToFramework(command.Stream, new FrameworkEvent.Error(fault)));
            transition.Send(new Dispatch.CloseStream(command.Stream));
            transition.Counters = transition.Counters with { InvalidCalls = transition.Counters.InvalidCalls + 1 };
            return new CommandReply.Rejected(fault);
        }

        var id = command.Spec.Id ?? NewId(transition);
        var framework = transition.Framework(id) is { } known ? Return(transition, known, command) : Enter(transition, id, command);
        transition.Put(framework);
        transition.Tell(framework, new FrameworkEvent.Subscribed(id));
        Redeliver(transition, framework);
        transition.MarkAllAllocatable();
        return new CommandReply.SubscribedAs(id);
    }

    public static CommandReply Update(Transition transition, UpdateFramework command)
    {
        var framework = transition.Framework(command.Framework)!;
        if ((FrameworkRules.Validate(command.Spec, command.SuppressedRoles)
            ?? FrameworkRules.ValidateUpdate(framework, command.Spec)) is { } fault)
        {
            return new CommandReply.Rejected(fault);
        }

        OfferDecisions.RescindAll(transition, framework.Id, offer => !command.Spec.Roles.Contains(offer.Role));
        transition.Put(transition.Framework(framework.Id)! with
        {
            Spec = command.Spec with { Id = framework.Id },
            SuppressedRoles = [.. command.SuppressedRoles],
        });
        transition.MarkAllAllocatable();
        return CommandReply.Accepted.Instance;
    }

    public static void Close(Transition transition, FrameworkStreamClosed command)
    {
        if (transition.Framework(command.Framework) is not { Phase: FrameworkPhase.Connected } framework
            || framework.Stream != command.Stream)
        {
            return;
        }

        OfferDecisions.TakeBackAll(transition, framework.Id);
        var removeAt = transition.Context.After(framework.Spec.FailoverTimeout);
        transition.Put(Quiet(transition, transition.Framework(framework.Id)!) with
        {
            Phase = FrameworkPhase.Disconnected,
            Stream = null,
            RemoveAt = removeAt,
        });
        if (framework.Spec.FailoverTimeout <= TimeSpan.Zero)
        {
            Remove(transition, framework.Id);
            return;
        }

        transition.Schedule(removeAt, TimerKind.FrameworkFailover, framework.Id.Value);
    }

    /// <summary>Removes a framework for good: its tasks end, its id never comes back.</summary>
    public static CommandReply Remove(Transition transition, FrameworkId id)
    {
        if (transition.Framework(id) is null)
        {
            return new CommandReply.Rejected($"No framework found with specified ID: {id}");
        }

        if (BuiltinFramework.Is(id))
        {
            return new CommandReply.Rejected($"The framework '{id}' is the cluster's own; delete its apps instead.");
        }

        OfferDecisions.TakeBackAll(transition, id);
        var framework = transition.Framework(id)!;
        if (framework.Stream is { } stream)
        {
            transition.Send(new Dispatch.CloseStream(stream));
        }

        foreach (var task in framework.Tasks.Order())
        {
            EndTask(transition, new TaskKey(id, task));
        }

        framework = transition.Framework(id)!;
        transition.RemoveFramework(id);
        Complete(transition, framework with
        {
            Phase = FrameworkPhase.Completed,
            Stream = null,
            RemoveAt = null,
            UnregisteredAt = transition.Context.Now,
        });
        return CommandReply.Accepted.Instance;
    }

    private static void EndTask(Transition transition, TaskKey key)
    {
        if (transition.Task(key) is not { } task)
        {
            return;
        }

        task = task with { Pending = [], RedeliverAt = null };
        if (task.IsTerminal)
        {
            TaskDecisions.Complete(transition, task);
            return;
        }

        // The record says KILLED at once; what the node observes goes on until the process has really ended.
        var status = TaskDecisions.FromMaster(
            transition, task, TaskState.Killed, StatusReason.FrameworkRemoved, $"Framework {key.Framework} removed");
        task = task with
        {
            Latest = status,
            History = TaskStateMachine.Remember(task.History, status, transition.Limits.StatusHistory),
        };
        TaskDecisions.WantKilled(transition, task, null);
    }

    private static void Complete(Transition transition, Framework framework)
    {
        var completed = transition.CompletedFrameworks.Add(framework);
        while (completed.Count > transition.Limits.CompletedFrameworks)
        {
            var oldest = completed[0];
            completed = completed.RemoveAt(0);
            transition.Touch(oldest.Id);
            foreach (var task in oldest.CompletedTasks)
            {
                transition.RemoveTask(new TaskKey(oldest.Id, task));
            }
        }

        transition.CompletedFrameworks = completed;
    }

    private static string? Refuse(Transition transition, Subscribe command)
    {
        if (FrameworkRules.Validate(command.Spec, command.SuppressedRoles) is { } fault)
        {
            return fault;
        }

        if (command.Spec.Id is { } id)
        {
            if (BuiltinFramework.Is(id))
            {
                return $"The framework id '{id}' is the cluster's own.";
            }

            if (transition.CompletedFrameworks.Exists(f => f.Id == id))
            {
                return "Framework has been removed";
            }

            if (transition.Framework(id) is { } known)
            {
                return known.Spec.Wire.Length == 0 ? null : FrameworkRules.ValidateChange(known, command.Spec);
            }
        }

        return transition.FrameworkCount < transition.Limits.Frameworks
            ? null
            : $"The cluster has {transition.Limits.Frameworks} frameworks, which is its limit; tear one down first";
    }

    private static Framework Enter(Transition transition, FrameworkId id, Subscribe command) => new()
    {
        Id = id,
        Spec = command.Spec with { Id = id },
        Phase = FrameworkPhase.Connected,
        Stream = command.Stream,
        SuppressedRoles = [.. command.SuppressedRoles],
        RegisteredAt = transition.Context.Now,
        ReregisteredAt = transition.Context.Now,
    };

    private static Framework Return(Transition transition, Framework known, Subscribe command)
    {
        if (known.Stream is { } old)
        {
            transition.Send(new Dispatch.ToFramework(old, new FrameworkEvent.Error("Framework failed over")));
            transition.Send(new Dispatch.CloseStream(old));
        }

        OfferDecisions.TakeBackAll(transition, known.Id);
        var quiet = Quiet(transition, transition.Framework(known.Id)!);
        var recovered = known.Spec.Wire.Length == 0;
        return quiet with
        {
            // A changed user or checkpoint is ignored on a new subscription; everything else is taken over.
            Spec = command.Spec with
            {
                Id = known.Id,
                User = recovered ? command.Spec.User : known.Spec.User,
                Checkpoint = recovered ? command.Spec.Checkpoint : known.Spec.Checkpoint,
            },
            Phase = FrameworkPhase.Connected,
            Stream = command.Stream,
            RemoveAt = null,
            SuppressedRoles = [.. command.SuppressedRoles],
            ReregisteredAt = transition.Context.Now,
        };
    }

    /// <summary>Forgets what belongs to a stream: refusals, and which statuses are under way.</summary>
    private static Framework Quiet(Transition transition, Framework framework)
    {
        foreach (var id in framework.Tasks)
        {
            if (transition.Task(new TaskKey(framework.Id, id)) is { RedeliverAt: not null } task)
            {
                transition.Put(task with { RedeliverAt = null, Deliveries = 0 }, durable: false);
            }
        }

        return framework with { Filters = framework.Filters.Clear() };
    }

    private static void Redeliver(Transition transition, Framework framework)
    {
        foreach (var id in framework.Tasks.Order())
        {
            if (transition.Task(new TaskKey(framework.Id, id)) is { Pending.IsEmpty: false } task)
            {
                TaskDecisions.Deliver(transition, framework, task);
            }
        }
    }

    private static FrameworkId NewId(Transition transition)
    {
        var id = new FrameworkId($"{transition.MasterId}-{transition.FrameworkNumber:D4}");
        transition.FrameworkNumber++;
        return id;
    }
}
