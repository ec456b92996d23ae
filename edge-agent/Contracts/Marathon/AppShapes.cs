namespace Edge.Contracts.Marathon;

/// <summary>The schema of an app, field by field.</summary>
/// <remarks>Defaults are the effective ones, as a GET shows them; those that depend on other fields are in
/// <see cref="AppDefaults"/>. Source: Marathon 1.10 RAML, app and appDefinition.</remarks>
internal static class AppShapes
{
    public static readonly ObjectShape UpgradeStrategy = new("UpgradeStrategy",
        // The range is a rule of meaning, with a text of its own.
        new("maximumOverCapacity", new NumberShape()) { Default = "1" },
        new("minimumHealthCapacity", new NumberShape()) { Default = "1" });

    public static readonly ObjectShape Residency = new("AppResidency",
        new("relaunchEscalationTimeoutSeconds", NumberShape.Int64()) { Default = "3600" },
        new("taskLostBehavior", new WordShape("WAIT_FOREVER", "RELAUNCH_AFTER_TIMEOUT")) { Default = "\"WAIT_FOREVER\"" });

    public static readonly ObjectShape EnvVarSecret = new("EnvVarSecret",
        new ShapeField("secret", BasicShapes.Text) { Required = true });

    public static readonly ObjectShape SecretDef = new("SecretDef",
        new ShapeField("source", BasicShapes.FilledText) { Required = true });

    public static readonly ObjectShape Artifact = new("Artifact",
        new("uri", BasicShapes.Path) { Required = true },
        new("extract", BasicShapes.Flag) { Default = "true" },
        new("executable", BasicShapes.Flag) { Default = "false" },
        new("cache", BasicShapes.Flag) { Default = "false" },
        new("destPath", BasicShapes.Path));

    public static readonly ObjectShape PortDefinition = new("PortDefinition",
        new("port", BasicShapes.AnyPort) { Default = "0" },
        new("labels", BasicShapes.Labels) { OmitEmpty = true },
        new("name", BasicShapes.LegacyName),
        new("protocol", BasicShapes.Protocol) { Default = "\"tcp\"" });

    public static readonly ObjectShape Network = new("Network",
        new("name", BasicShapes.NetworkName),
        new("mode", new WordShape("container", "container/bridge", "host")) { Default = "\"container\"" },
        new("labels", BasicShapes.Labels) { OmitEmpty = true });

    public static readonly ObjectShape IpDiscoveryPort = new("IpDiscoveryPort",
        new("number", BasicShapes.AnyPort) { Default = "0" },
        new("name", BasicShapes.LegacyName) { Required = true },
        new("protocol", BasicShapes.Protocol) { Default = "\"tcp\"" },
        new("labels", BasicShapes.Labels) { OmitEmpty = true });

    public static readonly ObjectShape IpDiscovery = new("IpDiscovery",
        new ShapeField("ports", new ListShape(IpDiscoveryPort)) { OmitEmpty = true });

    public static readonly ObjectShape IpAddress = new("IpAddress",
        new("discovery", IpDiscovery),
        new("groups", new ListShape(BasicShapes.Text, distinct: true)) { OmitEmpty = true },
        new("labels", BasicShapes.Labels) { OmitEmpty = true },
        new("networkName", BasicShapes.FilledText));

    public static readonly ObjectShape ExecutorResources = new("ExecutorResources",
        new("cpus", new NumberShape(0.1)) { Default = "0.1" },
        new("mem", new NumberShape(32)) { Default = "32" },
        new("disk", new NumberShape(10)) { Default = "10" });

    public static readonly ObjectShape ResourceLimits = new("ResourceLimits",
        new("cpus", BasicShapes.TextOr(new WordShape("unlimited"), new NumberShape())),
        new("mem", BasicShapes.TextOr(new WordShape("unlimited"), new NumberShape())));

    public static readonly ObjectShape UnreachableEnabled = new("UnreachableEnabled",
        new("inactiveAfterSeconds", NumberShape.Int64()) { Default = "0" },
        new("expungeAfterSeconds", NumberShape.Int64()) { Default = "0" });

    public static readonly ObjectShape App = new("App",
        new("id", BasicShapes.PathId) { Required = true },
        new("acceptedResourceRoles", new ListShape(BasicShapes.Text, distinct: true)) { Default = "[\"*\"]" },
        new("args", new ListShape(BasicShapes.Text)) { OmitEmpty = true },
        new("backoffFactor", new NumberShape(1)) { Default = "1.15" },
        new("backoffSeconds", BasicShapes.Whole) { Default = "1" },
        new("cmd", BasicShapes.FilledText),
        new("constraints", new ListShape(new ListShape(BasicShapes.Text, 2, 3), distinct: true)) { OmitEmpty = true },
        new("container", ContainerShapes.Container),
        new("cpus", new NumberShape(0.001)) { Default = "1" },
        new("dependencies", new ListShape(BasicShapes.PathId, distinct: true)) { OmitEmpty = true },
        new("disk", new NumberShape(0)) { Default = "0" },
        new("env", new MapShape(BasicShapes.ObjectOr(EnvVarSecret, BasicShapes.Text))) { OmitEmpty = true },
        new("executor", new TextShape(pattern: IsExecutor)) { Default = "\"\"" },
        new("executorResources", ExecutorResources),
        new("fetch", new ListShape(Artifact)) { OmitEmpty = true },
        new("healthChecks", new ListShape(CheckShapes.HealthCheck, distinct: true)) { OmitEmpty = true },
        new("check", CheckShapes.AppCheck),
        new("instances", BasicShapes.Whole) { Default = "1" },
        new("labels", BasicShapes.Labels) { Default = "{}" },
        new("maxLaunchDelaySeconds", BasicShapes.Whole) { Default = "300" },
        new("mem", new NumberShape(0)) { Default = "128" },
        new("gpus", BasicShapes.Whole) { Default = "0" },
        new("ipAddress", IpAddress),
        new("networks", new ListShape(Network)),
        new("ports", new ListShape(BasicShapes.AnyPort)),
        new("portDefinitions", new ListShape(PortDefinition)),
        new("readinessChecks", new ListShape(CheckShapes.ReadinessCheck)) { OmitEmpty = true },
        new("residency", Residency),
        new("resourceLimits", ResourceLimits),
        new("requirePorts", BasicShapes.Flag) { Default = "false" },
        new("secrets", new MapShape(SecretDef)) { OmitEmpty = true },
        new("taskKillGracePeriodSeconds", BasicShapes.Whole),
        new("upgradeStrategy", UpgradeStrategy),
        new("uris", new ListShape(BasicShapes.Path)),
        new("user", BasicShapes.Text),
        new("version", BasicShapes.Text),
        new("killSelection", new WordShape("YOUNGEST_FIRST", "OLDEST_FIRST")) { Default = "\"YOUNGEST_FIRST\"" },
        new("unreachableStrategy", BasicShapes.TextOr(new WordShape("disabled"), UnreachableEnabled)),
        new("tty", BasicShapes.Flag),
        new("role", BasicShapes.FilledText),
        Servers("versionInfo"),
        Servers("tasksStaged"),
        Servers("tasksRunning"),
        Servers("tasksHealthy"),
        Servers("tasksUnhealthy"),
        Servers("deployments"),
        Servers("readinessCheckResults"),
        Servers("tasks"),
        Servers("lastTaskFailure"),
        Servers("taskStats"));

    private static ShapeField Servers(string name) => new(name, BasicShapes.Text) { IsServers = true };

    // Empty; the command executor by its old name; or a path without empty segments.
    private static bool IsExecutor(string text) =>
        text.Length == 0 || text == "//cmd" || (text.StartsWith('/') ? text[1..] : text).Split('/').All(s => s.Length > 0);
}
