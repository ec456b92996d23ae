using System.Buffers.Text;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>One GET over an open connection; only the status line counts.</summary>
/// <remarks>By hand, because a client library with pools, redirects and proxies is what a check must not have. Redirects are answers like
/// any other, certificates are not verified: the task is asked, not trusted. Source: RFC 9112, sections 2 to 4.</remarks>
internal static class HttpProbe
{
    /// <summary>The status line and, before it, the heads of interim answers; servers themselves take no longer ones.</summary>
    private const int HeadMax = 8 * 1024;

    /// <summary>What is read of a body and thrown away, so that a server need not see a broken connection.</summary>
    private const int BodyMax = 64 * 1024;

    /// <summary>How long a body may take; the check has its result by then.</summary>
    private static readonly TimeSpan s_bodyTime = TimeSpan.FromSeconds(1);

    public static async Task<ProbeResult> RunAsync(Socket socket, HealthCheck check, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = $"{check.Scheme}://{socket.RemoteEndPoint}{check.Path}";
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: false);
            await using Stream stream = check.Scheme == "https" ? await SecureAsync(plain, cancellationToken) : plain;
            var request = $"GET {check.Path} HTTP/1.1\r\nHost: {socket.RemoteEndPoint}\r\nUser-Agent: edge-agent\r\n"
                + "Accept: */*\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            var status = await ReadStatusAsync(stream, cancellationToken);
            if (status is not { } code)
            {
                return ProbeResult.Failed($"{url} does not answer in HTTP");
            }

            await DrainAsync(stream, time, cancellationToken);
            var passes = check.Statuses.IsEmpty ? code is >= 200 and < 400 : check.Statuses.Contains(code);
            return passes
                ? ProbeResult.Passed
                : ProbeResult.Failed(string.Create(CultureInfo.InvariantCulture, $"{url} answers {code}"));
        }
        catch (Exception broken) when (broken is IOException or AuthenticationException)
        {
            return ProbeResult.Failed($"{url} does not answer: {broken.Message}");
        }
    }

    /// <summary>The code of the first answer that is no interim one; null when these bytes are no answer.</summary>
    /// <param name="complete">True when no more bytes will come.</param>
    /// <param name="status">0 while more bytes are needed.</param>
    internal static bool TryReadStatus(ReadOnlySpan<byte> head, bool complete, out int status)
    {
        status = 0;
        while (true)
        {
            var end = head.IndexOf((byte)'\n');
            if (end < 0)
            {
                return !complete;
            }

            var line = head[..end];
            if (!line.StartsWith("HTTP/1."u8) || line.Length < 12 || line[8] != ' '
                || !Utf8Parser.TryParse(line.Slice(9, 3), out int code, out var used) || used != 3)
            {
                return false;
            }

            if (code is < 100 or >= 200)
            {
                status = code;
                return true;
            }

            var next = head.IndexOf("\r\n\r\n"u8);
            if (next < 0)
            {
                return !complete;
            }

            head = head[(next + 4)..];
        }
    }

    private static async Task<SslStream> SecureAsync(Stream plain, CancellationToken cancellationToken)
    {
        var stream = new SslStream(plain, leaveInnerStreamOpen: true);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
#pragma warning disable CA5359 // Mesos' checkers verify none either: a task beside us is asked for its health, over loopback.
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                },
                cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<int?> ReadStatusAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[HeadMax];
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(head.AsMemory(filled), cancellationToken);
            filled += read;
            if (!TryReadStatus(head.AsSpan(0, filled), read == 0 || filled == HeadMax, out var status))
            {
                return null;
            }

            if (status > 0)
            {
                return status;
            }
        }
    }

    private static async Task DrainAsync(Stream stream, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(s_bodyTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var buffer = new byte[4096];
        try
        {
            for (var left = BodyMax; left > 0;)
            {
                var read = await stream.ReadAsync(buffer, either.Token);
                left = read == 0 ? 0 : left - read;
            }
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // The status is known; how the body ends does not matter.
        }
    }
}
