using System.Collections.Immutable;
using System.Text.Json;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Edge;

/// <summary>One request to <c>/edge/v1</c>: its path below, its query, its body, and its answers.</summary>
/// <param name="Context">The server's.</param>
/// <param name="Host">Who answers.</param>
/// <param name="Segments">The path below <c>/edge/v1</c>: no empty segments, each unescaped.</param>
internal sealed record EdgeRequest(HttpContext Context, EdgeHost Host, ImmutableArray<string> Segments)
{
    private const int DepthMax = 16;
    private const int ValueMax = 200;

    /// <summary>The state that this request answers from.</summary>
    public ClusterState State { get; init; } = Host.Gateway.Snapshot;

    public string Method => Context.Request.Method;

    /// <summary>True for GET and HEAD.</summary>
    public bool IsRead => HttpMethods.IsGet(Method) || HttpMethods.IsHead(Method);

    public bool IsPost => HttpMethods.IsPost(Method);

    /// <summary>Who asks, for the record.</summary>
    public string Author => Caller.Name(Context);

    /// <summary>True on a hub.</summary>
    public bool IsHub => State.Self is null;

    public static EdgeRequest Of(HttpContext context, EdgeHost host, string path) => new(
        context, host,
        [
            .. path.Split('/', StringSplitOptions.RemoveEmptyEntries)
                .Select(s => s.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)),
        ]);

    /// <summary>A text of the query; null when it is not there. Said twice, the last word counts.</summary>
    public string? Text(string name) => Context.Request.Query[name] is { Count: > 0 } values ? values[^1] : null;

    public Task JsonAsync(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) =>
        ResponseBody.SendAsync(Context, status, MediaTypes.Json, EdgeJson.ToUtf8(write));

    /// <summary>Sends an object.</summary>
    /// <param name="write">Writes its fields.</param>
    public Task ObjectAsync(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => JsonAsync(
        json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        },
        status);

    /// <summary>405.</summary>
    /// <param name="allowed">The methods that the path takes.</param>
    public Task NotAllowedAsync(params ImmutableArray<string> allowed)
    {
        Context.Response.Headers.Allow = string.Join(", ", allowed);
        return new Problem(
            StatusCodes.Status405MethodNotAllowed, "Method not allowed", $"{Method} is no method of {Context.Request.Path}.")
        {
            Name = "method",
            Value = Method,
            Allowed = allowed,
            Action = $"Use {string.Join(" or ", allowed)}.",
        }.SendAsync(Context);
    }

    /// <summary>404: there is nothing at this path.</summary>
    public Task NoRouteAsync() => new Problem(
        StatusCodes.Status404NotFound, "Not found", $"There is nothing at {Context.Request.Path}.")
    {
        Name = "path",
        Value = Context.Request.Path,
        Allowed = EdgeRoutes.Paths,
        Action = "GET /edge/v1 lists what there is.",
    }.SendAsync(Context);

    /// <summary>404: the thing that the request named is not there.</summary>
    /// <param name="thing">What it is, such as <c>node</c>.</param>
    /// <param name="list">Where such things are listed, below <c>/edge/v1</c>.</param>
    public Task UnknownAsync(string thing, string name, string list) => new Problem(
        StatusCodes.Status404NotFound, $"Unknown {thing}", $"There is no {thing} '{Short(name)}' here.")
    {
        Name = thing,
        Value = Short(name),
        Action = $"GET /edge/v1/{list} lists what there is.",
    }.SendAsync(Context);

    /// <summary>400: a value of the query, or of the body, is missing or wrong.</summary>
    public Task BadValueAsync(string name, string? value, string detail, params ImmutableArray<string> allowed) => new Problem(
        StatusCodes.Status400BadRequest, value is null ? $"Missing {name}" : $"Bad {name}", detail)
    {
        Name = name,
        Value = value is null ? null : Short(value),
        Allowed = allowed,
        Action = $"Send {name} with an allowed value.",
    }.SendAsync(Context);

    /// <summary>409: what a node cannot do for itself.</summary>
    public Task HubOnlyAsync() => new Problem(
        StatusCodes.Status409Conflict, "Only the hub can do this",
        $"This is the node '{State.Self?.Id}', not its hub: only a hub knows of other nodes, and decides for them.")
    {
        Name = "path",
        Value = Context.Request.Path,
        Action = Host.HubUrl() is { } hub ? $"Send the request to {hub}{Context.Request.Path}." : "Send the request to the hub.",
    }.SendAsync(Context);

    /// <summary>Says why a command was not carried out.</summary>
    public Task RefusedAsync(CommandReply reply, string action) => new Problem(
        StatusCodes.Status409Conflict, "Refused",
        reply is CommandReply.Rejected rejected ? rejected.Reason : $"The engine answered {reply.GetType().Name}.")
    {
        Action = action,
    }.SendAsync(Context);

    /// <summary>Sends a command and waits for its commit.</summary>
    public ValueTask<CommandReply> SubmitAsync(ClusterCommand command) => Host.Gateway.SubmitAsync(command, Context.RequestAborted);

    /// <summary>This request again, on the state of now.</summary>
    public EdgeRequest Renew() => this with { State = Host.Gateway.Snapshot };

    /// <summary>Reads the body as JSON; when it cannot be read the answer has been sent and null comes back.</summary>
    public async Task<JsonElement?> ReadJsonAsync(string example)
    {
        var body = await RequestBody.ReadAsync(Context.Request, Host.BodyMax, Context.RequestAborted);
        if (!body.Ok)
        {
            await new Problem(body.Status, "The body cannot be read", body.Error) { Name = "body" }.SendAsync(Context);
            return null;
        }

        try
        {
            if (EdgeJson.IsJson(body.Bytes))
            {
                using var document = JsonDocument.Parse(body.Bytes, new JsonDocumentOptions { MaxDepth = DepthMax });
                return document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            // Nested deeper than anything that is asked for here.
        }

        await new Problem(
            StatusCodes.Status400BadRequest, "The body is no JSON",
            body.Bytes.Length == 0 ? "The body is empty." : "The body is no JSON value, or is nested too deeply.")
        {
            Name = "body",
            Action = $"Send an object such as {example}.",
        }.SendAsync(Context);
        return null;
    }

    /// <summary>A value as a problem repeats it.</summary>
    public static string Short(string text) => text.Length <= ValueMax ? text : text[..ValueMax] + "...";
}
