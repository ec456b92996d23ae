using Edge.Core.Model;

namespace Edge.Hub.Security;

/// <summary>Gives nodes what is delegated to them: when their session opens, when a policy changes, and before its time is over.</summary>
/// <remarks>A node that is not connected gets it with its next session. Safe from any thread.</remarks>
/// <param name="send">Sends to one node; never blocks.</param>
/// <param name="snapshot">The hub's state.</param>
internal sealed class DelegationSender(
    DelegationStore store, DelegationIssuer issuer, Action<NodeId, DownMessage> send, Func<ClusterState> snapshot)
{
    private readonly Lock _lock = new();

    /// <summary>Gives a node its delegation.</summary>
    public void Send(NodeId node)
    {
        // What is sent later was made later: an old policy never follows a new one.
        lock (_lock)
        {
            send(node, issuer.For(node));
        }
    }

    /// <summary>A policy has changed.</summary>
    /// <param name="changed">Whose; null for all that have none of their own.</param>
    public void SendChanged(NodeId? changed)
    {
        var state = snapshot();
        if (changed is { } one)
        {
            if (state.Nodes.GetValueOrDefault(one) is { Connected: true })
            {
                Send(one);
            }

            return;
        }

        var own = store.Nodes;
        foreach (var node in state.Nodes.Values.Where(n => n.Connected && !own.ContainsKey(n.Id)))
        {
            Send(node.Id);
        }
    }

    /// <summary>Gives connected nodes anew what has an end, in good time.</summary>
    public void Renew()
    {
        var own = store.Nodes;
        if (store.Default.ValidFor is null && own.Values.All(p => p.ValidFor is null))
        {
            return;
        }

        foreach (var node in snapshot().Nodes.Values.Where(n => n.Connected && issuer.IsDue(n.Id)))
        {
            Send(node.Id);
        }
    }
}
