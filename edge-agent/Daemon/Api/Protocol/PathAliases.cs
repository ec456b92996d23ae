using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Protocol;

/// <summary>Leads the many spellings of a path that clients use to the one route behind them.</summary>
/// <remarks>A slash at the end goes; a prefix such as <c>/master</c> or <c>/slave(1)</c> (escaped or not) goes; <c>/state.json</c> is
/// <c>/state</c>; and where no route stands, the last segment is dropped until one does, so <c>/api/v1/operator</c> is <c>/api/v1</c>.
/// A path that leads nowhere stays as it came. Source: apache/mesos 3rdparty/libprocess/src/process.cpp, ProcessBase::consume.</remarks>
/// <param name="prefixes">Such as <c>/master</c>; with a slash in front, none behind.</param>
/// <param name="routes">Paths without parameters that are served, such as <c>/api/v1</c>; with a slash in front, none behind.</param>
/// <param name="exactRoutes">Routes that serve nothing below them, such as <c>/redirect</c>.</param>
public sealed class PathAliases(IEnumerable<string> prefixes, IEnumerable<string> routes, params IEnumerable<string> exactRoutes)
{
    private const string JsonSuffix = ".json";

    private readonly string[] _prefixes = [.. prefixes];
    private readonly HashSet<string> _below = new(routes, StringComparer.Ordinal);
    private readonly HashSet<string> _exact = new(exactRoutes, StringComparer.Ordinal);

    /// <summary>The path of the route that serves a path, or that path itself.</summary>
    /// <param name="path">As the server gives it: unescaped.</param>
    public string Resolve(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var trimmed = path.TrimEnd('/');
        var inner = WithoutPrefix(trimmed);
        if (TryExact(trimmed, out var route) || (inner is not null && TryExact(inner, out route)))
        {
            return route;
        }

        return Nearest(trimmed) ?? (inner is null ? null : Nearest(inner)) ?? path;
    }

    private string? WithoutPrefix(string path)
    {
        foreach (var prefix in _prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length && path[prefix.Length] == '/')
            {
                return path[prefix.Length..];
            }
        }

        return null;
    }

    private bool TryExact(string path, [NotNullWhen(true)] out string? route)
    {
        route = IsRoute(path) ? path
            : path.EndsWith(JsonSuffix, StringComparison.Ordinal) && IsRoute(path[..^JsonSuffix.Length]) ? path[..^JsonSuffix.Length]
            : null;
        return route is not null;
    }

    private bool IsRoute(string path) => _below.Contains(path) || _exact.Contains(path);

    private string? Nearest(string path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (_exact.Contains(path[..end]))
            {
                return null;
            }

            if (_below.Contains(path[..end]))
            {
                return path[..end];
            }
        }

        return null;
    }
}

/// <summary>Puts <see cref="PathAliases"/> in front of the routes.</summary>
public static class PathAliasesExtensions
{
    /// <summary>Rewrites paths and then routes; call it before anything that looks at routes.</summary>
    public static IApplicationBuilder UsePathAliases(this IApplicationBuilder app, PathAliases aliases)
    {
        app.Use((context, next) =>
        {
            context.Request.Path = new PathString(aliases.Resolve(context.Request.Path.Value ?? "/"));
            return next(context);
        });
        return app.UseRouting();
    }
}
