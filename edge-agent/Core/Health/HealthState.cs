using Edge.Core.Model;

namespace Edge.Core.Health;

/// <summary>Where the health check of one run of a task stands.</summary>
public sealed record HealthState
{
    /// <summary>Monotonic instant from which the grace counts.</summary>
    public required TimeSpan StartedAt { get; init; }

    /// <summary>True until the first success, or the first failure that counted: only then does the grace matter.</summary>
    public bool Fresh { get; init; } = true;

    /// <summary>What has counted so far; absent before the first result that did.</summary>
    public TaskHealth? Health { get; init; }
}

/// <summary>One result of a check.</summary>
/// <param name="Cause">Why it failed, as a sentence without a full stop; absent when it passed.</param>
/// <param name="At">Wall clock, UTC; only shown.</param>
public sealed record HealthResult(bool Passed, string? Cause, DateTimeOffset At);

/// <summary>What one result leads to.</summary>
/// <param name="State">The state afterwards; the same value when the result does not count.</param>
/// <param name="Counts">False for a failure within the grace.</param>
/// <param name="Changed">True when the health turned, or is known for the first time.</param>
/// <param name="Kill">True when the task has failed often enough to be ended.</param>
public readonly record struct HealthTransition(HealthState State, bool Counts, bool Changed, bool Kill);
