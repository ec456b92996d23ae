using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What the hub would do if a node came back now, or were let go on, with nothing changed there.</summary>
public sealed record ReturnPreview
{
    /// <summary>Which node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Tasks that would be ended there, by task; the node may have ended some of them itself.</summary>
    public ImmutableArray<ClusterTask> Killed { get; init; } = [];

    /// <summary>Tasks that would go on there, by task.</summary>
    public ImmutableArray<ClusterTask> Kept { get; init; } = [];

    /// <summary>Tasks that the node does not hold yet and would start, by task.</summary>
    public ImmutableArray<ClusterTask> Started { get; init; } = [];

    /// <summary>Tasks on other nodes that would be ended because of it, such as replacements, by task.</summary>
    public ImmutableArray<ClusterTask> KilledElsewhere { get; init; } = [];

    /// <summary>Instances without a live task that the node would not start again.</summary>
    public ImmutableArray<InstanceId> GivenUp { get; init; } = [];

    /// <summary>The sets of work that the node would be sent, in order; empty when it holds everything.</summary>
    public ImmutableArray<DownMessage> Messages { get; init; } = [];
}

/// <summary>Looks at what a reconnect would do, by deciding it on a copy of the state and throwing the copy away.</summary>
/// <remarks>Pure, as the engine is: what is shown is what the same hello would lead to. Source: ARCHITECTURE, "Ownership".</remarks>
public static class ReconcilePreview
{
    /// <summary>What a node would be told; null when it is not known.</summary>
    /// <param name="state">The hub's.</param>
    public static ReturnPreview? OfNode(ClusterState state, NodeId id, DecisionContext context)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Nodes.GetValueOrDefault(id) is not { } known)
        {
            return null;
        }

        var node = known with { AwaitsInventory = false, AwaitsReport = false, OnHold = false };
        ClusterCommand command = node.Connected ? new HoldNode(id, false, string.Empty) : Hello(state, node, context);
        var decision = EngineCore.Process(state with { Nodes = state.Nodes.SetItem(id, node) }, [command], context);
        var after = decision.State.Nodes[id].Tasks.Order().Select(key => decision.State.Tasks[key]).ToArray();
        var wanted = after.Where(t => t.Desired == DesiredState.Run).ToLookup(t => IsNew(t, known));
        ImmutableArray<DownMessage> messages =
        [
            .. decision.Dispatches.OfType<Dispatch.ToNode>().Where(d => d.Node == id).Select(d => d.Message)
                .OfType<DownMessage.Assignments>(),
        ];
        return new ReturnPreview
        {
            Node = id,
            Killed = [.. after.Where(t => t.Desired == DesiredState.Kill)],
            Kept = [.. wanted[false]],
            Started = [.. wanted[true]],
            KilledElsewhere =
            [
                .. decision.Rows.OfType<RowChange.TaskRow>().Select(r => r.Value).OfType<ClusterTask>()
                    .Where(t => t.Node != id && t is { Desired: DesiredState.Kill, IsTerminal: false }
                        && state.Tasks.GetValueOrDefault(t.Key) is { Desired: DesiredState.Run }),
            ],
            GivenUp = [.. messages.Cast<DownMessage.Assignments>().SelectMany(m => m.Slots).Where(s => !s.Keep).Select(s => s.Instance)],
            Messages = messages,
        };
    }

    /// <summary>What a node itself would send if it reached its hub now and nothing had changed there; its hello is the first.</summary>
    /// <param name="state">The node's.</param>
    public static ImmutableArray<UpMessage> OfSelf(ClusterState state, DecisionContext context)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Self is not { Standalone: false } self)
        {
            return [];
        }

        var welcome = new DownMessage.Welcome(self.HubEpoch, self.OutboxHead - 1, WantsInventory: false)
        {
            AgentEpoch = self.Identity.AgentEpoch,
            ReportRevision = self.ReportedRevision,
        };
        var cut = state with { Self = self with { Linked = false, Welcomed = false, SessionEpoch = string.Empty } };
        var decision = EngineCore.Process(cut, [new HubLinkOpened(), new HubMessage(welcome)], context);
        return [.. decision.Dispatches.OfType<Dispatch.ToHub>().Select(d => d.Message)];
    }

    private static NodeMessage Hello(ClusterState state, Node node, DecisionContext context) => new(
        node.Id,
        new UpMessage.Hello(
            node.Identity, node.Description, state.HubEpoch, node.HeldRevision, node.AppliedSequence + 1, context.Now)
        {
            ReportRevision = node.ReportRevision,
        });

    /// <summary>True for a task that the node has not confirmed, and that nothing was heard of.</summary>
    private static bool IsNew(ClusterTask task, Node node) =>
        task.Observed == ObservedState.Staging && task.Revision > node.HeldRevision;
}
