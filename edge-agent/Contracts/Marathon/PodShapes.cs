using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>The schema of a pod, field by field. Source: Marathon 1.10 RAML, pod, podContainer, podScheduling and volumes.</summary>
internal static class PodShapes
{
    public static readonly ObjectShape MesosExec = new("MesosExec",
        new("command", new ChoiceShape(e => ChoiceShape.Has(e, "argv") ? CheckShapes.ArgvCommand : CheckShapes.ShellCommand))
        {
            Required = true,
        },
        new("overrideEntrypoint", BasicShapes.Flag));

    public static readonly ObjectShape Resources = new("Resources",
        new("cpus", new NumberShape(0.001)) { Default = "1" },
        new("mem", new NumberShape(0.001)) { Default = "128" },
        new("disk", new NumberShape(0)) { Default = "0" },
        new("gpus", BasicShapes.Whole) { Default = "0" });

    public static readonly ObjectShape Endpoint = new("Endpoint",
        new("name", BasicShapes.Name) { Required = true },
        new("containerPort", NumberShape.Int32(1, 65535)),
        new("hostPort", BasicShapes.AnyPort),
        new("protocol", new ListShape(BasicShapes.Name, 1)) { OmitEmpty = true },
        new("labels", BasicShapes.Labels) { OmitEmpty = true },
        new("networkNames", new ListShape(BasicShapes.Name)) { OmitEmpty = true });

    public static readonly ObjectShape Image = new("Image",
        new("kind", new WordShape("DOCKER", "APPC")) { Required = true },
        new("id", BasicShapes.Path) { Required = true },
        new("pullConfig", ContainerShapes.DockerPullConfig),
        new("forcePull", BasicShapes.Flag),
        new("labels", BasicShapes.Labels) { OmitEmpty = true });

    public static readonly ObjectShape HttpCheck = new("HttpCheck",
        new("endpoint", BasicShapes.Name) { Required = true },
        new("path", BasicShapes.Path),
        new("scheme", BasicShapes.HttpScheme) { Default = "\"HTTP\"" });

    public static readonly ObjectShape TcpCheck = new("TcpCheck",
        new ShapeField("endpoint", BasicShapes.Name) { Required = true });

    public static readonly ObjectShape HealthCheck = new("HealthCheck",
        new("http", HttpCheck),
        new("tcp", TcpCheck),
        new("exec", CheckShapes.CommandCheck),
        new("gracePeriodSeconds", BasicShapes.Whole) { Default = "300" },
        new("intervalSeconds", BasicShapes.Whole) { Default = "60" },
        new("maxConsecutiveFailures", BasicShapes.Whole) { Default = "3" },
        new("timeoutSeconds", BasicShapes.Whole) { Default = "20" },
        new("delaySeconds", BasicShapes.Whole) { Default = "15" });

    public static readonly ObjectShape Check = new("Check",
        new("http", HttpCheck),
        new("tcp", TcpCheck),
        new("exec", CheckShapes.CommandCheck),
        new("intervalSeconds", BasicShapes.Whole) { Default = "60" },
        new("timeoutSeconds", BasicShapes.Whole) { Default = "20" },
        new("delaySeconds", BasicShapes.Whole) { Default = "15" });

    public static readonly ObjectShape VolumeMount = new("VolumeMount",
        new("name", BasicShapes.Name) { Required = true },
        new("mountPath", BasicShapes.Path) { Required = true },
        new("readOnly", BasicShapes.Flag));

    public static readonly ObjectShape Lifecycle = new("Lifecycle",
        new ShapeField("killGracePeriodSeconds", new NumberShape(0)));

    public static readonly ObjectShape EphemeralVolume = new("PodEphemeralVolume",
        new ShapeField("name", BasicShapes.Name) { Required = true });

    public static readonly ObjectShape HostVolume = new("PodHostVolume",
        new("name", BasicShapes.Name) { Required = true },
        new("host", BasicShapes.Text) { Required = true });

    public static readonly ObjectShape PersistentVolume = new("PodPersistentVolume",
        new("name", BasicShapes.FilledText) { Required = true },
        new("persistent", ContainerShapes.PersistentVolumeInfo) { Required = true });

    public static readonly ObjectShape SecretVolume = new("PodSecretVolume",
        new("name", BasicShapes.FilledText) { Required = true },
        new("secret", BasicShapes.FilledText) { Required = true });

    private static readonly Shape s_environment = new MapShape(BasicShapes.ObjectOr(AppShapes.EnvVarSecret, BasicShapes.Text));

    public static readonly ObjectShape Container = new("PodContainer",
        new("name", BasicShapes.Name) { Required = true },
        new("exec", MesosExec),
        new("resources", Resources) { Required = true },
        new("resourceLimits", AppShapes.ResourceLimits),
        new("endpoints", new ListShape(Endpoint)) { OmitEmpty = true },
        new("linuxInfo", ContainerShapes.LinuxInfo),
        new("image", Image),
        new("environment", s_environment) { OmitEmpty = true },
        new("user", BasicShapes.Text),
        new("healthCheck", HealthCheck),
        new("check", Check),
        new("volumeMounts", new ListShape(VolumeMount)) { OmitEmpty = true },
        new("artifacts", new ListShape(AppShapes.Artifact)) { OmitEmpty = true },
        new("labels", BasicShapes.Labels) { OmitEmpty = true },
        new("lifecycle", Lifecycle),
        new("tty", BasicShapes.Flag));

    public static readonly ObjectShape Scaling = new("FixedPodScalingPolicy",
        new("kind", new WordShape("fixed")) { Default = "\"fixed\"" },
        new("instances", BasicShapes.Whole) { Default = "1" });

    public static readonly ObjectShape Backoff = new("PodSchedulingBackoffStrategy",
        new("backoff", new NumberShape(0)) { Default = "1" },
        new("backoffFactor", new NumberShape(0)) { Default = "1.15" },
        new("maxLaunchDelay", new NumberShape(0)) { Default = "300" });

    public static readonly ObjectShape Upgrade = new("PodUpgradeStrategy",
        new("minimumHealthCapacity", new NumberShape(0, 1)) { Default = "1" },
        new("maximumOverCapacity", new NumberShape(0, 1)) { Default = "1" });

    public static readonly ObjectShape Constraint = new("Constraint",
        new("fieldName", BasicShapes.Text) { Required = true },
        new("operator", new WordShape("UNIQUE", "CLUSTER", "GROUP_BY", "LIKE", "UNLIKE", "MAX_PER", "IS")) { Required = true },
        new("value", BasicShapes.Text));

    public static readonly ObjectShape Placement = new("PodPlacementPolicy",
        new("constraints", new ListShape(Constraint, distinct: true)) { Default = "[]" },
        new("acceptedResourceRoles", new ListShape(BasicShapes.Text)) { Default = "[]" });

    public static readonly ObjectShape Scheduling = new("PodSchedulingPolicy",
        new("backoff", Backoff) { Default = """{"backoff":1,"backoffFactor":1.15,"maxLaunchDelay":300}""" },
        new("upgrade", Upgrade) { Default = """{"maximumOverCapacity":1,"minimumHealthCapacity":1}""" },
        new("placement", Placement) { Default = """{"acceptedResourceRoles":[],"constraints":[]}""" },
        new("killSelection", new WordShape("YOUNGEST_FIRST", "OLDEST_FIRST")) { Default = "\"YOUNGEST_FIRST\"" },
        new("unreachableStrategy", BasicShapes.TextOr(new WordShape("disabled"), AppShapes.UnreachableEnabled))
        {
            Default = """{"expungeAfterSeconds":0,"inactiveAfterSeconds":0}""",
        });

    public static readonly ObjectShape Pod = new("Pod",
        new("id", BasicShapes.PathId) { Required = true },
        new("labels", BasicShapes.Labels) { OmitEmpty = true },
        new("version", BasicShapes.Text),
        new("user", BasicShapes.Text),
        new("environment", s_environment) { OmitEmpty = true },
        new("containers", new ListShape(Container, 1)) { Required = true },
        new("secrets", new MapShape(AppShapes.SecretDef)) { OmitEmpty = true },
        new("volumes", new ListShape(new ChoiceShape(Volume))) { OmitEmpty = true },
        new("networks", new ListShape(AppShapes.Network)) { OmitEmpty = true },
        new("scaling", Scaling) { Default = """{"instances":1,"kind":"fixed"}""" },
        new("scheduling", Scheduling) { Default = SchedulingDefault },
        new("executorResources", AppShapes.ExecutorResources) { Default = """{"cpus":0.1,"disk":10,"mem":32}""" },
        new("role", BasicShapes.FilledText),
        new("linuxInfo", ContainerShapes.LinuxInfo),
        new("legacySharedCgroups", BasicShapes.Flag) { OmitEmpty = true });

    private const string SchedulingDefault = """
        {"backoff":{"backoff":1,"backoffFactor":1.15,"maxLaunchDelay":300},"killSelection":"YOUNGEST_FIRST",
         "placement":{"acceptedResourceRoles":[],"constraints":[]},
         "unreachableStrategy":{"expungeAfterSeconds":0,"inactiveAfterSeconds":0},
         "upgrade":{"maximumOverCapacity":1,"minimumHealthCapacity":1}}
        """;

    /// <summary>Every object of a pod that is no app's too.</summary>
    public static readonly ObjectShape[] Own =
    [
        Pod, Container, MesosExec, Resources, Endpoint, Image, HttpCheck, TcpCheck, HealthCheck, Check, VolumeMount, Lifecycle,
        EphemeralVolume, HostVolume, PersistentVolume, SecretVolume, Scaling, Backoff, Upgrade, Constraint, Placement, Scheduling,
    ];

    private static ObjectShape Volume(JsonElement element) =>
        ChoiceShape.Has(element, "persistent") ? PersistentVolume
        : ChoiceShape.Has(element, "secret") ? SecretVolume
        : ChoiceShape.Has(element, "host") ? HostVolume
        : EphemeralVolume;
}
