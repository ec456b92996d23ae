using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Edge.Core.Model;
using Google.Protobuf.Collections;
using Wire = Edge.Contracts.Sync;

namespace Edge.Daemon.Mapping;

/// <summary>Apps, their instances and a site's changes on the wire and in the kernel.</summary>
/// <remarks>Reading is total: null for whatever is out of its bounds, which makes the message unreadable as a whole. The JSON text of a
/// field is JSON; what it means is for whoever reads the definition.</remarks>
internal static class SyncAppMapping
{
    public static Wire.AppSlot ToWire(AppSlot slot)
    {
        var wire = new Wire.AppSlot
        {
            App = slot.App.Value,
            Owner = slot.Owner?.Value ?? string.Empty,
            Instance = slot.Instance.Value,
            Incarnation = slot.Incarnation,
            ConfigHash = slot.ConfigHash,
            VersionMicros = EpochMicros.From(slot.Version),
        };
        wire.Ports.AddRange(slot.Ports);
        return wire;
    }

    public static AppSlot? FromWire(Wire.AppSlot wire)
    {
        if (!IsPath(wire.App) || !IsName(wire.Instance) || wire.Owner.Length > SyncLimits.NameMax
            || wire.ConfigHash.Length > SyncLimits.NameMax || wire.Incarnation < 1
            || wire.Ports.Count > SyncLimits.PortsMax || wire.Ports.Any(p => p is < 0 or > ushort.MaxValue))
        {
            return null;
        }

        return new AppSlot
        {
            App = new AppId(wire.App),
            Owner = wire.Owner.Length > 0 ? new NodeId(wire.Owner) : null,
            Instance = new InstanceId(wire.Instance),
            Incarnation = wire.Incarnation,
            ConfigHash = wire.ConfigHash,
            Version = EpochMicros.ToTime(wire.VersionMicros),
            Ports = [.. wire.Ports],
        };
    }

    public static Wire.AppShare ToWire(AppShare share)
    {
        var wire = new Wire.AppShare
        {
            Id = share.Id.Value,
            Definition = ToWire(share.Definition),
            Generation = share.Generation,
            VersionMicros = EpochMicros.From(share.Version),
            ScalingMicros = EpochMicros.From(share.LastScalingAt),
            ConfigChangeMicros = EpochMicros.From(share.LastConfigChangeAt),
            Restarts = share.Restarts,
            SettledReport = share.SettledReport,
            Adopted = share.Adopted,
            Own = share.Own,
        };
        wire.Open.AddRange(share.Open);
        return wire;
    }

    public static AppShare? FromWire(Wire.AppShare wire)
    {
        if (!IsPath(wire.Id) || wire.Definition is null || FromWire(wire.Definition) is not { } definition
            || wire.Open.Count > SyncLimits.FieldsMax || !wire.Open.All(IsName))
        {
            return null;
        }

        return new AppShare
        {
            Id = new AppId(wire.Id),
            Definition = definition,
            Generation = wire.Generation,
            Version = EpochMicros.ToTime(wire.VersionMicros),
            LastScalingAt = EpochMicros.ToTime(wire.ScalingMicros),
            LastConfigChangeAt = EpochMicros.ToTime(wire.ConfigChangeMicros),
            Restarts = wire.Restarts,
            SettledReport = wire.SettledReport,
            Open = [.. wire.Open],
            Adopted = wire.Adopted,
            Own = wire.Own,
        };
    }

    public static Wire.SlotNotice ToWire(SlotNotice notice) => new() { Instance = notice.Instance.Value, Keep = notice.Keep };

    public static SlotNotice? FromWire(Wire.SlotNotice wire) =>
        IsName(wire.Instance) ? new SlotNotice(new InstanceId(wire.Instance), wire.Keep) : null;

    public static Wire.SiteReport ToWire(UpMessage.SiteReport report)
    {
        var wire = new Wire.SiteReport
        {
            AgentEpoch = report.AgentEpoch,
            Revision = report.Revision,
            Sequence = report.Sequence,
            HeldRevision = report.HeldRevision,
        };
        wire.Items.AddRange(report.Items.Select(ToWire));
        return wire;
    }

    public static UpMessage.SiteReport? FromWire(Wire.SiteReport wire) => ReadAll(wire.Items, SyncLimits.AppsMax, FromWire) is { } items
        ? new UpMessage.SiteReport(wire.AgentEpoch, wire.Revision, items) { Sequence = wire.Sequence, HeldRevision = wire.HeldRevision }
        : null;

    /// <summary>Every item of a list, or null when there are too many or one of them cannot be read.</summary>
    public static ImmutableArray<TItem>? ReadAll<TWire, TItem>(RepeatedField<TWire> wire, int max, Func<TWire, TItem?> read)
        where TItem : class
    {
        if (wire.Count > max)
        {
            return null;
        }

        var items = ImmutableArray.CreateBuilder<TItem>(wire.Count);
        foreach (var item in wire)
        {
            if (read(item) is not { } mapped)
            {
                return null;
            }

            items.Add(mapped);
        }

        return items.MoveToImmutable();
    }

    private static Wire.SiteItem ToWire(SiteItem item) => new()
    {
        Id = item.Id.Value,
        Revision = item.Revision,
        Own = item.Own,
        Definition = item.Definition is { } definition ? ToWire(definition) : null,
        Change = item.Override is { } change ? ToWire(change) : null,
        Generation = item.Generation,
        VersionMicros = EpochMicros.From(item.Version),
        ScalingMicros = EpochMicros.From(item.LastScalingAt),
        ConfigChangeMicros = EpochMicros.From(item.LastConfigChangeAt),
        Restarts = item.Restarts,
    };

    private static SiteItem? FromWire(Wire.SiteItem wire)
    {
        var definition = wire.Definition is null ? null : FromWire(wire.Definition);
        var change = wire.Change is null ? null : FromWire(wire.Change);
        if (!IsPath(wire.Id) || (wire.Definition is not null && definition is null) || (wire.Change is not null && change is null))
        {
            return null;
        }

        return new SiteItem
        {
            Id = new AppId(wire.Id),
            Revision = wire.Revision,
            Own = wire.Own,
            Definition = definition,
            Override = change,
            Generation = wire.Generation,
            Version = EpochMicros.ToTime(wire.VersionMicros),
            LastScalingAt = EpochMicros.ToTime(wire.ScalingMicros),
            LastConfigChangeAt = EpochMicros.ToTime(wire.ConfigChangeMicros),
            Restarts = wire.Restarts,
        };
    }

    private static Wire.AppOverride ToWire(AppOverride change)
    {
        var wire = new Wire.AppOverride
        {
            BaseGeneration = change.BaseGeneration,
            Author = change.Author,
            TimeMicros = EpochMicros.From(change.At),
            LocalInstances = change.LocalInstances,
        };
        wire.Base.AddRange(change.Base.Select(ToWire));
        wire.Fields.AddRange(change.Fields.Select(ToWire));
        return wire;
    }

    private static AppOverride? FromWire(Wire.AppOverride wire)
    {
        if (wire.Author.Length > SyncLimits.NameMax || wire.LocalInstances < 0
            || ReadFields(wire.Base, mayBeEmpty: true) is not { } before
            || ReadFields(wire.Fields, mayBeEmpty: true) is not { } fields)
        {
            return null;
        }

        return new AppOverride(wire.BaseGeneration, before, fields, wire.Author, EpochMicros.ToTime(wire.TimeMicros))
        {
            LocalInstances = wire.LocalInstances,
        };
    }

    private static Wire.AppDefinition ToWire(AppDefinition definition)
    {
        var wire = new Wire.AppDefinition();
        wire.Fields.AddRange(definition.Fields.Select(ToWire));
        return wire;
    }

    private static AppDefinition? FromWire(Wire.AppDefinition wire) =>
        ReadFields(wire.Fields, mayBeEmpty: false) is { } fields ? new AppDefinition(fields) : null;

    private static Wire.Field ToWire(KeyValuePair<string, string> field) => new() { Name = field.Key, Json = field.Value };

    private static ImmutableSortedDictionary<string, string>? ReadFields(RepeatedField<Wire.Field> wire, bool mayBeEmpty)
    {
        if (wire.Count > SyncLimits.FieldsMax)
        {
            return null;
        }

        var fields = AppDefinition.Empty.Fields.ToBuilder();
        foreach (var field in wire)
        {
            var isValue = field.Json.Length == 0 ? mayBeEmpty : IsJson(field.Json);
            if (!isValue || !IsName(field.Name) || fields.ContainsKey(field.Name))
            {
                return null;
            }

            fields.Add(field.Name, field.Json);
        }

        return fields.ToImmutable();
    }

    private static bool IsPath(string text) => text.StartsWith('/') && text.Length <= SyncLimits.NameMax;

    private static bool IsName(string text) => text.Length is > 0 and <= SyncLimits.NameMax;

    private static bool IsJson(string text)
    {
        if (text.Length > SyncLimits.JsonMax)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    // Half of a surrogate pair is well-formed JSON and no text.
                    reader.GetString();
                }
            }

            return true;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
