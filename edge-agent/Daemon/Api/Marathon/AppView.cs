using System.Collections.Immutable;
using System.Globalization;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Core.Tasks;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Apps and their tasks of one snapshot, as answers show them.</summary>
internal sealed class AppView(ClusterState state, DateTimeOffset now)
{
    /// <summary>Every app that is shown, by path; no pods.</summary>
    public IEnumerable<App> Apps => All.Where(a => !IsPod(a));

    /// <summary>Apps and pods by path: the hub's before a site's of the same name, the first site's before others'.</summary>
    public IEnumerable<App> All => state.Apps.Values.Where(a => !a.Deleted)
        .OrderBy(a => a.Id).ThenBy(a => a.Owner is null ? 0 : 1).ThenBy(a => a.Owner?.Value, StringComparer.Ordinal)
        .DistinctBy(a => a.Id);

    /// <summary>True when it is a pod and no app.</summary>
    public static bool IsPod(App app) => PodFields.IsPod(app.Definition);

    /// <summary>The app of a path; null when there is none, or a pod.</summary>
    public App? Find(AppId id) => FindAny(id) is { } app && !IsPod(app) ? app : null;

    /// <summary>The app or pod of a path; null when there is none.</summary>
    public App? FindAny(AppId id)
    {
        if (state.Apps.GetValueOrDefault(new AppKey(string.Empty, id)) is { Deleted: false } app)
        {
            return app;
        }

        return state.Self is { } self
            ? state.Apps.GetValueOrDefault(new AppKey(self.Id.Value, id)) is { Deleted: false } own ? own : null
            : state.Apps.Values.Where(a => a.Id == id && !a.Deleted).OrderBy(a => a.Owner?.Value, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>What runs: the definition under the site's change; on a node, of the hub's app, the number is that of the site.</summary>
    public ImmutableSortedDictionary<string, string> Fields(App app)
    {
        var fields = app.Override is { } change ? app.Definition.With(change.Fields).Fields : app.Definition.Fields;
        if (state.Self is null || app.Owner is not null || app.Override?.Fields.ContainsKey("instances") == true)
        {
            return fields;
        }

        return fields.SetItem("instances", Instances(app).Count(i => i.Wanted).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The app with what lists embed without being asked.</summary>
    public MarathonAppInfo Show(App app, AppEmbeds embeds) => new()
    {
        Fields = Fields(app),
        Version = app.Version,
        LastScalingAt = app.LastScalingAt,
        LastConfigChangeAt = app.LastConfigChangeAt,
        Counts = embeds.Counts ? Counts(app) : null,
        Deployments = embeds.Deployments
            ? [.. state.Deployments.Values.Where(d => d.Affects(app.Id)).Select(d => d.Id).Order(StringComparer.Ordinal)]
            : null,
        Tasks = embeds.Tasks ? [.. Tasks(app)] : null,
        LastTaskFailure = embeds.LastTaskFailure ? Failure(app) : null,
        TaskStats = embeds.TaskStats ? Stats(app) : null,
        Readiness = embeds.Readiness ? [.. Readiness(app)] : null,
    };

    /// <summary>The instances of an app, the oldest first.</summary>
    public IEnumerable<Instance> Instances(App app) =>
        state.AppInstances.GetValueOrDefault(new AppKey(app.Owner?.Value ?? string.Empty, app.Id), [])
            .Select(id => state.Instances[id]).OrderBy(i => i.Since).ThenBy(i => i.Id);

    /// <summary>The tasks that live, the oldest first.</summary>
    public IEnumerable<MarathonTaskInfo> Tasks(App app) =>
        Instances(app).Select(i => Show(app, i)).Where(t => t is not null).Select(t => t!);

    /// <summary>Finds a live task by its id; null when there is none.</summary>
    public (App App, MarathonTaskInfo Task)? FindTask(string id)
    {
        var key = new TaskKey(FrameworkId.Apps, new TaskId(id));
        return state.Tasks.GetValueOrDefault(key) is { Slot: { } slot, IsTerminal: false }
            && state.Instances.GetValueOrDefault(slot.Instance) is { } instance && instance.Task == key
            && state.Apps.GetValueOrDefault(instance.App) is { } app && Show(app, instance) is { } task
                ? (app, task)
                : null;
    }

    /// <summary>The task of an instance; null while it has none that lives.</summary>
    public MarathonTaskInfo? Show(App app, Instance instance)
    {
        if (state.Tasks.GetValueOrDefault(instance.Task) is not { IsTerminal: false } task)
        {
            return null;
        }

        var description = Describe(task.Node);
        var fields = new AppFields(new AppDefinition(app.Definition.Fields));
        return new MarathonTaskInfo
        {
            AppId = app.Id.Value,
            Id = task.Key.Task.Value,
            Host = description?.Hostname ?? task.Node.Value,
            SlaveId = task.Node.Value,
            State = StatusMapping.Name(State(task)),
            Role = task.Role,
            Ports = task.Slot?.Ports ?? [],
            ServicePorts = [.. AppPorts.Read(fields).Select(p => p.Service)],
            IpAddresses = description is null ? [] : [new MarathonIpAddress(description.Address)],
            StagedAt = task.LaunchedAt,
            StartedAt = task.History.FirstOrDefault(s => s.State == TaskState.Running)?.Timestamp,
            Version = task.Slot?.Version,
            HealthCheckResults = AppHealth.Results(task, instance),
            Region = description?.Attributes.FirstOrDefault(a => a.Name == "region")?.Value.ToString(),
            Zone = description?.Attributes.FirstOrDefault(a => a.Name == "zone")?.Value.ToString(),
        };
    }

    /// <summary>How many are in which state.</summary>
    public MarathonCounts Counts(App app) => Count(app, Live(app));

    /// <summary>What readiness checks have shown of the tasks that live, the oldest first.</summary>
    public IEnumerable<MarathonReadinessResult> Readiness(App app) =>
        Live(app).Select(l => AppHealth.Readiness(l.Task)).Where(r => r is not null).Select(r => r!);

    /// <summary>The same for a deployment: of the version that comes.</summary>
    public IEnumerable<MarathonReadinessResult> Readiness(AppId id) => Find(id) is not { } app
        ? []
        : Live(app).Where(l => l.Instance.Slot.ConfigHash == app.ConfigHash)
            .Select(l => AppHealth.Readiness(l.Task)).Where(r => r is not null).Select(r => r!);

    private IEnumerable<(Instance Instance, ClusterTask Task)> Live(App app) => Instances(app)
        .Select(i => (Instance: i, Task: state.Tasks.GetValueOrDefault(i.Task)))
        .Where(p => p.Task is { IsTerminal: false })
        .Select(p => (p.Instance, p.Task!));

    private static MarathonCounts Count(App app, IEnumerable<(Instance Instance, ClusterTask Task)> live)
    {
        var tasks = live.ToArray();
        var running = tasks.Where(t => t.Task.Observed == ObservedState.Running).ToArray();
        return new MarathonCounts(
            tasks.Count(t => t.Task.Observed < ObservedState.Running),
            running.Length,
            running.Count(t => app.Spec.HasHealthCheck && AppHealth.IsHealthy(t.Task) == true),
            running.Count(t => app.Spec.HasHealthCheck && AppHealth.IsHealthy(t.Task) == false));
    }

    private MarathonTaskStats Stats(App app)
    {
        var live = Live(app).ToArray();
        return new MarathonTaskStats(
            Sum(app, live.Where(t => t.Task.LaunchedAt >= app.LastScalingAt)),
            Sum(app, live.Where(t => t.Task.Slot?.ConfigHash == app.ConfigHash)),
            Sum(app, live.Where(t => t.Task.Slot?.ConfigHash != app.ConfigHash)),
            Sum(app, live));
    }

    private MarathonStats? Sum(App app, IEnumerable<(Instance Instance, ClusterTask Task)> live)
    {
        var tasks = live.ToArray();
        var ages = tasks.Where(t => t.Instance.RunningSince is not null)
            .Select(t => (now - t.Instance.RunningSince!.Value).TotalSeconds).Order().ToArray();
        return tasks.Length == 0
            ? null
            : new MarathonStats(
                Count(app, tasks), ages.Length == 0 ? null : ages.Average(), ages.Length == 0 ? null : ages[ages.Length / 2]);
    }

    private MarathonTaskFailure? Failure(App app) => app.LastFailure is not { } failure
        ? null
        : new MarathonTaskFailure(
            app.Id.Value, failure.Task.Value, StatusMapping.Name(failure.State), failure.Message,
            Describe(failure.Node)?.Hostname ?? failure.Node.Value, failure.At, failure.Version, failure.Node.Value);

    /// <summary>What is known of a task: what its node saw, unless that is out of reach.</summary>
    public TaskState State(ClusterTask task) =>
        state.Nodes.GetValueOrDefault(task.Node) is { Reachability: Reachability.Unreachable }
            ? TaskState.Unreachable
            : TaskStateMachine.ToState(task.Observed);

    /// <summary>What is known of a node; null when nothing is.</summary>
    public NodeDescription? Describe(NodeId node) =>
        state.Self is { } self && self.Id == node ? self.Description : state.Nodes.GetValueOrDefault(node)?.Description;
}

/// <summary>What an answer embeds. Source: Marathon, <c>embed</c> of /v2/apps and /v2/groups.</summary>
internal sealed record AppEmbeds
{
    public bool Counts { get; init; }

    public bool Deployments { get; init; }

    public bool Tasks { get; init; }

    public bool LastTaskFailure { get; init; }

    public bool TaskStats { get; init; }

    public bool Readiness { get; init; }

    /// <summary>What lists embed without being asked.</summary>
    public static AppEmbeds List { get; } = new() { Counts = true, Deployments = true };

    /// <summary>What a single app embeds without being asked.</summary>
    public static AppEmbeds Single { get; } = new()
    {
        Counts = true,
        Deployments = true,
        Tasks = true,
        LastTaskFailure = true,
    };

    /// <summary>Adds what the query names; unknown names are ignored, prefixes are optional.</summary>
    public AppEmbeds With(IEnumerable<string> names)
    {
        var result = this;
        foreach (var name in names)
        {
            result = name[(name.LastIndexOf('.') + 1)..] switch
            {
                "tasks" => result with { Tasks = true },
                "counts" => result with { Counts = true },
                "deployments" => result with { Deployments = true },
                "readiness" => result with { Readiness = true },
                "lastTaskFailure" => result with { LastTaskFailure = true },
                "failures" => result with { Tasks = true, LastTaskFailure = true, Deployments = true },
                "taskStats" => result with { TaskStats = true },
                _ => result,
            };
        }

        return result;
    }
}
