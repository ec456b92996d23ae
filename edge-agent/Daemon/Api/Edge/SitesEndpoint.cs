using System.Collections.Immutable;
using System.Text.Json;
using Edge.Core.Model;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/sites</c>: nodes by the site they stand in, with what is the site's own and what it changed.</summary>
internal static class SitesEndpoint
{
    public static Task HandleAsync(EdgeRequest request, ImmutableArray<string> below) => (request.IsRead, below) switch
    {
        (true, []) => ListAsync(request),
        (true, [var name]) => FindAsync(request, name),
        (false, [] or [_]) => request.NotAllowedAsync("GET", "HEAD"),
        _ => request.NoRouteAsync(),
    };

    private static Task ListAsync(EdgeRequest request) => request.ObjectAsync(json =>
        EdgeJson.WriteList(json, "sites", All(request.State, request.Host.Context().Now), Write));

    private static Task FindAsync(EdgeRequest request, string name) =>
        All(request.State, request.Host.Context().Now).FirstOrDefault(s => s.Name == name) is { } site
            ? request.ObjectAsync(json => Write(json, site))
            : request.UnknownAsync("site", name, "sites");

    private static IEnumerable<SiteView> All(ClusterState state, DateTimeOffset now)
    {
        var apps = state.Apps.Values.Where(a => a is { Owner: not null, Deleted: false }).OrderBy(a => a.Id).ToLookup(a => a.Owner!.Value);
        var changes = OverrideView.All(state).Where(o => o.IsOpen).ToLookup(o => o.Node);
        return NodeView.All(state, now).GroupBy(n => n.Site, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new SiteView(
                g.Key,
                [.. g],
                [.. g.SelectMany(n => apps[n.Id]).Select(a => (a, Running(state, a)))],
                [.. g.SelectMany(n => changes[n.Id])]));
    }

    private static int Running(ClusterState state, App app) =>
        state.AppInstances.GetValueOrDefault(new AppKey(app.Owner?.Value ?? string.Empty, app.Id), [])
            .Count(id => state.Tasks.GetValueOrDefault(state.Instances[id].Task) is { Observed: ObservedState.Running });

    private static void Write(Utf8JsonWriter json, SiteView site)
    {
        json.WriteString("name", site.Name);
        EdgeJson.WriteList(json, "nodes", site.Nodes, (w, node) =>
        {
            w.WriteString("id", node.Id.Value);
            w.WriteString("reachability", node.Reachability);
            w.WriteBoolean("connected", node.Connected);
            w.WriteBoolean("onHold", node.OnHold);
        });
        EdgeJson.WriteList(json, "apps", site.Apps, (w, own) =>
        {
            w.WriteString("id", own.App.Id.Value);
            w.WriteString("node", own.App.Owner?.Value);
            w.WriteNumber("instances", own.App.Spec.Instances);
            w.WriteNumber("running", own.Running);
            EdgeJson.WriteTime(w, "version", own.App.Version);
        });
        EdgeJson.WriteList(json, "openOverrides", site.Overrides, OverridesEndpoint.Write);
    }

    private sealed record SiteView(
        string Name, ImmutableArray<NodeView> Nodes, ImmutableArray<(App App, int Running)> Apps, ImmutableArray<OverrideView> Overrides);
}
