using Edge.Core.Health;
using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>Names one check of one run of a task.</summary>
/// <param name="Readiness">True for its readiness check, false for its health check.</param>
internal readonly record struct CheckKey(ContainerId Container, bool Readiness);

/// <summary>One check of a task that is carried out now and then; touched by the loop, and by the check itself while it is under
/// way.</summary>
internal sealed class WatchedTask(ClusterTask task, HealthCheck check, HealthState state, bool readiness)
{
    public CheckKey Key { get; } = new(task.Container, readiness);

    public ClusterTask Task { get; } = task;

    public HealthCheck Check { get; } = check;

    /// <summary>Where it stands; of a readiness check only when it began.</summary>
    public HealthState State { get; set; } = state;

    /// <summary>What the engine took of a readiness check last; absent before.</summary>
    public TaskReadiness? Told { get; set; }

    /// <summary>True when the readiness check has passed, and the engine knows: it is not carried out again.</summary>
    public bool Done => Told is { Ready: true };

    /// <summary>True until a check was carried out.</summary>
    public bool First { get; set; } = true;

    /// <summary>Ends the check that is under way; null when none is.</summary>
    public CancellationTokenSource? Stopping { get; set; }

    /// <summary>The check that is under way.</summary>
    public Task Flight { get; set; } = System.Threading.Tasks.Task.CompletedTask;
}
