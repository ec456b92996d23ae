using Edge.Core.Health;
using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>One task whose check is carried out now and then; touched by the loop, and by its own check while that is under way.</summary>
internal sealed class WatchedTask(ClusterTask task, HealthCheck check, HealthState state)
{
    public ClusterTask Task { get; } = task;

    public HealthCheck Check { get; } = check;

    public HealthState State { get; set; } = state;

    /// <summary>True until a check was carried out.</summary>
    public bool First { get; set; } = true;

    /// <summary>Ends the check that is under way; null when none is.</summary>
    public CancellationTokenSource? Stopping { get; set; }

    /// <summary>The check that is under way.</summary>
    public Task Flight { get; set; } = System.Threading.Tasks.Task.CompletedTask;
}
