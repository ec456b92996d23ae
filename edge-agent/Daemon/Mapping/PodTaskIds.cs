using Edge.Core.Model;

namespace Edge.Daemon.Mapping;

/// <summary>The ids of a pod's containers: that of the instance's task with the name of the container in it.</summary>
public static class PodTaskIds
{
    private const string Mark = "._app.";

    /// <summary>The id of one container.</summary>
    public static string Of(TaskId task, string container) => PodTasks.ContainerId(task.Value, container);

    /// <summary>The id of the instance that a task is of.</summary>
    public static string InstanceOf(TaskId task) =>
        task.Value.LastIndexOf(Mark, StringComparison.Ordinal) is var at && at > 0 ? task.Value[..at] : task.Value;
}
