using Edge.Core.Engine;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;

namespace Edge.Daemon.Api.Edge;

/// <summary>What our own endpoints need from the daemon that hosts them, a hub or a node.</summary>
/// <param name="Gateway">The way to the engine; on a host that keeps an audit it is an <see cref="AuditedGateway"/>.</param>
/// <param name="Feed">Where all events of the daemon go.</param>
/// <param name="Audit">The changes that were made.</param>
/// <param name="Context">The engine's clock and limits now: a dry run decides with them.</param>
public sealed record EdgeHost(IClusterGateway Gateway, EventFeed Feed, AuditLog Audit, Func<DecisionContext> Context)
{
    /// <summary>What is delegated to nodes; absent on a node, which only holds a delegation.</summary>
    public IDelegationPolicies? Delegations { get; init; }

    /// <summary>The hub's API, such as <c>http://10.0.0.1:5050</c>, for whoever asks a node for what only the hub can do; null when it is
    /// not known.</summary>
    public Func<string?> HubUrl { get; init; } = () => null;

    /// <summary>Bytes of a body that are read at most: a delegation of a thousand paths.</summary>
    public int BodyMax { get; init; } = 256 * 1024;
}
