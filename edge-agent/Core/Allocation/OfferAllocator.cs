using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Resources;

namespace Edge.Core.Allocation;

/// <summary>Chooses who is offered the free resources of a node.</summary>
/// <remarks>The framework with the smallest dominant share comes first; its share counts what it uses and what it is offered.
/// Source: Ghodsi et al., Dominant Resource Fairness, NSDI 2011, section 4; ties fall to the smaller id.</remarks>
public static class OfferAllocator
{
    private static readonly Scalar s_minCpus = Scalar.FromDouble(0.01);
    private static readonly Scalar s_minMem = Scalar.FromDouble(32);

    /// <summary>Who gets what of one node.</summary>
    public readonly record struct Grant(Framework Framework, string Role, ResourceSet Resources);

    /// <summary>Finds the framework that is offered everything free on a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="candidates">Connected frameworks in any order.</param>
    /// <param name="shareOf">The dominant share of a framework, 0 to 1.</param>
    /// <param name="monotonic">Now, for refusals.</param>
    /// <returns>The grant, or null when nobody wants what is there, or too little is there.</returns>
    public static Grant? Choose(Node node, IReadOnlyList<Framework> candidates, Func<Framework, double> shareOf, TimeSpan monotonic)
    {
        if (!node.Connected || node.AwaitsInventory || node.Free.IsEmpty)
        {
            return null;
        }

        Grant? best = null;
        var bestShare = double.MaxValue;
        foreach (var framework in candidates)
        {
            var share = shareOf(framework);
            var first = share < bestShare
                || (share.Equals(bestShare) && best is { } tied && framework.Id.CompareTo(tied.Framework.Id) < 0);
            if (first && Offerable(node, framework, monotonic) is { } grant)
            {
                best = grant;
                bestShare = share;
            }
        }

        return best;
    }

    /// <summary>The dominant share of what a framework holds, 0 to 1.</summary>
    public static double DominantShare(ResourceSet allocated, ResourceSet total)
    {
        var share = 0.0;
        foreach (var resource in allocated)
        {
            if (resource.Kind == ResourceKind.Scalar)
            {
                var whole = total.GetScalar(resource.Name).Millis;
                share = whole > 0 ? Math.Max(share, (double)allocated.GetScalar(resource.Name).Millis / whole) : share;
            }
        }

        return share;
    }

    private static Grant? Offerable(Node node, Framework framework, TimeSpan monotonic)
    {
        foreach (var role in framework.Spec.Roles)
        {
            if (framework.SuppressedRoles.Contains(role))
            {
                continue;
            }

            var free = Visible(node.Free.ForRole(role), framework);
            if (IsEnough(free) && !OfferFilters.Withholds(framework, node.Id, role, free, monotonic))
            {
                return new Grant(framework, role, free);
            }
        }

        return null;
    }

    /// <summary>Gpus go only to frameworks that declared them, so that a scarce device is not hoarded by others.</summary>
    private static ResourceSet Visible(ResourceSet free, Framework framework)
    {
        if (framework.Has(FrameworkCapabilities.GpuResources) || free.GetScalar("gpus").Millis == 0)
        {
            return free;
        }

        return ResourceSet.Empty;
    }

    /// <summary>Source: Mesos, MIN_CPUS and MIN_MEM of the hierarchical allocator.</summary>
    private static bool IsEnough(ResourceSet free) =>
        free.GetScalar("cpus").CompareTo(s_minCpus) >= 0 || free.GetScalar("mem").CompareTo(s_minMem) >= 0;
}
