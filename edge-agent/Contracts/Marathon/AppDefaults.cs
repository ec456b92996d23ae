namespace Edge.Contracts.Marathon;

/// <summary>Fills in what depends on other fields: networks, ports, strategies.</summary>
/// <remarks>Source: Marathon 1.10, AppNormalization, and the state package's defaults.</remarks>
internal static class AppDefaults
{
    public const string SingleInstanceLabel = "MARATHON_SINGLE_INSTANCE_APP";

    public static void Run(MapNode app, MarathonReading reading)
    {
        FillNetworks(app, reading.DefaultNetworkName);
        if (IsHost(app))
        {
            FillHostPorts(app);
        }
        else
        {
            FillContainerPorts(app);
        }

        app.Remove("ports");
        var persistent = HasVolume(app, "persistent");
        if (persistent && !app.Has("residency"))
        {
            app["residency"] = Node.Parse("""{"relaunchEscalationTimeoutSeconds":3600,"taskLostBehavior":"WAIT_FOREVER"}""");
        }

        if (!app.Has("upgradeStrategy"))
        {
            app["upgradeStrategy"] = Node.Parse(DefaultUpgrade(app, persistent));
        }

        if (!app.Has("unreachableStrategy"))
        {
            app["unreachableStrategy"] = Node.Parse(
                persistent || app.Has("residency") ? "\"disabled\"" : """{"expungeAfterSeconds":0,"inactiveAfterSeconds":0}""");
        }

        if (!app.Has("role"))
        {
            app["role"] = new TextNode(reading.RoleOf(app.Text("id") ?? AppPath.Root));
        }

        AppShapes.App.Complete(app);
        Sort(app, "dependencies");
        Sort(app, "acceptedResourceRoles");
    }

    /// <summary>True when the networks of a completed app are the host's.</summary>
    public static bool IsHost(MapNode app) =>
        app.List("networks") is not { IsFilled: true } networks || networks.Maps.All(n => n.Text("mode") == "host");

    public static bool HasVolume(MapNode app, string kind) =>
        app.Map("container")?.List("volumes")?.Maps.Any(v => v.Has(kind)) == true;

    public static bool IsSingleInstance(MapNode app) => app.Map("labels")?.Text(SingleInstanceLabel) == "true";

    private static string DefaultUpgrade(MapNode app, bool persistent) =>
        IsSingleInstance(app) ? """{"maximumOverCapacity":0,"minimumHealthCapacity":0}"""
        : persistent || app.Has("residency") || HasVolume(app, "external")
            ? """{"maximumOverCapacity":0,"minimumHealthCapacity":0.5}"""
        : """{"maximumOverCapacity":1,"minimumHealthCapacity":1}""";

    private static void FillNetworks(MapNode app, string? defaultName)
    {
        if (app.List("networks") is not { IsFilled: true })
        {
            app["networks"] = Node.Parse("""[{"mode":"host"}]""");
        }

        foreach (var network in app.List("networks")!.Maps.Where(n => n.Text("mode") == "container" && !n.Has("name")))
        {
            if (defaultName is not null)
            {
                network["name"] = new TextNode(defaultName);
            }
        }
    }

    private static void FillHostPorts(MapNode app)
    {
        if (app.List("ports") is { } ports)
        {
            app["portDefinitions"] = new ListNode([.. ports.Items.Select(p =>
                new MapNode { ["port"] = p, ["protocol"] = new TextNode("tcp") })]);
        }
        else if (!app.Has("portDefinitions"))
        {
            app["portDefinitions"] = Node.Parse("""[{"name":"default","port":0,"protocol":"tcp"}]""");
        }
    }

    private static void FillContainerPorts(MapNode app)
    {
        app["requirePorts"] = new FlagNode(false);
        var container = app.Map("container");
        if (container is null)
        {
            app["container"] = container = (MapNode)Node.Parse("""{"type":"MESOS","volumes":[]}""");
        }

        if (!container.Has("portMappings"))
        {
            container["portMappings"] = new ListNode([Mapping("default")]);
        }

        // The old field asks for so many ports, the mappings say which: what they lack is added.
        var mappings = container.List("portMappings")!;
        for (var missing = app.Items("ports").Count - mappings.Items.Count; missing > 0; missing--)
        {
            mappings.Items.Add(Mapping(null));
        }

        if (app.List("networks")!.Maps.Any(n => n.Text("mode") == "container/bridge"))
        {
            foreach (var mapping in mappings.Maps.Where(m => !m.Has("hostPort")))
            {
                mapping["hostPort"] = new NumberNode(0);
            }
        }

        if (app.List("portDefinitions") is { IsFilled: false })
        {
            app.Remove("portDefinitions");
        }
    }

    private static MapNode Mapping(string? name)
    {
        var result = new MapNode();
        if (name is not null)
        {
            result["name"] = new TextNode(name);
        }

        ContainerShapes.PortMapping.Complete(result);
        return result;
    }

    // Marathon keeps them as sets: what differs in order only is the same.
    private static void Sort(MapNode app, string field)
    {
        if (app.List(field) is { } list)
        {
            app[field] = new ListNode([.. list.Texts.Distinct().Order(StringComparer.Ordinal).Select(t => new TextNode(t))]);
        }
    }
}
