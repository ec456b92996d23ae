using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Google.Protobuf;
using Wire = Edge.Contracts.Sync;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>One part that is out of its bounds makes a sync message unreadable as a whole; at its bound it is read.</summary>
public sealed class AppSyncBoundsTests
{
    private static readonly string s_name = new('n', SyncLimits.NameMax);
    private static readonly string s_path = "/" + new string('p', SyncLimits.NameMax - 1);
    private static readonly string s_json = "\"" + new string('j', SyncLimits.JsonMax - 2) + "\"";

    public static TheoryData<string, Action<Wire.AppSlot>, bool> Slots { get; } = new()
    {
        { "as it is", _ => { }, true },
        { "no path", w => w.App = "web", false },
        { "no app", w => w.App = "", false },
        { "longest path", w => w.App = s_path, true },
        { "path too long", w => w.App = s_path + "x", false },
        { "no instance", w => w.Instance = "", false },
        { "longest instance", w => w.Instance = s_name, true },
        { "instance too long", w => w.Instance = s_name + "x", false },
        { "no owner", w => w.Owner = "", true },
        { "owner too long", w => w.Owner = s_name + "x", false },
        { "hash too long", w => w.ConfigHash = s_name + "x", false },
        { "no incarnation", w => w.Incarnation = 0, false },
        { "negative incarnation", w => w.Incarnation = int.MinValue, false },
        { "negative port", w => w.Ports.Add(-1), false },
        { "largest port", w => w.Ports.Add(65_535), true },
        { "port too large", w => w.Ports.Add(65_536), false },
        { "most ports", w => Fill(w, SyncLimits.PortsMax), true },
        { "too many ports", w => Fill(w, SyncLimits.PortsMax + 1), false },
    };

    public static TheoryData<string, Action<Wire.AppShare>, bool> Shares { get; } = new()
    {
        { "as it is", _ => { }, true },
        { "no path", w => w.Id = "", false },
        { "no definition", w => w.Definition = null, false },
        { "empty definition", w => w.Definition.Fields.Clear(), true },
        { "field without a name", w => Add(w.Definition, "", "1"), false },
        { "field twice", w => Add(w.Definition, "cmd", "1"), false },
        { "field without a value", w => Add(w.Definition, "x", ""), false },
        { "name too long", w => Add(w.Definition, s_name + "x", "1"), false },
        { "no JSON", w => Add(w.Definition, "x", "{"), false },
        { "two values", w => Add(w.Definition, "x", "1 2"), false },
        { "blank", w => Add(w.Definition, "x", " "), false },
        { "half a character", w => Add(w.Definition, "x", "[\"\\ud800\"]"), false },
        { "half a character in a name", w => Add(w.Definition, "x", "{\"\\udc00\":1}"), false },
        { "nested too deeply", w => Add(w.Definition, "x", new string('[', 5_000) + new string(']', 5_000)), false },
        { "longest JSON", w => Add(w.Definition, "x", s_json), true },
        { "JSON too long", w => Add(w.Definition, "x", s_json.Insert(1, "j")), false },
        { "most fields", w => Fill(w.Definition, SyncLimits.FieldsMax), true },
        { "too many fields", w => Fill(w.Definition, SyncLimits.FieldsMax + 1), false },
        { "open field without a name", w => w.Open.Add(""), false },
        { "too many open fields", w => w.Open.AddRange(Enumerable.Repeat("x", SyncLimits.FieldsMax + 1)), false },
    };

    public static TheoryData<string, Action<Wire.SiteItem>, bool> Items { get; } = new()
    {
        { "as it is", _ => { }, true },
        { "no path", w => w.Id = "web", false },
        { "nothing but its path", w => (w.Definition, w.Change) = (null, null), true },
        { "bad definition", w => Add(w.Definition, "x", "{"), false },
        { "author too long", w => w.Change.Author = s_name + "x", false },
        { "negative count", w => w.Change.LocalInstances = -1, false },
        { "empty value before", w => w.Change.Base.Add(new Wire.Field { Name = "x" }), true },
        { "empty value after", w => w.Change.Fields.Add(new Wire.Field { Name = "x" }), true },
        { "no JSON before", w => w.Change.Base.Add(new Wire.Field { Name = "x", Json = "{" }), false },
        { "no JSON after", w => w.Change.Fields.Add(new Wire.Field { Name = "x", Json = "]" }), false },
    };

    [Theory]
    [MemberData(nameof(Slots))]
    public void Slot_IsRead_WithinItsBounds(string what, Action<Wire.AppSlot> spoil, bool readable)
    {
        var slot = SyncAppMapping.ToWire(AppSamples.Slot);
        spoil(slot);
        var assignment = SyncTaskMapping.ToWire(AppSamples.Launch);
        assignment.Slot = slot;
        var launch = SyncTaskMapping.ToWire(SyncSamples.Status("t1"));
        launch.Launch = assignment;
        Assert.True(readable == IsRead(new Wire.Assignments { Items = { assignment } }), what);
        var up = new Wire.Up { Statuses = new Wire.Statuses { Items = { SyncTaskMapping.ToWire(SyncSamples.Status("t2")), launch } } };
        Assert.True(readable == IsRead(up), what);
    }

    [Theory]
    [MemberData(nameof(Shares))]
    public void Share_IsRead_WithinItsBounds(string what, Action<Wire.AppShare> spoil, bool readable)
    {
        var share = SyncAppMapping.ToWire(AppSamples.Share);
        spoil(share);
        Assert.True(readable == IsRead(new Wire.Assignments { Apps = { SyncAppMapping.ToWire(AppSamples.Share), share } }), what);
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void SiteItem_IsRead_WithinItsBounds(string what, Action<Wire.SiteItem> spoil, bool readable)
    {
        var item = AppSamples.OwnItem with { Override = AppSamples.Override };
        var report = SyncAppMapping.ToWire(AppSamples.Report with { Items = [AppSamples.OwnItem, item] });
        spoil(report.Items[1]);
        Assert.True(readable == IsRead(new Wire.Up { SiteReport = report }), what);
    }

    [Fact]
    public void TooManyOfAnything_AreRefused()
    {
        var slots = new Wire.Assignments();
        slots.Slots.AddRange(Enumerable.Repeat(new Wire.SlotNotice { Instance = "i" }, SyncLimits.SlotsMax));
        Assert.True(IsRead(slots));
        slots.Slots.Add(new Wire.SlotNotice { Instance = "i" });
        Assert.False(IsRead(slots));
        Assert.False(IsRead(new Wire.Assignments { Slots = { new Wire.SlotNotice() } }));
        var apps = new Wire.Assignments();
        apps.Apps.AddRange(Enumerable.Repeat(new Wire.AppShare { Id = "/a", Definition = new() }, SyncLimits.AppsMax));
        Assert.True(IsRead(apps));
        apps.Apps.Add(apps.Apps[0]);
        Assert.False(IsRead(apps));
        var report = new Wire.SiteReport();
        report.Items.AddRange(Enumerable.Repeat(new Wire.SiteItem { Id = "/a" }, SyncLimits.AppsMax + 1));
        Assert.False(IsRead(new Wire.Up { SiteReport = report }));
    }

    [Fact]
    public void Delegation_ThatCannotBeRead_IsRefused()
    {
        var whole = DelegationMapping.ToWire(AppSamples.Delegated);
        Assert.True(IsRead(whole));
        Assert.False(IsRead(new Wire.Delegated(whole) { Document = ByteString.Empty }));
        Assert.False(IsRead(new Wire.Delegated(whole) { Document = ByteString.CopyFrom(0xff) }));
        Assert.False(IsRead(new Wire.Delegated(whole) { Document = new Wire.Delegation { Id = "d", Quota = "what" }.ToByteString() }));
        Assert.False(IsRead(new Wire.Delegated(whole) { Document = new Wire.Delegation { Node = "n1" }.ToByteString() }));
        Assert.False(IsRead(new Wire.Delegated(whole) { Signature = ByteString.CopyFrom(new byte[SyncLimits.KeyMax + 1]) }));
        Assert.False(IsRead(new Wire.Delegated(whole) { HubKey = ByteString.CopyFrom(new byte[SyncLimits.KeyMax + 1]) }));
        var large = AppSamples.Delegation with { Apps = [.. Enumerable.Repeat(new AppId(s_path), 64)] };
        Assert.Null(DelegationMapping.FromDocument(DelegationMapping.ToDocument(large)));
    }

    /// <summary>An inventory is what is known to be there: a task that cannot be read is not in it.</summary>
    [Fact]
    public void InventoryItem_WithASlotThatCannotBeRead_IsLeftOut()
    {
        var bad = SyncTaskMapping.ToWire(AppSamples.Launch);
        bad.Slot.Incarnation = 0;
        var wire = new Wire.Inventory
        {
            Tasks =
            {
                new Wire.InventoryItem { Assignment = bad },
                new Wire.InventoryItem { Assignment = SyncTaskMapping.ToWire(AppSamples.Launch) },
            },
        };
        var message = SyncMapping.DecodeUp(new Wire.Up { Inventory = wire }.ToByteArray(), TaskMapping.FromWire)!.Message;
        Assert.Single(Assert.IsType<UpMessage.Inventory>(message).Tasks);
    }

    private static void Fill(Wire.AppSlot slot, int ports)
    {
        slot.Ports.Clear();
        slot.Ports.AddRange(Enumerable.Repeat(80, ports));
    }

    private static void Fill(Wire.AppDefinition definition, int fields)
    {
        definition.Fields.Clear();
        definition.Fields.AddRange(Enumerable.Range(0, fields).Select(i => new Wire.Field { Name = $"f{i}", Json = "1" }));
    }

    private static void Add(Wire.AppDefinition definition, string name, string json) =>
        definition.Fields.Add(new Wire.Field { Name = name, Json = json });

    private static bool IsRead(Wire.Up up) => SyncMapping.DecodeUp(up.ToByteArray(), TaskMapping.FromWire) is not null;

    private static bool IsRead(Wire.Delegated delegated) => IsRead(new Wire.Down { Delegated = delegated });

    private static bool IsRead(Wire.Assignments assignments) => IsRead(new Wire.Down { Assignments = assignments });

    private static bool IsRead(Wire.Down down) => SyncMapping.DecodeDown(down.ToByteArray(), TaskMapping.FromWire) is not null;
}
