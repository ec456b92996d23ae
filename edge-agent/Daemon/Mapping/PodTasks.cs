using System.Collections.Immutable;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Google.Protobuf;

namespace Edge.Daemon.Mapping;

/// <summary>A pod as one task: its containers travel in the task's data, as the TaskGroupInfo that Mesos has for them.</summary>
/// <remarks>Such a task is told by its command, a program that nobody can have. Source: mesos.proto, TaskGroupInfo.</remarks>
internal static class PodTasks
{
    /// <summary>The command of a task that is a pod.</summary>
    private const string Program = "\u0001pod";

    /// <summary>The default grace of a container. Source: apache/mesos, DEFAULT_EXECUTOR kill policy.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    /// <summary>Puts the containers into a task: command, data, and a grace that is as long as the longest of theirs.</summary>
    public static void Write(TaskInfo task, TaskGroupInfo group)
    {
        task.Command = new CommandInfo { Shell = false, Value = Program };
        task.Data = group.ToByteString();
        var graces = group.Tasks.Select(t => t.KillPolicy?.GracePeriod is { } grace ? TaskMapping.ToTime(grace) : s_grace);
        task.KillPolicy = new KillPolicy { GracePeriod = Duration(graces.Append(s_grace).Max()) };
    }

    /// <summary>The containers of a task; null when it is no pod, or its data is none.</summary>
    public static TaskGroupInfo? Find(TaskInfo task) =>
        task.Command is { Shell: false, Value: Program } ? MesosProto.TryParse<TaskGroupInfo>(task.Data.Span).Message : null;

    /// <summary>The containers of a task as values; empty when it is no pod.</summary>
    public static ImmutableArray<PodContainer> Read(TaskInfo task) => Find(task) is { } group
        ?
        [
            .. group.Tasks.Select(t => new PodContainer(
                t.Name,
                TaskMapping.Read(t.Command ?? new CommandInfo()),
                t.KillPolicy?.GracePeriod is { } grace ? TaskMapping.ToTime(grace) : null,
                [.. t.Container?.Volumes.Select(v => v.ContainerPath) ?? []])),
        ]
        : [];

    /// <summary>The id of one container's task: that of the instance's task with the name in it.</summary>
    public static string ContainerId(string task, string container) =>
        task.Replace("._app.", $".{container}.", StringComparison.Ordinal);

    /// <summary>The same containers under the id of another task.</summary>
    public static void Rename(TaskInfo task)
    {
        if (Find(task) is not { } group)
        {
            return;
        }

        foreach (var container in group.Tasks)
        {
            container.TaskId = new TaskID { Value = ContainerId(task.TaskId.Value, container.Name) };
            foreach (var variable in container.Command?.Environment?.Variables ?? [])
            {
                variable.Value = variable.Name == "MESOS_TASK_ID" ? container.TaskId.Value : variable.Value;
            }
        }

        task.Data = group.ToByteString();
    }

    /// <summary>A time on the wire.</summary>
    public static DurationInfo Duration(TimeSpan time) => new() { Nanoseconds = time.Ticks * TimeSpan.NanosecondsPerTick };
}
