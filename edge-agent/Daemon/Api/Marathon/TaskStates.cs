using Edge.Core.Model;

namespace Edge.Daemon.Api.Marathon;

/// <summary>States of tasks in the words of events.</summary>
internal static class TaskStates
{
    /// <summary>The condition of an instance, as its events name it. Source: Marathon, core.condition.Condition.</summary>
    public static string Condition(TaskState state) => state switch
    {
        TaskState.Staging => "Staging",
        TaskState.Starting => "Starting",
        TaskState.Running => "Running",
        TaskState.Finished => "Finished",
        TaskState.Failed => "Failed",
        TaskState.Killed => "Killed",
        TaskState.Lost or TaskState.Unknown => "Unknown",
        TaskState.Error => "Error",
        TaskState.Killing => "Killing",
        TaskState.Dropped => "Dropped",
        TaskState.Unreachable => "Unreachable",
        TaskState.Gone or TaskState.GoneByOperator => "Gone",
    };
}
