using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>The part of a transition that speaks of apps.</summary>
internal sealed partial class Transition
{
    private readonly AppTables _apps;

    /// <summary>Apps, instances, deployments and what sites changed.</summary>
    public AppTables Apps => _apps;

    /// <summary>Tells whoever listens.</summary>
    public void Announce(ClusterEvent happened) => Send(new Dispatch.Announce(happened));
}
