using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Protocol;

/// <summary>Sends whole answers: exact status, exact <c>Content-Type</c>, a length, and gzip where it is worth it and wished for.</summary>
/// <remarks>Source: apache/mesos 3rdparty/libprocess/src/encoder.hpp, HttpResponseEncoder.</remarks>
public static class ResponseBody
{
    /// <summary>Bytes from which on an answer is compressed; below, gzip costs more than it saves.</summary>
    public const int GzipBytesMin = 1024;

    /// <summary>Sends only a status: no body, and no <c>Content-Type</c>, which some clients refuse on an empty answer.</summary>
    public static Task SendEmptyAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = null;
        context.Response.ContentLength = 0;
        return context.Response.CompleteAsync();
    }

    /// <summary>Sends a sentence, as errors are told.</summary>
    public static Task SendTextAsync(HttpContext context, int status, string text) =>
        SendAsync(context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>Sends JSON with status 200, or, when the query asks for it by <c>jsonp=name</c>, as a script; a bad name is a
    /// 400.</summary>
    public static Task SendJsonAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        string? callback = context.Request.Query[Jsonp.Parameter];
        if (string.IsNullOrEmpty(callback))
        {
            return SendAsync(context, StatusCodes.Status200OK, MediaTypes.Json, json);
        }

        return Jsonp.IsCallback(callback)
            ? SendAsync(context, StatusCodes.Status200OK, Jsonp.ContentType, Jsonp.Wrap(callback, json.Span))
            : SendTextAsync(context, StatusCodes.Status400BadRequest,
                $"Query parameter '{Jsonp.Parameter}' must be the name of a function: letters, digits, _ $ . [ ], at most 128 characters");
    }

    /// <summary>Sends bytes of a type.</summary>
    /// <param name="contentType">Sent to the letter.</param>
    public static async Task SendAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (body.Length >= GzipBytesMin && MediaTypes.AcceptsGzip(context.Request.Headers.AcceptEncoding))
        {
            response.Headers.ContentEncoding = "gzip";
            body = Compress(body.Span);
        }

        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> body)
    {
        var packed = new MemoryStream(body.Length / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }
}
