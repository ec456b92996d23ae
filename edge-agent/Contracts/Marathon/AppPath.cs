using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>The paths that name apps and groups: <c>/edge/web</c>; <c>/</c> is the root group.</summary>
/// <remarks>Pure text. A canonical path begins with a slash, has no empty segment, no dots and no slash at its end.
/// Source: Marathon RAML, PathId; Marathon 1.10, PathId.</remarks>
public static class AppPath
{
    /// <summary>The path of the root group.</summary>
    public const string Root = "/";

    private static readonly string[] s_reserved = ["restart", "tasks", "versions"];

    /// <summary>True when a text has the form of a path: absolute or relative, doubled slashes and <c>..</c> allowed.</summary>
    /// <remarks>Source: Marathon RAML, PathId, pattern; <c>.</c> alone is no segment of it.</remarks>
    public static bool IsPathText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text.Split('/').All(s => s.Length == 0 || s == ".." || IsSegment(s));
    }

    /// <summary>True for one segment: lower-case letters, digits, inner hyphens, joined by single dots.</summary>
    public static bool IsSegment(string segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return segment.Length > 0 && segment.Split('.').All(IsName);
    }

    /// <summary>True for a name: lower-case letters and digits, hyphens inside only.</summary>
    /// <remarks>Source: Marathon RAML, Name, pattern.</remarks>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text[0] != '-' && text[^1] != '-' && text.All(c => c == '-' || IsLowerOrDigit(c));
    }

    /// <summary>The canonical absolute path of a text, resolved against a group; <c>..</c> stops at the root.</summary>
    /// <param name="path">Absolute, or relative to <paramref name="group"/>; any form that <see cref="IsPathText"/> takes.</param>
    /// <param name="group">A canonical path.</param>
    public static string Resolve(string path, string group = Root)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(group);
        var result = new List<string>();
        if (!path.StartsWith('/'))
        {
            result.AddRange(Segments(group));
        }

        foreach (var segment in path.Split('/'))
        {
            if (segment == "..")
            {
                result.RemoveRange(Math.Max(0, result.Count - 1), Math.Min(1, result.Count));
            }
            else if (segment.Length > 0 && segment != ".")
            {
                result.Add(segment);
            }
        }

        return Root + string.Join('/', result);
    }

    /// <summary>The segments of a path in order; empty for the root.</summary>
    public static ImmutableArray<string> Segments(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>The group that holds a canonical path; the root holds itself.</summary>
    public static string Parent(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slash = path.LastIndexOf('/');
        return slash <= 0 ? Root : path[..slash];
    }

    /// <summary>Every group above a canonical path, nearest first, the root last; empty for the root.</summary>
    public static ImmutableArray<string> Parents(string path)
    {
        var result = ImmutableArray.CreateBuilder<string>();
        while (path != Root)
        {
            path = Parent(path);
            result.Add(path);
        }

        return result.ToImmutable();
    }

    /// <summary>The last segment of a canonical path; empty for the root.</summary>
    public static string Name(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>The name of the top-level group that a canonical path lies in; empty for the root and what is right below it.</summary>
    public static string TopGroup(string path) => Segments(path) is [var top, _, ..] ? top : string.Empty;

    /// <summary>True when a canonical path is the group, or lies below it.</summary>
    public static bool IsWithin(string path, string group)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(group);
        return group == Root || path == group || path.StartsWith(group + "/", StringComparison.Ordinal);
    }

    /// <summary>The prefix of the app's task ids: <c>/edge/web</c> gives <c>edge_web</c>.</summary>
    /// <remarks>Source: Marathon 1.10, PathId, safePath; log viewers and the dcos CLI match tasks by it.</remarks>
    public static string TaskPrefix(string path) => string.Join('_', Segments(path));

    /// <summary>Everything that is wrong with a canonical path as the id of an app; empty when nothing is.</summary>
    /// <remarks>Source: Marathon 1.10, PathId, its validators and their texts.</remarks>
    public static ImmutableArray<string> Errors(string path)
    {
        var segments = Segments(path);
        var result = ImmutableArray.CreateBuilder<string>();
        if (segments.IsEmpty)
        {
            result.Add("Path must contain at least one path element");
            result.Add("must not be root");
        }
        else if (s_reserved.Contains(segments[^1]))
        {
            result.Add("must not end with any of the following reserved keywords: " + string.Join(", ", s_reserved));
        }

        if (!segments.All(IsSegment))
        {
            result.Add(@"must fully match regular expression '^(([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])\.)*"
                + @"([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])|(\.|\.\.)$'");
        }

        return result.ToImmutable();
    }

    private static bool IsLowerOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
