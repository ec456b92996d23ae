using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>What sites changed, and where that met a change of the hub, as the bodies of rows.</summary>
internal static class SiteCodec
{
    /// <summary>Increment when the layout changes, and keep reading the older ones.</summary>
    private const byte LayoutVersion = 1;

    public static byte[] Write(SiteOverride change) => RowBody.Write(LayoutVersion, change, Write);

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static SiteOverride ReadOverride(SiteKey key, byte[] bytes) =>
        RowBody.Read(bytes, LayoutVersion, $"The change '{key}'", reader => ReadOverride(key, reader));

    public static byte[] Write(Conflict conflict) => RowBody.Write(LayoutVersion, conflict, Write);

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static Conflict ReadConflict(string id, byte[] bytes) =>
        RowBody.Read(bytes, LayoutVersion, $"Conflict '{id}'", reader => ReadConflict(id, reader));

    private static void Write(BinaryWriter writer, SiteOverride change)
    {
        AppCodec.Write(writer, change.Change);
        writer.Write7BitEncodedInt64(change.ReportRevision);
        writer.Write((byte)change.State);
        writer.WriteList(change.Open, static (w, field) => w.Write(field));
        writer.Write7BitEncodedInt64(change.Revision);
        writer.Write(change.Adopted);
    }

    private static SiteOverride ReadOverride(SiteKey key, BinaryReader reader) => new()
    {
        Node = key.Node,
        App = key.App,

        // In the order in which they were written.
        Change = AppCodec.ReadOverride(reader),
        ReportRevision = reader.Read7BitEncodedInt64(),
        State = reader.ReadKnown<OverrideState>(),
        Open = reader.ReadList(static r => r.ReadString()),
        Revision = reader.Read7BitEncodedInt64(),
        Adopted = reader.ReadBoolean(),
    };

    private static void Write(BinaryWriter writer, Conflict conflict)
    {
        writer.Write(conflict.Node.Value);
        writer.Write(conflict.App.Value);
        writer.Write(conflict.Field);
        writer.Write(conflict.Base);
        writer.Write(conflict.Hub);
        writer.Write(conflict.Site);
        writer.Write(conflict.Author);
        writer.WriteTime(conflict.ChangedAt);
        writer.WriteTime(conflict.FoundAt);
        writer.WriteOptional(conflict.Resolution);
        writer.WriteOptional(conflict.ResolvedBy);
        writer.WriteOptional(conflict.ResolvedAt);
    }

    private static Conflict ReadConflict(string id, BinaryReader reader) => new()
    {
        Id = id,

        // In the order in which they were written.
        Node = new NodeId(reader.ReadString()),
        App = new AppId(reader.ReadString()),
        Field = reader.ReadString(),
        Base = reader.ReadString(),
        Hub = reader.ReadString(),
        Site = reader.ReadString(),
        Author = reader.ReadString(),
        ChangedAt = reader.ReadTime(),
        FoundAt = reader.ReadTime(),
        Resolution = reader.ReadOptionalText(),
        ResolvedBy = reader.ReadOptionalText(),
        ResolvedAt = reader.ReadOptionalTime(),
    };
}
