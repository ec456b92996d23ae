namespace Edge.Core.Model;

/// <summary>What the checks of a task have shown so far; a task without a result has none.</summary>
/// <remarks>The node knows all of it. Only <see cref="Healthy"/> is told, kept over a restart and known at the hub.
/// Source: mesos.proto, TaskStatus.healthy; Marathon REST, healthCheckResults.</remarks>
public sealed record TaskHealth
{
    /// <summary>The newest result that counts.</summary>
    public required bool Healthy { get; init; }

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>Wall clock of the first success since the node's daemon started, UTC; shown, never compared.</summary>
    public DateTimeOffset? FirstSuccess { get; init; }

    /// <summary>Wall clock of the newest success, UTC; shown, never compared.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Wall clock of the newest failure that counted, UTC; shown, never compared.</summary>
    public DateTimeOffset? LastFailure { get; init; }

    /// <summary>The sentence of that failure.</summary>
    public string? LastFailureCause { get; init; }

    /// <summary>What the statuses of a task say of its health; null when none of them says anything.</summary>
    /// <param name="history">Oldest first.</param>
    public static TaskHealth? Of(IEnumerable<StatusUpdate> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        TaskHealth? health = null;
        foreach (var status in history)
        {
            health = status.Healthy is { } healthy ? new TaskHealth { Healthy = healthy } : health;
        }

        return health;
    }
}

/// <summary>Why the node itself ends, or has ended, a task that the cluster still wants to run.</summary>
/// <remarks>A kill that somebody asked for has no cause of its own: <see cref="ClusterTask.Desired"/> says it.</remarks>
public enum EndCause
{
    /// <summary>Its health check failed too often in a row.</summary>
    HealthCheck = 1,
}
