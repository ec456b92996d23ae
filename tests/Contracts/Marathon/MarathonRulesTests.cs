using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>Every text of a rule of meaning, with a body that breaks it.</summary>
public sealed class MarathonRulesTests
{
    private const string PortIndex =
        "Health check port indices must address an element of the ports array or container port mappings.";

    private const string CmdArgs = "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.";

    private const string Mesos = "\"container\":{\"type\":\"MESOS\"";

    private const string Bridge = "\"networks\":[{\"mode\":\"container/bridge\"}]";

    private const string Persistent =
        "\"container\":{\"type\":\"MESOS\",\"volumes\":[{\"containerPath\":\"data\",\"persistent\":{\"size\":1}}]}";

    [Theory]
    [InlineData("\"cmd\":\"x\"", "/cmd", "must not be an empty string")]
    [InlineData("\"args\":[\"a\"]", "/", CmdArgs)]
    [InlineData("\"cmd\":null", "/", CmdArgs)]
    [InlineData("\"cmd\":null," + Mesos + "}", "/", CmdArgs)]
    [InlineData("\"dependencies\":[\"/a/tasks\"]", "/dependencies(0)",
        "must not end with any of the following reserved keywords: restart, tasks, versions")]
    [InlineData("\"acceptedResourceRoles\":[]", "/acceptedResourceRoles", "must not be empty")]
    [InlineData("\"acceptedResourceRoles\":[\"*\",\"other\"]", "/acceptedResourceRoles", "acceptedResourceRoles can only contain * and *")]
    [InlineData("\"role\":\"edge\",\"acceptedResourceRoles\":[\"x\"]", "/acceptedResourceRoles",
        "acceptedResourceRoles can only contain * and edge")]
    [InlineData("\"role\":\"x\"", "/role", "got x, expected one of: *, edge")]
    [InlineData("\"upgradeStrategy\":{\"maximumOverCapacity\":1.2}", "/upgradeStrategy/maximumOverCapacity",
        "got 1.2, expected between 0.0 and 1.0")]
    [InlineData("\"upgradeStrategy\":{\"minimumHealthCapacity\":-1}", "/upgradeStrategy/minimumHealthCapacity",
        "got -1.0, expected between 0.0 and 1.0")]
    [InlineData("\"labels\":{\"MARATHON_SINGLE_INSTANCE_APP\":\"true\"},\"instances\":2", "/instances",
        "Single instance app may only have one instance")]
    [InlineData("\"labels\":{\"MARATHON_SINGLE_INSTANCE_APP\":\"true\"},\"upgradeStrategy\":{}", "/upgradeStrategy/minimumHealthCapacity",
        "got 1.0, expected 0.0")]
    [InlineData("\"unreachableStrategy\":{\"inactiveAfterSeconds\":5,\"expungeAfterSeconds\":4}", "/unreachableStrategy",
        "inactiveAfterSeconds (5) must be less or equal to expungeAfterSeconds, which is 4")]
    [InlineData("\"resourceLimits\":{\"cpus\":0.5}", "/resourceLimits/cpus",
        "resource limit must be greater than or equal to requested resource (1.0)")]
    [InlineData("\"mem\":64.5,\"resourceLimits\":{\"mem\":64}", "/resourceLimits/mem",
        "resource limit must be greater than or equal to requested resource (64.5)")]
    [InlineData("\"gpus\":1,\"container\":{\"docker\":{\"image\":\"a\"}}", "/gpus", "GPU resources only work with the Mesos containerizer")]
    [InlineData("\"env\":{\"A\":{\"secret\":\"s\"}}", "/env/A/secret", "references an undefined secret")]
    [InlineData("\"labels\":{\"DCOS_MIGRATION_API_VERSION\":\"v1\"}", "/labels",
        "DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION")]
    [InlineData("\"env\":{\"A=B\":\"x\"}", "/env/A=B",
        "the name of a variable must not be empty and must not contain '=' or a null character")]
    [InlineData("\"env\":{\"A\":\"\\u0000\"}", "/env/A", "must not contain a null character")]
    [InlineData("\"constraints\":[[\"a\",\"NEAR\"]]", "/constraints(0)",
        "operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS")]
    [InlineData("\"constraints\":[[\"a\",\"UNIQUE\",\"b\"]]", "/constraints(0)", "UNIQUE does not accept a value")]
    [InlineData("\"constraints\":[[\"a\",\"CLUSTER\"],[\"a\",\"MAX_PER\"]]", "/constraints(1)", "MAX_PER requires an integer value")]
    [InlineData("\"constraints\":[[\"a\",\"MAX_PER\",\"b\"]]", "/constraints(0)", "MAX_PER requires an integer value")]
    [InlineData("\"constraints\":[[\"a\",\"GROUP_BY\",\"b\"]]", "/constraints(0)",
        "GROUP BY must define an integer value or else no value at all")]
    [InlineData("\"constraints\":[[\"a\",\"LIKE\"]]", "/constraints(0)", "LIKE and UNLIKE require a non-empty, regular expression value")]
    [InlineData("\"constraints\":[[\"a\",\"UNLIKE\",\"\"]]", "/constraints(0)",
        "LIKE and UNLIKE require a non-empty, regular expression value")]
    [InlineData("\"constraints\":[[\"a\",\"LIKE\",\"[\"]]", "/constraints(0)", "'[' is not a valid regular expression")]
    [InlineData("\"constraints\":[[\"a\",\"IS\"]]", "/constraints(0)", "IS requires a non-empty value")]
    [InlineData("\"constraints\":[[\"\",\"UNIQUE\"]]", "/constraints(0)", "Missing field and operator")]
    public void Read_BrokenRule_IsNamed(string fields, string path, string text) => Says(fields, path, text);

    [Theory]
    [InlineData("\"networks\":[{\"mode\":\"host\"}]," + Mesos + ",\"portMappings\":[{}]}", "/container/portMappings",
        "portMappings are not allowed with host-networking")]
    [InlineData(Bridge + ",\"portDefinitions\":[{\"port\":1}]", "/portDefinitions",
        "portDefinitions are only allowed with host-networking")]
    [InlineData("\"ports\":[1],\"portDefinitions\":[{\"port\":2}]", "/ports", "cannot specify both ports and port definitions")]
    [InlineData("\"ports\":[1,1]", "/ports", "ports must be unique")]
    [InlineData("\"portDefinitions\":[{\"port\":1},{\"port\":1}]", "/portDefinitions", "Ports must be unique.")]
    [InlineData("\"portDefinitions\":[{\"name\":\"a\"},{\"name\":\"a\"}]", "/portDefinitions", "Port names must be unique.")]
    [InlineData(Bridge + "," + Mesos + ",\"portMappings\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", "/container/portMappings",
        "Port names must be unique.")]
    [InlineData(Bridge + ",\"ipAddress\":{}", "/networks", "must not specify both networks and ipAddress")]
    [InlineData(Bridge + ",\"container\":{\"docker\":{\"image\":\"a\",\"network\":\"HOST\"}}", "/container/docker/network",
        "must not specify both container.docker.network and networks")]
    [InlineData("\"container\":{\"docker\":{\"image\":\"a\",\"network\":\"NONE\"}}", "/container/docker/network",
        "unsupported docker network type NONE")]
    [InlineData("\"ipAddress\":{},\"ports\":[1]", "/ipAddress", "cannot specify both an IP address and port")]
    [InlineData("\"ipAddress\":{\"discovery\":{}},\"container\":{\"docker\":{\"image\":\"a\"}}", "/ipAddress",
        "ipAddress/discovery is not allowed for Docker containers")]
    [InlineData("\"ipAddress\":{\"networkName\":\"n\",\"discovery\":{\"ports\":[{\"name\":\"a\"}]}}," + Mesos + ",\"portMappings\":[{}]}",
        "/ipAddress/discovery/ports", "container.portMappings and ipAddress.discovery.ports must not both be set")]
    [InlineData("\"networks\":[{}]", "/networks", "Network name must be specified when container network is selected.")]
    [InlineData("\"networks\":[{\"mode\":\"host\",\"name\":\"a\"}]", "/networks", "Host networks may not have names or labels")]
    [InlineData("\"networks\":[{\"mode\":\"container/bridge\",\"name\":\"a\"}]", "/networks", "Bridge networks may not have names")]
    [InlineData("\"networks\":[{\"name\":\"a\"},{\"name\":\"a\"}]", "/networks", "Duplicate networks are not allowed")]
    [InlineData("\"networks\":[{\"mode\":\"host\"},{\"mode\":\"container/bridge\"}]", "/networks",
        "May specify a single host network, single bridge network, or else 1-to-n container networks")]
    [InlineData("\"networks\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"container\":{\"docker\":{\"image\":\"a\"}}", "/networks",
        "may only specify a single container network when using the Docker container engine")]
    [InlineData("\"networks\":[{\"name\":\"a\"},{\"name\":\"b\"}]," + Mesos + ",\"portMappings\":[{\"hostPort\":1}]}",
        "/container/portMappings(0)",
        "networkNames must be a single item list when hostPort is specified and more than 1 container network is defined")]
    [InlineData("\"networks\":[{\"name\":\"a\"}]," + Mesos + ",\"portMappings\":[{\"networkNames\":[\"b\"]}]}",
        "/container/portMappings(0)/networkNames(0)", "got b, expected one of: a")]
    [InlineData("\"uris\":[\"a\"],\"fetch\":[{\"uri\":\"b\"}]", "/uris", "may not be set in conjunction with fetch")]
    [InlineData("\"container\":{\"docker\":{\"image\":\"a\",\"credential\":{\"principal\":\"p\"}}}", "/container/docker/credential",
        "must be empty")]
    [InlineData(Mesos + ",\"docker\":{\"image\":\"a\",\"parameters\":[{\"key\":\"a\",\"value\":\"b\"}]}}",
        "/container/docker/parameters", "must be empty")]
    [InlineData("\"container\":{\"portMappings\":[{}],\"docker\":{\"image\":\"a\",\"portMappings\":[{}]}}",
        "/container/docker/portMappings", "cannot specify both portMappings and docker.portMappings")]
    public void Read_NetworksAndPorts_AreHeldTogether(string fields, string path, string text) => Says(fields, path, text);

    [Theory]
    [InlineData("\"container\":{}", "/container/docker", "not defined")]
    [InlineData("\"container\":{\"docker\":{\"image\":\"a\",\"pullConfig\":{\"secret\":\"s\"}}}", "/container/docker/pullConfig",
        "pullConfig is not supported with Docker containerizer")]
    [InlineData("\"container\":{\"docker\":{\"image\":\"a\",\"pullConfig\":{\"secret\":\"s\"}}}", "/container/docker/pullConfig",
        "pullConfig.secret must refer to an existing secret")]
    [InlineData("\"residency\":{}", "/residency", "App must contain persistent volumes and define residency")]
    [InlineData(Persistent + ",\"unreachableStrategy\":{}", "/unreachableStrategy",
        "unreachableStrategy must be disabled for resident tasks")]
    [InlineData(Persistent + ",\"upgradeStrategy\":{}", "/upgradeStrategy/maximumOverCapacity", "got 1.0, expected 0.0")]
    [InlineData(Persistent + ",\"role\":\"edge\",\"acceptedResourceRoles\":[\"edge\"]", "/acceptedResourceRoles",
        "A resident app must have `acceptedResourceRoles = [\"*\"]`.")]
    public void Read_ContainersAndResidency_AreHeldTogether(string fields, string path, string text) => Says(fields, path, text);

    [Theory]
    [InlineData("{\"containerPath\":\"a/b\",\"persistent\":{\"size\":1}}", "/containerPath", "value must not contain \"/\"")]
    [InlineData("{\"containerPath\":\"..\",\"persistent\":{\"size\":1}}", "/containerPath", "got .., expected a name")]
    [InlineData("{\"containerPath\":\"a\",\"mode\":\"RO\",\"persistent\":{\"size\":1}}", "/mode", "got RO, expected RW")]
    [InlineData("{\"containerPath\":\"a\",\"persistent\":{\"size\":0}}", "/persistent/size", "got 0, expected more than 0")]
    [InlineData("{\"containerPath\":\"a\",\"persistent\":{\"size\":1,\"maxSize\":2}}", "/persistent",
        "Only mount volumes can have maxSize")]
    [InlineData("{\"containerPath\":\"a\",\"persistent\":{\"type\":\"mount\",\"size\":2,\"maxSize\":2}}", "/persistent",
        "Max size must be larger than size")]
    [InlineData("{\"containerPath\":\"a\",\"persistent\":{\"size\":1,\"constraints\":[[\"path\",\"LIKE\",\"a\"]]}}", "/persistent",
        "Constraints on root volumes are not supported")]
    [InlineData("{\"containerPath\":\"a\",\"persistent\":{\"type\":\"path\",\"size\":1,\"constraints\":[[\"path\",\"LIKE\",\"[\"]]}}",
        "/persistent/constraints(0)", "Invalid regular expression")]
    [InlineData("{\"containerPath\":\"a\",\"persistent\":{\"type\":\"path\",\"size\":1,\"constraints\":[[\"path\",\"IS\",\"a\"]]}}",
        "/persistent/constraints(0)", "Operator must be one of LIKE, UNLIKE")]
    [InlineData("{\"containerPath\":\"/a\",\"secret\":\"s\"}", "/secret", "volume.secret must refer to an existing secret")]
    public void Read_Volumes(string volume, string path, string text) =>
        Says(Mesos + ",\"volumes\":[" + volume + "]}", "/container/volumes(0)" + path, text);

    [Fact]
    public void Read_ExternalVolumes_HaveUniqueNames()
    {
        const string volume = "{\"containerPath\":\"/a\",\"mode\":\"RW\",\"external\":{\"name\":\"n\",\"provider\":\"dvdi\"}}";
        Says(Mesos + ",\"volumes\":[" + volume + "," + volume + "]}", "/container/volumes", "Volume names must be unique");
    }

    [Theory]
    [InlineData("{\"portIndex\":1}", "", PortIndex)]
    [InlineData("{\"protocol\":\"MESOS_TCP\",\"portIndex\":7}", "", PortIndex)]
    [InlineData("{\"port\":1,\"portIndex\":0}", "", "must specify either a port or a portIndex, not both")]
    [InlineData("{\"protocol\":\"COMMAND\"}", "/command", "must be defined for protocol COMMAND")]
    [InlineData("{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"\"}}", "/command/value", "must not be empty")]
    [InlineData("{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"true\"},\"portIndex\":0}", "", "a command health check has no port")]
    [InlineData("{\"command\":{\"value\":\"true\"}}", "/command", "may only be defined for protocol COMMAND")]
    [InlineData("{\"protocol\":\"TCP\",\"path\":\"/\"}", "/path", "may only be defined for HTTP and HTTPS")]
    [InlineData("{\"protocol\":\"MESOS_HTTP\",\"ignoreHttp1xx\":true}", "/ignoreHttp1xx", "may only be defined for HTTP and HTTPS")]
    [InlineData("{\"protocol\":\"MESOS_HTTP\",\"ipProtocol\":\"IPv6\"}", "",
        "IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks")]
    public void Read_HealthChecks(string check, string path, string text) =>
        Says("\"healthChecks\":[" + check + "]", "/healthChecks(0)" + path, text);

    [Theory]
    [InlineData("\"labels\":{\"EDGE_MERGE\":\"x\"}", "/labels/EDGE_MERGE", "got x, expected one of: fields, hub, site, hold")]
    [InlineData("\"portDefinitions\":[],\"healthChecks\":[{}]", "/healthChecks(0)", PortIndex)]
    [InlineData("\"healthChecks\":[{\"protocol\":\"MESOS_TCP\"},{\"protocol\":\"MESOS_HTTP\"}]", "/healthChecks",
        "AppDefinition can contain at most one Mesos health check")]
    [InlineData("\"readinessChecks\":[{\"portName\":\"x\"}]", "/readinessChecks(0)/portName",
        "No port definition reference for portName x")]
    [InlineData("\"readinessChecks\":[{\"timeoutSeconds\":30}]", "/readinessChecks(0)/timeoutSeconds", "got 30, expected less than 30")]
    [InlineData("\"readinessChecks\":[{\"path\":\"x\"}]", "/readinessChecks(0)/path",
        "must start with '/' and hold neither blanks nor characters that a URL has to encode")]
    [InlineData("\"readinessChecks\":[{},{\"name\":\"b\"}]", "/readinessChecks", "got 2, expected 1 or less")]
    [InlineData("\"check\":{}", "/check", "must define exactly one of http, tcp and exec")]
    [InlineData("\"check\":{\"tcp\":{}}", "/check/tcp", "must specify either a port or a portIndex, not both")]
    [InlineData("\"check\":{\"http\":{\"portIndex\":3}}", "/check/http", PortIndex)]
    public void Read_ChecksAndPorts(string fields, string path, string text) => Says(fields, path, text);

    [Theory]
    [InlineData("/", "/id", "must not be root")]
    [InlineData("/a/restart", "/id", "must not end with any of the following reserved keywords: restart, tasks, versions")]
    public void Read_Id(string id, string path, string text) => Bodies.Says(Bodies.Refused(Bodies.App(string.Empty, id)), path, text);

    [Theory]
    [InlineData("\"cmd\":null,\"args\":[\"a\"]")]
    [InlineData("\"cmd\":null,\"container\":{\"docker\":{\"image\":\"a\"}}")]
    [InlineData("\"constraints\":[[\"a\",\"CLUSTER\"],[\"a\",\"CLUSTER\",\"b\"],[\"a\",\"GROUP_BY\"],[\"a\",\"GROUP_BY\",\"2\"],"
        + "[\"a\",\"LIKE\",\"x.*\"],[\"a\",\"UNLIKE\",\"x\"],[\"a\",\"MAX_PER\",\"2\"],[\"a\",\"IS\",\"b\"],[\"@hostname\",\"UNIQUE\"]]")]
    [InlineData("\"ports\":[1],\"portDefinitions\":[{\"port\":1,\"name\":\"a\"}]")]
    [InlineData("\"portDefinitions\":[{\"port\":0},{\"port\":0}]")]
    [InlineData("\"healthChecks\":[{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"true\"}},{\"protocol\":\"COMMAND\","
        + "\"command\":{\"value\":\"false\"}},{\"protocol\":\"MESOS_TCP\"},{},{\"protocol\":\"TCP\",\"port\":5}]")]
    [InlineData("\"labels\":{\"MARATHON_SINGLE_INSTANCE_APP\":\"true\"}")]
    [InlineData("\"unreachableStrategy\":\"disabled\"")]
    [InlineData("\"role\":\"edge\",\"acceptedResourceRoles\":[\"edge\",\"*\"]")]
    public void Read_KeptRule_IsTaken(string fields) => Bodies.Defined(Bodies.App(fields));

    [Theory]
    [InlineData("true", "\"*\"", "got *, expected one of: edge")]
    [InlineData("false", "\"edge\"", null)]
    public void Read_EnforcedRole(string enforced, string role, string? text)
    {
        var reading = Bodies.Create with { EnforceRole = bool.Parse(enforced) };
        if (text is not null)
        {
            Bodies.Says(Bodies.Refused(Bodies.App("\"role\":" + role), reading), "/role", text);
        }

        Assert.Equal(text is null ? "\"*\"" : "\"edge\"", Bodies.Defined(Bodies.App(string.Empty), reading).Fields["role"]);
    }

    private static void Says(string fields, string path, string text)
    {
        var error = Bodies.Refused(Bodies.App(fields));
        Assert.Equal(MarathonErrorKind.ObjectNotValid, error.Kind);
        Bodies.Says(error, path, text);
    }
}
