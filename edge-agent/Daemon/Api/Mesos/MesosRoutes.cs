using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Edge.Daemon.Api.Mesos;

/// <summary>Hangs the Mesos endpoints into a server.</summary>
/// <remarks>Paths and prefixes go into <see cref="Protocol.PathAliases"/>, which leads every spelling to one of them.</remarks>
public static class MesosRoutes
{
    /// <summary>Under which the endpoints of a master also answer.</summary>
    public static IReadOnlyList<string> MasterPrefixes { get; } = ["/master"];

    /// <summary>Under which the endpoints of an agent also answer.</summary>
    public static IReadOnlyList<string> AgentPrefixes { get; } = ["/slave(1)"];

    /// <summary>The endpoints of a master that also take whatever lies below them.</summary>
    public static IReadOnlyList<string> MasterPaths { get; } =
    [
        "/api/v1/scheduler", "/state", "/state-summary", "/slaves", "/frameworks", "/tasks", "/roles", "/flags", "/version", "/health",
        "/metrics/snapshot",
    ];

    /// <summary>The endpoints of a master that take nothing below them.</summary>
    public static IReadOnlyList<string> MasterExactPaths { get; } = ["/redirect", "/metrics"];

    /// <summary>The endpoints of an agent that also take whatever lies below them.</summary>
    public static IReadOnlyList<string> AgentPaths { get; } = ["/state", "/flags", "/version", "/health", "/metrics/snapshot"];

    /// <summary>The endpoints of an agent that take nothing below them.</summary>
    public static IReadOnlyList<string> AgentExactPaths { get; } = ["/metrics"];

    /// <summary>Maps the endpoints of a master.</summary>
    public static IEndpointRouteBuilder MapMesosMaster(this IEndpointRouteBuilder routes, MesosHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var reads = new ReadEndpoints(host);
        var metrics = new MetricsEndpoint(host);
        routes.Map("/api/v1/scheduler", (RequestDelegate)new SchedulerEndpoint(host).HandleAsync);
        Read(routes, "/state", reads.StateAsync);
        Read(routes, "/state-summary", reads.SummaryAsync);
        Read(routes, "/slaves", reads.SlavesAsync);
        Read(routes, "/frameworks", reads.FrameworksAsync);
        Read(routes, "/tasks", reads.TasksAsync);
        Read(routes, "/roles", reads.RolesAsync);
        Read(routes, "/redirect", reads.RedirectAsync);
        Read(routes, "/metrics/snapshot", metrics.MasterSnapshotAsync);
        MapCommon(routes, reads, metrics);
        return routes;
    }

    /// <summary>Maps the endpoints of an agent.</summary>
    /// <param name="sandboxes">Where the sandboxes of its tasks are.</param>
    public static IEndpointRouteBuilder MapMesosAgent(this IEndpointRouteBuilder routes, MesosHost host, ISandboxDirectory sandboxes)
    {
        ArgumentNullException.ThrowIfNull(host);
        var metrics = new MetricsEndpoint(host);
        Read(routes, "/state", new AgentStateEndpoint(host, sandboxes).HandleAsync);
        Read(routes, "/metrics/snapshot", metrics.AgentSnapshotAsync);
        MapCommon(routes, new ReadEndpoints(host), metrics);
        return routes;
    }

    private static void MapCommon(IEndpointRouteBuilder routes, ReadEndpoints reads, MetricsEndpoint metrics)
    {
        Read(routes, "/version", reads.VersionAsync);
        Read(routes, "/flags", ReadEndpoints.FlagsAsync);
        Read(routes, "/health", ReadEndpoints.HealthAsync);
        Read(routes, "/metrics", metrics.PrometheusAsync);
    }

    private static void Read(IEndpointRouteBuilder routes, string path, RequestDelegate handler) => routes.MapGet(path, handler);
}
