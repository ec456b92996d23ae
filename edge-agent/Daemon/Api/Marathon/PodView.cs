using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Core.Tasks;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Pods and how they do, of one snapshot, as answers show them. Source: Marathon, PodStatusConversion.</summary>
/// <remarks>One instance is one task, and all its containers live and end together; so the task tells of each.</remarks>
internal sealed partial class PodView(ClusterState state, AppView view, DateTimeOffset now)
{
    private static readonly string[] s_resources = ["cpus", "mem", "disk", "gpus"];

    /// <summary>The pods that are shown, by path.</summary>
    public IEnumerable<App> Pods => view.All.Where(AppView.IsPod);

    /// <summary>The pod of a path; null when there is none, or an app.</summary>
    public App? Find(AppId id) => view.FindAny(id) is { } app && AppView.IsPod(app) ? app : null;

    public MarathonPodInfo Show(App pod) => new(view.Fields(pod), pod.Version);

    public static MarathonPodInfo Show(AppVersion version) => new(version.Definition.Fields, version.Version);

    /// <summary>The pod with its instances, and the newest one that failed.</summary>
    public MarathonPodStatus ShowStatus(App pod)
    {
        var fields = view.Fields(pod);
        var instances = view.Instances(pod).Select(i => ShowInstance(pod, i)).ToArray();
        var wanted = (int)new AppFields(new AppDefinition(fields)).Number(MarathonPodReader.Instances, 1);
        return new MarathonPodStatus
        {
            Id = pod.Id.Value,
            Spec = new MarathonPodInfo(fields, pod.Version),
            Status = instances.Count(i => i.Status == "STABLE") >= wanted ? "STABLE" : "DEGRADED",
            Since = instances.Select(i => i.Since).Append(pod.Version).Max(),
            LastUpdated = now,
            Instances = instances,
            Terminations = pod.LastFailure is { } failure ? [ShowFailure(pod, failure)] : [],
        };
    }

    /// <summary>An instance as the answer to its end shows it.</summary>
    public MarathonEndedInstance ShowEnded(App pod, Instance instance)
    {
        var task = state.Tasks.GetValueOrDefault(instance.Task);
        var scheduling = new AppFields(pod.Definition).Object("scheduling");
        var unreachable = AppFields.Get(scheduling, "unreachableStrategy");
        return new MarathonEndedInstance(
            instance.Id.Value,
            TaskStates.Condition(task is null ? TaskState.Staging : TaskStateMachine.ToState(task.Observed)),
            instance.Since,
            task?.Health?.Healthy,
            view.Describe(instance.Node)?.Hostname ?? instance.Node.Value,
            instance.Node.Value,
            instance.Slot.Version,
            unreachable.ValueKind == System.Text.Json.JsonValueKind.Undefined ? "\"disabled\"" : unreachable.GetRawText());
    }

    private MarathonPodInstance ShowInstance(App pod, Instance instance)
    {
        var task = state.Tasks.GetValueOrDefault(instance.Task);
        var node = view.Describe(instance.Node);
        var since = task?.Latest?.Timestamp ?? task?.LaunchedAt ?? instance.Since;
        var fields = new AppFields(Definition(pod, instance));
        return new MarathonPodInstance
        {
            Id = instance.Id.Value,
            Status = StatusOf(pod, instance, task),
            Since = since,
            Message = task?.Latest?.Message,
            Hostname = node?.Hostname ?? instance.Node.Value,
            AgentId = instance.Node.Value,
            Region = node?.Attributes.FirstOrDefault(a => a.Name == "region")?.Value.ToString(),
            Zone = node?.Attributes.FirstOrDefault(a => a.Name == "zone")?.Value.ToString(),
            Address = node?.Address,
            Resources = Sum(s_resources.Select(name => task?.Resources.GetScalar(name).ToDouble() ?? 0)),
            Containers = task is null ? [] : [.. PodFields.Containers(fields).Select(p => ShowContainer(p, instance, task, since))],
            SpecReference = $"/v2/pods{pod.Id}::versions/{MarathonTime.Format(instance.Slot.Version)}",
            Role = task?.Role ?? pod.Spec.Role,
        };
    }

    /// <summary>The definition that an instance runs: the version that it was started with, while that is remembered.</summary>
    private static AppDefinition Definition(App pod, Instance instance) =>
        pod.Versions.FirstOrDefault(v => v.Version == instance.Slot.Version)?.Definition ?? pod.Definition;

    private string StatusOf(App pod, Instance instance, ClusterTask? task)
    {
        if (task is null or { IsTerminal: true })
        {
            return instance.Wanted ? "PENDING" : "TERMINAL";
        }

        return view.State(task) switch
        {
            TaskState.Staging or TaskState.Starting => "STAGING",
            TaskState.Running when !pod.Spec.HasHealthCheck || AppHealth.IsHealthy(task) == true => "STABLE",
            TaskState.Killing => "TERMINAL",
            _ => "DEGRADED",
        };
    }

    private MarathonContainerStatus ShowContainer(PodPart part, Instance instance, ClusterTask task, DateTimeOffset since)
    {
        var healthy = part.HasHealthCheck ? AppHealth.IsHealthy(task) : null;
        var (status, termination) = EndOf(part.Name, view.State(task), task.IsTerminal ? task.Latest?.Message : null);
        return new MarathonContainerStatus
        {
            Name = part.Name,
            Status = StatusMapping.Name(status),
            Since = since,
            ContainerId = PodTaskIds.Of(task.Key.Task, part.Name),
            Healthy = healthy,
            Resources = Sum(s_resources.Select(part.Resource)),
            Endpoints =
            [
                .. part.Endpoints.Select((e, i) => new MarathonEndpointStatus(
                    e.Name, part.FirstPort + i < instance.Slot.Ports.Length ? instance.Slot.Ports[part.FirstPort + i] : null, healthy)),
            ],
            Termination = termination,
        };
    }

    private MarathonPodTermination ShowFailure(App pod, AppFailure failure)
    {
        var task = state.Tasks.GetValueOrDefault(new TaskKey(FrameworkId.Apps, failure.Task));
        var definition = pod.Versions.FirstOrDefault(v => v.Version == failure.Version)?.Definition ?? pod.Definition;
        return new MarathonPodTermination(
            PodTaskIds.InstanceOf(failure.Task),
            task?.LaunchedAt ?? failure.At,
            failure.At,
            failure.Message,
            [
                .. PodFields.Containers(new AppFields(definition)).Select(p =>
                {
                    var (last, end) = EndOf(p.Name, failure.State, failure.Message);
                    return (PodTaskIds.Of(failure.Task, p.Name), StatusMapping.Name(last), end);
                }),
            ]);
    }

    /// <summary>How one container ended. The sentence of a pod's end names the one that ended first; others were killed for it.</summary>
    private static (TaskState State, MarathonTermination? Termination) EndOf(string name, TaskState state, string? sentence)
    {
        if (sentence is null || !sentence.StartsWith("Container '", StringComparison.Ordinal))
        {
            return (state, sentence is null ? null : new MarathonTermination(null, sentence));
        }

        if (!sentence.StartsWith($"Container '{name}' ", StringComparison.Ordinal))
        {
            return (TaskState.Killed, new MarathonTermination(null, "Killed because another container of the pod ended"));
        }

        var code = ExitCode().Match(sentence);
        return (state, new MarathonTermination(
            code.Success ? int.Parse(code.Groups[1].Value, CultureInfo.InvariantCulture) : null, sentence));
    }

    private static MarathonPodResources Sum(IEnumerable<double> values)
    {
        var all = values.ToImmutableArray();
        return new MarathonPodResources(all[0], all[1], all[2], (int)all[3]);
    }

    [GeneratedRegex(@"exited with status (\d{1,3})$", RegexOptions.CultureInvariant)]
    private static partial Regex ExitCode();
}
