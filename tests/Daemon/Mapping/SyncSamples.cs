using System.Collections.Immutable;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using TaskState = Edge.Core.Model.TaskState;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>A sync message of every kind with every field set, and their texts for comparison.</summary>
internal static class SyncSamples
{
    private static readonly DateTimeOffset s_time = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(123_456);

    /// <summary>One of each kind.</summary>
    public static ImmutableArray<UpMessage> Up { get; } =
    [
        new UpMessage.Hello(new NodeIdentity("machine", "database", "boot"), Description(), "hub-1", 7, 12, s_time),
        new UpMessage.Inventory([new(Assignment("t1"), Status("t1")), new(Assignment("t2") with { KillGrace = null }, null)], 12),
        new UpMessage.Statuses("database", 5, [Status("t1"), Bare("t2")]),
        new UpMessage.Held(7, Gap: true) { Sequence = 12 },
        new UpMessage.Report(Description()),
        AppSamples.Report,
    ];

    /// <summary>One of each kind.</summary>
    public static ImmutableArray<DownMessage> Down { get; } =
    [
        new DownMessage.Welcome("hub-1", 11, WantsInventory: true) { AgentEpoch = "database" },
        new DownMessage.Refused("because"),
        new DownMessage.Assignments("hub-1", 6, 8, Full: true, [Assignment("t1"), Assignment("t2") with { Desired = DesiredState.Run }]),
        new DownMessage.Acknowledged("database", 11),
        new DownMessage.Reported("database", 12),
        AppSamples.Delegated,
    ];

    public static NodeDescription Description() => new()
    {
        Hostname = "n1.example",
        Address = "192.0.2.1",
        Port = 5051,
        Site = "north",
        Version = "1.2.3",
        Resources = ResourceText.Parse("cpus:4;mem:4096;ports:[31000-32000]").Value!,
        Attributes = AttributeText.Parse("rack:r1;floor:2").Value,
    };

    public static Assignment Assignment(string id) => new()
    {
        Key = new TaskKey(new FrameworkId("f-1"), new TaskId(id)),
        Container = new ContainerId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).ToString("D")),
        Spec = Spec(id),
        Resources = Spec(id).Resources.Allocate("web"),
        Role = "web",
        User = "root",
        Desired = DesiredState.Kill,
        KillGrace = TimeSpan.FromMicroseconds(1_500_001),
        Observed = ObservedState.Running,
        LaunchedAt = s_time,
    };

    public static TaskSpec Spec(string id) => TaskMapping.FromMessage(new TaskInfo
    {
        Name = "name of " + id,
        TaskId = new TaskID { Value = id },
        AgentId = new AgentID { Value = "n1" },
        Command = new CommandInfo { Value = "echo " + id },
        Resources =
        {
            new Edge.Contracts.Mesos.Resource
            {
                Name = "cpus",
                Type = Edge.Contracts.Mesos.Value.Types.Type.Scalar,
                Scalar = new Edge.Contracts.Mesos.Value.Types.Scalar { Value = 0.5 },
            },
        },
    });

    public static StatusUpdate Status(string id) => Bare(id) with
    {
        State = TaskState.Failed,
        Source = StatusSource.Executor,
        Reason = StatusReason.ExecutorTerminated,
        Message = "it went away",
        Container = new ContainerId("0000002a-0000-4000-8000-000000000001"),
        Uuid = new Guid("0000002a-0000-4000-8000-000000000002"),
    };

    /// <summary>Every word that the message says, arrays included.</summary>
    public static string Text(object message) => message switch
    {
        UpMessage.Hello hello => $"{hello} {Text(hello.Description)}",
        UpMessage.Report report => $"{report} {Text(report.Description)}",
        UpMessage.Inventory inventory => $"{inventory.OutboxHead} {string.Join(" | ", inventory.Tasks)}",
        UpMessage.Statuses statuses => $"{statuses.AgentEpoch} {statuses.FirstSequence} {string.Join(" | ", statuses.Items)}",
        DownMessage.Assignments a => $"{a.HubEpoch} {a.AppliesTo} {a.ResultsIn} {a.Full} {string.Join(" | ", a.Items)}",
        UpMessage.SiteReport or DownMessage.Delegated => Support.Deep.Text(message),
        NodeDescription description => AttributeText.Format(description.Attributes),
        _ => message.ToString()!,
    };

    private static StatusUpdate Bare(string id) => new()
    {
        Task = new TaskKey(new FrameworkId("f-1"), new TaskId(id)),
        State = TaskState.Running,
        Source = StatusSource.Agent,
        Timestamp = s_time,
        Executor = new ExecutorId(id),
    };
}
