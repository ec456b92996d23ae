using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Daemon.Storage;

/// <summary>Apps as the bodies of rows.</summary>
/// <remarks>A version differs from the next newer one in a field or two, and only these are written: fifty versions take little more than
/// one. What is derived from a definition, and what is not kept over a restart, is not written.</remarks>
internal static class AppCodec
{
    /// <summary>Increment when the layout changes, and keep reading the older ones.</summary>
    private const byte LayoutVersion = 1;

    /// <summary>Stands for what <see cref="Edge.Core.Engine.Restoration"/> derives.</summary>
    private static readonly AppSpec s_notDerived = new() { Instances = 0, Resources = ResourceSet.Empty };

    public static byte[] Write(App app) => RowBody.Write(LayoutVersion, app, Write);

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static App Read(AppKey key, byte[] bytes) =>
        RowBody.Read(bytes, LayoutVersion, $"App '{key}'", reader => Read(key, reader));

    /// <summary>A definition as what differs from another one.</summary>
    public static void WriteDefinition(BinaryWriter writer, AppDefinition definition, AppDefinition basis)
    {
        var changed = definition.Fields.Where(f => basis[f.Key] != f.Value);
        var removed = basis.Fields.Keys.Where(name => definition[name] is null).Select(name => KeyValuePair.Create(name, string.Empty));
        writer.WriteFields(AppDefinition.Empty.Fields.AddRange(changed.Concat(removed)));
    }

    public static AppDefinition ReadDefinition(BinaryReader reader, AppDefinition basis) => basis.With(reader.ReadFields());

    public static void Write(BinaryWriter writer, AppOverride change)
    {
        writer.Write7BitEncodedInt64(change.BaseGeneration);
        writer.WriteFields(change.Base);
        writer.WriteFields(change.Fields);
        writer.Write(change.Author);
        writer.WriteTime(change.At);
        writer.Write7BitEncodedInt(change.LocalInstances);
    }

    public static AppOverride ReadOverride(BinaryReader reader) =>
        new(reader.Read7BitEncodedInt64(), reader.ReadFields(), reader.ReadFields(), reader.ReadString(), reader.ReadTime())
        {
            LocalInstances = reader.Read7BitEncodedInt(),
        };

    private static void Write(BinaryWriter writer, App app)
    {
        WriteDefinition(writer, app.Definition, AppDefinition.Empty);
        writer.Write7BitEncodedInt64(app.Generation);
        writer.WriteTime(app.Version);
        writer.WriteTime(app.LastScalingAt);
        writer.WriteTime(app.LastConfigChangeAt);
        writer.Write7BitEncodedInt64(app.Restarts);
        WriteVersions(writer, app);
        writer.WriteOptional(app.Override, Write);
        writer.Write(app.Deleted);
        writer.Write7BitEncodedInt64(app.ReportRevision);
        writer.WriteOptional(app.LastFailure, Write);
        writer.Write7BitEncodedInt(app.Failures);
        writer.Write(app.LeftAt ?? string.Empty);
    }

    private static App Read(AppKey key, BinaryReader reader)
    {
        var definition = ReadDefinition(reader, AppDefinition.Empty);
        return new App
        {
            Id = key.Id,
            Owner = key.Owner.Length > 0 ? new NodeId(key.Owner) : null,
            Definition = definition,
            Spec = s_notDerived,
            ConfigHash = string.Empty,

            // In the order in which they were written.
            Generation = reader.Read7BitEncodedInt64(),
            Version = reader.ReadTime(),
            LastScalingAt = reader.ReadTime(),
            LastConfigChangeAt = reader.ReadTime(),
            Restarts = reader.Read7BitEncodedInt64(),
            Versions = ReadVersions(reader, definition),
            Override = reader.ReadOptional(ReadOverride),
            Deleted = reader.ReadBoolean(),
            ReportRevision = reader.Read7BitEncodedInt64(),
            LastFailure = reader.ReadOptional(ReadFailure),
            Failures = reader.Read7BitEncodedInt(),
            LeftAt = reader.ReadString() is { Length: > 0 } hash ? hash : null,
        };
    }

    private static void WriteVersions(BinaryWriter writer, App app)
    {
        var newer = app.Definition;
        writer.WriteList(app.Versions, (w, version) =>
        {
            w.WriteTime(version.Version);
            w.Write7BitEncodedInt64(version.Generation);
            WriteDefinition(w, version.Definition, newer);
            newer = version.Definition;
        });
    }

    private static ImmutableArray<AppVersion> ReadVersions(BinaryReader reader, AppDefinition current)
    {
        var newer = current;
        return reader.ReadList(r => new AppVersion(r.ReadTime(), r.Read7BitEncodedInt64(), newer = ReadDefinition(r, newer)));
    }

    private static void Write(BinaryWriter writer, AppFailure failure)
    {
        writer.Write(failure.Task.Value);
        writer.Write(failure.Node.Value);
        writer.Write((byte)failure.State);
        writer.Write(failure.Message);
        writer.WriteTime(failure.At);
        writer.WriteTime(failure.Version);
    }

    private static AppFailure ReadFailure(BinaryReader reader) => new(
        new TaskId(reader.ReadString()),
        new NodeId(reader.ReadString()),
        reader.ReadKnown<TaskState>(),
        reader.ReadString(),
        reader.ReadTime(),
        reader.ReadTime());
}
