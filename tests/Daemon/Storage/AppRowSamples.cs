using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Tests.Daemon.Mapping;

namespace Edge.Tests.Daemon.Storage;

/// <summary>Rows that speak of apps, each kind with every field set, with as few as possible, and with extreme values.</summary>
internal static class AppRowSamples
{
    private static readonly AppSpec s_spec = new() { Instances = 0, Resources = ResourceSet.Empty };

    public static App App { get; } = new()
    {
        Id = new AppId("/edge/web"),
        Owner = new NodeId("n1"),
        Definition = AppSamples.Definition,
        Spec = s_spec,
        Generation = 9,
        Version = AppSamples.Time,
        LastScalingAt = AppSamples.Time.AddSeconds(-1),
        LastConfigChangeAt = AppSamples.Time.AddSeconds(-2),
        Restarts = 3,
        ConfigHash = string.Empty,
        Versions =
        [
            new AppVersion(AppSamples.Time, 9, AppSamples.Definition),
            new AppVersion(AppSamples.Time.AddMilliseconds(-1), 8, AppSamples.Define(("id", "\"/edge/web\""), ("gone", "true"))),
            new AppVersion(AppSamples.Time.AddMilliseconds(-2), 7, AppDefinition.Empty),
            new AppVersion(AppSamples.Time.AddMilliseconds(-2), 7, AppSamples.Definition),
        ],
        Override = AppSamples.Override,
        Deleted = true,
        ReportRevision = 44,
        LastFailure = new AppFailure(
            new TaskId("t1"), new NodeId("n2"), TaskState.GoneByOperator, "it \u00fc", AppSamples.Time, AppSamples.Time.AddSeconds(-9)),
        Failures = 5,
    };

    public static App BareApp { get; } = new()
    {
        Id = App.Id,
        Definition = AppDefinition.Empty,
        Spec = s_spec,
        Generation = long.MinValue,
        Version = DateTimeOffset.MinValue,
        LastScalingAt = AppSamples.EndOfTime,
        LastConfigChangeAt = DateTimeOffset.UnixEpoch,
        Restarts = long.MaxValue,
        ConfigHash = string.Empty,
        Failures = int.MaxValue,
    };

    public static Instance Instance { get; } = new()
    {
        Id = AppSamples.Slot.Instance,
        App = new AppKey("n1", new AppId("/edge/web")),
        Node = new NodeId("n1"),
        Task = new TaskKey(new FrameworkId("marathon"), new TaskId("t1")),
        Slot = AppSamples.Slot,
        Wanted = false,
        Revision = 12,
        Since = AppSamples.Time,
        RunningSince = AppSamples.Time.AddSeconds(1),
        InactiveSince = AppSamples.Time.AddSeconds(2),
        Failures = 6,
    };

    public static Instance BareInstance { get; } = new()
    {
        Id = new InstanceId("b"),
        App = new AppKey(string.Empty, new AppId("/")),
        Node = new NodeId(string.Empty),
        Task = new TaskKey(new FrameworkId(string.Empty), new TaskId(string.Empty)),
        Slot = AppSamples.BareSlot with { Incarnation = int.MaxValue },
        Since = DateTimeOffset.MinValue,
        Revision = long.MinValue,
    };

    public static Deployment Deployment { get; } = new()
    {
        Id = "d-1",
        Version = AppSamples.Time,
        Steps =
        [
            new DeploymentStep([.. Enum.GetValues<DeploymentActionKind>().Select(k => new DeploymentAction(k, App.Id))]),
            new DeploymentStep([]),
        ],
        CurrentStep = 1,
        Changes =
        [
            new DeploymentChange(new AppId("/new"), null, AppSamples.Definition),
            new DeploymentChange(new AppId("/old"), AppSamples.Definition, null),
            new DeploymentChange(new AppId("/both"), AppSamples.Definition, AppSamples.Define(("cmd", "1"), ("x", "2"))),
            new DeploymentChange(new AppId("/same"), AppSamples.Definition, AppSamples.Definition),
            new DeploymentChange(new AppId("/none"), null, null),
        ],
    };

    public static SiteOverride Override { get; } = new()
    {
        Node = new NodeId("n1"),
        App = App.Id,
        Change = AppSamples.Override,
        ReportRevision = 3,
        State = OverrideState.Conflict,
        Open = ["env", "cmd"],
        Revision = 4,
        Adopted = true,
    };

    public static Conflict Conflict { get; } = new()
    {
        Id = "c-1",
        Node = new NodeId("n1"),
        App = App.Id,
        Field = "cmd",
        Base = string.Empty,
        Hub = "\"a\"",
        Site = "\"b\"",
        Author = "operator",
        ChangedAt = AppSamples.Time,
        FoundAt = AppSamples.Time.AddSeconds(1),
        Resolution = "site",
        ResolvedBy = "admin",
        ResolvedAt = AppSamples.Time.AddSeconds(2),
    };

    /// <summary>Every kind.</summary>
    public static ImmutableArray<RowChange> Rows { get; } =
    [
        Row(App), Row(BareApp), Row(BareApp with { Id = new AppId("/b"), LastFailure = App.LastFailure }),
        Row(Instance), Row(BareInstance), Row(Instance with { Id = new InstanceId("c"), Wanted = true }),
        Row(Deployment), Row(Deployment with { Id = "d-2", Steps = [], Changes = [], CurrentStep = int.MaxValue }),
        Row(new AppGroup(new AppId("/edge"), [new AppId("/db"), new AppId("/")])), Row(new AppGroup(new AppId("/"), [])),
        Row(Override), Row(Override with { Node = new NodeId("n2"), State = OverrideState.Held, Open = [], Adopted = false }),
        Row(Conflict), Row(Conflict with { Id = "c-2", Resolution = null, ResolvedBy = null, ResolvedAt = null }),
    ];

    public static RowChange Row(App app) => new RowChange.AppRow(new AppKey(app.Owner?.Value ?? string.Empty, app.Id), app);

    public static RowChange Row(Instance instance) => new RowChange.InstanceRow(instance.Id, instance);

    public static RowChange Row(Deployment deployment) => new RowChange.DeploymentRow(deployment.Id, deployment);

    public static RowChange Row(AppGroup group) => new RowChange.GroupRow(group.Id, group);

    public static RowChange Row(SiteOverride change) => new RowChange.OverrideRow(new SiteKey(change.Node, change.App), change);

    public static RowChange Row(Conflict conflict) => new RowChange.ConflictRow(conflict.Id, conflict);

    /// <summary>The rows again, as changes.</summary>
    public static ImmutableArray<RowChange> ToChanges(AppRows rows) =>
    [
        .. rows.Apps.Select(Row), .. rows.Instances.Select(Row), .. rows.Deployments.Select(Row), .. rows.Groups.Select(Row),
        .. rows.Overrides.Select(Row), .. rows.Conflicts.Select(Row),
    ];

    /// <summary>The rows as changes that delete them.</summary>
    public static ImmutableArray<RowChange> ToDeletes(AppRows rows) =>
    [
        .. rows.Apps.Select(a => new RowChange.AppRow(new AppKey(a.Owner?.Value ?? string.Empty, a.Id), null)),
        .. rows.Instances.Select(i => new RowChange.InstanceRow(i.Id, null)),
        .. rows.Deployments.Select(d => new RowChange.DeploymentRow(d.Id, null)),
        .. rows.Groups.Select(g => new RowChange.GroupRow(g.Id, null)),
        .. rows.Overrides.Select(o => new RowChange.OverrideRow(new SiteKey(o.Node, o.App), null)),
        .. rows.Conflicts.Select(c => new RowChange.ConflictRow(c.Id, null)),
    ];
}
