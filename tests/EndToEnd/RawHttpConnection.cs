using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Edge.Tests.EndToEnd;

/// <summary>One HTTP/1.1 exchange over a plain socket, so that a test sees the very headers and chunks of the other side.</summary>
/// <remarks>Not for reuse: one request, one answer. Bounded: heads of 64 KiB, bodies and chunks of 64 MiB.</remarks>
internal sealed class RawHttpConnection : IAsyncDisposable
{
    private const int MaxHead = 64 * 1024;
    private const int MaxBody = 64 * 1024 * 1024;

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Stream _stream = Stream.Null;
    private int _begin;
    private int _end;

    /// <summary>The status code of the answer, once its head was read.</summary>
    public int Status { get; private set; }

    /// <summary>The headers of the answer in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private set; } = [];

    /// <summary>True when the body comes in chunks.</summary>
    public bool IsChunked => string.Equals(Header("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>Connects, sends one request in one write, and reads the head of the answer.</summary>
    /// <param name="headers">All headers; Host and Content-Length are added when missing (the latter unless the body is chunked).</param>
    /// <exception cref="IOException">The answer is no HTTP/1.1, or the connection ended within its head.</exception>
    public async Task SendAsync(
        Uri target, string method, IEnumerable<KeyValuePair<string, string>> headers, byte[] body, CancellationToken cancel)
    {
        await _tcp.ConnectAsync(target.Host, target.Port, cancel);
        _stream = _tcp.GetStream();
        await _stream.WriteAsync(Encode(target, method, [.. headers], body), cancel);
        await ReadHeadAsync(cancel);
    }

    /// <summary>A header of the answer, or null.</summary>
    public string? Header(string name) => RawMesosAnswer.HeaderOf(Headers, name);

    /// <summary>The next chunk of a chunked answer, or null at its end.</summary>
    /// <exception cref="IOException">The connection ended before the closing chunk.</exception>
    public async Task<byte[]?> ReadChunkAsync(CancellationToken cancel)
    {
        var line = await ReadLineAsync(cancel);
        if (!int.TryParse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var size) || size > MaxBody)
        {
            throw new IOException($"'{line}' is no chunk size; allowed is a hexadecimal number up to {MaxBody:x}.");
        }

        if (size == 0)
        {
            while ((await ReadLineAsync(cancel)).Length > 0)
            {
                // Trailers.
            }

            return null;
        }

        var chunk = await ReadExactlyAsync(size, cancel);
        var close = await ReadLineAsync(cancel);
        return close.Length == 0 ? chunk : throw new IOException($"The chunk of {size} bytes is followed by '{close}'.");
    }

    /// <summary>The whole body: chunked, of the length told, or up to the end of the connection.</summary>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancel)
    {
        if (Status is 204 or 304)
        {
            return [];
        }

        var body = new ArrayBufferWriter<byte>();
        if (IsChunked)
        {
            while (await ReadChunkAsync(cancel) is { } chunk)
            {
                body.Write(chunk);
            }

            return body.WrittenSpan.ToArray();
        }

        if (Header("Content-Length") is { } told)
        {
            var length = int.Parse(told, CultureInfo.InvariantCulture);
            return length <= MaxBody
                ? await ReadExactlyAsync(length, cancel)
                : throw new IOException($"The body of {length} bytes is too long.");
        }

        while (body.WrittenCount <= MaxBody && (_begin < _end || await FillAsync(cancel)))
        {
            body.Write(_buffer.AsSpan(_begin, _end - _begin));
            _begin = _end;
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>Closes the socket by a reset, as a killed process with unread data does.</summary>
    public void Reset()
    {
        _tcp.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        _tcp.Close();
    }

    public ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Encode(Uri target, string method, List<KeyValuePair<string, string>> headers, byte[] body)
    {
        var head = new StringBuilder($"{method} {target.PathAndQuery} HTTP/1.1\r\n");
        var chunked = RawMesosAnswer.HeaderOf(headers, "Transfer-Encoding") == "chunked";
        if (RawMesosAnswer.HeaderOf(headers, "Host") is null)
        {
            headers.Insert(0, new("Host", target.Authority));
        }

        if (!chunked && method != "GET" && RawMesosAnswer.HeaderOf(headers, "Content-Length") is null)
        {
            headers.Add(new("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (var (name, value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append("\r\n");
        return chunked
            ? [.. Encoding.Latin1.GetBytes(head + body.Length.ToString("x") + "\r\n"), .. body, .. "\r\n0\r\n\r\n"u8]
            : [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
    }

    private async Task ReadHeadAsync(CancellationToken cancel)
    {
        do
        {
            var line = await ReadLineAsync(cancel);
            var parts = line.Split(' ', 3);
            if (parts.Length < 2 || parts[0] != "HTTP/1.1" || !int.TryParse(parts[1], out var status))
            {
                throw new IOException($"'{line}' is no HTTP/1.1 status line.");
            }

            Status = status;
            var headers = new List<KeyValuePair<string, string>>();
            while ((line = await ReadLineAsync(cancel)).Length > 0)
            {
                var colon = line.IndexOf(':');
                headers.Add(colon > 0
                    ? new(line[..colon], line[(colon + 1)..].Trim())
                    : throw new IOException($"'{line}' is no header."));
            }

            Headers = headers;
        }
        while (Status < 200);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        var line = new ArrayBufferWriter<byte>();
        while (line.WrittenCount <= MaxHead)
        {
            if (_begin == _end && !await FillAsync(cancel))
            {
                throw new IOException("The connection ended within a line.");
            }

            var rest = _buffer.AsSpan(_begin, _end - _begin);
            var newline = rest.IndexOf((byte)'\n');
            if (newline >= 0)
            {
                line.Write(rest[..newline]);
                _begin += newline + 1;
                return Encoding.Latin1.GetString(line.WrittenSpan).TrimEnd('\r');
            }

            line.Write(rest);
            _begin = _end;
        }

        throw new IOException($"A line is longer than {MaxHead} bytes.");
    }

    private async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancel)
    {
        var result = new byte[count];
        var done = 0;
        while (done < count)
        {
            if (_begin == _end && !await FillAsync(cancel))
            {
                throw new IOException($"The connection ended after {done} of {count} bytes.");
            }

            var take = Math.Min(count - done, _end - _begin);
            _buffer.AsSpan(_begin, take).CopyTo(result.AsSpan(done));
            _begin += take;
            done += take;
        }

        return result;
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        _begin = 0;
        _end = await _stream.ReadAsync(_buffer, cancel);
        return _end > 0;
    }
}
