using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Edge.Daemon.Api.Protocol;

/// <summary>A request's body read whole, or the answer that refuses it.</summary>
/// <param name="Bytes">The body, inflated if it came packed; null when it was refused.</param>
/// <param name="Status">200, or the status of the refusal: 400 (broken gzip or a broken transfer), 413 (too large), 415 (unknown
/// encoding).</param>
/// <param name="Error">The sentence of the refusal; empty otherwise.</param>
public readonly record struct RequestBodyRead(byte[]? Bytes, int Status, string Error)
{
    /// <summary>True when the body was read.</summary>
    [MemberNotNullWhen(true, nameof(Bytes))]
    public bool Ok => Bytes is not null;
}

/// <summary>Reads bodies of requests within a bound that holds for what is sent and for what it inflates to.</summary>
public static class RequestBody
{
    private const int PieceBytes = 16 * 1024;

    /// <summary>Reads the body to its end.</summary>
    /// <param name="bytesMax">More bytes, packed or not, are answered with 413; no more than that is ever held.</param>
    /// <param name="cancellation">Usually the request's own; cancelling throws.</param>
    public static async Task<RequestBodyRead> ReadAsync(HttpRequest request, int bytesMax, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var encoding = request.Headers.ContentEncoding.ToString();
        var isGzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!isGzip && encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return new(null, StatusCodes.Status415UnsupportedMediaType,
                $"Unsupported Content-Encoding '{encoding}'; allowed: gzip, identity");
        }

        if (request.ContentLength > bytesMax)
        {
            return TooLarge(bytesMax);
        }

        // The server's own limit would answer in its own words.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        try
        {
            return isGzip ? await InflateAsync(request.Body, bytesMax, cancellation)
                : await CopyAsync(request.Body, (int)(request.ContentLength ?? 0), bytesMax, cancellation);
        }
        catch (InvalidDataException)
        {
            return new(null, StatusCodes.Status400BadRequest, "Failed to decompress the gzip body");
        }
        catch (BadHttpRequestException error)
        {
            return new(null, error.StatusCode, "Failed to read the body: " + error.Message);
        }
    }

    private static async Task<RequestBodyRead> InflateAsync(Stream body, int bytesMax, CancellationToken cancellation)
    {
        await using var inflated = new GZipStream(body, CompressionMode.Decompress, leaveOpen: true);
        return await CopyAsync(inflated, 0, bytesMax, cancellation);
    }

    private static async Task<RequestBodyRead> CopyAsync(Stream from, int expected, int bytesMax, CancellationToken cancellation)
    {
        var bytes = new byte[expected > 0 ? expected : Math.Min(PieceBytes, bytesMax + 1)];
        var count = 0;
        while (true)
        {
            if (count == bytes.Length)
            {
                if (count == expected)
                {
                    // The server ends the stream at the announced length.
                    return new(bytes, StatusCodes.Status200OK, string.Empty);
                }

                Array.Resize(ref bytes, (int)Math.Min((long)bytes.Length * 2, bytesMax + 1L));
            }

            var read = await from.ReadAsync(bytes.AsMemory(count), cancellation);
            if (read == 0)
            {
                Array.Resize(ref bytes, count);
                return new(bytes, StatusCodes.Status200OK, string.Empty);
            }

            count += read;
            if (count > bytesMax)
            {
                return TooLarge(bytesMax);
            }
        }
    }

    private static RequestBodyRead TooLarge(int bytesMax) =>
        new(null, StatusCodes.Status413PayloadTooLarge, $"The body has more than the {bytesMax} bytes that are read");
}
