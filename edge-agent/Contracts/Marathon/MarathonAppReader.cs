using System.Collections.Immutable;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>What the body of an app is read as.</summary>
public enum MarathonReadMode
{
    /// <summary>A new app: POST, an app of a group, PUT on an id that is free. A <c>version</c> in it is dropped.</summary>
    Create,

    /// <summary>The whole of an existing app: PUT with <c>partialUpdate=false</c>. What is missing gets its default back.</summary>
    Replace,

    /// <summary>Some fields of an existing app: PUT and PATCH. What is missing stays; a field that is given is replaced whole.</summary>
    Merge,
}

/// <summary>How a body is to be read.</summary>
public sealed record MarathonReading
{
    /// <summary>As what.</summary>
    public required MarathonReadMode Mode { get; init; }

    /// <summary>The stored definition that <see cref="MarathonReadMode.Merge"/> merges over; absent: over nothing.</summary>
    public IReadOnlyDictionary<string, string>? Stored { get; init; }

    /// <summary>The canonical path of the app when the URL has said it: the body's own id is not looked at then, as in Marathon.</summary>
    public string? AppId { get; init; }

    /// <summary>The group that relative paths are resolved against; canonical.</summary>
    public string BaseGroup { get; init; } = AppPath.Root;

    /// <summary>Stands before each path in errors and unknown fields: <c>/apps(1)</c> or <c>(1)</c>. Default none.</summary>
    public string PathPrefix { get; init; } = string.Empty;

    /// <summary>True: a field that Marathon does not know is an error. Default false: it is dropped, and named in the result.</summary>
    public bool Strict { get; init; }

    /// <summary>The cluster's own role for apps: <c>--mesos_role</c>. Default <c>*</c>.</summary>
    public string ClusterRole { get; init; } = "*";

    /// <summary>True: the app's role is the name of its top-level group. Source: Marathon, <c>enforceRole</c>.</summary>
    public bool EnforceRole { get; init; }

    /// <summary>The name of a container network without one; absent: such a network is refused.</summary>
    public string? DefaultNetworkName { get; init; }

    /// <summary>What is honoured and what refused.</summary>
    public MarathonSupport Support { get; init; } = MarathonSupport.Current;

    /// <summary>The role of an app that names none.</summary>
    internal string RoleOf(string appId) => EnforceRole && AppPath.TopGroup(appId) is { Length: > 0 } top ? top : ClusterRole;

    /// <summary>The roles that an app may name: the cluster's, its top-level group's, or the one that it has.</summary>
    internal string[] RolesFor(string appId)
    {
        var top = AppPath.TopGroup(appId);
        string[] roles = top.Length == 0 ? [ClusterRole] : EnforceRole ? [top] : [ClusterRole, top];
        return Stored?.GetValueOrDefault("role") is { } json && Node.Parse(json) is TextNode own
            ? [.. roles.Append(own.Value).Distinct()]
            : roles;
    }
}

/// <summary>What an app is to be, normalised: two definitions that mean the same are equal field by field.</summary>
/// <param name="Id">The canonical path; also the field <c>id</c>.</param>
/// <param name="Fields">Marathon's name of each field that a GET shows, ordinal, and its value as canonical JSON: compact, keys in ordinal
/// order, whole numbers without a fraction. Defaults are filled in. Never in it: <c>version</c>, <c>versionInfo</c>, counts, tasks,
/// deployments. A service port that is 0 is still to be assigned: <see cref="MarathonServicePorts"/>.</param>
/// <param name="UnknownFields">The paths of the fields of the body that Marathon does not know and drops, in the order of the body.</param>
public sealed record MarathonAppDefinition(
    string Id, ImmutableSortedDictionary<string, string> Fields, ImmutableArray<string> UnknownFields);

/// <summary>What became of a body: one of the nested records.</summary>
public abstract record MarathonAppResult
{
    private MarathonAppResult()
    {
    }

    /// <summary>A definition.</summary>
    public sealed record Defined(MarathonAppDefinition App) : MarathonAppResult;

    /// <summary>The wish to go back to a stored version: the body said <c>version</c>, and nothing else but <c>id</c>.</summary>
    /// <param name="Id">The canonical path.</param>
    /// <param name="Version">The version wanted, UTC.</param>
    public sealed record Rollback(string Id, DateTimeOffset Version) : MarathonAppResult;

    /// <summary>All that is wrong; answered with status 422.</summary>
    public sealed record Refused(MarathonError Error) : MarathonAppResult;
}

/// <summary>Reads the JSON of an app into a normalised definition, or says everything that is wrong with it.</summary>
/// <remarks>Pure. Never throws for what a client sent. Null is absent; of equal keys the last one counts; <c>1.000000</c> is a whole
/// number. Length and nesting are capped by whoever parses. Source: Marathon 1.10, AppsResource, AppNormalization, AppValidation,
/// AppConversion; the parts of <c>partialUpdate</c> that Marathon loses (executorResources, resourceLimits) are kept here.</remarks>
public static class MarathonAppReader
{
    /// <summary>Reads one app.</summary>
    /// <exception cref="JsonException">A field of <see cref="MarathonReading.Stored"/> is no JSON.</exception>
    public static MarathonAppResult Read(JsonElement body, MarathonReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var findings = new ShapeFindings();
        var given = AppShapes.App.ReadGiven(body, reading.PathPrefix, findings);
        var id = reading.AppId ?? (given?.Text("id") is { } text ? AppPath.Resolve(text, reading.BaseGroup) : null);
        if (given is not null && id is null)
        {
            findings.Errors.Add(reading.PathPrefix + "/id", "error.path.missing");
        }

        foreach (var path in reading.Strict ? findings.Unknown : [])
        {
            findings.Errors.Add(path, "error.unknown.field");
        }

        if (findings.Errors.Any || given is null || id is null)
        {
            return new MarathonAppResult.Refused(findings.Errors.ToError(MarathonErrorKind.InvalidJson));
        }

        if (given.Text("version") is { } version && reading.Mode != MarathonReadMode.Create)
        {
            return ReadRollback(given, id, version);
        }

        given.Remove("version");
        given["id"] = new TextNode(id);
        return Define(given, id, reading, [.. findings.Unknown]);
    }

    /// <summary>The canonical path that a body names; null when it names none. Never throws, checks nothing else.</summary>
    public static string? IdOf(JsonElement body, string baseGroup = AppPath.Root) =>
        ChoiceShape.Text(body, "id") is { } text && AppPath.IsPathText(text) ? AppPath.Resolve(text, baseGroup) : null;

    private static MarathonAppResult ReadRollback(MapNode given, string id, string version)
    {
        if (given.Fields.Any(f => f.Key is not ("id" or "version")))
        {
            return new MarathonAppResult.Refused(MarathonError.Of("The 'version' field may only be combined with the 'id' field."));
        }

        return MarathonTime.Parse(version) is { } instant
            ? new MarathonAppResult.Rollback(id, instant)
            : new MarathonAppResult.Refused(
                MarathonError.Of($"Invalid timestamp provided '{version}'. Expecting ISO-8601 datetime string."));
    }

    private static MarathonAppResult Define(MapNode given, string id, MarathonReading reading, ImmutableArray<string> unknown)
    {
        var errors = new MarathonErrors(reading.PathPrefix);
        reading.Support.Check(given, errors);
        AppTranslation.Run(given, errors);
        Canonize(given, reading.BaseGroup);
        var app = reading is { Mode: MarathonReadMode.Merge, Stored: { } stored } ? Overlay(stored, given) : given;
        AppDefaults.Run(app, reading);
        AppRules.Run(app, reading, errors);
        return errors.Any
            ? new MarathonAppResult.Refused(errors.ToError(MarathonErrorKind.ObjectNotValid))
            : new MarathonAppResult.Defined(new MarathonAppDefinition(id, ToFields(app), unknown));
    }

    private static void Canonize(MapNode given, string baseGroup)
    {
        if (given.List("dependencies") is { } dependencies)
        {
            given["dependencies"] =
                new ListNode([.. dependencies.Texts.Select(d => new TextNode(AppPath.Resolve(d, baseGroup)))]);
        }
    }

    private static MapNode Overlay(IReadOnlyDictionary<string, string> stored, MapNode given)
    {
        var app = new MapNode();
        foreach (var (name, json) in stored)
        {
            app[name] = Node.Parse(json);
        }

        // The ports of the network that is left do not come along; those of the body do, right or wrong.
        if (given.Has("networks") && !AppDefaults.IsHost(given))
        {
            app.Remove("portDefinitions");
        }
        else if (given.Has("networks"))
        {
            app.Map("container")?.Remove("portMappings");
        }

        if (given.Has("ports"))
        {
            app.Remove("portDefinitions");
        }

        foreach (var (name, value) in given.Fields)
        {
            app[name] = value;
        }

        return app;
    }

    private static ImmutableSortedDictionary<string, string> ToFields(MapNode app)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in app.Fields)
        {
            result[name] = value.ToJson();
        }

        return result.ToImmutable();
    }
}
