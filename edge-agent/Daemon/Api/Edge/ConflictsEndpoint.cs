using System.Collections.Immutable;
using System.Text.Json;
using Edge.Core.Engine;
using Edge.Core.Model;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/conflicts</c>: fields that hub and site changed differently, and the decision about them.</summary>
/// <remarks>A node has none: they are found where both values meet.</remarks>
internal static class ConflictsEndpoint
{
    private const string Example = "{\"resolution\":\"hub\"}";

    public static Task HandleAsync(EdgeRequest request, ImmutableArray<string> below) => below switch
    {
        [] => request.IsRead ? ListAsync(request) : request.NotAllowedAsync("GET", "HEAD"),
        [var id] => !request.IsRead && !request.IsPost ? request.NotAllowedAsync("GET", "HEAD", "POST")
            : request.IsPost && !request.IsHub ? request.HubOnlyAsync()
            : request.State.Conflicts.GetValueOrDefault(id) is not { } conflict ? request.UnknownAsync("conflict", id, "conflicts")
            : request.IsPost ? ResolveAsync(request, conflict)
            : request.ObjectAsync(json => Write(json, conflict)),
        _ => request.NoRouteAsync(),
    };

    /// <summary>Writes one; within an object.</summary>
    public static void Write(Utf8JsonWriter json, Conflict conflict)
    {
        json.WriteString("id", conflict.Id);
        json.WriteString("state", conflict.Resolution is null ? "open" : "resolved");
        json.WriteString("node", conflict.Node.Value);
        json.WriteString("app", conflict.App.Value);
        json.WriteString("field", conflict.Field);
        EdgeJson.WriteField(json, "base", conflict.Base);
        EdgeJson.WriteField(json, "hub", conflict.Hub);
        EdgeJson.WriteField(json, "site", conflict.Site);
        json.WriteString("author", conflict.Author);
        EdgeJson.WriteTime(json, "changedAt", conflict.ChangedAt);
        EdgeJson.WriteTime(json, "foundAt", conflict.FoundAt);
        json.WriteString("resolution", conflict.Resolution);
        json.WriteString("resolvedBy", conflict.ResolvedBy);
        EdgeJson.WriteTime(json, "resolvedAt", conflict.ResolvedAt);
    }

    private static Task ListAsync(EdgeRequest request)
    {
        var state = request.Text("state");
        if (state is not (null or "open" or "resolved"))
        {
            return request.BadValueAsync("state", state, $"'{EdgeRequest.Short(state)}' is no state of a conflict.", "open", "resolved");
        }

        var conflicts = request.State.Conflicts.Values
            .Where(c => state is null || (c.Resolution is null) == (state == "open"))
            .OrderBy(c => c.FoundAt).ThenBy(c => c.Id, StringComparer.Ordinal);
        return request.ObjectAsync(json => EdgeJson.WriteList(json, "conflicts", conflicts, Write));
    }

    private static async Task ResolveAsync(EdgeRequest request, Conflict conflict)
    {
        if (await request.ReadJsonAsync(Example) is not { } body)
        {
            return;
        }

        var given = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("resolution", out var value) ? value : default;
        var resolution = given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        if (resolution is not ("hub" or "site"))
        {
            await request.BadValueAsync(
                "resolution", given.ValueKind == JsonValueKind.Undefined ? null : given.GetRawText(),
                $"Which value of {conflict.Field} is to be taken? Send {Example} or the other.", "hub", "site");
            return;
        }

        var reply = await request.SubmitAsync(new ResolveConflict(conflict.Id, resolution == "site", request.Author));
        if (reply is CommandReply.Accepted)
        {
            var decided = request.Renew().State.Conflicts.GetValueOrDefault(conflict.Id) ?? conflict;
            await request.ObjectAsync(json => Write(json, decided));
        }
        else if (request.Renew().State.Conflicts.GetValueOrDefault(conflict.Id) is { Resolution: { } taken } settled)
        {
            await new Problem(
                StatusCodes.Status409Conflict, "Already decided",
                $"Conflict '{conflict.Id}' was decided for the {taken} by {settled.ResolvedBy}.")
            {
                Name = "conflict",
                Value = conflict.Id,
                Action = $"Change {conflict.Field} of app '{conflict.App}' instead.",
            }.SendAsync(request.Context);
        }
        else
        {
            await request.RefusedAsync(reply, "Try again.");
        }
    }
}
