using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Edge.Daemon.Api.Mesos;

/// <summary>Hangs the Mesos endpoints into a server.</summary>
/// <remarks>The paths and prefixes go into the server's <see cref="Protocol.PathAliases"/>, which leads every spelling to one of them.</remarks>
public static class MesosRoutes
{
    /// <summary>Under which the endpoints of a master also answer.</summary>
    public static IReadOnlyList<string> MasterPrefixes { get; } = ["/master"];

    /// <summary>The endpoints of a master that also take whatever lies below them.</summary>
    public static IReadOnlyList<string> MasterPaths { get; } = ["/api/v1/scheduler"];

    /// <summary>The endpoints of a master that take nothing below them.</summary>
    public static IReadOnlyList<string> MasterExactPaths { get; } = [];

    /// <summary>Maps the endpoints of a master.</summary>
    public static IEndpointRouteBuilder MapMesosMaster(this IEndpointRouteBuilder routes, MesosHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        routes.Map("/api/v1/scheduler", (RequestDelegate)new SchedulerEndpoint(host).HandleAsync);
        return routes;
    }
}
