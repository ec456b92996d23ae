namespace Edge.Contracts.Marathon;

/// <summary>The rules of containers, volumes and residency.</summary>
/// <remarks>Source: Marathon 1.10, AppValidation, validContainer and validVolume.</remarks>
internal static class VolumeRules
{
    public static void Run(MapNode app, MarathonErrors errors)
    {
        errors.AddIf(
            app.Has("residency") != AppDefaults.HasVolume(app, "persistent"),
            "/residency", "App must contain persistent volumes and define residency");
        if (app.Map("container") is not { } container)
        {
            return;
        }

        errors.AddIf(container.Text("type") == "DOCKER" && !container.Has("docker"), "/container/docker", "not defined");
        var names = (container.List("volumes")?.Maps ?? [])
            .Select(v => v.Map("external")?.Text("name")).OfType<string>().ToArray();
        errors.AddIf(names.Distinct().Count() < names.Length, "/container/volumes", "Volume names must be unique");
        var volumes = container.Items("volumes");
        for (var i = 0; i < volumes.Count; i++)
        {
            CheckVolume((MapNode)volumes[i], $"/container/volumes({i})", app, errors);
        }
    }

    private static void CheckVolume(MapNode volume, string path, MapNode app, MarathonErrors errors)
    {
        if (volume.Map("persistent") is { } info)
        {
            var place = volume.Text("containerPath");
            errors.AddIf(place is "." or "..", path + "/containerPath", $"got {place}, expected a name");
            errors.AddIf(
                place?.Contains('/', StringComparison.Ordinal) == true, path + "/containerPath", "value must not contain \"/\"");
            errors.AddIf(volume.Text("mode") != "RW", path + "/mode", "got RO, expected RW");
            CheckPersistent(info, path + "/persistent", errors);
        }
        else if (volume.Text("secret") is { } secret)
        {
            errors.AddIf(
                app.Map("secrets")?.Has(secret) != true, path + "/secret", "volume.secret must refer to an existing secret");
        }
    }

    private static void CheckPersistent(MapNode info, string path, MarathonErrors errors)
    {
        var type = info.Text("type");
        var constraints = info.Items("constraints");
        errors.AddIf(info.Number("size") is not > 0, path + "/size", "got 0, expected more than 0");
        errors.AddIf(type == "root" && constraints.Count > 0, path, "Constraints on root volumes are not supported");
        errors.AddIf(type != "mount" && info.Has("maxSize"), path, "Only mount volumes can have maxSize");
        errors.AddIf(info.Number("maxSize") <= info.Number("size"), path, "Max size must be larger than size");
        for (var i = 0; i < constraints.Count; i++)
        {
            if (ConstraintError([.. ((ListNode)constraints[i]).Texts]) is { } error)
            {
                errors.Add($"{path}/constraints({i})", error);
            }
        }
    }

    private static string? ConstraintError(string[] constraint) => constraint switch
    {
        ["path", "LIKE" or "UNLIKE", var value] => ConstraintRules.RegexError(value) is null ? null : "Invalid regular expression",
        ["path", "UNIQUE" or "CLUSTER" or "GROUP_BY" or "MAX_PER" or "IS", _] => "Operator must be one of LIKE, UNLIKE",
        ["path", var name, _] => "unknown constraint operator " + name,
        _ => "Unsupported constraint " + string.Join(',', constraint),
    };
}
