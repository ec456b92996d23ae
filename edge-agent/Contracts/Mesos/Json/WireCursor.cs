using System.Buffers.Binary;
using Google.Protobuf;

namespace Edge.Contracts.Mesos.Json;

/// <summary>Reads the fields of one message from its protobuf bytes.</summary>
/// <remarks>The bytes were written or already accepted by the protobuf library, so a broken one is a bug, not bad input.</remarks>
internal ref struct WireCursor(ReadOnlySpan<byte> bytes, int position = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; } = position;

    public readonly bool AtEnd => Position >= _bytes.Length;

    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var one = _bytes[Position++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }

        throw new InvalidOperationException("A varint has more than ten bytes.");
    }

    public double Fixed64()
    {
        var value = BinaryPrimitives.ReadDoubleLittleEndian(_bytes[Position..]);
        Position += 8;
        return value;
    }

    public ReadOnlySpan<byte> Delimited()
    {
        // Only 32 bits count, as the library reads it.
        var length = (int)Varint();
        var value = _bytes.Slice(Position, length);
        Position += length;
        return value;
    }

    /// <summary>Steps over the value that follows a tag.</summary>
    public void Skip(uint tag)
    {
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                Varint();
                break;
            case WireFormat.WireType.Fixed64:
                Position += 8;
                break;
            case WireFormat.WireType.Fixed32:
                Position += 4;
                break;
            case WireFormat.WireType.LengthDelimited:
                Delimited();
                break;
            case WireFormat.WireType.StartGroup:
                SkipGroup();
                break;
            default:
                break;
        }
    }

    private void SkipGroup()
    {
        for (var depth = 1; depth > 0;)
        {
            var tag = (uint)Varint();
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.StartGroup:
                    depth++;
                    break;
                case WireFormat.WireType.EndGroup:
                    depth--;
                    break;
                default:
                    Skip(tag);
                    break;
            }
        }
    }
}
