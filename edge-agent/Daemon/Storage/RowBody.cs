using System.Collections.Immutable;
using System.Text;
using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>The body of a row: a layout version, then its fields in a fixed order.</summary>
/// <remarks>
/// <code>
/// number     7 bits a byte, low ones first; negative ones take 10 bytes
/// text       its length in bytes, then UTF-8
/// time       a number: microseconds since 1970 UTC
/// optional   0, or 1 and the value
/// list       how many, then each
/// fields     a list of name and JSON text, ordinal
/// </code>
/// Reading takes no more memory than the bytes can be worth: a count is never above the number of bytes that are left. Bytes that cannot be
/// read, and bytes that are left over, are damage.
/// </remarks>
internal static class RowBody
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write<T>(byte layout, T value, Action<BinaryWriter, T> write)
    {
        using var buffer = new MemoryStream(256);
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(layout);
        write(writer, value);
        writer.Flush();
        return buffer.ToArray();
    }

    /// <param name="what">For the sentence about damage: "An app".</param>
    /// <exception cref="InvalidDataException">The bytes are not of this layout: the journal is damaged.</exception>
    public static T Read<T>(byte[] bytes, byte layout, string what, Func<BinaryReader, T> read)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), s_strict);
        try
        {
            var version = reader.ReadByte();
            if (version != layout)
            {
                throw new InvalidDataException($"{what} has layout {version}; this program reads {layout}.");
            }

            var value = read(reader);
            return Left(reader) == 0
                ? value
                : throw new InvalidDataException($"{what} of {bytes.Length} bytes ends {Left(reader)} bytes before its end.");
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{what} of {bytes.Length} bytes cannot be read: {failure.Message}", failure);
        }
    }

    public static void WriteTime(this BinaryWriter writer, DateTimeOffset time) => writer.Write7BitEncodedInt64(EpochMicros.From(time));

    public static DateTimeOffset ReadTime(this BinaryReader reader) => EpochMicros.ToTime(reader.Read7BitEncodedInt64());

    public static void WriteOptional<T>(this BinaryWriter writer, T? value, Action<BinaryWriter, T> write)
        where T : class
    {
        writer.Write(value is not null);
        if (value is not null)
        {
            write(writer, value);
        }
    }

    public static void WriteOptional(this BinaryWriter writer, string? text) => writer.WriteOptional(text, static (w, t) => w.Write(t));

    public static void WriteOptional(this BinaryWriter writer, DateTimeOffset? time)
    {
        writer.Write(time is not null);
        if (time is { } known)
        {
            writer.WriteTime(known);
        }
    }

    public static T? ReadOptional<T>(this BinaryReader reader, Func<BinaryReader, T> read)
        where T : class => reader.ReadBoolean() ? read(reader) : null;

    public static string? ReadOptionalText(this BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    public static DateTimeOffset? ReadOptionalTime(this BinaryReader reader) => reader.ReadBoolean() ? reader.ReadTime() : null;

    public static void WriteList<T>(this BinaryWriter writer, ImmutableArray<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write7BitEncodedInt(items.Length);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    public static ImmutableArray<T> ReadList<T>(this BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            items.Add(read(reader));
        }

        return items.ToImmutable();
    }

    public static void WriteFields(this BinaryWriter writer, ImmutableSortedDictionary<string, string> fields)
    {
        writer.Write7BitEncodedInt(fields.Count);
        foreach (var (name, value) in fields)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    public static ImmutableSortedDictionary<string, string> ReadFields(this BinaryReader reader)
    {
        var fields = AppDefinition.Empty.Fields.ToBuilder();
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            fields.Add(reader.ReadString(), reader.ReadString());
        }

        return fields.ToImmutable();
    }

    /// <summary>An enum's number in a byte; unknown ones are damage.</summary>
    public static T ReadKnown<T>(this BinaryReader reader)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), reader.ReadByte());
        return Enum.IsDefined(value) ? value : throw new InvalidDataException($"{value} is no {typeof(T).Name}.");
    }

    private static int ReadCount(this BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        return count >= 0 && count <= Left(reader)
            ? count
            : throw new InvalidDataException($"{Left(reader)} bytes cannot hold {count} items.");
    }

    private static long Left(BinaryReader reader) => reader.BaseStream.Length - reader.BaseStream.Position;
}
