using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Google.Protobuf;
using WireState = Edge.Contracts.Mesos.TaskState;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Daemon.Mapping;

/// <summary>Statuses of tasks as Mesos messages.</summary>
/// <remarks>Source: mesos.proto, TaskStatus; the numbers of states, sources and reasons are those of the wire.</remarks>
public static class StatusMapping
{
    /// <summary>Writes a status; a framework acknowledges it only when it carries a uuid.</summary>
    public static TaskStatus ToWire(StatusUpdate update)
    {
        var wire = new TaskStatus
        {
            TaskId = new TaskID { Value = update.Task.Task.Value },
            State = (WireState)(int)update.State,
            Source = (TaskStatus.Types.Source)(int)update.Source,
            Timestamp = ToSeconds(update.Timestamp),
        };
        if (update.Message is { } message)
        {
            wire.Message = message;
        }

        if (update.Reason is { } reason)
        {
            wire.Reason = (TaskStatus.Types.Reason)(int)reason;
        }

        if (update.Node is { } node)
        {
            wire.AgentId = new AgentID { Value = node.Value };
        }

        if (update.Executor is { } executor)
        {
            wire.ExecutorId = new ExecutorID { Value = executor.Value };
        }

        if (update.Container is { } container)
        {
            wire.ContainerStatus = new ContainerStatus { ContainerId = new ContainerID { Value = container.Value } };
        }

        if (update.Uuid is { } uuid)
        {
            wire.Uuid = ByteString.CopyFrom(uuid.ToByteArray(bigEndian: true));
        }

        if (update.Healthy is { } healthy)
        {
            wire.Healthy = healthy;
        }

        if (update.UnreachableSince is { } since)
        {
            wire.UnreachableTime = new TimeInfo { Nanoseconds = (since - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick };
        }

        return wire;
    }

    /// <summary>An instant as Mesos writes it: seconds since 1970 with fractions.</summary>
    public static double ToSeconds(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>A state by its name on the wire, such as TASK_RUNNING.</summary>
    public static string Name(Core.Model.TaskState state) => state switch
    {
        Core.Model.TaskState.Starting => "TASK_STARTING",
        Core.Model.TaskState.Running => "TASK_RUNNING",
        Core.Model.TaskState.Finished => "TASK_FINISHED",
        Core.Model.TaskState.Failed => "TASK_FAILED",
        Core.Model.TaskState.Killed => "TASK_KILLED",
        Core.Model.TaskState.Lost => "TASK_LOST",
        Core.Model.TaskState.Staging => "TASK_STAGING",
        Core.Model.TaskState.Error => "TASK_ERROR",
        Core.Model.TaskState.Killing => "TASK_KILLING",
        Core.Model.TaskState.Dropped => "TASK_DROPPED",
        Core.Model.TaskState.Unreachable => "TASK_UNREACHABLE",
        Core.Model.TaskState.Gone => "TASK_GONE",
        Core.Model.TaskState.GoneByOperator => "TASK_GONE_BY_OPERATOR",
        Core.Model.TaskState.Unknown => "TASK_UNKNOWN",
    };
}
