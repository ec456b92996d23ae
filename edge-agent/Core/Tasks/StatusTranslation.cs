using Edge.Core.Model;

namespace Edge.Core.Tasks;

/// <summary>Says a status in the words that a framework knows.</summary>
/// <remarks>Source: Mesos task state definitions; states without partition awareness.</remarks>
public static class StatusTranslation
{
    /// <summary>The status as this framework may see it.</summary>
    public static StatusUpdate For(Framework framework, StatusUpdate update) => framework.Has(FrameworkCapabilities.PartitionAware)
        ? update
        : update with { State = WithoutPartitions(update.State) };

    /// <summary>The state for a framework that is not partition aware.</summary>
    public static TaskState WithoutPartitions(TaskState state) => state switch
    {
        TaskState.Dropped or TaskState.Unreachable or TaskState.Gone or TaskState.GoneByOperator or TaskState.Unknown => TaskState.Lost,
        TaskState.Starting or TaskState.Running or TaskState.Finished or TaskState.Failed or TaskState.Killed => state,
        TaskState.Lost or TaskState.Staging or TaskState.Error or TaskState.Killing => state,
    };

    /// <summary>False for states that a framework did not ask to see.</summary>
    public static bool Wants(Framework framework, TaskState state) =>
        state != TaskState.Killing || framework.Has(FrameworkCapabilities.TaskKillingState);
}
