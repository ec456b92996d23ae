namespace Edge.Contracts.Marathon;

/// <summary>Turns the old forms of an app's fields into the present ones, before anything is merged.</summary>
/// <remarks>Source: Marathon 1.10, AppNormalization.forDeprecated, and the texts of AppValidation.validateOldAppAPI.</remarks>
internal static class AppTranslation
{
    private static readonly string[] s_archives = [".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip", ".gz", ".tar"];

    /// <summary>Rewrites what was given; <c>ports</c> stays, because only the networks in effect say what becomes of it.</summary>
    public static void Run(MapNode given, MarathonErrors errors)
    {
        TranslateUris(given, errors);
        CheckPorts(given, errors);
        TranslateNetworks(given, errors);
        if (given.Map("container") is { } container)
        {
            TranslateContainer(container, errors);
        }

        TranslateDiscovery(given, errors);
        given.Remove("ipAddress");
        foreach (var check in given.List("healthChecks")?.Maps ?? [])
        {
            CompleteHealthCheck(check);
        }
    }

    private static void TranslateUris(MapNode given, MarathonErrors errors)
    {
        if (given.List("uris") is { IsFilled: true } uris)
        {
            if (given.List("fetch") is { IsFilled: true })
            {
                errors.Add("/uris", "may not be set in conjunction with fetch");
            }

            given["fetch"] = new ListNode([.. uris.Texts.Select(FetchItem)]);
        }

        given.Remove("uris");
    }

    private static MapNode FetchItem(string uri)
    {
        // What follows the path, a query for instance, says nothing about the file.
        var path = uri.Split('?', '#')[0];
        var extract = s_archives.Any(a => path.EndsWith(a, StringComparison.OrdinalIgnoreCase));
        var item = new MapNode { ["uri"] = new TextNode(uri), ["extract"] = new FlagNode(extract) };
        AppShapes.Artifact.Complete(item);
        return item;
    }

    private static void CheckPorts(MapNode given, MarathonErrors errors)
    {
        var ports = given.List("ports")?.Items.OfType<NumberNode>().Select(n => n.Value).ToArray();
        var definitions = given.List("portDefinitions")?.Maps.Select(m => m.Number("port") ?? 0).ToArray();
        if (ports is not null)
        {
            var asked = ports.Where(p => p != 0).ToArray();
            errors.AddIf(asked.Distinct().Count() < asked.Length, "/ports", "ports must be unique");
            errors.AddIf(
                definitions is not null && !definitions.SequenceEqual(ports), "/ports", "cannot specify both ports and port definitions");
            if (definitions is not null)
            {
                given.Remove("ports");
            }
        }

        errors.AddIf(
            given.Has("ipAddress") && (ports is { Length: > 0 } || definitions is { Length: > 0 }),
            "/ipAddress", "cannot specify both an IP address and port");
    }

    private static void TranslateNetworks(MapNode given, MarathonErrors errors)
    {
        var address = given.Map("ipAddress");
        var docker = given.Map("container")?.Map("docker");
        var network = docker?.Text("network");
        docker?.Remove("network");
        if (given.List("networks") is { IsFilled: true })
        {
            errors.AddIf(address is not null, "/networks", "must not specify both networks and ipAddress");
            errors.AddIf(network is not null, "/container/docker/network", "must not specify both container.docker.network and networks");
            return;
        }

        if (address is null && network is null)
        {
            return;
        }

        var mode = network switch
        {
            "HOST" => "host",
            "BRIDGE" => "container/bridge",
            "USER" or null => "container",
            _ => string.Empty,
        };
        errors.AddIf(mode.Length == 0, "/container/docker/network", $"unsupported docker network type {network}");
        given["networks"] = new ListNode([Network(mode.Length == 0 ? "host" : mode, address)]);
    }

    private static MapNode Network(string mode, MapNode? address)
    {
        var result = new MapNode { ["mode"] = new TextNode(mode) };
        if (mode == "container" && address?["networkName"] is { } name)
        {
            result["name"] = name;
        }

        if (mode != "host" && address?["labels"] is { } labels)
        {
            result["labels"] = labels;
        }

        return result;
    }

    private static void TranslateContainer(MapNode container, MarathonErrors errors)
    {
        if (container.Map("docker") is not { } docker)
        {
            return;
        }

        const string path = "/container/docker/";
        errors.AddIf(docker.Has("credential"), path + "credential", "must be empty");
        docker.Remove("credential");
        if (container.Text("type") == "MESOS")
        {
            errors.AddIf(docker.List("parameters") is { IsFilled: true }, path + "parameters", "must be empty");
            errors.AddIf(docker.List("portMappings") is { IsFilled: true }, path + "portMappings", "must be empty");
            docker.Remove("parameters");
            docker.Remove("privileged");
        }

        if (docker.List("portMappings") is { } mappings)
        {
            errors.AddIf(
                mappings.IsFilled && container.List("portMappings") is { IsFilled: true },
                path + "portMappings", "cannot specify both portMappings and docker.portMappings");
            if (mappings.IsFilled || !container.Has("portMappings"))
            {
                container["portMappings"] = mappings;
            }
        }

        docker.Remove("portMappings");
    }

    private static void TranslateDiscovery(MapNode given, MarathonErrors errors)
    {
        if (given.Map("ipAddress") is not { } address)
        {
            return;
        }

        // Without a container, an address of its own means an empty container.
        given["container"] = given.Map("container") ?? (MapNode)Node.Parse("""{"type":"MESOS","volumes":[]}""");
        var container = given.Map("container")!;
        if (address.Map("discovery") is not { } discovery)
        {
            return;
        }

        errors.AddIf(container.Text("type") == "DOCKER", "/ipAddress", "ipAddress/discovery is not allowed for Docker containers");
        if (discovery.List("ports") is not { IsFilled: true } ports)
        {
            return;
        }

        errors.AddIf(
            container.List("portMappings") is { IsFilled: true },
            "/ipAddress/discovery/ports", "container.portMappings and ipAddress.discovery.ports must not both be set");
        container["portMappings"] = new ListNode([.. ports.Maps.Select(Mapping)]);
    }

    private static MapNode Mapping(MapNode port)
    {
        var result = new MapNode { ["containerPort"] = port["number"]!, ["name"] = port["name"]!, ["protocol"] = port["protocol"]! };
        if (port["labels"] is { } labels)
        {
            result["labels"] = labels;
        }

        ContainerShapes.PortMapping.Complete(result);
        return result;
    }

    private static void CompleteHealthCheck(MapNode check)
    {
        var protocol = check.Text("protocol") ?? "HTTP";
        if (protocol.Contains("HTTP", StringComparison.Ordinal) && !check.Has("path"))
        {
            check["path"] = new TextNode("/");
        }

        if (protocol != "COMMAND" && !check.Has("port") && !check.Has("portIndex"))
        {
            check["portIndex"] = new NumberNode(0);
        }
    }
}
