using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/nodes</c>: the nodes of a hub, or the node itself; and what an admin does to one.</summary>
internal static class NodesEndpoint
{
    /// <summary>Nodes of one answer at most. Reason: some megabytes; the rest is asked for with <c>after</c>.</summary>
    private const int PageMax = 5_000;

    public static Task HandleAsync(EdgeRequest request, ImmutableArray<string> below) => below switch
    {
        [] => request.IsRead ? ListAsync(request) : request.NotAllowedAsync("GET", "HEAD"),
        [var id] => !request.IsRead ? request.NotAllowedAsync("GET", "HEAD")
            : Find(request, id) is { } node ? SendAsync(request, node)
            : request.UnknownAsync("node", id, "nodes"),
        [var id, "hold" or "release" or "adopt" or "approve"] => !request.IsPost ? request.NotAllowedAsync("POST")
            : !request.IsHub ? request.HubOnlyAsync()
            : Find(request, id) is null ? request.UnknownAsync("node", id, "nodes")
            : ActAsync(request, new NodeId(id), below[1]),
        _ => request.NoRouteAsync(),
    };

    /// <summary>Holds a node as it is, or lets it go on; answers with the node.</summary>
    public static async Task HoldAsync(EdgeRequest request, NodeId node, bool hold)
    {
        var reply = await request.SubmitAsync(new HoldNode(node, hold, request.Author));
        if (reply is not CommandReply.Accepted)
        {
            await request.RefusedAsync(reply, "Try again.");
            return;
        }

        var now = request.Renew();
        await SendAsync(now, Find(now, node.Value)!);
    }

    private static NodeView? Find(EdgeRequest request, string id) =>
        NodeView.Find(request.State, new NodeId(id), request.Host.Context().Now);

    private static Task SendAsync(EdgeRequest request, NodeView node) => request.ObjectAsync(json => Write(json, request, node));

    private static Task ListAsync(EdgeRequest request)
    {
        var limit = PageMax;
        if (request.Text("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > PageMax))
        {
            return request.BadValueAsync("limit", text, $"Allowed is a whole number from 1 to {PageMax}.");
        }

        var after = new NodeId(request.Text("after") ?? string.Empty);
        var nodes = NodeView.All(request.State, request.Host.Context().Now)
            .Where(n => n.Id.CompareTo(after) > 0).Take(limit + 1).ToArray();
        return request.ObjectAsync(json =>
        {
            EdgeJson.WriteList(json, "nodes", nodes.Take(limit), (w, node) => Write(w, request, node));
            json.WriteString("next", nodes.Length > limit ? nodes[limit - 1].Id.Value : null);
        });
    }

    private static Task ActAsync(EdgeRequest request, NodeId node, string verb)
    {
        if (verb is "hold" or "release")
        {
            return HoldAsync(request, node, verb == "hold");
        }

        return request.Text("app") is not { Length: > 0 } app
            ? request.BadValueAsync("app", null, $"Which app of node '{node}'? Allowed is a path: ?app=/edge/web.")
            : verb == "adopt" ? AdoptAsync(request, node, new AppId(app)) : ApproveAsync(request, node, new AppId(app));
    }

    private static async Task AdoptAsync(EdgeRequest request, NodeId node, AppId app)
    {
        if (request.State.Apps.GetValueOrDefault(new AppKey(node.Value, app)) is not { Deleted: false })
        {
            var site = Uri.EscapeDataString(Find(request, node.Value)!.Site);
            await request.UnknownAsync("app of the site's own", app.Value, $"sites/{site}");
            return;
        }

        var reply = await request.SubmitAsync(new AdoptApp(node, app, request.Author));
        await (reply is CommandReply.Accepted
            ? request.ObjectAsync(json =>
            {
                json.WriteString("app", app.Value);
                json.WriteString("adoptedFrom", node.Value);
                json.WriteString("owner", "hub");
            })
            : request.RefusedAsync(reply, "Rename the hub's app or the site's, and try again."));
    }

    private static async Task ApproveAsync(EdgeRequest request, NodeId node, AppId app)
    {
        var key = new SiteKey(node, app);
        if (!request.State.Overrides.ContainsKey(key))
        {
            await request.UnknownAsync("change of a site", key.ToString(), "overrides");
            return;
        }

        var reply = await request.SubmitAsync(new ApproveOverride(node, app, request.Author));
        if (reply is not CommandReply.Accepted)
        {
            await request.RefusedAsync(reply, "Only a change of state 'held' waits for approval.");
            return;
        }

        var change = OverrideView.All(request.Renew().State).FirstOrDefault(o => o.Node == node && o.App == app);
        await request.ObjectAsync(json =>
        {
            if (change is not null)
            {
                OverridesEndpoint.Write(json, change);
            }
        });
    }

    private static void Write(Utf8JsonWriter json, EdgeRequest request, NodeView node)
    {
        var description = node.Description;
        json.WriteString("id", node.Id.Value);
        json.WriteString("hostname", description.Hostname);
        json.WriteString("address", description.Port == 0 ? null : $"{description.Address}:{description.Port}");
        json.WriteString("site", node.Site);
        json.WriteString("version", description.Version);
        json.WriteString("reachability", node.Reachability);
        json.WriteBoolean("connected", node.Connected);
        EdgeJson.WriteTime(json, "lastSeen", node.LastSeen);
        EdgeJson.WriteTime(json, "registered", node.Registered);
        EdgeJson.WriteTime(json, "reregistered", node.Reregistered);
        EdgeJson.WriteTime(json, "unreachableSince", node.UnreachableSince);
        EdgeJson.WriteAttributes(json, "attributes", description.Attributes);
        json.WriteStartObject("resources");
        EdgeJson.WriteResources(json, "total", description.Resources);
        EdgeJson.WriteResources(json, "used", node.Used);
        EdgeJson.WriteResources(json, "offered", node.Offered);
        EdgeJson.WriteResources(json, "free", node.Free);
        json.WriteEndObject();
        json.WriteNumber("tasks", node.Tasks);
        json.WriteStartObject("revisions");
        EdgeJson.WriteNumber(json, "desired", node.Desired);
        json.WriteNumber("held", node.Held);
        json.WriteNumber("report", node.Report);
        json.WriteEndObject();
        json.WriteBoolean("onHold", node.OnHold);
        EdgeJson.WriteTexts(json, "awaiting", node.Awaiting);
        EdgeJson.WriteNumber(json, "outboxDepth", node.OutboxDepth);
        json.WriteNumber("appliedStatus", node.AppliedStatus);
        EdgeJson.WriteNumber(json, "clockOffsetSeconds", node.ClockOffset?.TotalSeconds);
        DelegationsEndpoint.WriteInForce(json, "delegation", request, node.Id);
    }
}
