using System.Collections.Immutable;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>Goes through a group and all below it, collecting definitions and errors.</summary>
internal sealed class GroupWalk(MarathonGroupReading reading, ObjectShape shape)
{
    private readonly ImmutableArray<MarathonGroupDefinition>.Builder _groups = ImmutableArray.CreateBuilder<MarathonGroupDefinition>();
    private readonly ImmutableArray<MarathonAppDefinition>.Builder _apps = ImmutableArray.CreateBuilder<MarathonAppDefinition>();
    private readonly ImmutableArray<string>.Builder _unknown = ImmutableArray.CreateBuilder<string>();
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _appPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _groupPaths = new(StringComparer.Ordinal);

    /// <summary>What does not fit the schema, in the whole body.</summary>
    public MarathonErrors Schema { get; } = new();

    /// <summary>What fits and cannot be meant, in the whole body.</summary>
    public MarathonErrors Meaning { get; } = new();

    /// <summary>Reads the whole body; returns the fields of its top, null when it is no object.</summary>
    public MapNode? ReadTop(JsonElement body)
    {
        var top = ReadFields(body, string.Empty);
        if (top is not null && !top.Has("version") && !top.Has("scaleBy"))
        {
            ReadGroup(body, top, string.Empty, AppPath.Resolve(top.Text("id") ?? string.Empty, reading.GroupId), enforced: false);
        }

        return top;
    }

    /// <summary>Checks what only the whole shows: names that are used twice, and circles.</summary>
    public void CheckWhole()
    {
        foreach (var (id, path) in _appPaths)
        {
            Meaning.AddIf(_groupPaths.ContainsKey(id), path + "/id", "Groups and Applications may not have the same identifier.");
        }

        var apps = _apps.ToDictionary(
            a => a.Id, a => (IReadOnlyCollection<string>)Dependencies(a), StringComparer.Ordinal);
        var groups = _groups.Where(g => g.Dependencies is not null).ToDictionary(
            g => g.Id, g => (IReadOnlyCollection<string>)g.Dependencies!.Value, StringComparer.Ordinal);
        foreach (var circle in DependencyCycles.Find(apps, groups))
        {
            Meaning.Add("/", $"{DependencyCycles.Text} {string.Join(" -> ", circle.Append(circle[0]))}");
        }
    }

    public MarathonGroupUpdate ToUpdate(string id) => new(id, _groups.ToImmutable(), _apps.ToImmutable(), _unknown.ToImmutable());

    private static string[] Dependencies(MarathonAppDefinition app) =>
        app.Fields.TryGetValue("dependencies", out var json) ? [.. ((ListNode)Node.Parse(json)).Texts] : [];

    private MapNode? ReadFields(JsonElement body, string path)
    {
        var findings = new ShapeFindings();
        var fields = shape.ReadGiven(body, path, findings);
        Schema.AddAll(findings.Errors.ToError(MarathonErrorKind.InvalidJson));
        _unknown.AddRange(findings.Unknown);
        foreach (var unknown in reading.Apps.Strict ? findings.Unknown : [])
        {
            Schema.Add(unknown, "error.unknown.field");
        }

        return fields;
    }

    private void ReadGroup(JsonElement body, MapNode fields, string path, string id, bool enforced)
    {
        var prefix = new MarathonErrors(path);
        reading.Apps.Support.Check(fields, prefix);
        Meaning.AddAll(prefix.ToError(MarathonErrorKind.ObjectNotValid));
        CheckGroupId(id, path);
        var asked = (fields["enforceRole"] as FlagNode)?.IsFilled;
        var isTop = AppPath.Segments(id).Length == 1;
        Meaning.AddIf(asked == true && !isTop, path + "/enforceRole", "enforceRole can only be set for top-level groups");
        enforced = isTop ? asked ?? reading.IsEnforced?.Invoke(id) ?? false
            : enforced || reading.IsEnforced?.Invoke(AppPath.Root + AppPath.TopGroup(id)) == true;
        _groups.Add(new MarathonGroupDefinition(
            id, ReadDependencies(fields, path, id), asked, fields.Has("apps"), fields.Has("groups")));
        ReadApps(body, path, id, enforced);
        foreach (var (child, childPath) in Entries(body, "groups", path))
        {
            if (ReadFields(child, childPath) is { } childFields)
            {
                ReadChild(child, childFields, childPath, id, enforced);
            }
        }
    }

    private void ReadChild(JsonElement body, MapNode fields, string path, string parent, bool enforced)
    {
        if (!fields.Has("id"))
        {
            Schema.Add(path + "/id", "error.path.missing");
            return;
        }

        // A version comes along when what was read is sent back; of a group below it says nothing.
        Meaning.AddIf(
            fields.Has("scaleBy"), path + "/scaleBy", "may only be set for the group that is updated, not for one below it");
        var id = AppPath.Resolve(fields.Text("id")!, parent);
        Meaning.AddIf(AppPath.Parent(id) != parent || id == parent, path + "/id", NotChild(parent));
        ReadGroup(body, fields, path, id, enforced);
    }

    private void ReadApps(JsonElement body, string path, string group, bool enforced)
    {
        foreach (var (app, appPath) in Entries(body, "apps", path))
        {
            var how = reading.Apps with
            {
                Mode = MarathonReadMode.Create,
                Stored = null,
                AppId = null,
                BaseGroup = group,
                PathPrefix = appPath,
                EnforceRole = enforced,
            };
            if (MarathonAppReader.IdOf(app, group) is { } id)
            {
                Meaning.AddIf(AppPath.Parent(id) != group || id == group, appPath + "/id", NotChild(group));
                Meaning.AddIf(!_appPaths.TryAdd(id, appPath), appPath + "/id", $"An app with id [{id}] is already in this group.");
            }

            Take(MarathonAppReader.Read(app, how));
        }
    }

    private void Take(MarathonAppResult result)
    {
        if (result is MarathonAppResult.Defined defined)
        {
            _unknown.AddRange(defined.App.UnknownFields);
            if (_taken.Add(defined.App.Id))
            {
                _apps.Add(defined.App);
            }
        }
        else if (result is MarathonAppResult.Refused refused)
        {
            (refused.Error.Kind == MarathonErrorKind.InvalidJson ? Schema : Meaning).AddAll(refused.Error);
        }
    }

    private void CheckGroupId(string id, string path)
    {
        foreach (var error in id == AppPath.Root ? [] : AppPath.Errors(id))
        {
            Meaning.Add(path + "/id", error);
        }

        Meaning.AddIf(!_groupPaths.TryAdd(id, path), path + "/id", $"Group {id} is already in this group.");
    }

    private ImmutableArray<string>? ReadDependencies(MapNode fields, string path, string id)
    {
        if (fields.List("dependencies") is not { } list)
        {
            return null;
        }

        var resolved = list.Texts.Select(d => AppPath.Resolve(d, id)).ToArray();
        for (var i = 0; i < resolved.Length; i++)
        {
            foreach (var error in AppPath.Errors(resolved[i]))
            {
                Meaning.Add($"{path}/dependencies({i})", error);
            }
        }

        return [.. resolved.Distinct().Order(StringComparer.Ordinal)];
    }

    private static string NotChild(string group) => $"Identifier is not child of {group}. Hint: use relative paths.";

    private static IEnumerable<(JsonElement Value, string Path)> Entries(JsonElement body, string name, string path) =>
        ChoiceShape.Field(body, name) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Select((e, i) => (e, $"{path}/{name}({i})"))
            : [];
}
