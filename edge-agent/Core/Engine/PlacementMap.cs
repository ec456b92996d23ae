using Edge.Core.Model;
using Edge.Core.Placement;
using Edge.Core.Resources;

namespace Edge.Core.Engine;

/// <summary>The nodes as placement sees them, made when first asked for and kept for one batch.</summary>
internal sealed class PlacementMap(Transition transition)
{
    private readonly Dictionary<NodeId, int> _index = [];
    private List<PlacementNode>? _nodes;

    /// <summary>Every node, by name.</summary>
    public IReadOnlyList<PlacementNode> Nodes => _nodes ??= Build();

    /// <summary>Where instances stand; nodes that are gone are left out.</summary>
    public PlacedInstances Of(IEnumerable<Instance> instances)
    {
        var nodes = Nodes;
        var placed = new PlacedInstances();
        foreach (var instance in instances.Where(i => _index.ContainsKey(i.Node)))
        {
            placed.Add(nodes[_index[instance.Node]]);
        }

        return placed;
    }

    /// <summary>Something was placed on a node.</summary>
    public void Refresh(NodeId id)
    {
        if (_nodes is not null && _index.TryGetValue(id, out var index))
        {
            _nodes[index] = Look(id);
        }
    }

    private List<PlacementNode> Build()
    {
        var nodes = transition.Self is { } self
            ? [Look(self.Id)]
            : transition.Nodes.OrderBy(n => n.Id).Select(n => Look(n.Id)).ToList();
        for (var i = 0; i < nodes.Count; i++)
        {
            _index[nodes[i].Id] = i;
        }

        return nodes;
    }

    private PlacementNode Look(NodeId id)
    {
        if (transition.Self is { } self)
        {
            return new PlacementNode(self.Id, self.Description, Free(self), null);
        }

        var node = transition.Node(id)!;
        var closed = node.Reachability == Reachability.Unreachable ? "the node is unreachable"
            : !node.Connected ? "the node is not connected"
            : node.AwaitsInventory ? "the hub waits for the node's inventory"
            : node.AwaitsReport ? "the hub waits for what the node's operator changed"
            : node.OnHold ? "the node is held as it is until an admin approves"
            : null;
        return new PlacementNode(id, node.Description, node.Free, closed);
    }

    /// <summary>A node has no ledger of itself: it holds few tasks, and they are counted.</summary>
    private ResourceSet Free(SelfState self) => transition.Tasks.Where(t => !t.IsTerminal)
        .Aggregate(self.Description.Resources, (free, task) => free.SubtractClamped(task.Resources.Unallocate()));
}
