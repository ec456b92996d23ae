using System.Buffers.Binary;
using System.Text;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>Everything the trampoline needs to become a task; written by the agent, mode 0600, read once.</summary>
/// <param name="File">The program; searched in the task's own PATH when it holds no slash.</param>
/// <param name="Arguments">The whole argument vector, argv[0] first.</param>
/// <param name="Environment">"NAME=value" entries: the task's whole environment.</param>
/// <param name="Uid">The user to become, or null to stay.</param>
/// <param name="Groups">Supplementary groups; only used with <paramref name="Uid"/>.</param>
/// <param name="Limits">Kernel number of the limit, soft and hard value.</param>
internal sealed record LaunchFile(
    string ContainerId,
    string File,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    string WorkingDirectory,
    string StandardOutput,
    string StandardError,
    uint? Uid,
    uint Gid,
    IReadOnlyList<uint> Groups,
    IReadOnlyList<(int Resource, ulong Soft, ulong Hard)> Limits,
    bool NoNewPrivileges)
{
    /// <summary>A launch file is refused above this size; Linux itself takes 128 KiB per argument and 2 MiB in all.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const uint Magic = 0x31534C45; // "ELS1"

    /// <summary>The file's bytes: a magic number, then fields in the order of the record, numbers little-endian, texts by length.</summary>
    public byte[] Encode()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(ContainerId);
            writer.Write(File);
            Write(writer, Arguments);
            Write(writer, Environment);
            writer.Write(WorkingDirectory);
            writer.Write(StandardOutput);
            writer.Write(StandardError);
            writer.Write(Uid.HasValue);
            writer.Write(Uid ?? 0);
            writer.Write(Gid);
            writer.Write(Groups.Count);
            foreach (var group in Groups)
            {
                writer.Write(group);
            }

            writer.Write(Limits.Count);
            foreach (var (resource, soft, hard) in Limits)
            {
                writer.Write(resource);
                writer.Write(soft);
                writer.Write(hard);
            }

            writer.Write(NoNewPrivileges);
        }

        return stream.ToArray();
    }

    /// <summary>Reads a launch file; null when the bytes are not one.</summary>
    public static LaunchFile? Decode(byte[] bytes)
    {
        if (bytes.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            _ = reader.ReadUInt32();
            return new LaunchFile(
                reader.ReadString(), reader.ReadString(), ReadTexts(reader), ReadTexts(reader),
                reader.ReadString(), reader.ReadString(), reader.ReadString(),
                reader.ReadBoolean() ? reader.ReadUInt32() : Skip(reader), reader.ReadUInt32(),
                ReadMany(reader, static r => r.ReadUInt32()),
                ReadMany(reader, static r => (r.ReadInt32(), r.ReadUInt64(), r.ReadUInt64())),
                reader.ReadBoolean());
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static uint? Skip(BinaryReader reader)
    {
        _ = reader.ReadUInt32();
        return null;
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<string> values)
    {
        writer.Write(values.Count);
        foreach (var value in values)
        {
            writer.Write(value);
        }
    }

    private static string[] ReadTexts(BinaryReader reader) => ReadMany(reader, static r => r.ReadString());

    private static T[] ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length)
        {
            throw new FormatException("The count is larger than the file.");
        }

        var values = new T[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = read(reader);
        }

        return values;
    }
}
