using Edge.Contracts.Marathon;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Hangs Marathon's endpoints into a server, the same on a hub and on a node.</summary>
/// <remarks>Ids of apps carry slashes, so what follows <c>/v2</c> is led on by hand. Source: Marathon, api.v2.</remarks>
public static class MarathonRoutes
{
    /// <summary>Under which the endpoints also answer, as behind DC/OS' Admin Router.</summary>
    private static readonly string[] s_prefixes = ["", "/service/marathon", "/marathon"];

    /// <summary>Maps the endpoints.</summary>
    /// <param name="stopping">Cancelled when the daemon goes down: event streams end then.</param>
    public static IEndpointRouteBuilder MapMarathon(this IEndpointRouteBuilder routes, MarathonHost host, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(host);
        foreach (var prefix in s_prefixes)
        {
            routes.Map(prefix + "/v2/{**path}", context => HandleAsync(context, host, context.Request.RouteValues["path"], stopping));
            routes.MapGet(prefix + "/ping", (RequestDelegate)InfoEndpoint.PingAsync);
        }

        return routes;
    }

    private static Task HandleAsync(HttpContext context, MarathonHost host, object? path, CancellationToken stopping)
    {
        InfoEndpoint.NoCache(context);
        context.Response.Headers["X-Marathon-Leader"] = $"http://{host.Address()}";
        var request = MarathonRequest.Of(context, host, path as string ?? string.Empty);
        var rest = request.Segments;
        return rest switch
        {
            ["apps", .. var below] => AppsEndpoint.HandleAsync(request, below),
            ["groups", .. var below] => GroupsEndpoint.HandleAsync(request, below),
            ["deployments", .. var below] => DeploymentsEndpoint.HandleAsync(request, below),
            ["tasks", .. var below] => AppTasksEndpoint.HandleAllAsync(request, below),
            ["queue", .. var below] => QueueEndpoint.HandleAsync(request, below),
            ["info"] => InfoEndpoint.InfoAsync(request),
            ["leader"] => InfoEndpoint.LeaderAsync(request),
            ["plugins"] => InfoEndpoint.PluginsAsync(request),
            ["events"] => EventsAsync(request, stopping),
            ["pods", .. var below] => PodsEndpoint.HandleAsync(request, below),
            _ => Answer.MessageAsync(context, StatusCodes.Status404NotFound, MarathonTexts.NoRoute),
        };
    }

    private static Task EventsAsync(MarathonRequest request, CancellationToken stopping)
    {
        var accept = request.Context.Request.Headers.Accept.ToString();
        return request.Method == "GET" && accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase)
            ? request.Host.Events.StreamAsync(request.Context, stopping)
            : AppsEndpoint.NotAllowedAsync(request);
    }
}
