using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Daemon.Gateway;

/// <summary>What the hub delegates to its nodes; safe from any thread.</summary>
public interface IDelegationPolicies
{
    /// <summary>What nodes without a policy of their own are given.</summary>
    DelegationPolicy Default { get; }

    /// <summary>Nodes with a policy of their own.</summary>
    ImmutableSortedDictionary<NodeId, DelegationPolicy> Nodes { get; }

    /// <summary>Sets a policy; nodes that it concerns are told at once.</summary>
    /// <param name="node">The node; null for the default.</param>
    /// <param name="policy">Its id and time are set anew.</param>
    /// <returns>Null, or the sentence that says why it could not be made durable; nothing has changed then.</returns>
    string? Put(NodeId? node, DelegationPolicy policy);

    /// <summary>Takes a node's own policy away, or gives the default back its first meaning; nodes that it concerns are told at
    /// once.</summary>
    /// <returns>As <see cref="Put"/>.</returns>
    string? Remove(NodeId? node);
}
