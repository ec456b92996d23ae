using Edge.Core.Frameworks;
using Edge.Core.Model;
using Edge.Core.Offers;

namespace Edge.Core.Engine;

/// <summary>Opens a node's session: who is it, do we share a history, where do we go on?</summary>
/// <remarks>Source: SYNC, "Session opening".</remarks>
internal static class SessionDecisions
{
    public static void Open(Transition transition, NodeId id, UpMessage.Hello hello)
    {
        var known = transition.Node(id);
        if (Refuse(transition, id, known, hello) is { } reason)
        {
            transition.Counters = transition.Counters with { SessionsRefused = transition.Counters.SessionsRefused + 1 };
            transition.Send(new Dispatch.ToNode(id, new DownMessage.Refused(reason)));
            return;
        }

        var wantsInventory = !SharesHistory(transition, known, hello);
        var node = NodeDecisions.Describe(transition, Enter(transition, id, known, hello, wantsInventory), hello.Description);
        transition.Put(node);
        Welcome(transition, node);
        if (known is { Reachability: Reachability.Unreachable })
        {
            NodeDecisions.Reach(transition, node);
        }

        if (known is not null && known.Identity.AgentEpoch != hello.Identity.AgentEpoch)
        {
            CutDecisions.Forget(transition, id);
            ReportDecisions.Forget(transition, id);
        }

        transition.MarkAllocatable(id);

        // At once: the next hello of the batch is judged by what was sent.
        AssignmentDecisions.SendChanges(transition, id);
    }

    /// <summary>Accepts the session, and says it again until the inventory that it asks for has come.</summary>
    public static void Welcome(Transition transition, Node node)
    {
        transition.Send(new Dispatch.ToNode(
            node.Id,
            new DownMessage.Welcome(transition.HubEpoch, node.AppliedSequence, node.AwaitsInventory)
            {
                AgentEpoch = node.Identity.AgentEpoch,
                ReportRevision = node.ReportRevision,
            }));
        if (node.AwaitsInventory)
        {
            AssignmentDecisions.Await(transition, node);
        }
    }

    /// <summary>Takes the node's word for what runs there, and answers with everything that is wanted.</summary>
    public static void TakeInventory(Transition transition, Node node, UpMessage.Inventory inventory)
    {
        if (!node.AwaitsInventory)
        {
            return;
        }

        // Statuses below the outbox head were committed by a hub that this one has no memory of: the inventory stands for them.
        node = node with
        {
            AwaitsInventory = false,

            // The full set is owed until it is held, whatever the node says to hold in sessions between.
            FullRevision = node.DesiredRevision,
            AppliedSequence = Math.Max(node.AppliedSequence, inventory.OutboxHead - 1),
        };
        transition.Put(node);
        foreach (var item in inventory.Tasks)
        {
            if (transition.Task(item.Assignment.Key) is null)
            {
                Adopt(transition, node.Id, item);
            }

            if (item.Latest is { } latest)
            {
                TaskDecisions.Apply(transition, node.Id, latest);
            }
        }

        // Nothing may be left to be told: then no status comes that would do it.
        ReportDecisions.Settle(transition, node.Id);
        transition.MarkAllocatable(node.Id);
        node = transition.Node(node.Id)!;
        if (node.AwaitsReport)
        {
            // Everything that is wanted there depends on what its site changed.
            transition.Put(node with { SentRevision = 0 }, durable: false);
            return;
        }

        AssignmentDecisions.SendFull(transition, node);
    }

    private static string? Refuse(Transition transition, NodeId id, Node? known, UpMessage.Hello hello)
    {
        if (known is null)
        {
            return IdRules.Validate("The node's name", id.Value) ?? (transition.NodeCount < transition.Limits.Nodes
                ? null
                : $"The hub has {transition.Limits.Nodes} nodes, which is its limit; remove one first.");
        }

        if (known.Identity.Instance == hello.Identity.Instance)
        {
            return null;
        }

        return known.Connected || known.UnreachableAt is not null
            ? $"The node name '{known.Id}' is in use by another machine ({known.Description.Hostname}). "
                + "Give this one another --node, or stop the other one and wait until it is unreachable."
            : null;
    }

    private static bool SharesHistory(Transition transition, Node? known, UpMessage.Hello hello)
    {
        if (hello.HubEpoch.Length == 0)
        {
            // A node without a history has nothing to tell; a hub that knew it starts it from revision zero.
            return true;
        }

        if (hello.HubEpoch != transition.HubEpoch || known is { AwaitsInventory: true })
        {
            return false;
        }

        if (known is not null && known.Identity.AgentEpoch != hello.Identity.AgentEpoch)
        {
            // It agreed with this hub on another database than the last: two hellos came in the wrong order.
            return false;
        }

        var sent = known is { SentRevision: > 0 } ? known.SentRevision : known?.DesiredRevision;
        if (known is not null && hello.HeldRevision <= sent && hello.OutboxHead <= known.AppliedSequence + 1)
        {
            return true;
        }

        // This hub was restored from an old backup: it starts a new history, and asks whoever knows the old one.
        transition.RenewEpoch();
        foreach (var other in transition.Nodes.Where(n => n.Connected && n.Id != known?.Id).OrderBy(n => n.Id).ToArray())
        {
            var asked = other with { AwaitsInventory = true, SentRevision = 0, DesiredRevision = other.DesiredRevision + 1 };
            transition.Put(asked);
            Welcome(transition, asked);
        }

        return false;
    }

    private static Node Enter(Transition transition, NodeId id, Node? known, UpMessage.Hello hello, bool wantsInventory)
    {
        var now = transition.Context.Now;
        var node = known ?? new Node
        {
            Id = id,
            Description = hello.Description,
            Identity = hello.Identity,
            RegisteredAt = now,
            Free = hello.Description.Resources,
        };
        var sameDatabase = node.Identity.AgentEpoch == hello.Identity.AgentEpoch && hello.HubEpoch.Length > 0;
        var held = sameDatabase && !wantsInventory && hello.HeldRevision >= node.FullRevision ? hello.HeldRevision : 0;
        return node with
        {
            Identity = hello.Identity,
            Connected = true,
            Recovered = false,
            AwaitsInventory = wantsInventory,
            Reachability = Reachability.Reachable,
            UnreachableSince = null,
            UnreachableAt = null,
            LastSeen = now,
            ClockOffset = hello.Clock - now,
            ReregisteredAt = now,
            // Never 0: the first set that a node gets is a full one, so that nothing unknown stays there.
            DesiredRevision = Math.Max(node.DesiredRevision, wantsInventory ? hello.HeldRevision + 1 : 1),
            HeldRevision = held,
            HeldSequence = null,
            ReportSequence = null,
            ReportAwaited = hello.ReportRevision,
            SentRevision = held,
            SendsAgain = false,
            ResendAt = null,
            Resends = 0,
            AppliedSequence = node.Identity.AgentEpoch == hello.Identity.AgentEpoch ? node.AppliedSequence : 0,
            ReportRevision = node.Identity.AgentEpoch == hello.Identity.AgentEpoch ? node.ReportRevision : 0,
            AwaitsReport = hello.ReportRevision > (node.Identity.AgentEpoch == hello.Identity.AgentEpoch ? node.ReportRevision : 0),
        };
    }

    private static void Adopt(Transition transition, NodeId id, InventoryItem item)
    {
        var assignment = ReportDecisions.AsOwned(transition, id, item.Assignment);
        var key = assignment.Key;
        var node = transition.Node(id)!;
        node = node with { DesiredRevision = node.DesiredRevision + 1, Tasks = node.Tasks.Add(key) };
        transition.Put(NodeLedger.Use(node, assignment.Resources));
        transition.Put(AssignmentDecisions.ToTask(assignment, id) with { Revision = node.DesiredRevision });
        AdoptFramework(transition, assignment);
        if (assignment.Slot is not null)
        {
            InstanceDecisions.Adopt(transition, id, assignment);
        }
    }

    /// <summary>Takes over a task that a node started on its own: the node has it, so it is not sent there, except in a full set.</summary>
    public static void AdoptLaunch(Transition transition, NodeId id, Assignment launch)
    {
        launch = ReportDecisions.AsOwned(transition, id, launch);
        var node = transition.Node(id)!;
        transition.Put(NodeLedger.Use(node with { Tasks = node.Tasks.Add(launch.Key) }, launch.Resources));
        transition.Put(AssignmentDecisions.ToTask(launch, id) with { Revision = 1 });
        AdoptFramework(transition, launch);
        InstanceDecisions.Adopt(transition, id, launch);
    }

    private static void AdoptFramework(Transition transition, Assignment assignment)
    {
        var id = assignment.Key.Framework;
        if (transition.CompletedFrameworks.Exists(f => f.Id == id))
        {
            TaskDecisions.WantKilled(transition, transition.Task(assignment.Key)!, null);
            return;
        }

        var framework = BuiltinFramework.Is(id)
            ? BuiltinFramework.Get(transition)
            : transition.Framework(id) ?? Recover(transition, id, assignment);
        transition.Put(TaskDecisions.Charge(framework, assignment.Resources, 1) with
        {
            Tasks = framework.Tasks.Add(assignment.Key.Task),
            CompletedTasks = framework.CompletedTasks.Remove(assignment.Key.Task),
        });
    }

    private static Framework Recover(Transition transition, FrameworkId id, Assignment assignment)
    {
        var removeAt = transition.Context.Monotonic + transition.Limits.RecoveryWindow;
        transition.Schedule(removeAt, TimerKind.FrameworkFailover, id.Value);
        return new Framework
        {
            Id = id,
            Spec = new FrameworkSpec
            {
                Id = id,
                Name = id.Value,
                User = assignment.User,
                Roles = [assignment.Role],
                FailoverTimeout = transition.Limits.RecoveryWindow,
                Wire = default,
            },
            Phase = FrameworkPhase.Recovered,
            RemoveAt = removeAt,
            RegisteredAt = transition.Context.Now,
            ReregisteredAt = transition.Context.Now,
        };
    }
}
