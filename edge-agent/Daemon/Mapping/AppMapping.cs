using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Resource = Edge.Core.Resources.Resource;
using TaskId = Edge.Core.Model.TaskId;

namespace Edge.Daemon.Mapping;

/// <summary>What an app's definition means for the scheduler and for a task.</summary>
/// <remarks>Pure. The definition was validated before it came here; what is missing in one that was stored by another version gets
/// Marathon's default. Source: Marathon, AppDefinition, TaskBuilder.</remarks>
public sealed class AppMapping : IAppMapping
{
    private const string SingleInstanceLabel = "MARATHON_SINGLE_INSTANCE_APP";
    private const string DisconnectLabel = "EDGE_DISCONNECT";
    private const string MergeLabel = "EDGE_MERGE";

    /// <summary>The only one; it holds nothing.</summary>
    public static AppMapping Instance { get; } = new();

    /// <inheritdoc/>
    public AppSpec Read(AppDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var fields = new AppFields(definition);
        var upgrade = fields.Object("upgradeStrategy");
        var unreachable = fields.Object("unreachableStrategy");
        var labels = fields.Texts("labels");
        var isDisabled = fields.Text("unreachableStrategy") == "disabled";
        var spec = new AppSpec
        {
            Instances = (int)Math.Clamp(fields.Number("instances", 1), 0, int.MaxValue),
            Resources = Resources(fields),
            Role = fields.Text("role") ?? "*",
            Ports = [.. AppPorts.Read(fields).Select(p => p.Fixed)],
            RequirePorts = fields.Flag("requirePorts"),
            Constraints = [.. fields.Items("constraints").Select(ReadConstraint)],
            MinimumHealthCapacity = AppFields.Number(upgrade, "minimumHealthCapacity", 1),
            MaximumOverCapacity = AppFields.Number(upgrade, "maximumOverCapacity", 1),
            Backoff = AppFields.Seconds(fields.Number("backoffSeconds", 1)),
            BackoffFactor = fields.Number("backoffFactor", 1.15),
            BackoffMax = AppFields.Seconds(fields.Number("maxLaunchDelaySeconds", 300)),
            KillOldestFirst = fields.Text("killSelection") == "OLDEST_FIRST",
            InactiveAfter = isDisabled ? null : AppFields.Seconds(AppFields.Number(unreachable, "inactiveAfterSeconds", 0)),
            ExpungeAfter = isDisabled ? null : AppFields.Seconds(AppFields.Number(unreachable, "expungeAfterSeconds", 0)),
            Disconnect = ReadDisconnect(labels.GetValueOrDefault(DisconnectLabel)),
            Merge = ReadMerge(labels.GetValueOrDefault(MergeLabel)),
            Dependencies = [.. AppFields.Strings(fields.Items("dependencies")).Select(d => new AppId(d))],
            HasHealthCheck = fields.Items("healthChecks").Any(),
            SingleInstance = labels.GetValueOrDefault(SingleInstanceLabel) == "true",
            KillGrace = fields.Has("taskKillGracePeriodSeconds")
                ? AppFields.Seconds(fields.Number("taskKillGracePeriodSeconds", 0))
                : null,
        };
        return PodFields.IsPod(definition) ? PodMapping.Read(fields, spec) : spec;
    }

    /// <inheritdoc/>
    public TaskSpec Build(AppTaskRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var fields = new AppFields(request.Definition);
        var task = new TaskInfo
        {
            Name = TaskName(request.Slot.App),
            TaskId = new TaskID { Value = request.Id.Value },
            AgentId = new AgentID { Value = request.Node.Value },
        };
        if (PodFields.IsPod(request.Definition))
        {
            PodMapping.Fill(task, fields, request);
        }
        else
        {
            Fill(task, fields, request);
        }

        task.Resources.Add(ResourceMapping.ToWire(request.Resources, ResourceForm.Full));
        var labels = fields.Texts("labels");
        if (labels.Count > 0)
        {
            task.Labels = ToLabels(labels);
        }

        task.Discovery = BuildDiscovery(fields, request);
        return TaskMapping.FromMessage(task);
    }

    /// <inheritdoc/>
    public TaskSpec Again(TaskSpec previous, TaskId id)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var task = TaskMapping.ToMessage(previous)
            ?? throw new InvalidDataException($"The stored task {previous.Id} cannot be read; it cannot be started again.");
        task.TaskId = new TaskID { Value = id.Value };
        PodTasks.Rename(task);
        foreach (var variable in task.Command?.Environment?.Variables ?? [])
        {
            if (variable.Name == "MESOS_TASK_ID")
            {
                variable.Value = id.Value;
            }
        }

        return TaskMapping.FromMessage(task);
    }

    /// <summary>What an app's task runs, until when it may take to end, and what checks it.</summary>
    private static void Fill(TaskInfo task, AppFields fields, AppTaskRequest request)
    {
        task.Command = BuildCommand(fields, request);
        if (fields.Has("taskKillGracePeriodSeconds"))
        {
            var grace = AppFields.Seconds(fields.Number("taskKillGracePeriodSeconds", 0));
            task.KillPolicy = new KillPolicy { GracePeriod = PodTasks.Duration(grace) };
        }

        if (AppHealthChecks.Build(fields, request.Slot.Ports) is { } check)
        {
            task.HealthCheck = check;
        }

        if (ReadinessMapping.Build(fields, request.Slot.Ports) is { } readiness)
        {
            task.Data = readiness;
        }
    }

    /// <summary>The name of the tasks of an app, as in DNS: <c>/edge/web</c> becomes <c>web.edge</c>.</summary>
    private static string TaskName(AppId app) => string.Join('.', app.Value.Trim('/').Split('/').Reverse());

    private static ResourceSet Resources(AppFields fields)
    {
        var items = new List<Resource>();
        foreach (var (name, missing) in s_scalars)
        {
            var value = fields.Number(name, missing);
            if (value > 0)
            {
                items.Add(Resource.Of(name, value));
            }
        }

        return ResourceSet.Of(items);
    }

    private static readonly (string Name, double Missing)[] s_scalars = [("cpus", 1), ("mem", 128), ("disk", 0), ("gpus", 0)];

    private static PlacementConstraint ReadConstraint(JsonElement constraint)
    {
        var parts = AppFields.Strings(AppFields.Items(constraint)).ToArray();
        return ReadConstraint(parts.ElementAtOrDefault(0), parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }

    /// <summary>A constraint of an app or of a pod.</summary>
    internal static PlacementConstraint ReadConstraint(string? field, string? word, string? value)
    {
        var rule = word switch
        {
            "UNIQUE" => ConstraintOperator.Unique,
            "CLUSTER" => ConstraintOperator.Cluster,
            "GROUP_BY" => ConstraintOperator.GroupBy,
            "UNLIKE" => ConstraintOperator.Unlike,
            "MAX_PER" => ConstraintOperator.MaxPer,
            "IS" => ConstraintOperator.Is,
            _ => ConstraintOperator.Like,
        };
        return new PlacementConstraint(field ?? string.Empty, rule, value ?? string.Empty);
    }

    private static DisconnectPolicy ReadDisconnect(string? label) => label switch
    {
        "prefer-original" => DisconnectPolicy.PreferOriginal,
        "never-two" => DisconnectPolicy.NeverTwo,
        "site-decides" => DisconnectPolicy.SiteDecides,
        _ => DisconnectPolicy.PreferNewer,
    };

    private static MergePolicy ReadMerge(string? label) => label switch
    {
        "hub" => MergePolicy.Hub,
        "site" => MergePolicy.Site,
        "hold" => MergePolicy.Hold,
        _ => MergePolicy.Fields,
    };

    private static CommandInfo BuildCommand(AppFields fields, AppTaskRequest request)
    {
        var command = new CommandInfo { Environment = new Contracts.Mesos.Environment() };
        if (fields.Text("cmd") is { } line)
        {
            command.Shell = true;
            command.Value = line;
        }
        else
        {
            var arguments = AppFields.Strings(fields.Items("args")).ToArray();
            command.Shell = false;
            command.Value = arguments.FirstOrDefault() ?? string.Empty;
            command.Arguments.Add(arguments);
        }

        if (fields.Text("user") is { Length: > 0 } user)
        {
            command.User = user;
        }

        foreach (var (name, value) in AppEnvironment.Build(fields, request))
        {
            command.Environment.Variables.Add(new Contracts.Mesos.Environment.Types.Variable { Name = name, Value = value });
        }

        return command;
    }

    private static DiscoveryInfo BuildDiscovery(AppFields fields, AppTaskRequest request)
    {
        var discovery = new DiscoveryInfo
        {
            Visibility = DiscoveryInfo.Types.Visibility.Framework,
            Name = TaskName(request.Slot.App),
            Ports = new Ports(),
        };
        foreach (var (port, number) in AppPorts.Read(fields).Zip(request.Slot.Ports))
        {
            foreach (var protocol in port.Protocol.Split(','))
            {
                var entry = new Port { Number = (uint)number, Protocol = protocol };
                if (port.Name is { Length: > 0 } name)
                {
                    entry.Name = name;
                }

                if (port.Labels.Count > 0)
                {
                    entry.Labels = ToLabels(port.Labels);
                }

                discovery.Ports.Ports_.Add(entry);
            }
        }

        return discovery;
    }

    private static Labels ToLabels(ImmutableSortedDictionary<string, string> labels)
    {
        var wire = new Labels();
        foreach (var (key, value) in labels)
        {
            wire.Labels_.Add(new Label { Key = key, Value = value });
        }

        return wire;
    }
}
