using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Tasks;

namespace Edge.Core.Engine;

/// <summary>The hub's half of the sync contract: sessions, statuses, confirmations, cuts.</summary>
/// <remarks>Source: SYNC, "Shape" and invariants 1, 2 and 5.</remarks>
internal static class NodeDecisions
{
    public static void Receive(Transition transition, NodeId id, UpMessage message)
    {
        if (message is UpMessage.Hello hello)
        {
            SessionDecisions.Open(transition, id, hello);
            return;
        }

        if (transition.Node(id) is not { Connected: true } node)
        {
            // Without a session nothing of it can be trusted to be in order; the node opens one and says it again.
            SayAgain(transition, id);
            return;
        }

        node = node with { LastSeen = transition.Context.Now };
        switch (message)
        {
            case UpMessage.Inventory inventory:
                SessionDecisions.TakeInventory(transition, node, inventory);
                break;
            case UpMessage.Statuses statuses:
                Apply(transition, node, statuses);
                break;
            case UpMessage.Held held:
                Confirm(transition, node, held);
                break;
            case UpMessage.Report report:
                transition.Put(Describe(transition, node, report.Description));
                break;
            case UpMessage.SiteReport report:
                ReportDecisions.Receive(transition, node, report);
                break;
        }
    }

    /// <summary>Tells a node that may believe otherwise that it has no session; one that is gone does not hear it.</summary>
    public static void SayAgain(Transition transition, NodeId id) =>
        transition.Send(new Dispatch.ToNode(id, new DownMessage.Refused("The hub has no session of this node; it opens a new one.")));

    public static void LinkLost(Transition transition, NodeLinkLost lost)
    {
        if (transition.Node(lost.Node) is not { Connected: true } node
            || (lost.Instance is { } instance && instance != node.Identity.Instance))
        {
            return;
        }

        OfferDecisions.RescindAll(transition, node.Id);
        var due = transition.Context.Monotonic + transition.Limits.NodeTimeout;
        transition.Schedule(due, TimerKind.NodeUnreachable, node.Id.Value);

        ReportDecisions.Wake(transition, node.Id);

        // The news may be late: then the node has a new connection, and would not know that its session is over.
        Ask(transition, transition.Node(node.Id)! with { Connected = false, UnreachableAt = due, Resends = 0 });
    }

    /// <summary>Asks a node that may not know that its session is over, a bounded number of times; no listener, no cost.</summary>
    private static void Ask(Transition transition, Node node)
    {
        SayAgain(transition, node.Id);
        if (node.Resends < QuestionsMax)
        {
            AssignmentDecisions.Await(transition, node with { Resends = node.Resends + 1 });
        }
        else
        {
            transition.Put(node with { ResendAt = null }, durable: false);
        }
    }

    /// <summary>Questions to a silent node: over 20 minutes of waits that double from 15 s to 5 min, on a link that is said to be
    /// cut.</summary>
    private const int QuestionsMax = 8;

    /// <summary>A cut has lasted too long: frameworks are told; the tasks may still run, so nothing else changes.</summary>
    public static void Unreach(Transition transition, Node node)
    {
        node = node with
        {
            Reachability = Reachability.Unreachable,
            UnreachableSince = transition.Context.Now,
            UnreachableAt = null,
            Recovered = false,
        };
        transition.Put(node);
        foreach (var key in node.Tasks.Order())
        {
            Tell(
                transition, key, TaskState.Unreachable, StatusReason.AgentRemoved,
                $"Agent {node.Id} is unreachable", node.UnreachableSince);
        }

        foreach (var framework in transition.Frameworks.OrderBy(f => f.Id))
        {
            transition.Tell(framework, new FrameworkEvent.Failure(node.Id));
        }

        CutDecisions.Unreach(transition, node.Id);
    }

    /// <summary>The node is back: frameworks that were told of the cut are told the latest states.</summary>
    public static void Reach(Transition transition, Node node)
    {
        foreach (var key in node.Tasks.Order())
        {
            var state = TaskStateMachine.ToState(transition.Task(key)!.Observed);
            Tell(transition, key, state, StatusReason.AgentReregistered, $"Agent {node.Id} re-registered", null);
        }

        CutDecisions.Reach(transition, node.Id);
    }

    public static void Resend(Transition transition, NodeId id, TimeSpan due)
    {
        if (transition.Node(id) is not { ResendAt: { } resendAt } node || resendAt > due)
        {
            return;
        }

        if (!node.Connected)
        {
            Ask(transition, node);
        }
        else
        {
            node = node with { SendsAgain = true, ResendAt = null, Resends = node.Resends + 1 };
            if (node.AwaitsInventory)
            {
                SessionDecisions.Welcome(transition, node);
                return;
            }

            transition.Put(node, durable: false);
            AssignmentDecisions.SendChanges(transition, id);
        }
    }

    /// <summary>Takes over what a node says it has; offers of resources that changed are taken back.</summary>
    public static Node Describe(Transition transition, Node node, NodeDescription description)
    {
        if (!description.Resources.Equals(node.Description.Resources) && !node.Offers.IsEmpty)
        {
            OfferDecisions.RescindAll(transition, node.Id);
            var current = transition.Node(node.Id)!;
            node = node with { Offers = current.Offers, Offered = current.Offered };
        }

        transition.MarkAllocatable(node.Id);
        return NodeLedger.Balance(node with { Description = description });
    }

    private static void Apply(Transition transition, Node node, UpMessage.Statuses statuses)
    {
        if (statuses.AgentEpoch != node.Identity.AgentEpoch)
        {
            // A hello of before the loss of its database came late, and hid the newer one.
            SayAgain(transition, node.Id);
            return;
        }

        if (statuses.ReportRevision > node.ReportRevision)
        {
            // The report that came before them was lost; the node sends it again, and these behind it.
            return;
        }

        var applied = node.AppliedSequence;
        for (var i = 0; i < statuses.Items.Length; i++)
        {
            var sequence = statuses.FirstSequence + i;
            if (sequence == applied + 1)
            {
                TaskDecisions.Apply(transition, node.Id, statuses.Items[i]);
                applied = sequence;
            }
            else if (sequence <= applied)
            {
                transition.Counters = transition.Counters with { StatusesIgnored = transition.Counters.StatusesIgnored + 1 };
            }
        }

        // A gap is not acknowledged: the node sends again from the oldest that it still has.
        node = transition.Node(node.Id)! with { AppliedSequence = applied, LastSeen = node.LastSeen };
        transition.Put(node);
        Settle(transition, node);
        ReportDecisions.Settle(transition, node.Id);
        transition.Send(new Dispatch.ToNode(node.Id, new DownMessage.Acknowledged(statuses.AgentEpoch, applied)));
    }

    private static void Confirm(Transition transition, Node node, UpMessage.Held held)
    {
        var isOwed = held.Revision < node.FullRevision;
        if (held.Revision > node.DesiredRevision || (isOwed && !held.Gap))
        {
            return;
        }

        node = node with { HeldRevision = isOwed ? node.HeldRevision : Math.Max(node.HeldRevision, held.Revision), Resends = 0 };
        if (held.Gap)
        {
            transition.Put(node with { SentRevision = held.Revision });
            AssignmentDecisions.SendChanges(transition, node.Id);
            return;
        }

        node = node with { HeldSequence = held.Sequence };
        transition.Put(node.HeldRevision >= node.SentRevision ? node with { ResendAt = null } : node);
        Settle(transition, node);
    }

    /// <summary>What the node has given up is gone, once everything that it had told before is applied: it may have started it
    /// again.</summary>
    private static void Settle(Transition transition, Node node)
    {
        if (node.HeldSequence <= node.AppliedSequence)
        {
            transition.Put(node with { HeldSequence = null }, durable: false);
            InstanceDecisions.Confirm(transition, node.Id, node.HeldRevision);
        }
    }

    /// <summary>An admin holds a node as it is, or lets it go on.</summary>
    public static CommandReply Hold(Transition transition, HoldNode command)
    {
        if (transition.Node(command.Node) is not { } node)
        {
            return new CommandReply.Rejected($"There is no node '{command.Node}'.");
        }

        transition.Put(node with { OnHold = command.Hold });
        if (!command.Hold)
        {
            transition.MarkAllocatable(node.Id);
            transition.MarkToSend(node.Id);
        }

        return CommandReply.Accepted.Instance;
    }

    private static void Tell(
        Transition transition, TaskKey key, TaskState state, StatusReason reason, string message, DateTimeOffset? unreachableSince)
    {
        var task = transition.Task(key)!;
        if (task.Slot is not null)
        {
            var status = TaskDecisions.FromMaster(transition, task, state, reason, message) with { UnreachableSince = unreachableSince };
            transition.Announce(new ClusterEvent.StatusUpdated(
                status.Timestamp, task, status, transition.Node(task.Node)?.Description.Hostname ?? task.Node.Value));
        }
        else if (transition.Framework(key.Framework) is { } framework)
        {
            var status = TaskDecisions.FromMaster(transition, task, state, reason, message) with
            {
                UnreachableSince = unreachableSince,
                Healthy = unreachableSince is null ? task.Health?.Healthy : null,
            };
            transition.Tell(framework, new FrameworkEvent.Update(StatusTranslation.For(framework, status)));
        }
    }
}
