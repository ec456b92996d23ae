using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Agent.Containerizer;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Edge.Agent.Http;

/// <summary>Reads the files of sandboxes: <c>/files/browse</c>, <c>/files/read</c>, <c>/files/download</c>.</summary>
/// <remarks>Source: apache/mesos docs/endpoints/files; src/files/files.cpp. Bytes that are no UTF-8 become U+FFFD, so that the answer is
/// always JSON; download gives them as they are.</remarks>
internal sealed class FilesEndpoint(SandboxFiles files)
{
    /// <summary>The paths, for aliases.</summary>
    public static IReadOnlyList<string> Paths { get; } = ["/files/browse", "/files/read", "/files/download"];

    /// <summary>Maps the three paths.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/files/browse", (RequestDelegate)BrowseAsync);
        routes.MapGet("/files/read", (RequestDelegate)ReadAsync);
        routes.MapGet("/files/download", (RequestDelegate)DownloadAsync);
    }

    private Task BrowseAsync(HttpContext context)
    {
        if (context.Request.Query["path"].ToString() is not { Length: > 0 } path)
        {
            return ResponseBody.SendTextAsync(context, StatusCodes.Status400BadRequest, "Expecting 'path=value' in query.");
        }

        var listing = files.Browse(path);
        return listing.Error is { } error
            ? RefuseAsync(context, error, listing.Message)
            : ResponseBody.SendJsonAsync(context, Json(json =>
            {
                json.WriteStartArray();
                foreach (var entry in listing.Entries)
                {
                    Write(json, entry);
                }

                json.WriteEndArray();
            }));
    }

    private Task ReadAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["path"].ToString() is not { Length: > 0 } path)
        {
            return ResponseBody.SendTextAsync(context, StatusCodes.Status400BadRequest, "Expecting 'path=value' in query.");
        }

        if (Number(query["offset"].ToString(), -1) is not { } offset)
        {
            return ResponseBody.SendTextAsync(context, StatusCodes.Status400BadRequest, $"Failed to parse offset: '{query["offset"]}'.");
        }

        if (Number(query["length"].ToString(), SandboxFiles.MaxRead) is not { } length)
        {
            return ResponseBody.SendTextAsync(context, StatusCodes.Status400BadRequest, $"Failed to parse length: '{query["length"]}'.");
        }

        var piece = files.Read(path, offset, length == -1 ? null : (int)Math.Min(length, SandboxFiles.MaxRead));
        return piece.Error is { } error
            ? RefuseAsync(context, error, piece.Message)
            : ResponseBody.SendJsonAsync(context, Json(json =>
            {
                json.WriteStartObject();
                json.WriteString("data", Encoding.UTF8.GetString(piece.Data.Span));
                json.WriteNumber("offset", piece.Offset);
                json.WriteEndObject();
            }));
    }

    private async Task DownloadAsync(HttpContext context)
    {
        var path = context.Request.Query["path"].ToString();
        var first = files.Read(path, 0, null);
        if (first.Error is { } error)
        {
            await RefuseAsync(context, error, first.Message);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = $"attachment; filename={Uri.EscapeDataString(Path.GetFileName(path))}";
        var piece = first;
        while (piece.Error is null && !piece.Data.IsEmpty)
        {
            await context.Response.Body.WriteAsync(piece.Data, context.RequestAborted);
            piece = files.Read(path, piece.Offset + piece.Data.Length, null);
        }
    }

    private static void Write(Utf8JsonWriter json, SandboxEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("path", entry.Path);
        json.WriteNumber("nlink", entry.Links);
        json.WriteNumber("size", entry.Size);
        json.WriteNumber("mtime", entry.ModifiedSeconds);
        json.WriteString("mode", entry.Mode);
        json.WriteString("uid", entry.User);
        json.WriteString("gid", entry.Group);
        json.WriteEndObject();
    }

    private static Task RefuseAsync(HttpContext context, SandboxError error, string message) => ResponseBody.SendTextAsync(
        context,
        error switch
        {
            SandboxError.NotFound => StatusCodes.Status404NotFound,
            SandboxError.Forbidden => StatusCodes.Status403Forbidden,
            SandboxError.BadRequest => StatusCodes.Status400BadRequest,
        },
        message);

    /// <summary>A number of the query; the fallback when it is absent, null when it is none.</summary>
    private static long? Number(string text, long fallback) => text.Length == 0
        ? fallback
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.ToArray();
    }
}
