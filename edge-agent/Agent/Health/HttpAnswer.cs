using System.Buffers.Text;
using System.Text;
using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>The response in the bytes of an HTTP answer, as far as they came.</summary>
/// <remarks>Pure, and total: a task may send anything. Source: RFC 9112, sections 4 to 7.</remarks>
internal static class HttpAnswer
{
    /// <summary>Bytes of a body that are looked at: as many as are kept, and as many again for the frames of its chunks.</summary>
    public const int BodyBytesMax = 2 * ReadinessResponse.BodyMax;

    /// <summary>True when no byte that follows would change the response.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes) =>
        TrySplit(bytes, out _, out var head, out var body) && ReadBody(head, body, out _);

    /// <summary>The response; null when not even its status came.</summary>
    public static ReadinessResponse? Read(ReadOnlySpan<byte> bytes)
    {
        if (!TrySplit(bytes, out var status, out var head, out var body))
        {
            return status > 0 ? ReadinessResponse.Bounded(status, string.Empty, string.Empty) : null;
        }

        ReadBody(head, body, out var kept);
        return ReadinessResponse.Bounded(status, Encoding.Latin1.GetString(Field(head, "content-type"u8)), Encoding.UTF8.GetString(kept));
    }

    /// <summary>Finds the answer behind interim ones.</summary>
    private static bool TrySplit(ReadOnlySpan<byte> bytes, out int status, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> body)
    {
        while (HttpProbe.TryReadStatus(bytes, complete: false, out status) && status > 0)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                break;
            }

            var rest = bytes[(end + 4)..];
            if (!IsInterim(bytes))
            {
                head = bytes[..(end + 2)];
                body = rest;
                return true;
            }

            bytes = rest;
        }

        head = body = default;
        return false;
    }

    private static bool IsInterim(ReadOnlySpan<byte> head) => head.Length > 9 && head[9] == (byte)'1';

    /// <summary>The value of a field without blanks around it; empty when it is not there.</summary>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return line[(name.Length + 1)..].Trim(" \t"u8);
            }
        }

        return default;
    }

    /// <summary>Takes the body out of its frame, up to the bound.</summary>
    /// <returns>True when it is whole, or as much as is kept.</returns>
    private static bool ReadBody(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> kept)
    {
        if (Ascii.EqualsIgnoreCase(Field(head, "transfer-encoding"u8), "chunked"u8))
        {
            return ReadChunks(body, out kept);
        }

        var length = int.MaxValue;
        if (Utf8Parser.TryParse(Field(head, "content-length"u8), out int said, out _) && said >= 0)
        {
            length = said;
        }

        var wanted = Math.Min(length, ReadinessResponse.BodyMax);
        kept = body[..Math.Min(wanted, body.Length)];
        return body.Length >= wanted;
    }

    private static bool ReadChunks(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> kept)
    {
        var text = new byte[ReadinessResponse.BodyMax];
        var filled = 0;
        var whole = false;
        while (filled < text.Length && !whole)
        {
            var end = body.IndexOf("\r\n"u8);
            if (end < 0 || !Utf8Parser.TryParse(body[..end], out int size, out var used, 'x') || used == 0 || size < 0)
            {
                break;
            }

            whole = size == 0;
            body = body[(end + 2)..];
            var part = body[..Math.Min(Math.Min(size, body.Length), text.Length - filled)];
            part.CopyTo(text.AsSpan(filled));
            filled += part.Length;
            body = body[(int)Math.Min(size + 2L, body.Length)..];
        }

        kept = text.AsSpan(0, filled);
        return whole || filled == text.Length;
    }
}
