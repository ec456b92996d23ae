using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Tasks;

namespace Edge.Core.Engine;

/// <summary>The node's half of the sync contract, and what its runtime tells.</summary>
/// <remarks>Source: SYNC, "Shape" and invariants 1 to 4 and 6. Nothing here waits for the hub.</remarks>
internal static class SelfDecisions
{
    public static void LinkOpened(Transition transition)
    {
        if (transition.Self is not { } self)
        {
            return;
        }

        transition.Put(self with { Linked = true, Welcomed = false, SentSequence = 0, Resends = 0, ResendAt = null }, durable: false);
        transition.Send(new Dispatch.ToHub(new UpMessage.Hello(
            self.Identity, self.Description, self.HubEpoch, self.HeldRevision, self.OutboxHead, transition.Context.Now)));
    }

    public static void LinkClosed(Transition transition)
    {
        if (transition.Self is { } self)
        {
            transition.Put(self with { Linked = false, Welcomed = false, ResendAt = null }, durable: false);
        }
    }

    public static void Receive(Transition transition, DownMessage message)
    {
        if (transition.Self is not { Linked: true } self)
        {
            return;
        }

        switch (message)
        {
            case DownMessage.Welcome welcome:
                Welcome(transition, self, welcome);
                break;
            case DownMessage.Refused refused:
                transition.Put(self with { Refusal = refused.Reason, Welcomed = false }, durable: false);
                break;
            case DownMessage.Acknowledged acknowledged:
                if (acknowledged.AgentEpoch == self.Identity.AgentEpoch)
                {
                    Forget(transition, self, acknowledged.Sequence);
                }

                break;
            case DownMessage.Assignments assignments:
                HoldDecisions.Receive(transition, self, assignments);
                break;
        }
    }

    public static void Describe(Transition transition, NodeDescription description)
    {
        if (transition.Self is { } self)
        {
            transition.Put(self with { Description = description }, durable: false);
            if (self.Welcomed)
            {
                transition.Send(new Dispatch.ToHub(new UpMessage.Report(description)));
            }
        }
    }

    public static void FindOrphans(Transition transition, OrphansFound found)
    {
        if (transition.Self is { } self)
        {
            transition.Put(self with { Orphans = found.Orphans.ToImmutableDictionary(o => o.Container) }, durable: false);
        }
    }

    /// <summary>The daemon is back: whatever has not ended is attached to, started or ended, whatever the hub may say later.</summary>
    public static void Resume(Transition transition)
    {
        foreach (var task in transition.Tasks.Where(t => !t.IsTerminal).OrderBy(t => t.LaunchedAt).ThenBy(t => t.Key))
        {
            transition.Send(new Dispatch.StartContainer(task));
            if (task.Desired == DesiredState.Kill)
            {
                var grace = task.KillGrace ?? task.Spec.KillGrace ?? transition.Limits.KillGraceDefault;
                transition.Send(new Dispatch.KillContainer(task.Container, grace));
            }
        }

        foreach (var task in transition.Tasks.Where(t => t.Completed).OrderBy(t => t.Key))
        {
            transition.Send(new Dispatch.ForgetContainer(task.Container));
        }
    }

    /// <summary>The runtime saw something: the task's row and the status for the hub become durable together.</summary>
    public static void Observe(Transition transition, ContainerObserved observed)
    {
        var task = transition.Tasks.FirstOrDefault(t => t.Container == observed.Container);
        if (task is null)
        {
            return;
        }

        Report(transition, task, TaskStateMachine.ToState(observed.State), observed.Reason, observed.Message);
    }

    /// <summary>Raises a task's state and puts the status into the outbox; a state that is not higher changes nothing.</summary>
    /// <returns>The task afterwards.</returns>
    public static ClusterTask Report(Transition transition, ClusterTask task, TaskState state, StatusReason? reason, string? message)
    {
        var self = transition.Self!;
        var update = new StatusUpdate
        {
            Task = task.Key,
            State = state,
            Source = reason is null or StatusReason.CommandExecutorFailed ? StatusSource.Executor : StatusSource.Agent,
            Reason = reason,
            Message = message,
            Timestamp = transition.Context.Now,
            Node = self.Id,
            Executor = task.Executor,
            Container = task.Container,
            Uuid = transition.NextGuid(),
        };
        var result = TaskStateMachine.Apply(task, update, transition.Limits.StatusHistory);
        if (!result.Advanced)
        {
            return task;
        }

        transition.Put(result.Task);
        transition.AddOutbox(self.NextSequence, update);
        transition.Put(self with { NextSequence = self.NextSequence + 1, Outbox = self.Outbox.Add(self.NextSequence, update) });
        return result.Task;
    }

    /// <summary>Sends what the hub has not seen on this session, oldest first.</summary>
    public static void SendOutbox(Transition transition)
    {
        if (transition.Self is not { Welcomed: true, Outbox.IsEmpty: false } self || self.SentSequence >= self.NextSequence - 1)
        {
            return;
        }

        var first = Math.Max(self.SentSequence + 1, self.OutboxHead);
        while (first < self.NextSequence)
        {
            var count = (int)Math.Min(transition.Limits.StatusesPerMessage, self.NextSequence - first);
            ImmutableArray<StatusUpdate> items = [.. Enumerable.Range(0, count).Select(i => self.Outbox[first + i])];
            transition.Send(new Dispatch.ToHub(new UpMessage.Statuses(self.Identity.AgentEpoch, first, items)));
            first += count;
        }

        var wait = TaskDecisions.Backoff(transition.Limits.SyncRetryMin, transition.Limits.SyncRetryMax, self.Resends);
        var due = transition.Context.Monotonic + wait;
        transition.Put(self with { SentSequence = self.NextSequence - 1, ResendAt = due }, durable: false);
        transition.Schedule(due, TimerKind.OutboxResend, self.Id.Value);
    }

    public static void Resend(Transition transition, TimeSpan due)
    {
        if (transition.Self is { Welcomed: true, ResendAt: { } resendAt } self && resendAt <= due)
        {
            transition.Put(self with { SentSequence = self.OutboxHead - 1, ResendAt = null, Resends = self.Resends + 1 }, durable: false);
        }
    }

    private static void Welcome(Transition transition, SelfState self, DownMessage.Welcome welcome)
    {
        var sameHub = welcome.HubEpoch == self.HubEpoch;
        self = self with
        {
            Welcomed = true,
            Refusal = null,
            HubEpoch = welcome.HubEpoch,
            // Revisions of another history say nothing: the full set that follows sets the number anew.
            HeldRevision = sameHub ? self.HeldRevision : 0,
        };
        transition.Put(self, durable: !sameHub);
        if (welcome.WantsInventory)
        {
            transition.Send(new Dispatch.ToHub(new UpMessage.Inventory(Inventory(transition), self.OutboxHead)));
        }
        else
        {
            Forget(transition, self, welcome.AppliedSequence);
        }
    }

    private static ImmutableArray<InventoryItem> Inventory(Transition transition) =>
    [
        .. transition.Tasks.Where(t => !t.Completed).OrderBy(t => t.Key)
            .Select(t => new InventoryItem(AssignmentDecisions.ToAssignment(t), t.Latest)),
    ];

    /// <summary>The hub has committed statuses: their rows go, and tasks that have ended become history.</summary>
    private static void Forget(Transition transition, SelfState self, long upTo)
    {
        upTo = Math.Min(upTo, self.NextSequence - 1);
        if (upTo < self.OutboxHead)
        {
            return;
        }

        var outbox = self.Outbox;
        foreach (var (sequence, update) in self.Outbox.TakeWhile(o => o.Key <= upTo))
        {
            outbox = outbox.Remove(sequence);
            if (TaskStateMachine.IsTerminal(update.State) && transition.Task(update.Task) is { } task && task.Container == update.Container)
            {
                HoldDecisions.Complete(transition, task);
            }
        }

        self = transition.Self! with { Outbox = outbox, Resends = 0 };
        transition.TrimOutbox(upTo);
        transition.Put(outbox.IsEmpty ? self with { ResendAt = null } : self, durable: false);
    }
}
