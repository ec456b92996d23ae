using System.Text.Json;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/overrides</c>: what sites changed in apps of the hub; on a node, what its operator did.</summary>
internal static class OverridesEndpoint
{
    public static Task HandleAsync(EdgeRequest request) => request.IsRead
        ? request.ObjectAsync(json => EdgeJson.WriteList(json, "overrides", OverrideView.All(request.State), Write))
        : request.NotAllowedAsync("GET", "HEAD");

    /// <summary>Writes one; within an object.</summary>
    public static void Write(Utf8JsonWriter json, OverrideView change)
    {
        json.WriteString("node", change.Node.Value);
        json.WriteString("app", change.App.Value);
        json.WriteString("state", change.State);
        EdgeJson.WriteFields(json, "fields", change.Change.Fields);
        EdgeJson.WriteFields(json, "base", change.Change.Base);
        json.WriteNumber("baseGeneration", change.Change.BaseGeneration);
        EdgeJson.WriteTexts(json, "openFields", change.Open);
        json.WriteString("author", change.Change.Author);
        EdgeJson.WriteTime(json, "changedAt", change.Change.At);
        json.WriteBoolean("adopted", change.Adopted);
    }
}
