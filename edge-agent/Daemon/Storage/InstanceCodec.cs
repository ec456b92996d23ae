using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>Instances, and what says that a task is one of them, as bytes.</summary>
internal static class InstanceCodec
{
    /// <summary>Increment when the layout changes, and keep reading the older ones.</summary>
    private const byte LayoutVersion = 1;

    public static byte[] Write(Instance instance) => RowBody.Write(LayoutVersion, instance, Write);

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static Instance Read(InstanceId id, byte[] bytes) =>
        RowBody.Read(bytes, LayoutVersion, $"Instance '{id}'", reader => Read(id, reader));

    public static byte[] Write(AppSlot slot) => RowBody.Write(LayoutVersion, slot, WriteSlot);

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static AppSlot ReadSlot(byte[] bytes) => RowBody.Read(bytes, LayoutVersion, "The instance of a task", ReadSlot);

    public static void WriteSlot(BinaryWriter writer, AppSlot slot)
    {
        writer.Write(slot.App.Value);
        writer.WriteOptional(slot.Owner?.Value);
        writer.Write(slot.Instance.Value);
        writer.Write7BitEncodedInt(slot.Incarnation);
        writer.Write(slot.ConfigHash);
        writer.WriteTime(slot.Version);
        writer.WriteList(slot.Ports, static (w, port) => w.Write7BitEncodedInt(port));
    }

    public static AppSlot ReadSlot(BinaryReader reader) => new()
    {
        App = new AppId(reader.ReadString()),
        Owner = reader.ReadOptionalText() is { } owner ? new NodeId(owner) : null,
        Instance = new InstanceId(reader.ReadString()),
        Incarnation = reader.Read7BitEncodedInt(),
        ConfigHash = reader.ReadString(),
        Version = reader.ReadTime(),
        Ports = reader.ReadList(static r => r.Read7BitEncodedInt()),
    };

    private static void Write(BinaryWriter writer, Instance instance)
    {
        writer.Write(instance.App.Owner);
        writer.Write(instance.App.Id.Value);
        writer.Write(instance.Node.Value);
        writer.Write(instance.Task.Framework.Value);
        writer.Write(instance.Task.Task.Value);
        WriteSlot(writer, instance.Slot);
        writer.Write(instance.Wanted);
        writer.Write7BitEncodedInt64(instance.Revision);
        writer.WriteTime(instance.Since);
        writer.WriteOptional(instance.RunningSince);
        writer.WriteOptional(instance.InactiveSince);
        writer.Write7BitEncodedInt(instance.Failures);
    }

    private static Instance Read(InstanceId id, BinaryReader reader) => new()
    {
        Id = id,

        // In the order in which they were written.
        App = new AppKey(reader.ReadString(), new AppId(reader.ReadString())),
        Node = new NodeId(reader.ReadString()),
        Task = new TaskKey(new FrameworkId(reader.ReadString()), new TaskId(reader.ReadString())),
        Slot = ReadSlot(reader),
        Wanted = reader.ReadBoolean(),
        Revision = reader.Read7BitEncodedInt64(),
        Since = reader.ReadTime(),
        RunningSince = reader.ReadOptionalTime(),
        InactiveSince = reader.ReadOptionalTime(),
        Failures = reader.Read7BitEncodedInt(),
    };
}
