namespace Edge.Core.Model;

/// <summary>What the checks of a task have shown so far; a task without a result has none.</summary>
/// <remarks>The node knows all of it. Only a turn of <see cref="Healthy"/> is told and kept over a restart: the hub knows the rest as it
/// stood at the last turn.
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
            health = Told(health, status);
        }

        return health;
    }

    /// <summary>What is known once a status is heard; a status that tells no turn adds nothing.</summary>
    public static TaskHealth? Told(TaskHealth? known, StatusUpdate status)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (status.Healthy is not { } healthy || known?.Healthy == healthy)
        {
            return known;
        }

        known ??= new TaskHealth { Healthy = healthy };
        return healthy
            ? known with
            {
                Healthy = true,
                ConsecutiveFailures = 0,
                FirstSuccess = known.FirstSuccess ?? status.Timestamp,
                LastSuccess = status.Timestamp,
            }
            : known with
            {
                Healthy = false,
                ConsecutiveFailures = 1,
                LastFailure = status.Timestamp,
                LastFailureCause = status.Message,
            };
    }
}

/// <summary>Why the node itself ends, or has ended, a task that the cluster still wants to run.</summary>
/// <remarks>A kill that somebody asked for has no cause of its own: <see cref="ClusterTask.Desired"/> says it.</remarks>
public enum EndCause
{
    /// <summary>Its health check failed too often in a row.</summary>
    HealthCheck = 1,
}
