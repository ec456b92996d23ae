using Edge.Contracts.Mesos;
using Edge.Core.Resources;

namespace Edge.Daemon.Mapping;

/// <summary>What the kernel cannot see of a task because it is in the message alone.</summary>
/// <remarks>Source: apache/mesos src/master/validation.cpp, task::internal; what this cluster does not carry out yet is refused by name,
/// never dropped in silence.</remarks>
internal static class TaskProblems
{
    /// <summary>Names the problems, the most basic first.</summary>
    public static IEnumerable<string> Find(TaskInfo task, ReadResources resources)
    {
        var id = task.TaskId.Value;
        if (resources.Fault is { } fault)
        {
            yield return $"Task '{id}' uses invalid resources: {fault}";
        }

        if (FindMixed(resources.Resources) is { } mixed)
        {
            yield return $"Task '{id}' {mixed}";
        }

        if (task.KillPolicy?.GracePeriod is { Nanoseconds: < 0 })
        {
            yield return $"Task '{id}' has a negative 'kill_policy.grace_period'; allowed are durations from 0";
        }

        if (task.MaxCompletionTime is { Nanoseconds: < 0 })
        {
            yield return $"Task '{id}' has a negative 'max_completion_time'; allowed are durations from 0";
        }

        foreach (var problem in FindLimits(task, resources.Resources).Concat(FindChecks(task)))
        {
            yield return $"Task '{id}' {problem}";
        }

        foreach (var problem in FindCommand(task).Concat(FindContainer(task.Container)))
        {
            yield return $"Task '{id}' {problem}";
        }
    }

    private static string? FindMixed(ResourceSet resources)
    {
        var roles = resources.Select(r => r.Traits.AllocationRole).Where(r => r is not null).Distinct(StringComparer.Ordinal).ToArray();
        if (roles.Length > 1)
        {
            return $"uses resources allocated to several roles: {string.Join(", ", roles)}";
        }

        var revocable = resources.Where(r => r.Traits.Revocable).Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        return resources.FirstOrDefault(r => !r.Traits.Revocable && revocable.Contains(r.Name)) is { } both
            ? $"mixes revocable and non-revocable '{both.Name}'"
            : null;
    }

    private static IEnumerable<string> FindLimits(TaskInfo task, ResourceSet resources)
    {
        foreach (var (name, limit) in task.Limits)
        {
            if (name is not ("cpus" or "mem"))
            {
                yield return $"has a limit of '{name}'; allowed are limits of cpus and mem";
            }
            else if (double.IsNaN(limit.Value) || limit.Value < resources.GetScalar(name).ToDouble())
            {
                yield return $"has a limit of {name} below its request of {resources.GetScalar(name)}";
            }
        }
    }

    private static IEnumerable<string> FindChecks(TaskInfo task)
    {
        if (task.HealthCheck is { } health)
        {
            foreach (var problem in HealthMapping.Find(health).Concat(FindEnvironment(health.Command)))
            {
                yield return problem;
            }
        }

        if (task.Check is { } check)
        {
            var complete = check.Type switch
            {
                CheckInfo.Types.Type.Command => check.Command is not null,
                CheckInfo.Types.Type.Http => check.Http is not null,
                CheckInfo.Types.Type.Tcp => check.Tcp is not null,
                CheckInfo.Types.Type.Unknown => check.Command is not null || check.Http is not null || check.Tcp is not null,
            };
            if (!complete)
            {
                yield return "has an invalid 'check': the part that belongs to its type is missing";
            }
        }
    }

    private static IEnumerable<string> FindCommand(TaskInfo task)
    {
        if (task.Command is not { } command)
        {
            yield break;
        }

        if (command.Uris.Count > 0)
        {
            yield return "names 'uris' to fetch, which this cluster does not carry out yet";
        }

        foreach (var problem in FindEnvironment(command))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> FindEnvironment(CommandInfo? command)
    {
        foreach (var variable in command?.Environment?.Variables ?? [])
        {
            if (variable.Type != Contracts.Mesos.Environment.Types.Variable.Types.Type.Value)
            {
                yield return $"takes the variable '{variable.Name}' from a secret, which this cluster does not carry out yet";
            }
            else if (!variable.HasValue)
            {
                yield return $"has the variable '{variable.Name}' without a value";
            }
        }
    }

    private static IEnumerable<string> FindContainer(ContainerInfo? container)
    {
        if (container is null)
        {
            yield break;
        }

        if (container.Type == ContainerInfo.Types.Type.Docker)
        {
            yield return container.Docker is null
                ? "has a container of the type DOCKER without 'docker'"
                : "asks for a DOCKER container, which this cluster does not carry out yet";
        }
        else if (container.Mesos?.Image is not null)
        {
            yield return "asks for an image, which this cluster does not carry out yet";
        }

        if (container.Volumes.Count > 0)
        {
            yield return "asks for volumes, which this cluster does not carry out yet";
        }
    }
}
