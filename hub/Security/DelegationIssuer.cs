using System.Collections.Concurrent;
using System.Security.Cryptography;
using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Hub.Security;

/// <summary>Makes and signs what a node is given.</summary>
/// <remarks>Without an end, a policy gives the same document for ever, over restarts of the hub too: a node that holds it is told nothing
/// new. With an end, it is issued anew when a quarter of its time is over since the hub issued it, so that a cut finds a node with most
/// of its time left. Safe from any thread.</remarks>
internal sealed class DelegationIssuer(DelegationStore store, DelegationKey key, TimeProvider time)
{
    /// <summary>The part of its time after which a delegation with an end is issued anew.</summary>
    private const int RenewalShare = 4;

    /// <summary>By node; as many as there are nodes. Signing once costs more than keeping 200 bytes.</summary>
    private readonly ConcurrentDictionary<NodeId, Issued> _issued = new();

    /// <summary>What a node is given now.</summary>
    public DownMessage.Delegated For(NodeId node)
    {
        var policy = store.Of(node);
        return _issued.GetValueOrDefault(node) is { } known && known.Policy == policy.Id && !IsDue(known)
            ? known.Message
            : Issue(node, policy);
    }

    /// <summary>True when a node that was given something in this run has to be given it anew.</summary>
    public bool IsDue(NodeId node) => _issued.GetValueOrDefault(node) is { } known && IsDue(known);

    private bool IsDue(Issued issued) =>
        issued.Message.Held.Delegation.ValidFor is { } valid && time.GetElapsedTime(issued.At) >= valid / RenewalShare;

    private DownMessage.Delegated Issue(NodeId node, DelegationPolicy policy)
    {
        var delegation = policy.ValidFor is null
            ? policy.For(node, policy.Id, policy.ChangedAt)
            : policy.For(node, $"{policy.Id}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", time.GetUtcNow());
        var document = DelegationMapping.ToDocument(delegation);
        var message = new DownMessage.Delegated(new HeldDelegation(delegation, document, key.Sign(document), TimeSpan.Zero), key.Public);
        _issued[node] = new Issued(policy.Id, message, time.GetTimestamp());
        return message;
    }

    private sealed record Issued(string Policy, DownMessage.Delegated Message, long At);
}
