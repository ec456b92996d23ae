using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>What a node started on its own, as a part of the status that tells of it.</summary>
/// <remarks>The request is kept as it came; what it says is read from it again.</remarks>
internal static class LaunchCodec
{
    public static void Write(BinaryWriter writer, Assignment launch)
    {
        writer.Write(launch.Key.Framework.Value);
        writer.Write(launch.Container.Value);
        writer.Write7BitEncodedInt(launch.Spec.Wire.Length);
        writer.Write(launch.Spec.Wire.Span);
        writer.Write(launch.Role);
        writer.Write(launch.User);
        writer.Write((byte)launch.Desired);
        writer.Write(launch.KillGrace is not null);
        if (launch.KillGrace is { } grace)
        {
            writer.Write7BitEncodedInt64(EpochMicros.From(grace));
        }

        writer.Write((byte)launch.Observed);
        writer.WriteTime(launch.LaunchedAt);
        writer.WriteOptional(launch.Slot, InstanceCodec.WriteSlot);
    }

    public static Assignment Read(BinaryReader reader, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        var framework = new FrameworkId(reader.ReadString());
        var container = new ContainerId(reader.ReadString());
        var spec = decodeTask(ReadRequest(reader));
        var role = reader.ReadString();
        return new Assignment
        {
            Key = new TaskKey(framework, spec.Id),
            Container = container,
            Spec = spec,
            Resources = spec.Resources.Allocate(role),
            Role = role,

            // In the order in which they were written.
            User = reader.ReadString(),
            Desired = reader.ReadKnown<DesiredState>(),
            KillGrace = reader.ReadBoolean() ? EpochMicros.ToSpan(reader.Read7BitEncodedInt64()) : null,
            Observed = reader.ReadKnown<ObservedState>(),
            LaunchedAt = reader.ReadTime(),
            Slot = reader.ReadOptional(InstanceCodec.ReadSlot),
        };
    }

    private static byte[] ReadRequest(BinaryReader reader)
    {
        var length = reader.Read7BitEncodedInt();
        return length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position
            ? reader.ReadBytes(length)
            : throw new InvalidDataException($"A request cannot have {length} bytes.");
    }
}
