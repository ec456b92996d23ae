using System.Collections.Immutable;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>How the body of a group is to be read.</summary>
public sealed record MarathonGroupReading
{
    /// <summary>The canonical path that the URL says; the body's own id is resolved against it. Default the root.</summary>
    public string GroupId { get; init; } = AppPath.Root;

    /// <summary>How each app in it is to be read; its mode, id, group and prefix are set here, and its role by
    /// <see cref="IsEnforced"/>.</summary>
    public MarathonReading Apps { get; init; } = new() { Mode = MarathonReadMode.Create };

    /// <summary>Says of the path of a top-level group whether its apps get its name as role when the body does not say it:
    /// what is stored, or the cluster's default. Absent: they do not. Source: Marathon, <c>--new_group_enforce_role</c>.</summary>
    public Func<string, bool>? IsEnforced { get; init; }
}

/// <summary>What one group of a body is to be.</summary>
/// <param name="Id">Its canonical path.</param>
/// <param name="Dependencies">Canonical paths, ordinal; null when the body does not say it, and what is stored stays.</param>
/// <param name="EnforceRole">Null when the body does not say it.</param>
/// <param name="HasApps">True: its apps are exactly those of the body that lie right below it, others are removed.
/// False: they stay.</param>
/// <param name="HasGroups">The same of its groups.</param>
public sealed record MarathonGroupDefinition(
    string Id, ImmutableArray<string>? Dependencies, bool? EnforceRole, bool HasApps, bool HasGroups);

/// <summary>A whole subtree, flat.</summary>
/// <param name="Id">The canonical path of its top.</param>
/// <param name="Groups">Each group, its parent before it, in the order of the body; the top is the first.</param>
/// <param name="Apps">Each app, in the order of the body.</param>
/// <param name="UnknownFields">The paths of the fields that Marathon does not know and drops.</param>
public sealed record MarathonGroupUpdate(
    string Id,
    ImmutableArray<MarathonGroupDefinition> Groups,
    ImmutableArray<MarathonAppDefinition> Apps,
    ImmutableArray<string> UnknownFields);

/// <summary>What became of a body: one of the nested records.</summary>
public abstract record MarathonGroupResult
{
    private MarathonGroupResult()
    {
    }

    /// <summary>A subtree.</summary>
    public sealed record Defined(MarathonGroupUpdate Update) : MarathonGroupResult;

    /// <summary>The wish to go back to a stored version of the group.</summary>
    public sealed record Rollback(string Id, DateTimeOffset Version) : MarathonGroupResult;

    /// <summary>The wish to multiply the instances of every app below the group, rounding up; the factor is 0 or more.</summary>
    public sealed record Scale(string Id, double Factor) : MarathonGroupResult;

    /// <summary>All that is wrong; answered with status 422.</summary>
    public sealed record Refused(MarathonError Error) : MarathonGroupResult;
}

/// <summary>Reads the JSON of a group with all that lies below it.</summary>
/// <remarks>Pure. Never throws for what a client sent. Source: Marathon 1.10, GroupsResource, GroupConversion, and the
/// validators of Group.</remarks>
public static class MarathonGroupReader
{
    private static readonly ObjectShape s_group = new("GroupUpdate",
        new("id", BasicShapes.PathId),
        new("apps", new AnythingShape(JsonValueKind.Array, "error.expected.jsarray")),
        new("groups", new AnythingShape(JsonValueKind.Array, "error.expected.jsarray")),
        new("dependencies", new ListShape(BasicShapes.PathId, distinct: true)),
        new("pods", new ListShape(new AnythingShape(JsonValueKind.Object, "error.expected.jsobject"))),
        new("scaleBy", new NumberShape(0)),
        new("version", BasicShapes.Text),
        new("enforceRole", BasicShapes.Flag));

    /// <summary>The schema, for the test that compares it with Marathon's.</summary>
    internal static ObjectShape Shape => s_group;

    /// <summary>Reads a body.</summary>
    /// <remarks>Circles among the dependencies within the body are found here; those that go through what is stored are the caller's
    /// to find, see <see cref="DependencyCycles"/>.</remarks>
    public static MarathonGroupResult Read(JsonElement body, MarathonGroupReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var walk = new GroupWalk(reading, s_group);
        var top = walk.ReadTop(body);
        if (walk.Schema.Any || top is null)
        {
            return new MarathonGroupResult.Refused(walk.Schema.ToError(MarathonErrorKind.InvalidJson));
        }

        var id = AppPath.Resolve(top.Text("id") ?? string.Empty, reading.GroupId);
        if (top.Text("version") is { } version)
        {
            return ReadRollback(top, id, version);
        }

        if (top.Number("scaleBy") is { } factor)
        {
            return top.Fields.Any(f => f.Key is not ("id" or "scaleBy"))
                ? new MarathonGroupResult.Refused(MarathonError.Of("The 'scaleBy' field may only be combined with the 'id' field."))
                : new MarathonGroupResult.Scale(id, factor);
        }

        walk.CheckWhole();
        return walk.Meaning.Any
            ? new MarathonGroupResult.Refused(walk.Meaning.ToError(MarathonErrorKind.ObjectNotValid))
            : new MarathonGroupResult.Defined(walk.ToUpdate(id));
    }

    private static MarathonGroupResult ReadRollback(MapNode top, string id, string version)
    {
        if (top.Fields.Any(f => f.Key is not ("id" or "version")))
        {
            return new MarathonGroupResult.Refused(MarathonError.Of("The 'version' field may only be combined with the 'id' field."));
        }

        return MarathonTime.Parse(version) is { } instant
            ? new MarathonGroupResult.Rollback(id, instant)
            : new MarathonGroupResult.Refused(
                MarathonError.Of($"Invalid timestamp provided '{version}'. Expecting ISO-8601 datetime string."));
    }

    /// <summary>A value of some kind that is looked into elsewhere.</summary>
    private sealed class AnythingShape(JsonValueKind kind, string error) : Shape
    {
        public override Node? Read(JsonElement element, string path, ShapeFindings findings) =>
            element.ValueKind == kind ? new FlagNode(true) : Refuse(path, findings, error);
    }
}
