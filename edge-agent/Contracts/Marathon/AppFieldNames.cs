using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>The fields that an author may set in an app, by name.</summary>
public static class AppFieldNames
{
    /// <summary>Ascending, without the id and without what only the server says.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        .. AppShapes.App.Fields.Where(f => f is { IsServers: false, Name: not ("id" or "version") }).Select(f => f.Name)
            .Order(StringComparer.Ordinal),
    ];
}
