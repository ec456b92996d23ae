using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Edge.Daemon.Api.Edge;

/// <summary>Hangs our own API into a server: the same on a hub, for its nodes, and on a node, for itself.</summary>
public static class EdgeRoutes
{
    private const string Prefix = "/edge/v1";

    /// <summary>What there is.</summary>
    internal static ImmutableArray<string> Paths { get; } =
    [
        Prefix + "/audit", Prefix + "/conflicts", Prefix + "/conflicts/{id}", Prefix + "/delegations", Prefix + "/delegations/default",
        Prefix + "/delegations/{node}", Prefix + "/events", Prefix + "/nodes", Prefix + "/nodes/{id}", Prefix + "/nodes/{id}/adopt",
        Prefix + "/nodes/{id}/approve", Prefix + "/nodes/{id}/hold", Prefix + "/nodes/{id}/release", Prefix + "/overrides",
        Prefix + "/reconcile", Prefix + "/sites", Prefix + "/sites/{name}",
    ];

    /// <summary>Maps the endpoints.</summary>
    /// <param name="stopping">Cancelled when the daemon goes down: event streams end then.</param>
    public static IEndpointRouteBuilder MapEdge(this IEndpointRouteBuilder routes, EdgeHost host, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(host);
        routes.Map(Prefix + "/{**path}", context => HandleAsync(context, host, context.Request.RouteValues["path"], stopping));
        return routes;
    }

    private static Task HandleAsync(HttpContext context, EdgeHost host, object? path, CancellationToken stopping)
    {
        context.Response.Headers.CacheControl = "no-store";
        var request = EdgeRequest.Of(context, host, path as string ?? string.Empty);
        return request.Segments switch
        {
            [] when request.IsRead => request.ObjectAsync(w => EdgeJson.WriteTexts(w, "paths", Paths)),
            [] => request.NotAllowedAsync("GET", "HEAD"),
            ["nodes", .. var below] => NodesEndpoint.HandleAsync(request, below),
            ["sites", .. var below] => SitesEndpoint.HandleAsync(request, below),
            ["conflicts", .. var below] => ConflictsEndpoint.HandleAsync(request, below),
            ["overrides"] => OverridesEndpoint.HandleAsync(request),
            ["reconcile"] => ReconcileEndpoint.HandleAsync(request),
            ["delegations", .. var below] => DelegationsEndpoint.HandleAsync(request, below),
            ["events"] => EventsAsync(request, stopping),
            ["audit"] => AuditEndpoint.HandleAsync(request),
            _ => request.NoRouteAsync(),
        };
    }

    /// <summary>All events of the daemon, or those of the types that <c>event_type</c> names.</summary>
    private static async Task EventsAsync(EdgeRequest request, CancellationToken stopping)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            await request.NotAllowedAsync("GET");
            return;
        }

        var types = request.Context.Request.Query["event_type"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (!await request.Host.Feed.StreamAsync(
            request.Context, type => types.Count == 0 || types.Contains(type), attached: null, detached: null, stopping))
        {
            await new Problem(
                StatusCodes.Status503ServiceUnavailable, "Too many listeners",
                $"There are {Protocol.EventFeed.ListenersMax} listeners, which is the limit.")
            {
                Action = "Close a stream, or try again later.",
            }.SendAsync(request.Context);
        }
    }
}
