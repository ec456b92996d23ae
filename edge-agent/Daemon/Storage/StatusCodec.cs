using System.Collections.Immutable;
using System.Text;
using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>Statuses as bytes in a journal: a version byte, a count, and each field with a mark for what is absent.</summary>
/// <remarks>Small because a status is written at least three times in its life, and flash wears out. Layout 1 had no marks for what is only
/// in an outbox: that an instance was given up, and what a node started on its own. Layout 2 had none for readiness.</remarks>
internal static class StatusCodec
{
    /// <summary>Increment when the layout changes, and keep reading the older ones.</summary>
    private const byte LayoutVersion = 3;

    private const byte OldestVersion = 1;

    private const byte ReleasedMark = 1;

    private const byte LaunchMark = 2;

    /// <summary>From layout 3 on.</summary>
    private const byte ReadinessMark = 4;

    private const byte Unhealthy = 1;
    private const byte Healthy = 2;

    public static byte[] Write(ImmutableArray<StatusUpdate> updates)
    {
        using var buffer = new MemoryStream(64 + (updates.Length * 128));
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(LayoutVersion);
        writer.Write7BitEncodedInt(updates.Length);
        foreach (var update in updates)
        {
            Write(writer, update);
        }

        writer.Flush();
        return buffer.ToArray();
    }

    /// <param name="decodeTask">How the request of a launch is read; absent where statuses bring none, and one that does is
    /// damage.</param>
    /// <exception cref="InvalidDataException">The bytes are not of this form: the journal is damaged.</exception>
    public static ImmutableArray<StatusUpdate> Read(byte[] bytes, Func<ReadOnlyMemory<byte>, TaskSpec>? decodeTask = null)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        try
        {
            var version = reader.ReadByte();
            if (version is < OldestVersion or > LayoutVersion)
            {
                throw new InvalidDataException($"A status has layout {version}; this program reads up to {LayoutVersion}.");
            }

            var count = reader.Read7BitEncodedInt();
            if (count < 0)
            {
                throw new InvalidDataException($"There cannot be {count} statuses.");
            }

            var updates = ImmutableArray.CreateBuilder<StatusUpdate>();
            for (var i = 0; i < count; i++)
            {
                updates.Add(ReadMarked(reader, version, decodeTask));
            }

            return reader.BaseStream.Position == bytes.Length
                ? updates.ToImmutable()
                : throw new InvalidDataException($"{bytes.Length - reader.BaseStream.Position} bytes follow the last status.");
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"A status of {bytes.Length} bytes cannot be read: {failure.Message}", failure);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not one status.</exception>
    public static StatusUpdate ReadOne(byte[] bytes, Func<ReadOnlyMemory<byte>, TaskSpec>? decodeTask = null) =>
        Read(bytes, decodeTask) is [var update]
            ? update
            : throw new InvalidDataException($"{bytes.Length} bytes are not one status.");

    private static void Write(BinaryWriter writer, StatusUpdate update)
    {
        writer.Write(update.Task.Framework.Value);
        writer.Write(update.Task.Task.Value);
        writer.Write((byte)update.State);
        writer.Write((byte)update.Source);
        writer.Write7BitEncodedInt(update.Reason is { } reason ? (int)reason + 1 : 0);
        writer.Write7BitEncodedInt64(EpochMicros.From(update.Timestamp));
        Write(writer, update.Node?.Value);
        Write(writer, update.Executor?.Value);
        Write(writer, update.Container?.Value);
        Write(writer, update.Message);
        writer.Write(update.Uuid is not null);
        if (update.Uuid is { } uuid)
        {
            writer.Write(uuid.ToByteArray(bigEndian: true));
        }

        writer.Write7BitEncodedInt64(update.UnreachableSince is { } since ? EpochMicros.From(since) : 0);
        writer.Write((byte)(update.Healthy is { } healthy ? (healthy ? Healthy : Unhealthy) : 0));
        writer.Write((byte)(update.Cause ?? 0));
        writer.Write((byte)((update.Released ? ReleasedMark : 0) | (update.Launch is not null ? LaunchMark : 0)
            | (update.Readiness is not null ? ReadinessMark : 0)));
        if (update.Launch is { } launch)
        {
            LaunchCodec.Write(writer, launch);
        }

        if (update.Readiness is { } readiness)
        {
            Write(writer, readiness);
        }
    }

    private static void Write(BinaryWriter writer, TaskReadiness readiness)
    {
        writer.Write(readiness.Ready);
        writer.Write(readiness.Response is not null);
        if (readiness.Response is { } response)
        {
            writer.Write7BitEncodedInt(response.Status);
            writer.Write(response.ContentType);
            writer.Write(response.Body);
        }
    }

    private static TaskReadiness ReadReadiness(BinaryReader reader) => new(
        reader.ReadBoolean(),
        reader.ReadBoolean() ? new ReadinessResponse(reader.Read7BitEncodedInt(), reader.ReadString(), reader.ReadString()) : null);

    private static StatusUpdate ReadMarked(BinaryReader reader, byte version, Func<ReadOnlyMemory<byte>, TaskSpec>? decodeTask)
    {
        var update = Read(reader, version);
        var marks = version > OldestVersion ? reader.ReadByte() : 0;
        var known = ReleasedMark | LaunchMark | (version > 2 ? ReadinessMark : 0);
        if ((marks & ~known) != 0)
        {
            throw new InvalidDataException($"{marks} marks nothing on a status.");
        }

        if ((marks & LaunchMark) != 0)
        {
            update = update with
            {
                Launch = LaunchCodec.Read(reader, decodeTask ?? throw new InvalidDataException("A status launches a task where none can.")),
            };
        }

        if ((marks & ReadinessMark) != 0)
        {
            update = update with { Readiness = ReadReadiness(reader) };
        }

        return (marks & ReleasedMark) != 0 ? update with { Released = true } : update;
    }

    private static StatusUpdate Read(BinaryReader reader, byte version)
    {
        var task = new TaskKey(new FrameworkId(reader.ReadString()), new TaskId(reader.ReadString()));
        var state = Known((TaskState)reader.ReadByte());
        var source = Known((StatusSource)reader.ReadByte());
        var reason = reader.Read7BitEncodedInt();
        var timestamp = EpochMicros.ToTime(reader.Read7BitEncodedInt64());
        var node = ReadText(reader);
        var executor = ReadText(reader);
        var container = ReadText(reader);
        var message = ReadText(reader);
        Guid? uuid = reader.ReadBoolean() ? new Guid(reader.ReadBytes(16), bigEndian: true) : null;
        var since = reader.Read7BitEncodedInt64();
        var (healthy, cause) = version > OldestVersion ? (reader.ReadByte(), reader.ReadByte()) : default;
        return new StatusUpdate
        {
            Task = task,
            State = state,
            Source = source,
            Reason = reason != 0 ? Known((StatusReason)(reason - 1)) : null,
            Timestamp = timestamp,
            Node = node is null ? null : new NodeId(node),
            Executor = executor is null ? null : new ExecutorId(executor),
            Container = container is null ? null : new ContainerId(container),
            Message = message,
            Uuid = uuid,
            UnreachableSince = since > 0 ? EpochMicros.ToTime(since) : null,
            Healthy = healthy > 0 ? healthy == Healthy : null,
            Cause = cause > 0 ? Known((EndCause)cause) : null,
        };
    }

    private static T Known<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw new InvalidDataException($"{value} is no {typeof(T).Name}.");

    private static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
