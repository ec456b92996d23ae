namespace Edge.Contracts.Marathon;

/// <summary>The rules of networks and ports: which go together.</summary>
/// <remarks>Source: Marathon 1.10, NetworkValidation and AppValidation.</remarks>
internal static class NetworkRules
{
    public static void Run(MapNode app, MarathonErrors errors)
    {
        var networks = app.List("networks")!.Maps.ToArray();
        CheckNetworks(networks, errors);
        var container = app.Map("container");
        errors.AddIf(
            container?.Text("type") == "DOCKER" && networks.Count(n => n.Text("mode") == "container") > 1,
            "/networks", "may only specify a single container network when using the Docker container engine");
        if (AppDefaults.IsHost(app))
        {
            errors.AddIf(
                container?.List("portMappings") is { IsFilled: true },
                "/container/portMappings", "portMappings are not allowed with host-networking");
        }
        else
        {
            errors.AddIf(
                app.List("portDefinitions") is { IsFilled: true },
                "/portDefinitions", "portDefinitions are only allowed with host-networking");
        }

        CheckDefinitions(app.List("portDefinitions"), errors);
        CheckMappings(container?.List("portMappings"), networks, errors);
    }

    private static void CheckNetworks(MapNode[] networks, MarathonErrors errors)
    {
        const string path = "/networks";
        var hosts = networks.Where(n => n.Text("mode") == "host").ToArray();
        var bridges = networks.Where(n => n.Text("mode") == "container/bridge").ToArray();
        var others = networks.Where(n => n.Text("mode") == "container").ToArray();
        var names = networks.Select(n => n.Text("name")).OfType<string>().ToArray();
        errors.AddIf(
            hosts.Any(n => n.Has("name") || n.Has("labels")), path, "Host networks may not have names or labels");
        errors.AddIf(bridges.Any(n => n.Has("name")), path, "Bridge networks may not have names");
        errors.AddIf(
            names.Distinct().Count() < names.Length || others.Count(n => !n.Has("name")) > 1, path, "Duplicate networks are not allowed");
        var alone = (hosts.Length > 0 ? 1 : 0) + (bridges.Length > 0 ? 1 : 0) + (others.Length > 0 ? 1 : 0) <= 1;
        errors.AddIf(
            !alone || hosts.Length > 1 || bridges.Length > 1,
            path, "May specify a single host network, single bridge network, or else 1-to-n container networks");
        errors.AddIf(
            others.Any(n => !n.Has("name")), path, "Network name must be specified when container network is selected.");
    }

    private static void CheckDefinitions(ListNode? definitions, MarathonErrors errors)
    {
        if (definitions is null)
        {
            return;
        }

        CheckNames(definitions, "/portDefinitions", errors);
        var ports = definitions.Maps.Select(d => d.Number("port") ?? 0).Where(p => p != 0).ToArray();
        errors.AddIf(ports.Distinct().Count() < ports.Length, "/portDefinitions", "Ports must be unique.");
    }

    private static void CheckMappings(ListNode? mappings, MapNode[] networks, MarathonErrors errors)
    {
        if (mappings is null)
        {
            return;
        }

        CheckNames(mappings, "/container/portMappings", errors);
        var several = networks.Count(n => n.Text("mode") == "container") > 1;
        var known = networks.Select(n => n.Text("name")).OfType<string>().ToArray();
        for (var i = 0; i < mappings.Items.Count; i++)
        {
            var mapping = (MapNode)mappings.Items[i];
            var names = mapping.List("networkNames")?.Texts.ToArray() ?? [];
            var path = $"/container/portMappings({i})";
            errors.AddIf(
                several && mapping.Has("hostPort") && names.Length != 1, path,
                "networkNames must be a single item list when hostPort is specified and more than 1 container network is defined");
            for (var n = 0; n < names.Length; n++)
            {
                errors.AddIf(
                    !known.Contains(names[n]), $"{path}/networkNames({n})", $"got {names[n]}, expected one of: {string.Join(", ", known)}");
            }
        }
    }

    private static void CheckNames(ListNode ports, string path, MarathonErrors errors)
    {
        var names = ports.Maps.Select(p => p.Text("name")).OfType<string>().ToArray();
        errors.AddIf(names.Distinct().Count() < names.Length, path, "Port names must be unique.");
    }
}
