using System.Buffers.Binary;
using System.Text;

namespace Edge.Mqtt.Packets;

/// <summary>The primitive fields of packets, appended to a <see cref="ByteBuffer"/>. Source: MQTT 5.0, section 1.5.</summary>
internal static class PacketWriter
{
    private const int LongestLength = 4;

    public static void WriteUInt16(this ByteBuffer buffer, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(buffer.Append(2), value);

    public static void WriteUInt32(this ByteBuffer buffer, uint value) => BinaryPrimitives.WriteUInt32BigEndian(buffer.Append(4), value);

    public static void WriteVarInt(this ByteBuffer buffer, int value)
    {
        var length = VarIntLength(value);
        WriteVarInt(buffer.Append(length), value);
    }

    public static void WriteVarInt(Span<byte> target, int value)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = (byte)(value & 0x7F | (i < target.Length - 1 ? 0x80 : 0));
            value >>= 7;
        }
    }

    public static int VarIntLength(int value) => value switch { < 1 << 7 => 1, < 1 << 14 => 2, < 1 << 21 => 3, _ => 4 };

    public static void WriteBytes(this ByteBuffer buffer, ReadOnlySpan<byte> bytes) => bytes.CopyTo(buffer.Append(bytes.Length));

    /// <summary>A length and the bytes.</summary>
    /// <exception cref="ArgumentException">More than 65,535 bytes.</exception>
    public static void WriteBinary(this ByteBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        RequireShort(bytes.Length);
        buffer.WriteUInt16((ushort)bytes.Length);
        buffer.WriteBytes(bytes);
    }

    /// <summary>A length and the text as UTF-8.</summary>
    /// <exception cref="ArgumentException">More than 65,535 bytes.</exception>
    public static void WriteString(this ByteBuffer buffer, ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        RequireShort(length);
        buffer.WriteUInt16((ushort)length);
        Encoding.UTF8.GetBytes(text, buffer.Append(length));
    }

    /// <summary>Starts a packet; the result is passed to <see cref="EndPacket"/>.</summary>
    public static int BeginPacket(this ByteBuffer buffer, byte first)
    {
        var start = buffer.Length;
        buffer.Append(1 + LongestLength)[0] = first;
        return start;
    }

    /// <summary>Writes the packet's length where it belongs and closes the gap that was left for it.</summary>
    public static void EndPacket(this ByteBuffer buffer, int start)
    {
        var body = buffer.Length - start - 1 - LongestLength;
        var packet = buffer.Written[start..];
        var length = VarIntLength(body);
        WriteVarInt(packet.Slice(1, length), body);
        packet.Slice(1 + LongestLength, body).CopyTo(packet[(1 + length)..]);
        buffer.Truncate(start + 1 + length + body);
    }

    private static void RequireShort(int length)
    {
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"A text or binary field has {length} bytes; MQTT allows at most 65,535.");
        }
    }
}
