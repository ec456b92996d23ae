using Edge.Contracts.Marathon;
using Edge.Core.Model;

namespace Edge.Daemon.Api.Marathon;

/// <summary>What is known of an instance's health and readiness.</summary>
internal static class AppHealth
{
    /// <summary>True or false when a check has said something; null before.</summary>
    public static bool? IsHealthy(ClusterTask task) => task.Health?.Healthy;

    /// <summary>As a task shows it; empty before a check has said something.</summary>
    public static IReadOnlyList<MarathonHealthResult> Results(ClusterTask task, Instance instance) => task.Health is { } health
        ? [
            new MarathonHealthResult(
                instance.Id.Value, health.Healthy, health.ConsecutiveFailures,
                health.FirstSuccess, health.LastSuccess, health.LastFailure, health.LastFailureCause),
        ]
        : [];

    /// <summary>What its readiness check has said last; null before it said something.</summary>
    public static MarathonReadinessResult? Readiness(ClusterTask task) => task is { Spec.Readiness: { } check, Readiness: { } readiness }
        ? new MarathonReadinessResult(
            check.Name, task.Key.Task.Value, readiness.Ready,
            readiness.Response is { } response
                ? new MarathonReadinessResponse(response.Status, response.ContentType, response.Body)
                : null)
        : null;
}
