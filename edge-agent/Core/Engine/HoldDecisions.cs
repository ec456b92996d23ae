using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>A node takes over what the hub wants of it.</summary>
/// <remarks>Source: SYNC, invariants 2 to 4: in revision order, stale ones refused, nothing started twice.</remarks>
internal static class HoldDecisions
{
    public static void Receive(Transition transition, SelfState self, DownMessage.Assignments message)
    {
        if (message.HubEpoch != self.SessionEpoch)
        {
            // Of another history: a session has to be opened on it first.
            SelfDecisions.SayHello(transition, self);
            return;
        }

        var held = self.HubEpoch == self.SessionEpoch ? self.HeldRevision : 0;
        if (message.ResultsIn <= held)
        {
            // Stale: say what is held, so that the hub can go on from there.
            Confirm(transition, held, gap: false);
            return;
        }

        if (!message.Full && message.AppliesTo > held)
        {
            Confirm(transition, held, gap: true);
            return;
        }

        if (self.Outbox.Count + message.Items.Length > transition.Limits.Outbox)
        {
            // No room for what this work would have to tell: it is not confirmed, so the hub sends it again when there is.
            transition.Counters = transition.Counters with { AssignmentsRefused = transition.Counters.AssignmentsRefused + 1 };
            return;
        }

        foreach (var app in message.Apps)
        {
            SiteDecisions.Take(transition, app);
        }

        foreach (var item in message.Items)
        {
            if (SlotDecisions.Hold(transition, item))
            {
                Hold(transition, item);
            }
        }

        foreach (var slot in message.Slots.Where(s => !s.Keep))
        {
            SlotDecisions.GiveUp(transition, slot.Instance);
        }

        if (message.Full)
        {
            EndUnnamed(transition, message);
        }

        // The confirmation is an act, carried out after the commit: what is confirmed is durable.
        transition.Put(transition.Self! with { HubEpoch = message.HubEpoch, HeldRevision = message.ResultsIn });
        Confirm(transition, message.ResultsIn, gap: false);
    }

    /// <summary>Makes an ended task history of this node, of which a bounded number is kept.</summary>
    public static void Complete(Transition transition, ClusterTask task)
    {
        transition.Put(task with { Completed = true });
        transition.Send(new Dispatch.ForgetContainer(task.Container));

        // An instance that waits for its next start is made from its last task.
        var completed = transition.Tasks
            .Where(t => t.Completed && (t.Slot is null || transition.Apps.Instance(t.Slot.Instance)?.Task != t.Key)).ToList();
        if (completed.Count > CompletedMax)
        {
            var oldest = completed.OrderBy(t => t.Latest?.Timestamp ?? t.LaunchedAt).ThenBy(t => t.Key);
            foreach (var old in oldest.Take(completed.Count - CompletedMax))
            {
                transition.RemoveTask(old.Key);
            }
        }
    }

    /// <summary>Ended tasks that a node remembers for display: a page of them, not a history; the hub has that.</summary>
    private const int CompletedMax = 100;

    /// <summary>Says what is committed, and up to where it has told what became of the tasks.</summary>
    public static void Confirm(Transition transition, long held, bool gap) =>
        transition.Send(new Dispatch.ToHub(new UpMessage.Held(held, gap) { Sequence = transition.Self!.NextSequence - 1 }));

    private static void Hold(Transition transition, Assignment item)
    {
        if (transition.Task(item.Key) is { } known && known.Container == item.Container)
        {
            if (known is { Completed: true, Latest: { } latest })
            {
                // The hub knew that it had ended, and does not any more.
                transition.Put(known with { Completed = false });
                SelfDecisions.Queue(transition, latest);
            }
            else if (item.Desired == DesiredState.Kill)
            {
                End(transition, known, item.KillGrace);
            }

            return;
        }

        if (transition.Task(item.Key) is { IsTerminal: false } other)
        {
            transition.Send(new Dispatch.KillContainer(other.Container, TimeSpan.Zero));
        }

        var task = AssignmentDecisions.ToTask(item, item.Spec.Node);
        transition.Put(task);
        if (transition.Self!.Orphans.ContainsKey(item.Container))
        {
            Adopt(transition, task);
        }
        else if (item.Observed > ObservedState.Staging)
        {
            SelfDecisions.Report(
                transition, task, TaskState.Failed, StatusReason.ExecutorTerminated,
                "The node lost its journal, and the task's process is not running any more.");
        }
        else if (item.Desired == DesiredState.Kill)
        {
            SelfDecisions.Report(
                transition, task, TaskState.Killed, StatusReason.TaskKilledDuringLaunch, "Killed before the node started it.");
        }
        else
        {
            // The intent is durable before the act, and the act is idempotent: a crash between the two starts it once.
            task = SelfDecisions.Report(transition, task, TaskState.Starting, null, null);
            transition.Send(new Dispatch.StartContainer(task));
        }
    }

    private static void Adopt(Transition transition, ClusterTask task)
    {
        transition.Put(transition.Self! with { Orphans = transition.Self!.Orphans.Remove(task.Container) }, durable: false);
        task = SelfDecisions.Report(transition, task, TaskState.Running, null, "Found after the node lost its journal.");

        // The runtime attaches, or tells how it ended.
        transition.Send(new Dispatch.StartContainer(task));
        if (task.Desired == DesiredState.Kill)
        {
            End(transition, task, task.KillGrace);
        }
    }

    /// <summary>Ends a live task; one that has ended stays as it is.</summary>
    public static void End(Transition transition, ClusterTask task, TimeSpan? grace)
    {
        if (task.IsTerminal)
        {
            return;
        }

        task = task with { Desired = DesiredState.Kill, KillGrace = grace };
        transition.Put(task);
        task = SelfDecisions.Report(transition, task, TaskState.Killing, null, null);
        transition.Send(new Dispatch.KillContainer(task.Container, grace ?? task.Spec.KillGrace ?? transition.Limits.KillGraceDefault));
    }

    /// <summary>A full set names everything that is wanted; a live task that it does not name belongs to nobody any more.</summary>
    private static void EndUnnamed(Transition transition, DownMessage.Assignments message)
    {
        var named = message.Items.Select(i => i.Container).ToHashSet();
        var kept = SlotDecisions.Kept(transition, message);
        foreach (var task in transition.Tasks.Where(t => !t.IsTerminal && !named.Contains(t.Container)).OrderBy(t => t.Key).ToArray())
        {
            if (task.Slot is null)
            {
                End(transition, task, null);
            }
            else if (task.Slot.Owner is null && !kept.Contains(task.Slot.Instance))
            {
                SlotDecisions.GiveUp(transition, task.Slot.Instance);
                End(transition, transition.Task(task.Key)!, null);
            }
        }

        SlotDecisions.DropUnnamed(transition, kept);

        foreach (var orphan in transition.Self!.Orphans.Values.OrderBy(o => o.Container.Value, StringComparer.Ordinal))
        {
            transition.Send(orphan.Running
                ? new Dispatch.KillContainer(orphan.Container, transition.Limits.KillGraceDefault)
                : new Dispatch.ForgetContainer(orphan.Container));
        }

        transition.Put(transition.Self! with { Orphans = transition.Self!.Orphans.Clear() }, durable: false);
    }
}
