using Edge.Agent.Containerizer;
using Edge.Core.Model;

namespace Edge.Agent.Tasks;

/// <summary>Says how a task becomes a container on this node: its command, its user and its environment.</summary>
/// <remarks>Source: Mesos, environment of executors and tasks (docs/executor-http-api.md); only what is named here is inherited.</remarks>
internal sealed class ContainerSpecs(NodeId node, Func<string> agentEndpoint, Func<ContainerId, FrameworkId, ExecutorId, string> sandboxOf)
{
    /// <summary>Mesos' default between SIGTERM and SIGKILL.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    /// <summary>Makes the container of a task.</summary>
    public ContainerSpec Build(ClusterTask task)
    {
        var spec = Build(task, task.Spec.Command ?? new CommandSpec { Shell = true, Value = "exit 127" });
        return task.Spec.Containers.IsEmpty
            ? spec
            : spec with
            {
                // The sandbox belongs to whom the first container runs as.
                User = Build(task, task.Spec.Containers[0].Command).User,
                Members =
                [
                    .. task.Spec.Containers.Select(c => new ContainerMember(
                        c.Name, Build(task, c.Command), c.KillGrace ?? s_grace, c.Folders)),
                ],
            };
    }

    private ContainerSpec Build(ClusterTask task, CommandSpec command)
    {
        var user = command.User ?? task.User;
        return new ContainerSpec
        {
            ContainerId = task.Container.Value,
            FrameworkId = task.Key.Framework.Value,
            ExecutorId = task.Executor.Value,
            TaskId = task.Key.Task.Value,
            Shell = command.Shell,
            Value = command.Value ?? string.Empty,
            Arguments = command.Arguments,
            User = user.Length > 0 ? user : null,
            Environment = [.. Inherited(task), .. command.Environment],
        };
    }

    /// <summary>Makes the command that checks a task: as the task, but for what the command says of itself.</summary>
    /// <param name="task">Has a check by a command.</param>
    public ContainerSpec BuildCheck(ClusterTask task)
    {
        var command = task.Spec.Health?.Command ?? throw new ArgumentException("The task has no check by a command.", nameof(task));
        var spec = Build(task);
        return spec with
        {
            Shell = command.Shell,
            Value = command.Value ?? string.Empty,
            Arguments = command.Arguments,
            User = command.User ?? spec.User,
            Environment = [.. spec.Environment, .. command.Environment],
        };
    }

    private IEnumerable<KeyValuePair<string, string>> Inherited(ClusterTask task)
    {
        var sandbox = sandboxOf(task.Container, task.Key.Framework, task.Executor);
        yield return new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        yield return new("MESOS_SANDBOX", sandbox);
        yield return new("MESOS_DIRECTORY", sandbox);
        yield return new("MESOS_FRAMEWORK_ID", task.Key.Framework.Value);
        yield return new("MESOS_EXECUTOR_ID", task.Executor.Value);
        yield return new("MESOS_SLAVE_ID", node.Value);
        yield return new("MESOS_SLAVE_PID", $"slave(1)@{agentEndpoint()}");
        yield return new("MESOS_AGENT_ENDPOINT", agentEndpoint());
        yield return new("MESOS_CHECKPOINT", "1");
        yield return new("MESOS_RECOVERY_TIMEOUT", "15mins");
        yield return new("MESOS_SUBSCRIPTION_BACKOFF_MAX", "2secs");
        yield return new("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "5secs");
        yield return new("MESOS_ALLOCATION_ROLE", task.Role);
    }
}
