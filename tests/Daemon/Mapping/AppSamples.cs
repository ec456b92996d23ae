using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>Everything that speaks of apps, with every field set, and with as few as possible.</summary>
internal static class AppSamples
{
    public static readonly DateTimeOffset Time = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(654_321);

    /// <summary>The last instant that can be said in microseconds.</summary>
    public static readonly DateTimeOffset EndOfTime = EpochMicros.ToTime(long.MaxValue);

    public static AppSlot Slot { get; } = new()
    {
        App = new AppId("/edge/web"),
        Owner = new NodeId("n1"),
        Instance = new InstanceId("edge_web.instance-0000002a-0000-4000-8000-000000000001"),
        Incarnation = 7,
        ConfigHash = "0123456789abcdef",
        Version = Time,
        Ports = [31000, 0, 65535],
    };

    public static AppSlot BareSlot { get; } = Slot with { Owner = null, Ports = [], Incarnation = 1 };

    public static AppDefinition Definition { get; } = Define(
        ("id", "\"/edge/web\""), ("instances", "3"), ("cmd", "\"echo \u00fc\""), ("env", """{"A":"1","B":{"secret":"s"}}"""));

    public static AppOverride Override { get; } = new(
        4,
        Define(("instances", "3"), ("env", "")).Fields,
        Define(("instances", "1"), ("env", "{}"), ("cmd", "")).Fields,
        "operator",
        Time)
    {
        LocalInstances = 2,
    };

    public static AppShare Share { get; } = new()
    {
        Id = new AppId("/edge/web"),
        Definition = Definition,
        Generation = 5,
        Version = Time,
        LastScalingAt = Time.AddSeconds(-1),
        LastConfigChangeAt = Time.AddSeconds(-2),
        Restarts = 6,
        SettledReport = 7,
        Open = ["cmd", "env"],
        Adopted = true,
    };

    public static SiteItem OwnItem { get; } = new()
    {
        Id = new AppId("/site/local"),
        Revision = 8,
        Own = true,
        Definition = Definition,
        Generation = 9,
        Version = Time,
        LastScalingAt = Time.AddSeconds(-1),
        LastConfigChangeAt = Time.AddSeconds(-2),
        Restarts = 10,
    };

    /// <summary>One of each meaning: an own app, a deleted one, a change, a change that was taken back.</summary>
    public static UpMessage.SiteReport Report { get; } = new("database", 12,
    [
        OwnItem,
        OwnItem with { Definition = null },
        OwnItem with { Own = false, Definition = null, Override = Override, Revision = 11 },
        OwnItem with { Own = false, Definition = null, Revision = 12, Restarts = 0 },
    ]);

    public static Delegation Delegation { get; } = new()
    {
        Id = "d-1",
        Node = new NodeId("n1"),
        Apps = [new AppId("/edge"), new AppId("/")],
        Fields = ["instances", "*"],
        Restart = false,
        Create = false,
        Quota = ResourceText.Parse("cpus:1.5;mem:512").Value!,
        ValidFor = TimeSpan.FromHours(36) + TimeSpan.FromMicroseconds(1),
        IssuedAt = Time,
    };

    /// <summary>Every optional part absent.</summary>
    public static Delegation BareDelegation { get; } = new() { Id = "d", Node = new NodeId("n1") };

    public static DownMessage.Delegated Delegated { get; } = new(
        new HeldDelegation(Delegation, DelegationMapping.ToDocument(Delegation), new byte[] { 1, 2, 3 }, TimeSpan.Zero),
        new byte[] { 4, 5 });

    public static Assignment Launch { get; } =
        SyncSamples.Assignment("edge_web.instance-0000002a-0000-4000-8000-000000000001._app.7") with { Slot = Slot };

    public static DownMessage.Assignments Assignments { get; } = new("hub-1", 6, 8, Full: true, [Launch, SyncSamples.Assignment("t2")])
    {
        Slots = [new SlotNotice(Slot.Instance, Keep: true), new SlotNotice(new InstanceId("b"), Keep: false)],
        Apps = [Share, Share with { Id = new AppId("/b"), Definition = AppDefinition.Empty, Open = [], Adopted = false }],
    };

    /// <summary>The first status of a task that a node started, and the last of one that it gave up.</summary>
    public static UpMessage.Statuses Statuses { get; } = new("database", 5,
    [
        SyncSamples.Status("t1") with { Launch = Launch },
        SyncSamples.Status("t1") with { Released = true, Healthy = false, Cause = EndCause.HealthCheck },
        SyncSamples.Status("t2") with { Launch = SyncSamples.Assignment("t2") with { KillGrace = null }, Released = true },
    ]);

    public static AppDefinition Define(params (string Name, string Json)[] fields) =>
        new(AppDefinition.Empty.Fields.AddRange(fields.Select(f => KeyValuePair.Create(f.Name, f.Json))));
}
