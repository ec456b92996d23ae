using System.IO.Compression;

namespace Edge.Daemon.Mapping;

/// <summary>Makes large sync messages small.</summary>
/// <remarks>A full set of assignments repeats the same task many times; on a metered link that is most of what a reconnect costs.
/// Source: SYNC, "Shape"; RFC 7932.</remarks>
internal static class SyncCompression
{
    /// <summary>Messages below this many bytes are sent as they are: their headers cost more than compressing them saves.</summary>
    public const int BytesMin = 1024;

    /// <summary>Quality and window: half of what the best setting saves, at a fiftieth of its time; 64 KiB of memory.</summary>
    private const int Quality = 4;

    private const int WindowBits = 16;

    /// <summary>The compressed form, or null when the message is small or does not shrink.</summary>
    public static byte[]? TryCompress(ReadOnlySpan<byte> message)
    {
        if (message.Length < BytesMin)
        {
            return null;
        }

        // Room for less than the message: what does not fit is not worth it.
        var room = new byte[message.Length - (message.Length / 8)];
        return BrotliEncoder.TryCompress(message, room, out var written, Quality, WindowBits) ? room[..written] : null;
    }

    /// <summary>The message, or null when the bytes are no Brotli stream or hold more than the limit.</summary>
    public static byte[]? TryDecompress(ReadOnlySpan<byte> compressed, int bytesMax)
    {
        using var message = new MemoryStream();
        using var decoder = new BrotliDecoder();
        Span<byte> piece = stackalloc byte[4096];
        while (true)
        {
            var status = decoder.Decompress(compressed, piece, out var consumed, out var written);
            message.Write(piece[..written]);
            if (message.Length > bytesMax)
            {
                return null;
            }

            compressed = compressed[consumed..];
            switch (status)
            {
                case System.Buffers.OperationStatus.Done:
                    return compressed.IsEmpty ? message.ToArray() : null;
                case System.Buffers.OperationStatus.DestinationTooSmall:
                    break;
                default:
                    return null;
            }
        }
    }
}
