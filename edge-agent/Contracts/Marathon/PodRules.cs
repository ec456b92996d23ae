namespace Edge.Contracts.Marathon;

/// <summary>What a completed pod may mean: every rule that looks at more than one field's form.</summary>
/// <remarks>Source: Marathon 1.10, PodsValidation and the validators that it names.</remarks>
internal static class PodRules
{
    public static void Run(MapNode pod, MarathonReading reading, MarathonErrors errors)
    {
        foreach (var error in AppPath.Errors(pod.Text("id") ?? AppPath.Root))
        {
            errors.Add("/id", error);
        }

        CheckRoles(pod, reading, errors);
        CheckScheduling(pod, errors);
        CheckEnvironment(pod, string.Empty, errors);
        CheckUnique(pod.Items("volumes").OfType<MapNode>().Select(v => v.Text("name")), "/volumes", "volume names must be unique", errors);
        var containers = pod.Items(MarathonPodReader.Containers).OfType<MapNode>().ToArray();
        for (var i = 0; i < containers.Length; i++)
        {
            var path = $"/containers({i})";
            CheckCommand(containers[i], path, errors);
            CheckEnvironment(containers[i], path, errors);
            PodNetworkRules.Run(pod, containers[i], path, errors);
            PodHealthRules.Run(containers[i], path, errors);
        }

        CheckWhole(pod, containers, errors);
        PodVolumeRules.Run(pod, containers, reading, errors);
        PodHealthRules.RunWhole(containers, reading, errors);
        EdgeRules.Run(pod, reading, errors);
    }

    /// <summary>Notes one error when a name stands there twice.</summary>
    public static void CheckUnique(IEnumerable<string?> names, string path, string text, MarathonErrors errors)
    {
        var all = names.OfType<string>().ToArray();
        errors.AddIf(all.Distinct(StringComparer.Ordinal).Count() < all.Length, path, text);
    }

    private static void CheckWhole(MapNode pod, MapNode[] containers, MarathonErrors errors)
    {
        const string path = "/containers";
        CheckUnique(containers.Select(c => c.Text("name")), path, "container names must be unique", errors);
        var endpoints = containers.SelectMany(c => c.Items("endpoints")).OfType<MapNode>().ToArray();
        CheckUnique(endpoints.Select(e => e.Text("name")), path, "Endpoint names are unique across all containers", errors);
        var ports = endpoints.Select(e => e.Number("hostPort")).Where(p => p > 0).ToArray();
        errors.AddIf(ports.Distinct().Count() < ports.Length, path, "Host ports are unique across all containers");
        errors.AddIf(
            AppDefaults.IsSingleInstance(pod) && pod.Map("scaling")?.Number("instances") > 1,
            "/scaling/instances", "Single instance app may only have one instance");
    }

    private static void CheckRoles(MapNode pod, MarathonReading reading, MarathonErrors errors)
    {
        var role = pod.Text("role") ?? "*";
        var allowed = reading.RolesFor(pod.Text("id") ?? AppPath.Root);
        errors.AddIf(!allowed.Contains(role), "/role", $"got {role}, expected one of: {string.Join(", ", allowed)}");
        var accepted = pod.Map("scheduling")?.Map("placement")?.List("acceptedResourceRoles")?.Texts ?? [];
        errors.AddIf(
            accepted.Any(r => r != "*" && r != role), "/scheduling/placement/acceptedResourceRoles",
            $"acceptedResourceRoles can only contain * and {role}");
    }

    private static void CheckScheduling(MapNode pod, MarathonErrors errors)
    {
        var scheduling = pod.Map("scheduling")!;
        var lists = (scheduling.Map("placement")?.List("constraints")?.Maps ?? []).Select(c => (Node)new ListNode(
            [.. new[] { c["fieldName"], c["operator"], c["value"] }.OfType<Node>()]));
        var found = new MarathonErrors("/scheduling/placement");
        ConstraintRules.Run(new MapNode { ["constraints"] = new ListNode([.. lists]) }, found);
        errors.AddAll(found.ToError(MarathonErrorKind.ObjectNotValid));
        if (scheduling.Map("unreachableStrategy") is { } unreachable)
        {
            var inactive = unreachable.Number("inactiveAfterSeconds") ?? 0;
            var expunge = unreachable.Number("expungeAfterSeconds") ?? 0;
            errors.AddIf(
                inactive > expunge, "/scheduling/unreachableStrategy",
                $"inactiveAfterSeconds ({inactive:0}) must be less or equal to expungeAfterSeconds, which is {expunge:0}");
        }
    }

    private static void CheckCommand(MapNode container, string path, MarathonErrors errors)
    {
        var command = container.Map("exec")?.Map("command");
        errors.AddIf(
            command is null && !container.Has("image"), path + "/exec", "must be defined when there is no image that has a command");
        var texts = (command?.List("argv")?.Texts ?? []).Append(command?.Text("shell") ?? string.Empty);
        errors.AddIf(
            texts.Any(t => t.Contains('\0', StringComparison.Ordinal)), path + "/exec/command", "must not contain a null character");
        errors.AddIf(
            command?.List("argv")?.Texts.FirstOrDefault() is { Length: 0 }, path + "/exec/command/argv(0)", "must not be empty");
    }

    private static void CheckEnvironment(MapNode owner, string path, MarathonErrors errors)
    {
        foreach (var (name, value) in owner.Map("environment")?.Fields ?? [])
        {
            var isName = name.Length is > 0 and <= 254 && !char.IsAsciiDigit(name[0])
                && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
            errors.AddIf(!isName, $"{path}/environment/{name}", "must match regular expression '[a-zA-Z_][a-zA-Z0-9_]{0,253}'");
            errors.AddIf(
                value is TextNode text && text.Value.Contains('\0', StringComparison.Ordinal),
                $"{path}/environment/{name}", "must not contain a null character");
        }
    }
}
