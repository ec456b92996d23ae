using Edge.Core.Model;

namespace Edge.Core.Health;

/// <summary>Decides what the results of one task's health check mean.</summary>
/// <remarks>Pure. Source: apache/mesos src/checks/health_checker.cpp, success and failure. One rule is ours: a threshold of 0 never kills,
/// where Mesos' executor kills at the first failure.</remarks>
public static class HealthRules
{
    /// <summary>The state of a run whose checks begin, or go on after a restart of the node's daemon.</summary>
    /// <param name="known">What was last told of this run; absent when nothing was. It has no grace any more, and its failures in a row
    /// count from zero again.</param>
    /// <param name="now">Monotonic.</param>
    public static HealthState Begin(TaskHealth? known, TimeSpan now) => new()
    {
        StartedAt = now,
        Fresh = known is null,
        Health = known is null ? null : known with { ConsecutiveFailures = 0 },
    };

    /// <summary>Folds one result into the state.</summary>
    /// <param name="now">Monotonic, on the clock of <see cref="HealthState.StartedAt"/>.</param>
    public static HealthTransition Apply(HealthState state, HealthCheck check, HealthResult result, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(result);
        if (!result.Passed && state.Fresh && now - state.StartedAt <= check.Grace)
        {
            return new HealthTransition(state, Counts: false, Changed: false, Kill: false);
        }

        var health = result.Passed ? Pass(state.Health, result) : Fail(state.Health, result);
        var next = state with { Fresh = false, Health = health };
        var kill = check.ConsecutiveFailures > 0 && health.ConsecutiveFailures >= check.ConsecutiveFailures;
        return new HealthTransition(next, Counts: true, Changed: state.Health?.Healthy != result.Passed, kill);
    }

    private static TaskHealth Pass(TaskHealth? before, HealthResult result) => (before ?? new TaskHealth { Healthy = true }) with
    {
        Healthy = true,
        ConsecutiveFailures = 0,
        FirstSuccess = before?.FirstSuccess ?? result.At,
        LastSuccess = result.At,
    };

    private static TaskHealth Fail(TaskHealth? before, HealthResult result) => (before ?? new TaskHealth { Healthy = false }) with
    {
        Healthy = false,
        ConsecutiveFailures = (before?.ConsecutiveFailures ?? 0) + 1,
        LastFailure = result.At,
        LastFailureCause = result.Cause,
    };
}
