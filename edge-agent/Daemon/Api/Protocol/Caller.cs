using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Protocol;

/// <summary>Who asks, for the record.</summary>
public static class Caller
{
    /// <summary>The user's name; without one the address that the request came from.</summary>
    public static string Name(HttpContext context) => context.User.Identity?.Name is { Length: > 0 } name
        ? name
        : context.Connection.RemoteIpAddress?.ToString() ?? "local";
}
