using System.Collections.Immutable;
using System.Text.Json;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/reconcile</c>: what a reconnect will do and cost, before the link is used; and the leave to do it.</summary>
/// <remarks>Bytes are those of the messages as they are sent; MQTT adds 4 to 40 to each. A node shows what it would send itself.
/// Source: ARCHITECTURE, "Ownership".</remarks>
internal static class ReconcileEndpoint
{
    /// <summary>Nodes of one answer at most. Reason: each is decided on its own, in a millisecond or so.</summary>
    private const int NodesMax = 500;

    public static Task HandleAsync(EdgeRequest request) =>
        request.IsRead ? PreviewAsync(request)
        : !request.IsPost ? request.NotAllowedAsync("GET", "HEAD", "POST")
        : !request.IsHub ? request.HubOnlyAsync()
        : ReleaseAsync(request);

    private static Task ReleaseAsync(EdgeRequest request) =>
        request.Text("node") is not { Length: > 0 } node
            ? request.BadValueAsync("node", null, "Which node is to be let go on? Allowed is the id of one: ?node=NAME.")
            : request.State.Nodes.ContainsKey(new NodeId(node))
                ? NodesEndpoint.HoldAsync(request, new NodeId(node), hold: false)
                : request.UnknownAsync("node", node, "nodes");

    private static Task PreviewAsync(EdgeRequest request)
    {
        if (request.Text("dryRun") is { } text && !string.Equals(text, "true", StringComparison.OrdinalIgnoreCase))
        {
            return request.BadValueAsync(
                "dryRun", text, "A GET changes nothing; POST /edge/v1/reconcile?node=NAME lets a node go on.", "true");
        }

        var named = request.Text("node");
        if (named is not null && NodeView.Find(request.State, new NodeId(named), default) is null)
        {
            return request.UnknownAsync("node", named, "nodes");
        }

        var context = request.Host.Context();
        if (!request.IsHub)
        {
            return request.ObjectAsync(json => WriteOwn(json, request.State, context));
        }

        NodeId[] nodes = named is not null
            ? [new NodeId(named)]
            : [.. request.State.Nodes.Values.Where(n => !n.Connected || n.OnHold).Select(n => n.Id).Order()];
        var previews = nodes.Take(NodesMax)
            .Select(n => ReconcilePreview.OfNode(request.State, n, context)).OfType<ReturnPreview>().ToArray();
        return request.ObjectAsync(json =>
        {
            json.WriteBoolean("dryRun", true);
            EdgeJson.WriteList(json, "nodes", previews, (w, preview) => Write(w, request.State.Nodes[preview.Node], preview));
            json.WriteNumber("bytes", previews.Sum(Bytes));
            json.WriteNumber("nodesLeftOut", Math.Max(0, nodes.Length - NodesMax));
        });
    }

    private static int Bytes(ReturnPreview preview) => preview.Messages.Sum(m => SyncMapping.Encode(m).Length);

    private static void Write(Utf8JsonWriter json, Node node, ReturnPreview preview)
    {
        json.WriteString("node", node.Id.Value);
        json.WriteBoolean("connected", node.Connected);
        json.WriteBoolean("onHold", node.OnHold);
        EdgeJson.WriteList(json, "killed", preview.Killed, EdgeJson.WriteTask);
        EdgeJson.WriteList(json, "kept", preview.Kept, EdgeJson.WriteTask);
        EdgeJson.WriteList(json, "started", preview.Started, EdgeJson.WriteTask);
        EdgeJson.WriteList(json, "killedElsewhere", preview.KilledElsewhere, EdgeJson.WriteTask);
        EdgeJson.WriteTexts(json, "givenUp", preview.GivenUp.Select(i => i.Value));
        json.WriteNumber("messages", preview.Messages.Length);
        json.WriteNumber("bytes", Bytes(preview));
    }

    private static void WriteOwn(Utf8JsonWriter json, ClusterState state, DecisionContext context)
    {
        ImmutableArray<UpMessage> messages = ReconcilePreview.OfSelf(state, context);
        json.WriteBoolean("dryRun", true);
        json.WriteStartArray("nodes");
        json.WriteEndArray();
        json.WriteStartObject("up");
        json.WriteString("node", state.Self!.Id.Value);
        json.WriteNumber("statuses", messages.OfType<UpMessage.Statuses>().Sum(m => m.Items.Length));
        json.WriteNumber("changes", messages.OfType<UpMessage.SiteReport>().Sum(m => m.Items.Length));
        json.WriteNumber("messages", messages.Length);
        json.WriteNumber("bytes", messages.Sum(m => SyncMapping.Encode(m).Length));
        json.WriteEndObject();
    }
}
