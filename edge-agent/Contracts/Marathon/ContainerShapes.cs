namespace Edge.Contracts.Marathon;

/// <summary>The schema of a container: image, volumes, port mappings. Source: Marathon 1.10 RAML, containers and volumes.</summary>
internal static class ContainerShapes
{
    public static readonly ObjectShape DockerParameter = new("DockerParameter",
        new("key", BasicShapes.FilledText) { Required = true },
        new("value", BasicShapes.Text) { Required = true });

    public static readonly ObjectShape DockerCredentials = new("DockerCredentials",
        new("principal", BasicShapes.Text) { Required = true },
        new("secret", BasicShapes.Text));

    public static readonly ObjectShape DockerPullConfig = new("DockerPullConfig",
        new ShapeField("secret", BasicShapes.FilledText) { Required = true });

    public static readonly ObjectShape PortMapping = new("ContainerPortMapping",
        new("containerPort", BasicShapes.AnyPort) { Default = "0" },
        new("hostPort", BasicShapes.AnyPort),
        new("labels", BasicShapes.Labels) { Default = "{}" },
        new("name", BasicShapes.LegacyName),
        new("protocol", BasicShapes.Protocol) { Default = "\"tcp\"" },
        new("servicePort", BasicShapes.AnyPort) { Default = "0" },
        new("networkNames", new ListShape(BasicShapes.Name)) { OmitEmpty = true });

    public static readonly ObjectShape DockerContainer = new("DockerContainer",
        new("credential", DockerCredentials),
        new("pullConfig", DockerPullConfig),
        new("forcePullImage", BasicShapes.Flag) { Default = "false" },
        new("image", BasicShapes.FilledText) { Required = true },
        new("network", new WordShape("BRIDGE", "HOST", "NONE", "USER")),
        new("parameters", new ListShape(DockerParameter)) { Default = "[]" },
        new("portMappings", new ListShape(PortMapping)),
        new("privileged", BasicShapes.Flag) { Default = "false" });

    public static readonly ObjectShape Seccomp = new("Seccomp",
        new("profileName", BasicShapes.Text),
        new("unconfined", BasicShapes.Flag) { Default = "false" });

    public static readonly ObjectShape IpcInfo = new("IPCInfo",
        new("mode", new WordShape("PRIVATE", "SHARE_PARENT")) { Required = true },
        new("shmSize", NumberShape.AnyInt32()));

    public static readonly ObjectShape LinuxInfo = new("LinuxInfo",
        new("seccomp", Seccomp),
        new("ipcInfo", IpcInfo));

    public static readonly ObjectShape PersistentVolumeInfo = new("PersistentVolumeInfo",
        new("type", new WordShape("root", "path", "mount")) { Default = "\"root\"" },
        new("size", NumberShape.Int64()) { Required = true },
        new("maxSize", NumberShape.Int64()),
        new("profileName", BasicShapes.Text),
        new("constraints", new ListShape(new ListShape(BasicShapes.Text, 2, 3), distinct: true)) { OmitEmpty = true });

    private static readonly Shape s_accessMode = new WordShape(
        "SINGLE_NODE_WRITER", "SINGLE_NODE_READER_ONLY", "MULTI_NODE_READER_ONLY", "MULTI_NODE_SINGLE_WRITER", "MULTI_NODE_MULTI_WRITER");

    public static readonly ObjectShape CsiCapability = new("CSICapability",
        new("accessMode", s_accessMode) { Required = true },
        new("accessType", new WordShape("block", "mount")) { Required = true },
        new("fsType", BasicShapes.Text),
        new("mountFlags", new ListShape(BasicShapes.Text)) { OmitEmpty = true });

    public static readonly ObjectShape CsiOptions = new("CSIExternalVolumeInfoOptions",
        new("pluginName", BasicShapes.FilledText) { Required = true },
        new("capability", CsiCapability) { Required = true },
        new("nodeStageSecret", BasicShapes.Labels) { OmitEmpty = true },
        new("nodePublishSecret", BasicShapes.Labels) { OmitEmpty = true },
        new("volumeContext", BasicShapes.Labels) { OmitEmpty = true });

    public static readonly ObjectShape CsiVolumeInfo = new("CSIExternalVolumeInfo",
        new("name", BasicShapes.Text) { Required = true },
        new("provider", new WordShape("csi")) { Required = true },
        new("options", CsiOptions) { Required = true });

    public static readonly ObjectShape DvdiVolumeInfo = new("DVDIExternalVolumeInfo",
        new("size", NumberShape.Int64()),
        new("name", BasicShapes.Text),
        new("provider", BasicShapes.Text),
        new("options", BasicShapes.Labels) { OmitEmpty = true },
        new("shared", BasicShapes.Flag) { Default = "false" });

    private static readonly Shape s_external =
        new ChoiceShape(e => ChoiceShape.Text(e, "provider") == "csi" ? CsiVolumeInfo : DvdiVolumeInfo);

    public static readonly ObjectShape ExternalVolume = new("AppExternalVolume",
        new("containerPath", BasicShapes.FilledText) { Required = true },
        new("external", s_external) { Required = true },
        new("mode", BasicShapes.ReadMode) { Required = true });

    public static readonly ObjectShape HostVolume = new("AppHostVolume",
        new("containerPath", BasicShapes.FilledText) { Required = true },
        new("hostPath", BasicShapes.FilledText) { Required = true },
        new("mode", BasicShapes.ReadMode) { Required = true });

    public static readonly ObjectShape PersistentVolume = new("AppPersistentVolume",
        new("containerPath", BasicShapes.FilledText) { Required = true },
        new("persistent", PersistentVolumeInfo) { Required = true },
        new("mode", BasicShapes.ReadMode) { Default = "\"RW\"" });

    public static readonly ObjectShape SecretVolume = new("AppSecretVolume",
        new("containerPath", BasicShapes.FilledText) { Required = true },
        new("secret", BasicShapes.FilledText) { Required = true });

    private static readonly Shape s_volume = new ChoiceShape(e =>
        ChoiceShape.Has(e, "persistent") ? PersistentVolume
        : ChoiceShape.Has(e, "external") ? ExternalVolume
        : ChoiceShape.Has(e, "secret") ? SecretVolume
        : HostVolume);

    public static readonly ObjectShape Container = new("Container",
        new("type", new WordShape("MESOS", "DOCKER")) { Default = "\"DOCKER\"" },
        new("docker", DockerContainer),
        new("linuxInfo", LinuxInfo),
        new("volumes", new ListShape(s_volume)) { Default = "[]" },
        new("portMappings", new ListShape(PortMapping)));
}
