using System.Buffers;
using System.Buffers.Text;

namespace Edge.Daemon.Api.Protocol;

/// <summary>What a look for the next record found.</summary>
public enum RecordIoStatus
{
    /// <summary>A whole record.</summary>
    Record,

    /// <summary>The beginning of one; more bytes are needed.</summary>
    Incomplete,

    /// <summary>Something that is no length in front of the record; nothing behind it can be read.</summary>
    Malformed,

    /// <summary>A length beyond the limit; nothing behind it can be read.</summary>
    TooLarge,
}

/// <summary>Frames records in a stream: the length in decimal digits, a newline, and exactly that many bytes.</summary>
/// <remarks>Records may lie across the pieces that the network hands over, and several may lie in one.
/// Source: apache/mesos 3rdparty/stout/include/stout/recordio.hpp.</remarks>
public static class RecordIo
{
    /// <summary>Bytes of one record unless a caller says otherwise: the size of the largest message that is read.</summary>
    public const int RecordBytesMax = 64 * 1024 * 1024;

    private const int DigitsMax = 10;

    /// <summary>A record with its length in front, in one new array: written at once it becomes one chunk of the answer.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> record)
    {
        Span<byte> head = stackalloc byte[DigitsMax + 1];
        Utf8Formatter.TryFormat(record.Length, head, out var digits);
        head[digits++] = (byte)'\n';
        var framed = new byte[digits + record.Length];
        head[..digits].CopyTo(framed);
        record.CopyTo(framed.AsSpan(digits));
        return framed;
    }

    /// <summary>Takes the next record off the front of what has arrived so far.</summary>
    /// <param name="arrived">Moves behind the record when there is one; stays as it is otherwise.</param>
    /// <param name="record">The record's bytes, a view into <paramref name="arrived"/>; empty when there is none.</param>
    /// <param name="recordBytesMax">A longer record is refused as soon as its length is known.</param>
    public static RecordIoStatus TryRead(ref ReadOnlySequence<byte> arrived, out ReadOnlySequence<byte> record,
        int recordBytesMax = RecordBytesMax)
    {
        record = default;
        var reader = new SequenceReader<byte>(arrived);
        var length = 0L;
        var digits = 0;
        for (; reader.TryRead(out var one) && one != '\n'; digits++)
        {
            if (one is < (byte)'0' or > (byte)'9' || digits == DigitsMax)
            {
                return RecordIoStatus.Malformed;
            }

            length = (length * 10) + (one - '0');
        }

        if (length > recordBytesMax)
        {
            return RecordIoStatus.TooLarge;
        }

        var ended = reader.Consumed > digits;
        if (ended && digits == 0)
        {
            return RecordIoStatus.Malformed;
        }

        if (!ended || reader.Remaining < length)
        {
            return RecordIoStatus.Incomplete;
        }

        record = arrived.Slice(reader.Position, length);
        arrived = arrived.Slice(record.End);
        return RecordIoStatus.Record;
    }
}
