using System.Globalization;

namespace Edge.Contracts.Marathon;

/// <summary>What a completed app may mean: every rule that looks at more than one field's form.</summary>
/// <remarks>Source: Marathon 1.10, AppValidation and the validators that it names; their texts, because people search for them.
/// A path names the field that has to change, where Marathon often names the whole body.</remarks>
internal static class AppRules
{
    public static void Run(MapNode app, MarathonReading reading, MarathonErrors errors)
    {
        CheckIds(app, errors);
        CheckCommand(app, errors);
        CheckRoles(app, reading, errors);
        CheckStrategies(app, errors);
        CheckLimits(app, errors);
        CheckSecrets(app, errors);
        CheckLabels(app, errors);
        CheckEnvironment(app, errors);
        ConstraintRules.Run(app, errors);
        NetworkRules.Run(app, errors);
        VolumeRules.Run(app, errors);
        HealthRules.Run(app, errors);
        EdgeRules.Run(app, reading, errors);
    }

    /// <summary>Marathon's way to write a number in a text: a whole one has a fraction too.</summary>
    public static string Number(double value) =>
        Math.Floor(value) == value ? value.ToString("0.0", CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);

    private static void CheckIds(MapNode app, MarathonErrors errors)
    {
        foreach (var error in AppPath.Errors(app.Text("id") ?? AppPath.Root))
        {
            errors.Add("/id", error);
        }

        var dependencies = app.List("dependencies")?.Texts.ToArray() ?? [];
        for (var i = 0; i < dependencies.Length; i++)
        {
            foreach (var error in AppPath.Errors(dependencies[i]))
            {
                errors.Add($"/dependencies({i})", error);
            }
        }
    }

    private static void CheckCommand(MapNode app, MarathonErrors errors)
    {
        var cmd = app.Text("cmd");
        var args = app.List("args") is { IsFilled: true };
        var image = app.Map("container")?.Has("docker") == true;
        errors.AddIf(cmd is { Length: < 2 }, "/cmd", "must not be an empty string");
        errors.AddIf(
            (cmd is not null && args) || (cmd is null && !args && !image),
            "/", "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
        errors.AddIf(
            cmd?.Contains('\0', StringComparison.Ordinal) == true, "/cmd", "must not contain a null character");
        var texts = app.List("args")?.Texts.ToArray() ?? [];
        for (var i = 0; i < texts.Length; i++)
        {
            errors.AddIf(texts[i].Contains('\0', StringComparison.Ordinal), $"/args({i})", "must not contain a null character");
        }
    }

    private static void CheckRoles(MapNode app, MarathonReading reading, MarathonErrors errors)
    {
        var role = app.Text("role") ?? "*";
        var allowed = reading.RolesFor(app.Text("id") ?? AppPath.Root);
        errors.AddIf(!allowed.Contains(role), "/role", $"got {role}, expected one of: {string.Join(", ", allowed)}");
        var accepted = app.List("acceptedResourceRoles")?.Texts.ToArray() ?? [];
        const string path = "/acceptedResourceRoles";
        errors.AddIf(accepted.Length == 0, path, "must not be empty");
        if (app.Has("residency"))
        {
            errors.AddIf(accepted is not ["*"], path, "A resident app must have `acceptedResourceRoles = [\"*\"]`.");
        }
        else
        {
            errors.AddIf(accepted.Any(r => r != "*" && r != role), path, $"acceptedResourceRoles can only contain * and {role}");
        }
    }

    private static void CheckStrategies(MapNode app, MarathonErrors errors)
    {
        var upgrade = app.Map("upgradeStrategy")!;
        var single = AppDefaults.IsSingleInstance(app);
        var resident = app.Has("residency");
        CheckShare(upgrade, "minimumHealthCapacity", single, errors);
        CheckShare(upgrade, "maximumOverCapacity", single || resident, errors);
        errors.AddIf(single && app.Number("instances") > 1, "/instances", "Single instance app may only have one instance");
        var unreachable = app.Map("unreachableStrategy");
        errors.AddIf(
            resident && unreachable is not null, "/unreachableStrategy", "unreachableStrategy must be disabled for resident tasks");
        if (unreachable is not null)
        {
            var inactive = unreachable.Number("inactiveAfterSeconds") ?? 0;
            var expunge = unreachable.Number("expungeAfterSeconds") ?? 0;
            errors.AddIf(
                inactive > expunge, "/unreachableStrategy",
                $"inactiveAfterSeconds ({inactive:0}) must be less or equal to expungeAfterSeconds, which is {expunge:0}");
        }
    }

    private static void CheckShare(MapNode upgrade, string field, bool zero, MarathonErrors errors)
    {
        var value = upgrade.Number(field) ?? 0;
        var path = "/upgradeStrategy/" + field;
        errors.AddIf(value is < 0 or > 1, path, $"got {Number(value)}, expected between 0.0 and 1.0");
        errors.AddIf(zero && value != 0, path, $"got {Number(value)}, expected 0.0");
    }

    private static void CheckLimits(MapNode app, MarathonErrors errors)
    {
        foreach (var (name, limit) in app.Map("resourceLimits")?.Fields ?? [])
        {
            errors.AddIf(
                limit is NumberNode number && number.Value < app.Number(name),
                "/resourceLimits/" + name,
                $"resource limit must be greater than or equal to requested resource ({Number(app.Number(name) ?? 0)})");
        }

        errors.AddIf(
            app.Number("gpus") > 0 && app.Map("container")?.Text("type") == "DOCKER",
            "/gpus", "GPU resources only work with the Mesos containerizer");
    }

    private static void CheckSecrets(MapNode app, MarathonErrors errors)
    {
        var secrets = app.Map("secrets");
        errors.AddIf(secrets?.Has(string.Empty) == true, "/secrets/", "must not be empty");
        foreach (var (name, value) in app.Map("env")?.Fields ?? [])
        {
            if (value is MapNode reference && secrets?.Has(reference.Text("secret") ?? string.Empty) != true)
            {
                errors.Add($"/env/{name}/secret", "references an undefined secret");
            }
        }

        if (app.Map("container")?.Map("docker")?.Map("pullConfig") is { } pull)
        {
            const string path = "/container/docker/pullConfig";
            errors.AddIf(
                app.Map("container")?.Text("type") == "DOCKER", path, "pullConfig is not supported with Docker containerizer");
            errors.AddIf(
                secrets?.Has(pull.Text("secret") ?? string.Empty) != true, path, "pullConfig.secret must refer to an existing secret");
        }
    }

    private static void CheckLabels(MapNode app, MarathonErrors errors)
    {
        string? Label(string name) => app.Map("labels")?.Text(name) is { Length: > 0 } text ? text : null;
        errors.AddIf(
            Label("DCOS_MIGRATION_API_VERSION") is { } version
                && (version != "v1" || Label("DCOS_PACKAGE_FRAMEWORK_NAME") is null || Label("DCOS_MIGRATION_API_PATH") is null),
            "/labels",
            "DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION");
    }

    // Marathon takes any name; what the kernel cannot hand to a process would be lost in silence.
    private static void CheckEnvironment(MapNode app, MarathonErrors errors)
    {
        foreach (var (name, value) in app.Map("env")?.Fields ?? [])
        {
            errors.AddIf(
                name.Length == 0 || name.AsSpan().ContainsAny('=', '\0'), $"/env/{name}",
                "the name of a variable must not be empty and must not contain '=' or a null character");
            errors.AddIf(
                value is TextNode text && text.Value.Contains('\0', StringComparison.Ordinal),
                $"/env/{name}", "must not contain a null character");
        }
    }
}
