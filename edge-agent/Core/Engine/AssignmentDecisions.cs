using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Sends each node what changed of its desired work since what it holds.</summary>
/// <remarks>Level-triggered: a task row carries the revision of its last change, so the rows are the outbox and nothing is kept twice.
/// Source: SYNC, "Shape"; moby/swarmkit api/dispatcher.proto, AssignmentsMessage.</remarks>
internal static class AssignmentDecisions
{
    public static void SendChanges(Transition transition)
    {
        foreach (var id in transition.TakeNodesToSend())
        {
            SendChanges(transition, id);
        }
    }

    /// <summary>Sends what one node does not hold, if it has a session.</summary>
    public static void SendChanges(Transition transition, NodeId id)
    {
        if (transition.Node(id) is { Connected: true, AwaitsInventory: false, AwaitsReport: false, OnHold: false } node)
        {
            Send(transition, node);
        }
    }

    /// <summary>Sends everything that the node should run, whatever it holds.</summary>
    public static void SendFull(Transition transition, Node node)
    {
        ImmutableArray<Assignment> items = [.. Changed(transition, node, 0).Select(ToAssignment)];
        var message = new DownMessage.Assignments(transition.HubEpoch, 0, node.DesiredRevision, Full: true, items)
        {
            Slots = ShareDecisions.Slots(transition, node, above: 0, node.DesiredRevision),
            Apps = ShareDecisions.Apps(transition, node, above: 0, node.DesiredRevision, items),
        };
        transition.Send(new Dispatch.ToNode(node.Id, message));
        Await(transition, node with { SentRevision = node.DesiredRevision });
    }

    /// <summary>The node runs something that is not wanted there: everything that is wanted is said again.</summary>
    public static void DemandFull(Transition transition, Node node)
    {
        var revision = node.DesiredRevision + 1;
        transition.Put(node with { DesiredRevision = revision, FullRevision = revision });
        transition.MarkToSend(node.Id);
    }

    private static void Send(Transition transition, Node node)
    {
        if (node.SendsAgain)
        {
            node = node with { SentRevision = node.HeldRevision, SendsAgain = false };
        }

        if (node.SentRevision >= node.DesiredRevision)
        {
            return;
        }

        if (node.SentRevision == 0 || node.SentRevision < node.FullRevision)
        {
            // Nothing of this history is there, or too much: only a full set says what does not belong there.
            SendFull(transition, node);
            return;
        }

        var changed = Changed(transition, node, node.SentRevision).ToArray();
        var size = transition.Limits.AssignmentsPerMessage;
        for (var first = 0; node.SentRevision < node.DesiredRevision; first += size)
        {
            // The last one goes up to the end, whatever its tasks say: what changed may have ended meanwhile.
            var chunk = changed.Skip(first).Take(size).ToArray();
            var upTo = first + size < changed.Length ? chunk[^1].Revision : node.DesiredRevision;
            transition.Send(new Dispatch.ToNode(node.Id, Between(transition, node, upTo, [.. chunk.Select(ToAssignment)])));
            node = node with { SentRevision = upTo };
        }

        Await(transition, node);
    }

    /// <summary>What changed after the revision that was sent, up to another one: a node that holds that one already has all of
    /// it.</summary>
    private static DownMessage.Assignments Between(Transition transition, Node node, long upTo, ImmutableArray<Assignment> items) =>
        new(transition.HubEpoch, node.SentRevision, upTo, Full: false, items)
        {
            Slots = ShareDecisions.Slots(transition, node, node.SentRevision, upTo),
            Apps = ShareDecisions.Apps(transition, node, node.SentRevision, upTo, items),
        };

    /// <summary>Sends again later what the node has not confirmed by then.</summary>
    public static void Await(Transition transition, Node node)
    {
        var wait = TaskDecisions.Backoff(transition.Limits.SyncRetryMin, transition.Limits.SyncRetryMax, node.Resends);
        var due = transition.Context.Monotonic + wait;
        transition.Put(node with { ResendAt = due }, durable: false);
        transition.Schedule(due, TimerKind.NodeResend, node.Id.Value);
    }

    private static IEnumerable<ClusterTask> Changed(Transition transition, Node node, long above) => node.Tasks
        .Select(key => transition.Task(key)!)
        .Where(task => task.Revision > above)
        .OrderBy(task => task.Revision).ThenBy(task => task.Key);

    /// <summary>A task that came: as it was told, with nothing observed yet.</summary>
    public static ClusterTask ToTask(Assignment item, NodeId node) => new()
    {
        Key = item.Key,
        Spec = item.Spec,
        Node = node,
        Container = item.Container,
        Executor = new ExecutorId(item.Key.Task.Value),
        Resources = item.Resources,
        Role = item.Role,
        User = item.User,
        Desired = item.Desired,
        KillGrace = item.KillGrace,
        LaunchedAt = item.LaunchedAt,
        Slot = item.Slot,
    };

    /// <summary>A task as it travels: what is wanted of it, and what the sender knows of it.</summary>
    public static Assignment ToAssignment(ClusterTask task) => new()
    {
        Key = task.Key,
        Container = task.Container,
        Spec = task.Spec,
        Resources = task.Resources,
        Role = task.Role,
        User = task.User,
        Desired = task.Desired,
        KillGrace = task.KillGrace,
        Observed = task.Observed,
        LaunchedAt = task.LaunchedAt,
        Slot = task.Slot,
    };
}
