using System.Buffers;
using System.Buffers.Binary;

namespace Edge.Contracts.Mesos.Json;

/// <summary>Protobuf bytes under construction, in a pooled array that grows.</summary>
internal ref struct WireBuffer(int capacity)
{
    /// <summary>Room kept for the length of a message that is not known before it was written: a varint padded to four bytes.</summary>
    private const int LengthBytes = 4;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Gives the array back; call it once.</summary>
    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    public void Varint(ulong value)
    {
        var span = Reserve(10);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[count++] = (byte)(value | 0x80);
        }

        span[count++] = (byte)value;
        Length += count;
    }

    public void Fixed64(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
        Length += 8;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Length += value.Length;
    }

    /// <summary>Room for at least so many bytes, to be claimed with <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Claims bytes that were written into reserved room.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Keeps room for a length; <see cref="EndLength"/> fills it in.</summary>
    public int BeginLength()
    {
        Reserve(LengthBytes);
        Length += LengthBytes;
        return Length;
    }

    /// <summary>Fills in the length of what was written since <paramref name="start"/>.</summary>
    public readonly void EndLength(int start)
    {
        var length = Length - start;
        for (var index = 0; index < LengthBytes - 1; index++)
        {
            _bytes[start - LengthBytes + index] = (byte)(length | 0x80);
            length >>= 7;
        }

        _bytes[start - 1] = checked((byte)(length < 0x80 ? length : throw new InvalidOperationException("A message exceeds 256 MiB.")));
    }

    /// <summary>Takes bytes out of the middle.</summary>
    public void Remove(int start, int count)
    {
        _bytes.AsSpan((start + count)..Length).CopyTo(_bytes.AsSpan(start));
        Length -= count;
    }
}
