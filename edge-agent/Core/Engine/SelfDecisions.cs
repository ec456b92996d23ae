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

        SayHello(transition, self with { Linked = true, Resends = 0 });
    }

    /// <summary>Opens a session, and tries again later when nobody answers.</summary>
    public static void SayHello(Transition transition, SelfState self)
    {
        var due = transition.Context.Monotonic
            + TaskDecisions.Backoff(transition.Limits.SyncRetryMin, transition.Limits.SyncRetryMax, self.Resends);
        transition.Put(self with { Welcomed = false, SentSequence = 0, ResendAt = due }, durable: false);
        transition.Schedule(due, TimerKind.OutboxResend, self.Id.Value);
        transition.Send(new Dispatch.ToHub(new UpMessage.Hello(
            self.Identity, self.Description, self.HubEpoch, self.HeldRevision, self.OutboxHead, transition.Context.Now)
        {
            ReportRevision = self.ReportRevision,
        }));
    }

    public static void LinkClosed(Transition transition)
    {
        if (transition.Self is { } self)
        {
            transition.Put(self with { Linked = false, Welcomed = false, ResendAt = null }, durable: false);
            DelegationDecisions.LinkClosed(transition);
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
            case DownMessage.Welcome welcome when welcome.AgentEpoch.Length > 0 && welcome.AgentEpoch != self.Identity.AgentEpoch:
                if (self.Welcomed)
                {
                    // An old hello came late: the hub believes that the lost database is back.
                    SayHello(transition, self);
                }

                break;
            case DownMessage.Welcome { WantsInventory: false } welcome when self.Welcomed && welcome.HubEpoch != self.SessionEpoch:
                // It came twice, and the second time after the hub began a new history; or the hub did. It will say which.
                SayHello(transition, self);
                break;
            case DownMessage.Welcome welcome:
                WelcomeDecisions.Welcome(transition, self, welcome);
                break;
            case DownMessage.Refused refused:
                if (self.Welcomed)
                {
                    SayHello(transition, self with { Refusal = refused.Reason, Resends = 0 });
                }
                else
                {
                    transition.Put(self with { Refusal = refused.Reason }, durable: false);
                }

                break;
            case DownMessage.Acknowledged acknowledged:
                if (acknowledged.AgentEpoch == self.Identity.AgentEpoch)
                {
                    WelcomeDecisions.Forget(transition, self, acknowledged.Sequence);
                }

                break;
            case DownMessage.Assignments assignments when self.Welcomed:
                HoldDecisions.Receive(transition, self, assignments);
                break;
            case DownMessage.Reported reported:
                SiteDecisions.Reported(transition, reported);
                break;
            case DownMessage.Delegated delegated:
                DelegationDecisions.Receive(transition, delegated);
                break;
        }
    }

    public static void Describe(Transition transition, NodeDescription description)
    {
        if (transition.Self is { } self)
        {
            transition.Put(self with { Description = description }, durable: false);
            transition.Apps.MarkWaitingDirty();
            if (self.Linked)
            {
                transition.Send(new Dispatch.ToHub(new UpMessage.Report(description)));
            }
        }
    }

    public static void FindOrphans(Transition transition, OrphansFound found)
    {
        if (transition.Self is { } self)
        {
            // What is held says nothing while something runs that the journal does not know: a full set names what is wanted.
            var lost = !found.Orphans.IsEmpty && self.HeldRevision > 0;
            transition.Put(
                self with
                {
                    Orphans = found.Orphans.ToImmutableDictionary(o => o.Container, o => o),
                    HeldRevision = lost ? 0 : self.HeldRevision,
                },
                durable: lost);
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
            else
            {
                HealthDecisions.Resume(transition, task);
            }
        }

        foreach (var task in transition.Tasks.Where(t => t.Completed).OrderBy(t => t.Key))
        {
            transition.Send(new Dispatch.ForgetContainer(task.Container));
        }

        InstanceDecisions.Resume(transition);
        foreach (var app in transition.Apps.Apps.ToArray())
        {
            transition.Apps.MarkDirty(AppTables.KeyOf(app));
        }
    }

    /// <summary>The runtime saw something: the task's row and the status for the hub become durable together.</summary>
    public static void Observe(Transition transition, ContainerObserved observed)
    {
        var task = transition.Tasks.FirstOrDefault(t => t.Container == observed.Container);
        if (task is null)
        {
            if (observed.State >= ObservedState.Finished && transition.Self is { } self && !self.Orphans.ContainsKey(observed.Container))
            {
                transition.Send(new Dispatch.ForgetContainer(observed.Container));
            }

            return;
        }

        var update = Draft(transition, task, TaskStateMachine.ToState(observed.State), observed.Reason, observed.Message);
        Report(transition, task, HealthDecisions.Explain(task, update));
    }

    /// <summary>Raises a task's state and puts the status into the outbox; a state that is not higher changes nothing.</summary>
    /// <returns>The task afterwards.</returns>
    public static ClusterTask Report(Transition transition, ClusterTask task, TaskState state, StatusReason? reason, string? message) =>
        Report(transition, task, Draft(transition, task, state, reason, message));

    /// <inheritdoc cref="Report(Transition, ClusterTask, TaskState, StatusReason?, string?)"/>
    public static ClusterTask Report(Transition transition, ClusterTask task, StatusUpdate update, Assignment? launch = null)
    {
        var result = TaskStateMachine.Apply(task, update, transition.Limits.StatusHistory);
        if (!result.Advanced)
        {
            return task;
        }

        transition.Put(result.Task);
        Queue(transition, update with
        {
            Launch = launch,
            Released = result.Task.IsTerminal && InstanceDecisions.IsReleased(transition, result.Task, result.Task.Observed),
        });
        if (result.Task.Slot is not null)
        {
            InstanceDecisions.Observed(transition, result.Task, update);
        }

        if (result.Task.IsTerminal)
        {
            transition.Apps.MarkWaitingDirty();
        }

        if (transition.Self!.Standalone && result.Task.IsTerminal)
        {
            HoldDecisions.Complete(transition, result.Task);
        }

        return result.Task;
    }

    /// <summary>A status that the node would make now; nothing is changed by it.</summary>
    public static StatusUpdate Draft(Transition transition, ClusterTask task, TaskState state, StatusReason? reason, string? message)
    {
        var byExecutor = reason is null or StatusReason.CommandExecutorFailed
            or StatusReason.TaskHealthCheckStatusUpdated or StatusReason.TaskCheckStatusUpdated;
        return new StatusUpdate
        {
            Task = task.Key,
            State = state,
            Source = byExecutor ? StatusSource.Executor : StatusSource.Agent,
            Reason = reason,
            Message = message,
            Timestamp = transition.Context.Now,
            Node = transition.Self!.Id,
            Executor = task.Executor,
            Container = task.Container,
            Uuid = transition.NextGuid(),
        };
    }

    /// <summary>Puts a status into the outbox, where it stays until the hub has committed it.</summary>
    public static void Queue(Transition transition, StatusUpdate update)
    {
        var self = transition.Self!;
        if (self.Standalone)
        {
            return;
        }

        transition.AddOutbox(self.NextSequence, update);
        transition.Put(self with { NextSequence = self.NextSequence + 1, Outbox = self.Outbox.Add(self.NextSequence, update) });
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
            transition.Send(new Dispatch.ToHub(new UpMessage.Statuses(self.Identity.AgentEpoch, first, items)
            {
                ReportRevision = self.ReportRevision,
            }));
            first += count;
        }

        var wait = TaskDecisions.Backoff(transition.Limits.SyncRetryMin, transition.Limits.SyncRetryMax, self.Resends);
        var due = transition.Context.Monotonic + wait;
        transition.Put(self with { SentSequence = self.NextSequence - 1, ResendAt = due }, durable: false);
        transition.Schedule(due, TimerKind.OutboxResend, self.Id.Value);
    }

    public static void Resend(Transition transition, TimeSpan due)
    {
        if (transition.Self is not { Linked: true, ResendAt: { } resendAt } self || resendAt > due)
        {
            return;
        }

        if (!self.Welcomed)
        {
            SayHello(transition, self with { Resends = self.Resends + 1 });
        }
        else
        {
            transition.Put(
                self with
                {
                    SentSequence = self.OutboxHead - 1,
                    SentReport = self.ReportedRevision,
                    ResendAt = null,
                    Resends = self.Resends + 1,
                },
                durable: false);
        }
    }
}
