using System.Buffers.Text;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>What is asked of a task.</summary>
/// <param name="Check">By HTTP.</param>
/// <param name="KeepsResponse">True: the answer comes back with the result.</param>
internal readonly record struct HttpQuestion(HealthCheck Check, bool KeepsResponse);

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

    public static async Task<ProbeResult> RunAsync(
        Socket socket, HttpQuestion question, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = question.Check;
        var url = $"{check.Scheme}://{socket.RemoteEndPoint}{check.Path}";
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: false);
            await using Stream stream = check.Scheme == "https" ? await SecureAsync(plain, cancellationToken) : plain;
            var request = $"GET {check.Path} HTTP/1.1\r\nHost: {socket.RemoteEndPoint}\r\nUser-Agent: edge-agent\r\n"
                + "Accept: */*\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            var answer = new byte[question.KeepsResponse ? HeadMax + HttpAnswer.BodyBytesMax : HeadMax];
            var (code, filled) = await ReadStatusAsync(stream, answer, cancellationToken);
            if (code == 0)
            {
                return ProbeResult.Failed($"{url} does not answer in HTTP");
            }

            var passes = check.Statuses.IsEmpty ? code is >= 200 and < 400 : check.Statuses.Contains(code);
            var result = passes
                ? ProbeResult.Passed
                : ProbeResult.Failed(string.Create(CultureInfo.InvariantCulture, $"{url} answers {code}"));
            using var late = new CancellationTokenSource(s_bodyTime, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            result = question.KeepsResponse
                ? result with { Response = await ReadResponseAsync(stream, answer, filled, either.Token) }
                : result;
            await DrainAsync(stream, either.Token);
            return result;
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

    /// <summary>Reads until there is a status.</summary>
    /// <returns>The status, 0 when what comes is no answer; and how many bytes came.</returns>
    private static async Task<(int Status, int Filled)> ReadStatusAsync(Stream stream, byte[] answer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(answer.AsMemory(filled, HeadMax - filled), cancellationToken);
            filled += read;
            if (!TryReadStatus(answer.AsSpan(0, filled), read == 0 || filled == HeadMax, out var status) || status > 0)
            {
                return (status, filled);
            }
        }
    }

    /// <summary>Reads on until the answer is whole, the room is full, or time is up: what there is by then is the response.</summary>
    private static async Task<ReadinessResponse?> ReadResponseAsync(
        Stream stream, byte[] answer, int filled, CancellationToken cancellationToken)
    {
        try
        {
            while (filled < answer.Length && !HttpAnswer.IsWhole(answer.AsSpan(0, filled)))
            {
                var read = await stream.ReadAsync(answer.AsMemory(filled), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // The status is known; a body that breaks off is shown as far as it came.
        }

        return HttpAnswer.Read(answer.AsSpan(0, filled));
    }

    private static async Task DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            for (var left = BodyMax; left > 0;)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                left = read == 0 ? 0 : left - read;
            }
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // The status is known; how the body ends does not matter.
        }
    }
}
