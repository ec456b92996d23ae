using System.Buffers;

namespace Edge.Mqtt.Packets;

/// <summary>Bytes that wait to be sent: grows in pooled memory and holds none while it is empty.</summary>
internal sealed class ByteBuffer
{
    private const int SmallestRent = 256;
    private byte[] _array = [];

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    public Span<byte> Written => _array.AsSpan(0, Length);

    /// <summary>Appends room for <paramref name="count"/> bytes, whose content the caller must write entirely.</summary>
    public Span<byte> Append(int count)
    {
        var end = Length + count;
        if (end > _array.Length)
        {
            Grow(end);
        }

        var room = _array.AsSpan(Length, count);
        Length = end;
        return room;
    }

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value) => Append(1)[0] = value;

    /// <summary>Drops everything behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Hands the bytes over: the caller returns the array to the shared pool; the buffer is empty afterwards.</summary>
    public byte[] Detach(out int length)
    {
        var array = _array;
        length = Length;
        _array = [];
        Length = 0;
        return array;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release() => Return(Detach(out _));

    /// <summary>Returns an array that <see cref="Detach"/> handed out.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestRent, Math.Max(needed, _array.Length * 2)));
        _array.AsSpan(0, Length).CopyTo(larger);
        Return(_array);
        _array = larger;
    }
}
