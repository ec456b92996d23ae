using System.Collections.Immutable;
using Edge.Contracts.Sync;
using Edge.Core.Model;
using Edge.Core.Resources;
using Google.Protobuf;
using Wire = Edge.Contracts.Sync;

namespace Edge.Daemon.Mapping;

/// <summary>Sync messages on the wire and in the kernel.</summary>
/// <remarks>Decoding is total: any bytes give a message or null, never an exception. Source:
/// edge-agent/Contracts/Sync/sync.proto.</remarks>
public static class SyncMapping
{
    /// <summary>Largest payload that is parsed, in bytes: a full set of a few thousand tasks.</summary>
    public const int PayloadMax = 8 * 1024 * 1024;

    /// <summary>Encodes what a node sends.</summary>
    public static byte[] Encode(UpMessage message)
    {
        var plain = ToWire(message).ToByteArray();
        return SyncCompression.TryCompress(plain) is { } small ? new Up { Brotli = ByteString.CopyFrom(small) }.ToByteArray() : plain;
    }

    private static Up ToWire(UpMessage message) => message switch
    {
        UpMessage.Hello hello => new Up { Hello = ToWire(hello) },
        UpMessage.Inventory inventory => new Up { Inventory = ToWire(inventory) },
        UpMessage.Statuses statuses => new Up { Statuses = ToWire(statuses) },
        UpMessage.Held held => new Up { Held = new Held { Revision = held.Revision, Gap = held.Gap, Sequence = held.Sequence } },
        UpMessage.Report report => new Up { Report = new Report { Description = ToWire(report.Description) } },
        UpMessage.SiteReport report => new Up { SiteReport = SyncAppMapping.ToWire(report) },
        _ => new Up(),
    };

    /// <summary>Encodes the last will of a node.</summary>
    public static byte[] EncodeLost(string instance) => new Up { Lost = new Lost { Instance = instance } }.ToByteArray();

    /// <summary>Decodes what came up: a message, or the last will.</summary>
    /// <returns>Null for anything that is not a whole message.</returns>
    public static DecodedUp? DecodeUp(ReadOnlySpan<byte> payload, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        if (Parse(Up.Parser, payload) is not { } sent || Plain(sent) is not { } up)
        {
            return null;
        }

        return up.MessageCase switch
        {
            Up.MessageOneofCase.Hello => FromWire(up.Hello),
            Up.MessageOneofCase.Inventory => new DecodedUp(FromWire(up.Inventory, decodeTask), null),
            Up.MessageOneofCase.Statuses => Whole(FromWire(up.Statuses, decodeTask)),
            Up.MessageOneofCase.Held =>
                new DecodedUp(new UpMessage.Held(up.Held.Revision, up.Held.Gap) { Sequence = up.Held.Sequence }, null),
            Up.MessageOneofCase.Report => FromWire(up.Report.Description) is { } description
                ? new DecodedUp(new UpMessage.Report(description), null)
                : null,
            Up.MessageOneofCase.SiteReport => Whole(SyncAppMapping.FromWire(up.SiteReport)),
            Up.MessageOneofCase.Lost => new DecodedUp(null, up.Lost.Instance),
            Up.MessageOneofCase.None => null,
            _ => null,
        };
    }

    /// <summary>Encodes what the hub sends.</summary>
    public static byte[] Encode(DownMessage message)
    {
        var plain = ToWire(message).ToByteArray();
        return SyncCompression.TryCompress(plain) is { } small ? new Down { Brotli = ByteString.CopyFrom(small) }.ToByteArray() : plain;
    }

    private static Down ToWire(DownMessage message) => message switch
    {
        DownMessage.Welcome w => new Down
        {
            Welcome = new Welcome
            {
                HubEpoch = w.HubEpoch,
                AppliedSequence = w.AppliedSequence,
                WantsInventory = w.WantsInventory,
                AgentEpoch = w.AgentEpoch,
                ReportRevision = w.ReportRevision,
            },
        },
        DownMessage.Refused refused => new Down { Refused = new Refused { Reason = refused.Reason } },
        DownMessage.Assignments assignments => new Down { Assignments = ToWire(assignments) },
        DownMessage.Acknowledged a => new Down { Acknowledged = new Acknowledged { AgentEpoch = a.AgentEpoch, Sequence = a.Sequence } },
        DownMessage.Reported r => new Down { Reported = new Reported { AgentEpoch = r.AgentEpoch, Revision = r.Revision } },
        DownMessage.Delegated delegated => new Down { Delegated = DelegationMapping.ToWire(delegated) },
        _ => new Down(),
    };

    /// <summary>Decodes what came down.</summary>
    /// <returns>Null for anything that is not a whole message.</returns>
    public static DownMessage? DecodeDown(ReadOnlySpan<byte> payload, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        if (Parse(Down.Parser, payload) is not { } sent || Plain(sent) is not { } down)
        {
            return null;
        }

        return down.MessageCase switch
        {
            Down.MessageOneofCase.Welcome =>
                new DownMessage.Welcome(down.Welcome.HubEpoch, down.Welcome.AppliedSequence, down.Welcome.WantsInventory)
                {
                    AgentEpoch = down.Welcome.AgentEpoch,
                    ReportRevision = down.Welcome.ReportRevision,
                },
            Down.MessageOneofCase.Refused => new DownMessage.Refused(down.Refused.Reason),
            Down.MessageOneofCase.Assignments => FromWire(down.Assignments, decodeTask),
            Down.MessageOneofCase.Acknowledged =>
                new DownMessage.Acknowledged(down.Acknowledged.AgentEpoch, down.Acknowledged.Sequence),
            Down.MessageOneofCase.Reported => new DownMessage.Reported(down.Reported.AgentEpoch, down.Reported.Revision),
            Down.MessageOneofCase.Delegated => DelegationMapping.FromWire(down.Delegated),
            Down.MessageOneofCase.None => null,
            _ => null,
        };
    }

    /// <summary>Parses the hub's announcement; null for anything else.</summary>
    public static Announcement? DecodeAnnouncement(ReadOnlySpan<byte> payload) => Parse(Announcement.Parser, payload);

    private static DecodedUp? Whole(UpMessage? message) => message is null ? null : new DecodedUp(message, null);

    private static Up? Plain(Up up) => up.MessageCase != Up.MessageOneofCase.Brotli
        ? up
        : SyncCompression.TryDecompress(up.Brotli.Span, PayloadMax) is { } bytes ? Parse(Up.Parser, bytes) : null;

    private static Down? Plain(Down down) => down.MessageCase != Down.MessageOneofCase.Brotli
        ? down
        : SyncCompression.TryDecompress(down.Brotli.Span, PayloadMax) is { } bytes ? Parse(Down.Parser, bytes) : null;

    /// <summary>The message, or null for bytes that are none or too many.</summary>
    internal static T? Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> payload)
        where T : class, IMessage<T>
    {
        if (payload.Length > PayloadMax)
        {
            return null;
        }

        try
        {
            return parser.ParseFrom(payload);
        }
        catch (Exception failure) when (
            failure is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            // The latter two for a part that claims to have nearly 2^31 bytes. Source: protocolbuffers/protobuf, issue 26856.
            return null;
        }
    }

    private static Wire.Hello ToWire(UpMessage.Hello hello) => new()
    {
        Identity = new Identity
        {
            Instance = hello.Identity.Instance,
            AgentEpoch = hello.Identity.AgentEpoch,
            BootId = hello.Identity.BootId,
        },
        Description = ToWire(hello.Description),
        HubEpoch = hello.HubEpoch,
        HeldRevision = hello.HeldRevision,
        OutboxHead = hello.OutboxHead,
        ClockMicros = EpochMicros.From(hello.Clock),
        ReportRevision = hello.ReportRevision,
    };

    private static DecodedUp? FromWire(Wire.Hello hello)
    {
        if (hello.Identity is not { Instance.Length: > 0, AgentEpoch.Length: > 0 } identity
            || FromWire(hello.Description) is not { } description)
        {
            return null;
        }

        return new DecodedUp(
            new UpMessage.Hello(
                new NodeIdentity(identity.Instance, identity.AgentEpoch, identity.BootId),
                description,
                hello.HubEpoch,
                hello.HeldRevision,
                hello.OutboxHead,
                EpochMicros.ToTime(hello.ClockMicros))
            {
                ReportRevision = hello.ReportRevision,
            },
            null);
    }

    private static Description ToWire(NodeDescription description) => new()
    {
        Hostname = description.Hostname,
        Address = description.Address,
        Port = description.Port,
        Site = description.Site,
        Resources = description.Resources.Describe(),
        Attributes = string.Join(';', description.Attributes.Select(a => a.ToString())),
        Version = description.Version,
    };

    private static NodeDescription? FromWire(Description? description)
    {
        if (description is null || ResourceText.Parse(description.Resources).Value is not { } resources)
        {
            return null;
        }

        var attributes = AttributeText.Parse(description.Attributes);
        return attributes.Errors.IsEmpty
            ? new NodeDescription
            {
                Hostname = description.Hostname,
                Address = description.Address,
                Port = description.Port,
                Site = description.Site,
                Resources = resources,
                Attributes = attributes.Value,
                Version = description.Version,
            }
            : null;
    }

    private static Wire.Inventory ToWire(UpMessage.Inventory inventory)
    {
        var wire = new Wire.Inventory { OutboxHead = inventory.OutboxHead };
        foreach (var item in inventory.Tasks)
        {
            var entry = new Wire.InventoryItem { Assignment = SyncTaskMapping.ToWire(item.Assignment) };
            if (item.Latest is { } latest)
            {
                entry.Latest = SyncTaskMapping.ToWire(latest);
            }

            wire.Tasks.Add(entry);
        }

        return wire;
    }

    private static UpMessage.Inventory FromWire(Wire.Inventory inventory, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        var items = ImmutableArray.CreateBuilder<Edge.Core.Model.InventoryItem>();
        foreach (var item in inventory.Tasks)
        {
            if (item.Assignment is { } assignment && SyncTaskMapping.FromWire(assignment, decodeTask) is { } mapped)
            {
                // Never with a launch: the assignment beside it says the same.
                var latest = item.Latest is { } status ? SyncTaskMapping.FromWire(status) : null;
                items.Add(new Edge.Core.Model.InventoryItem(mapped, latest));
            }
        }

        return new UpMessage.Inventory(items.ToImmutable(), inventory.OutboxHead);
    }

    private static Wire.Statuses ToWire(UpMessage.Statuses statuses)
    {
        var wire = new Wire.Statuses
        {
            AgentEpoch = statuses.AgentEpoch,
            FirstSequence = statuses.FirstSequence,
            ReportRevision = statuses.ReportRevision,
        };
        wire.Items.AddRange(statuses.Items.Select(SyncTaskMapping.ToWire));
        return wire;
    }

    private static UpMessage.Statuses? FromWire(Wire.Statuses statuses, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        var items = SyncAppMapping.ReadAll(statuses.Items, int.MaxValue, item => SyncTaskMapping.FromWire(item, decodeTask));
        return items is { } all
            ? new UpMessage.Statuses(statuses.AgentEpoch, statuses.FirstSequence, all) { ReportRevision = statuses.ReportRevision }
            : null;
    }

    private static Wire.Assignments ToWire(DownMessage.Assignments assignments)
    {
        var wire = new Wire.Assignments
        {
            HubEpoch = assignments.HubEpoch,
            AppliesTo = assignments.AppliesTo,
            ResultsIn = assignments.ResultsIn,
            Full = assignments.Full,
        };
        wire.Items.AddRange(assignments.Items.Select(SyncTaskMapping.ToWire));
        wire.Slots.AddRange(assignments.Slots.Select(SyncAppMapping.ToWire));
        wire.Apps.AddRange(assignments.Apps.Select(SyncAppMapping.ToWire));
        return wire;
    }

    private static DownMessage.Assignments? FromWire(Wire.Assignments assignments, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        // A set of which one item cannot be read is not a set: nothing of it is taken.
        if (SyncAppMapping.ReadAll(assignments.Items, int.MaxValue, item => SyncTaskMapping.FromWire(item, decodeTask)) is not { } items
            || SyncAppMapping.ReadAll(assignments.Slots, SyncLimits.SlotsMax, SyncAppMapping.FromWire) is not { } slots
            || SyncAppMapping.ReadAll(assignments.Apps, SyncLimits.AppsMax, SyncAppMapping.FromWire) is not { } apps)
        {
            return null;
        }

        return new DownMessage.Assignments(
            assignments.HubEpoch, assignments.AppliesTo, assignments.ResultsIn, assignments.Full, items)
        {
            Slots = slots,
            Apps = apps,
        };
    }
}

/// <summary>What came on an up topic.</summary>
/// <param name="Message">A message; null for a last will.</param>
/// <param name="LostInstance">The instance whose link broke; null for a message.</param>
public sealed record DecodedUp(UpMessage? Message, string? LostInstance);
