using Edge.Contracts.Marathon;
using Edge.Core.Model;

namespace Edge.Daemon.Api.Marathon;

/// <summary>What is known of an instance's health.</summary>
internal static class AppHealth
{
    /// <summary>True or false when a check has said something; null before.</summary>
    public static bool? IsHealthy(ClusterTask task, Instance instance) => instance.Healthy;

    /// <summary>As a task shows it; empty before a check has said something.</summary>
    public static IReadOnlyList<MarathonHealthResult> Results(ClusterTask task, Instance instance) => IsHealthy(task, instance) is { } healthy
        ? [new MarathonHealthResult(instance.Id.Value, healthy, 0)]
        : [];
}
