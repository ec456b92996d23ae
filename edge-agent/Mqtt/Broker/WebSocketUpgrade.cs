using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Edge.Mqtt.Broker;

/// <summary>The server's half of the WebSocket handshake. Source: RFC 6455, section 4.2; MQTT 5.0, section 6.</summary>
internal static class WebSocketUpgrade
{
    private const int MaximumHeaderBytes = 8192;
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Reads the request and answers it.</summary>
    /// <exception cref="IOException">It was no acceptable upgrade; the peer was told.</exception>
    public static async Task<Stream> AcceptAsync(Stream stream, string path, CancellationToken cancellation)
    {
        var request = await ReadHeaderAsync(stream, cancellation);
        var fault = Parse(request, path, out var key);
        var answer = fault is null
            ? $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {AcceptKey(key)}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
            : $"HTTP/1.1 {fault}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellation);
        if (fault is not null)
        {
            throw new IOException($"The WebSocket request was answered with {fault}.");
        }

        var options = new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt", KeepAliveInterval = TimeSpan.Zero };
        return new WebSocketStream(WebSocket.CreateFromStream(stream, options));
    }

    private static async Task<string> ReadHeaderAsync(Stream stream, CancellationToken cancellation)
    {
        // Byte by byte would be slow, but a client sends nothing behind the header before it is answered.
        var buffer = new byte[MaximumHeaderBytes];
        for (var have = 0; have < buffer.Length;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(have), cancellation);
            if (read == 0)
            {
                break;
            }

            have += read;
            if (buffer.AsSpan(0, have).EndsWith("\r\n\r\n"u8))
            {
                return Encoding.ASCII.GetString(buffer, 0, have);
            }
        }

        throw new IOException($"The WebSocket request did not end within {MaximumHeaderBytes} bytes.");
    }

    private static string? Parse(string request, string path, out string key)
    {
        var lines = request.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1)
            .Select(l => l.Split(':', 2))
            .Where(p => p.Length == 2)
            .ToLookup(p => p[0].Trim(), p => p[1].Trim(), StringComparer.OrdinalIgnoreCase);
        key = headers["Sec-WebSocket-Key"].FirstOrDefault() ?? string.Empty;
        var first = lines.Length > 0 ? lines[0].Split(' ') : [];
        if (first.Length != 3 || first[0] != "GET" || key.Length == 0 || !Says(headers["Upgrade"], "websocket"))
        {
            return "400 Bad Request";
        }

        if (first[1].Split('?')[0] != path)
        {
            return "404 Not Found";
        }

        if (!Says(headers["Sec-WebSocket-Version"], "13"))
        {
            return "426 Upgrade Required\r\nSec-WebSocket-Version: 13";
        }

        return Says(headers["Sec-WebSocket-Protocol"], "mqtt") ? null : "400 Bad Request";
    }

    private static bool Says(IEnumerable<string> values, string word) =>
        values.SelectMany(v => v.Split(',')).Any(v => v.Trim().Equals(word, StringComparison.OrdinalIgnoreCase));

    private static string AcceptKey(string key) =>
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1; nothing is protected by it.
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
}

/// <summary>The binary messages of a WebSocket as one stream of bytes.</summary>
internal sealed class WebSocketStream(WebSocket socket) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer, cancellationToken);
            if (result.MessageType == WebSocketMessageType.Text)
            {
                throw new IOException("A text message came over WebSocket; MQTT sends binary ones.");
            }

            if (result.Count > 0 || result.MessageType == WebSocketMessageType.Close || buffer.IsEmpty)
            {
                return result.Count;
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    /// <summary>Says goodbye.</summary>
    public Task ShutdownAsync() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
