using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>One request to <c>/v2</c>: its path below, its query, its body.</summary>
/// <param name="Context">The server's.</param>
/// <param name="Host">Who answers.</param>
/// <param name="Segments">The path below <c>/v2</c> without empty segments: doubled and trailing slashes are tolerated.</param>
internal sealed record MarathonRequest(HttpContext Context, MarathonHost Host, ImmutableArray<string> Segments)
{
    /// <summary>How deep a body may be nested. Reason: groups nest, but nobody nests fifty of them.</summary>
    private const int DepthMax = 64;

    /// <summary>The state that this request answers from.</summary>
    public ClusterState State { get; init; } = Host.Gateway.Snapshot;

    public string Method => Context.Request.Method;

    /// <summary>True when nothing is to be changed.</summary>
    public bool IsRead => Method is "GET" or "HEAD";

    /// <summary>True for <c>?force=true</c>, in any case of letters, also when it is said twice.</summary>
    public bool Force => Flag("force");

    /// <summary>True for <c>?strict=true</c>: fields that Marathon does not know are refused.</summary>
    public bool Strict => Flag("strict");

    /// <summary>Who asks, for the record.</summary>
    public string Author => Caller.Name(Context);

    /// <summary>Makes a request of a path below <c>/v2</c>; ids may come with their slashes escaped.</summary>
    public static MarathonRequest Of(HttpContext context, MarathonHost host, string path) => new(
        context, host,
        [.. path.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Split('/', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>A flag of the query: only <c>true</c> is true.</summary>
    public bool Flag(string name, bool missing = false)
    {
        var values = Context.Request.Query[name];
        return values.Count == 0 ? missing : string.Equals(values[^1], "true", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A text of the query; null when it is not there.</summary>
    public string? Text(string name) => Context.Request.Query[name] is { Count: > 0 } values ? values[^1] : null;

    /// <summary>All values of a repeated key, <c>name</c> and <c>name[]</c>.</summary>
    public IEnumerable<string> Texts(string name) =>
        Context.Request.Query[name].Concat(Context.Request.Query[name + "[]"]).Where(v => v is not null).Select(v => v!);

    /// <summary>The id that segments name.</summary>
    public static AppId Id(IEnumerable<string> segments) => new("/" + string.Join('/', segments));

    /// <summary>Reads the body as JSON; when it cannot be read the answer has been sent and null comes back.</summary>
    public async Task<JsonElement?> ReadJsonAsync()
    {
        var body = await RequestBody.ReadAsync(Context.Request, Host.BodyMax, Context.RequestAborted);
        if (!body.Ok)
        {
            await Answer.MessageAsync(Context, body.Status, body.Error);
            return null;
        }

        if (body.Bytes.Length == 0)
        {
            await Answer.JsonAsync(
                Context, StatusCodes.Status400BadRequest, w => MarathonJson.WriteUnreadable(w, MarathonTexts.NoJson, "The body is empty."));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body.Bytes, new JsonDocumentOptions { MaxDepth = DepthMax });
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            await Answer.JsonAsync(
                Context, StatusCodes.Status400BadRequest, w => MarathonJson.WriteUnreadable(w, MarathonTexts.InvalidJson, error.Message));
            return null;
        }
    }
}
