using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Offers;

/// <summary>Refusals of offers.</summary>
/// <remarks>Source: apache/mesos include/mesos/v1/mesos.proto, Filters; allocator, OfferFilter: a later offer that is a subset of what was
/// refused is withheld.</remarks>
public static class OfferFilters
{
    /// <summary>How long a refusal holds.</summary>
    /// <param name="asked">What the framework said; absent or negative means the default.</param>
    public static TimeSpan Duration(TimeSpan? asked, ClusterLimits limits)
    {
        if (asked is not { } duration || duration < TimeSpan.Zero)
        {
            return limits.FilterDefault;
        }

        return duration > limits.FilterMax ? limits.FilterMax : duration < limits.FilterMin ? limits.FilterMin : duration;
    }

    /// <summary>True when the framework refused this and more, and the refusal still holds.</summary>
    public static bool Withholds(Framework framework, NodeId node, string role, ResourceSet free, TimeSpan monotonic) =>
        framework.Filters.TryGetValue(new FilterKey(node, role), out var filter)
        && filter.Until > monotonic
        && filter.Resources.Contains(free);
}
