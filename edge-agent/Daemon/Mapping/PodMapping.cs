using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Resource = Edge.Core.Resources.Resource;

namespace Edge.Daemon.Mapping;

/// <summary>What a pod means for the scheduler and for its one task. Source: Marathon, PodDefinition, TaskGroupBuilder.</summary>
internal static class PodMapping
{
    private static readonly string[] s_scalars = ["cpus", "mem", "disk", "gpus"];

    /// <summary>The parts of the specification that a pod says in its own words, over those that it says as an app does.</summary>
    public static AppSpec Read(AppFields fields, AppSpec common)
    {
        var scheduling = fields.Object("scheduling");
        var backoff = AppFields.Get(scheduling, "backoff");
        var upgrade = AppFields.Get(scheduling, "upgrade");
        var unreachable = AppFields.Get(scheduling, "unreachableStrategy");
        var isDisabled = AppFields.Text(scheduling, "unreachableStrategy") == "disabled";
        var parts = PodFields.Containers(fields);
        return common with
        {
            Resources = Resources(fields),
            Ports = [.. parts.SelectMany(p => p.Endpoints).Select(e => e.HostPort)],
            RequirePorts = parts.SelectMany(p => p.Endpoints).Any(e => e.HostPort > 0),
            Constraints =
            [
                .. AppFields.Items(AppFields.Get(AppFields.Get(scheduling, "placement"), "constraints")).Select(ReadConstraint),
            ],
            MinimumHealthCapacity = AppFields.Number(upgrade, "minimumHealthCapacity", 1),
            MaximumOverCapacity = AppFields.Number(upgrade, "maximumOverCapacity", 1),
            Backoff = AppFields.Seconds(AppFields.Number(backoff, "backoff", 1)),
            BackoffFactor = AppFields.Number(backoff, "backoffFactor", 1.15),
            BackoffMax = AppFields.Seconds(AppFields.Number(backoff, "maxLaunchDelay", 300)),
            KillOldestFirst = AppFields.Text(scheduling, "killSelection") == "OLDEST_FIRST",
            InactiveAfter = isDisabled ? null : AppFields.Seconds(AppFields.Number(unreachable, "inactiveAfterSeconds", 0)),
            ExpungeAfter = isDisabled ? null : AppFields.Seconds(AppFields.Number(unreachable, "expungeAfterSeconds", 0)),
            HasHealthCheck = parts.Any(p => p.HasHealthCheck),
            KillGrace = parts.Select(Grace).Max(),
        };
    }

    /// <summary>Puts the containers, their check and their ports into the task of an instance.</summary>
    public static void Fill(TaskInfo task, AppFields fields, AppTaskRequest request)
    {
        var group = new TaskGroupInfo();
        var parts = PodFields.Containers(fields);
        foreach (var part in parts)
        {
            var command = Command(AppFields.Get(AppFields.Get(part.Fields, "exec"), "command"));
            if ((AppFields.Text(part.Fields, "user") ?? fields.Text("user")) is { Length: > 0 } user)
            {
                command.User = user;
            }

            AddEnvironment(command, fields, part, request);
            var member = new TaskInfo
            {
                Name = part.Name,
                TaskId = new TaskID { Value = PodTasks.ContainerId(request.Id.Value, part.Name) },
                AgentId = task.AgentId,
                Command = command,
            };
            AddVolumes(member, part);
            if (Grace(part) is { } grace)
            {
                member.KillPolicy = new KillPolicy { GracePeriod = PodTasks.Duration(grace) };
            }

            if (PodHealthChecks.Build(part, request.Slot.Ports) is { } check)
            {
                task.HealthCheck = check;
                if (check.Command is { } checking)
                {
                    checking.Environment = command.Environment.Clone();
                    if (command.HasUser)
                    {
                        checking.User = command.User;
                    }
                }
            }

            group.Tasks.Add(member);
        }

        PodTasks.Write(task, group);
    }

    private static ResourceSet Resources(AppFields fields)
    {
        var executor = fields.Object("executorResources");
        var parts = PodFields.Containers(fields);
        return ResourceSet.Of(s_scalars
            .Select(name => (Name: name, Value: AppFields.Number(executor, name, 0) + parts.Sum(p => p.Resource(name))))
            .Where(r => r.Value > 0).Select(r => Resource.Of(r.Name, r.Value)).ToList());
    }

    private static PlacementConstraint ReadConstraint(JsonElement constraint) => AppMapping.ReadConstraint(
        AppFields.Text(constraint, "fieldName"), AppFields.Text(constraint, "operator"), AppFields.Text(constraint, "value"));

    private static TimeSpan? Grace(PodPart part)
    {
        var grace = AppFields.Get(AppFields.Get(part.Fields, "lifecycle"), "killGracePeriodSeconds");
        return grace.ValueKind == JsonValueKind.Number ? AppFields.Seconds(grace.GetDouble()) : null;
    }

    /// <summary>A command of a pod: a line for the shell, or an argv.</summary>
    internal static CommandInfo Command(JsonElement command)
    {
        var result = new CommandInfo { Environment = new Contracts.Mesos.Environment() };
        if (AppFields.Text(command, "shell") is { } line)
        {
            result.Shell = true;
            result.Value = line;
        }
        else
        {
            var arguments = AppFields.Strings(AppFields.Items(AppFields.Get(command, "argv"))).ToArray();
            result.Shell = false;
            result.Value = arguments.FirstOrDefault() ?? string.Empty;
            result.Arguments.Add(arguments);
        }

        return result;
    }

    private static void AddEnvironment(CommandInfo command, AppFields fields, PodPart part, AppTaskRequest request)
    {
        foreach (var (name, value) in PodEnvironment.Build(fields, part, request))
        {
            command.Environment.Variables.Add(new Contracts.Mesos.Environment.Types.Variable { Name = name, Value = value });
        }
    }

    private static void AddVolumes(TaskInfo member, PodPart part)
    {
        var mounts = AppFields.Items(AppFields.Get(part.Fields, "volumeMounts")).ToArray();
        if (mounts.Length == 0)
        {
            return;
        }

        member.Container = new ContainerInfo { Type = ContainerInfo.Types.Type.Mesos };
        foreach (var mount in mounts)
        {
            member.Container.Volumes.Add(new Volume
            {
                Mode = Volume.Types.Mode.Rw,
                ContainerPath = AppFields.Text(mount, "mountPath") ?? string.Empty,
            });
        }
    }
}
