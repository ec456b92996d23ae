using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Tasks;

namespace Edge.Core.Engine;

/// <summary>A hub welcomes the node, and commits what the node has told it.</summary>
/// <remarks>Source: SYNC, "Session opening".</remarks>
internal static class WelcomeDecisions
{
    /// <summary>The hub has accepted the session: what the two do not share is told again.</summary>
    public static void Welcome(Transition transition, SelfState self, DownMessage.Welcome welcome)
    {
        var sameHub = welcome.HubEpoch == self.HubEpoch;
        if (self.Welcomed)
        {
            // It answers a hello that came twice, and that may have brought an old description with it.
            transition.Send(new Dispatch.ToHub(new UpMessage.Report(self.Description)));
        }

        if (self.ReportRevision < welcome.ReportRevision && sameHub)
        {
            // An old copy of the journal was put back: the hub has heard of changes that this node does not know. It says everything again,
            // under new numbers, and asks for everything that is wanted.
            SiteDecisions.ReportAll(transition, welcome.ReportRevision);
            SelfDecisions.SayHello(transition, transition.Self! with { HeldRevision = 0 });
            return;
        }

        var isOldCopy = self.CountedFrom > 0 && self.CountedFrom <= welcome.AppliedSequence;
        if (isOldCopy)
        {
            self = Renumber(transition, self, welcome.AppliedSequence + 1);
        }

        self = Agree(self, welcome, sameHub);
        transition.Put(self, durable: !sameHub && !welcome.WantsInventory);
        SiteDecisions.WakeTombstones(transition);
        if (welcome.WantsInventory)
        {
            SiteDecisions.SendReport(transition);
            transition.Send(new Dispatch.ToHub(new UpMessage.Inventory(Inventory(transition), self.OutboxHead)));
        }
        else
        {
            Forget(transition, self, welcome.AppliedSequence);
            if (self.HeldRevision > 0)
            {
                HoldDecisions.Confirm(transition, self.HeldRevision, gap: false);
            }
        }

        if (isOldCopy)
        {
            HealthDecisions.TellAgain(transition);
        }
    }

    private static SelfState Agree(SelfState self, DownMessage.Welcome welcome, bool sameHub) => self with
    {
        Welcomed = true,
        Refusal = null,
        SessionEpoch = welcome.HubEpoch,

        // A hub that does not know this node's work is agreed with when it has answered the inventory, not before:
        // until then every new session asks for the inventory again, whatever was lost or crashed in between.
        HubEpoch = welcome.WantsInventory ? self.HubEpoch : welcome.HubEpoch,
        CountedFrom = 0,
        SentSequence = 0,

        // A hub that was restored from an old backup knows less than was confirmed before: it hears all of that again.
        SentReport = Math.Min(welcome.ReportRevision, self.ReportRevision),
        ReportedRevision = Math.Min(welcome.ReportRevision, self.ReportRevision),
        ResendAt = null,
        Resends = 0,
        // Revisions of another history say nothing: the full set that follows sets the number anew.
        HeldRevision = sameHub || welcome.WantsInventory ? self.HeldRevision : 0,
    };

    /// <summary>An old copy of the journal was put back: its numbers were given before, to statuses that the hub has.</summary>
    /// <remarks>The next number is the one that the hub waits for, even when the node has given higher ones since: over a gap the hub
    /// would wait for ever.</remarks>
    private static SelfState Renumber(Transition transition, SelfState self, long next)
    {
        var outbox = self.Outbox.Clear();
        transition.TrimOutbox(next - 1);
        foreach (var sequence in self.Outbox.Keys.Where(k => k >= next))
        {
            transition.RemoveOutbox(sequence);
        }

        foreach (var update in self.Outbox.Values)
        {
            transition.AddOutbox(next, update);
            outbox = outbox.Add(next++, update);
        }

        self = self with { Outbox = outbox, NextSequence = next };
        transition.Put(self);
        return self;
    }

    private static ImmutableArray<InventoryItem> Inventory(Transition transition)
    {
        var queued = transition.Self!.Outbox.Values.Where(s => s.Uuid is not null).Select(s => s.Uuid!.Value).ToHashSet();
        return
        [
            .. transition.Tasks.Where(t => !t.Completed).OrderBy(t => t.Key)
                .Select(t => new InventoryItem(AssignmentDecisions.ToAssignment(t), LatestCommitted(t, queued))),
        ];
    }

    /// <summary>What the inventory says of a task: whatever is still in the outbox follows it, each status in its turn.</summary>
    private static StatusUpdate? LatestCommitted(ClusterTask task, HashSet<Guid> queued) =>
        task.History.LastOrDefault(s => s.Uuid is not { } uuid || !queued.Contains(uuid));

    /// <summary>The hub has committed statuses: their rows go, and tasks that have ended become history.</summary>
    public static void Forget(Transition transition, SelfState self, long upTo)
    {
        upTo = Math.Min(upTo, self.NextSequence - 1);
        if (upTo < self.OutboxHead)
        {
            return;
        }

        var outbox = self.Outbox;
        var committed = self.Outbox.TakeWhile(o => o.Key <= upTo).ToArray();
        foreach (var (sequence, update) in committed)
        {
            outbox = outbox.Remove(sequence);
            if (TaskStateMachine.IsTerminal(update.State) && transition.Task(update.Task) is { } task && task.Container == update.Container)
            {
                HoldDecisions.Complete(transition, task);
            }
            else if (TaskStateMachine.IsTerminal(update.State) && update.Container is { } container)
            {
                // The id was used again meanwhile: the record of this run has no task any more.
                transition.Send(new Dispatch.ForgetContainer(container));
            }
        }

        self = transition.Self! with { Outbox = outbox, Resends = 0 };
        transition.TrimOutbox(upTo);
        var settled = outbox.IsEmpty && self.Welcomed && self.ReportedRevision >= self.ReportRevision;
        transition.Put(settled ? self with { ResendAt = null } : self, durable: false);
        foreach (var (_, update) in committed)
        {
            HealthDecisions.TellRest(transition, update);
        }
    }
}
