using Edge.Core.Model;

namespace Edge.Core.Placement;

/// <summary>Where the instances of one app stand; grows while more are placed.</summary>
public sealed class PlacedInstances
{
    private readonly List<PlacementNode> _nodes = [];
    private readonly Dictionary<NodeId, int> _counts = [];

    /// <summary>One entry per instance, in no order that matters.</summary>
    public IReadOnlyList<PlacementNode> Nodes => _nodes;

    /// <summary>How many stand on a node.</summary>
    public int On(NodeId node) => _counts.GetValueOrDefault(node);

    /// <summary>One more stands there.</summary>
    public void Add(PlacementNode node)
    {
        _nodes.Add(node);
        _counts[node.Id] = On(node.Id) + 1;
    }
}
