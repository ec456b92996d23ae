using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>What came of one check.</summary>
internal enum ProbeOutcome
{
    /// <summary>The task is healthy.</summary>
    Passed,

    /// <summary>The task is not healthy.</summary>
    Failed,

    /// <summary>The node could not carry it out, which says nothing about the task.</summary>
    NotRun,
}

/// <summary>One check's outcome and, unless it passed, the sentence why, without a full stop.</summary>
internal readonly record struct ProbeResult(ProbeOutcome Outcome, string Cause)
{
    public static ProbeResult Passed { get; } = new(ProbeOutcome.Passed, string.Empty);

    /// <summary>What a task answered to its readiness check; absent without an answer, and where it is not asked for.</summary>
    public ReadinessResponse? Response { get; init; }

    public static ProbeResult Failed(string cause) => new(ProbeOutcome.Failed, cause);

    public static ProbeResult NotRun(string cause) => new(ProbeOutcome.NotRun, cause);
}

/// <summary>Carries out one of a task's checks once, its health check or its readiness check; the caller sets the time limit.</summary>
/// <param name="task">Has that check.</param>
/// <param name="first">True until a check of this run was carried out since the daemon started.</param>
internal delegate Task<ProbeResult> Probe(ClusterTask task, bool first, CancellationToken cancellationToken);
