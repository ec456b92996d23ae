using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>What changes when an existing app is changed, and the old forms of fields.</summary>
public sealed class MarathonMergeTests
{
    private static readonly MarathonAppDefinition s_stored = Bodies.Defined(Bodies.App("""
        "cpus":2,"env":{"A":"a","B":"b"},"labels":{"x":"y"},"user":"nobody","portDefinitions":[{"port":10005,"name":"web"}],
        "constraints":[["hostname","UNIQUE"]],"upgradeStrategy":{"minimumHealthCapacity":0.5,"maximumOverCapacity":0.5},
        "executorResources":{"cpus":0.2},"resourceLimits":{"cpus":4},"dependencies":["/db"]
        """));

    [Fact]
    public void Merge_OneField_ChangesNothingElse() =>
        Assert.Equal(s_stored.Fields.SetItem("instances", "5"), Bodies.Defined("""{"instances":5}""", Bodies.Merge(s_stored)).Fields);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"cmd":null,"env":null,"executorResources":null}""")]
    [InlineData("""{"id":"/edge/web","cpus":2.0}""")]
    [InlineData("""{"dependencies":["/db"],"ports":null}""")]
    [InlineData("""{"uris":[]}""")]
    public void Merge_NothingNew_IsTheSame(string json) =>
        Assert.Equal(s_stored.Fields, Bodies.Defined(json, Bodies.Merge(s_stored)).Fields);

    [Theory]
    [InlineData("env", "{}", null)]
    [InlineData("env", """{"C":"c"}""", """{"C":"c"}""")]
    [InlineData("constraints", "[]", null)]
    [InlineData("dependencies", "[]", null)]
    [InlineData("labels", "{}", "{}")]
    [InlineData("portDefinitions", "[]", "[]")]
    [InlineData("upgradeStrategy", """{"minimumHealthCapacity":0.1}""", """{"maximumOverCapacity":1,"minimumHealthCapacity":0.1}""")]
    public void Merge_Field_IsReplacedWhole(string field, string value, string? expected) => Assert.Equal(
        expected is null ? s_stored.Fields.Remove(field) : s_stored.Fields.SetItem(field, expected),
        Bodies.Defined($$"""{"{{field}}":{{value}}}""", Bodies.Merge(s_stored)).Fields);

    [Fact]
    public void Merge_OldPorts_ReplaceTheDefinitions() => Assert.Equal(
        """[{"port":9000,"protocol":"tcp"}]""",
        Bodies.Defined("""{"ports":[9000]}""", Bodies.Merge(s_stored)).Fields["portDefinitions"]);

    [Fact]
    public void Merge_CommandAndArguments_DoNotMix()
    {
        Bodies.Says(
            Bodies.Refused("""{"args":["a"]}""", Bodies.Merge(s_stored)), "/",
            "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
        var withArgs = Bodies.Defined("""{"id":"/a","args":["a"]}""");
        var withCmd = Bodies.Defined("""{"args":[],"cmd":"sleep 1"}""", Bodies.Merge(withArgs));
        Assert.Equal((false, true), (withCmd.Fields.ContainsKey("args"), withCmd.Fields.ContainsKey("cmd")));
    }

    [Fact]
    public void Merge_OtherNetwork_LeavesItsPortsBehind()
    {
        var bridged = Bodies.Defined("""{"networks":[{"mode":"container/bridge"}]}""", Bodies.Merge(s_stored));
        Assert.False(bridged.Fields.ContainsKey("portDefinitions"));
        Assert.Equal(
            """
            {"portMappings":[{"containerPort":0,"hostPort":0,"labels":{},"name":"default","protocol":"tcp","servicePort":0}],
            "type":"MESOS","volumes":[]}
            """.ReplaceLineEndings(string.Empty),
            bridged.Fields["container"]);
        var back = Bodies.Defined("""{"networks":[{"mode":"host"}]}""", Bodies.Merge(bridged));
        Assert.Equal("""[{"name":"default","port":0,"protocol":"tcp"}]""", back.Fields["portDefinitions"]);
        Assert.Equal("""{"type":"MESOS","volumes":[]}""", back.Fields["container"]);
    }

    [Fact]
    public void Merge_RoleOfTheStoredApp_StaysAllowed()
    {
        var other = s_stored with { Fields = s_stored.Fields.SetItem("role", "\"old\"") };
        Assert.Equal("\"old\"", Bodies.Defined("""{"instances":2}""", Bodies.Merge(other)).Fields["role"]);
    }

    [Fact]
    public void Merge_Rules_AreThoseOfTheResult() => Bodies.Says(
        Bodies.Refused("""{"resourceLimits":{"cpus":1}}""", Bodies.Merge(s_stored)), "/resourceLimits/cpus",
        "resource limit must be greater than or equal to requested resource (2.0)");

    [Fact]
    public void Replace_BringsDefaultsBack()
    {
        var reading = Bodies.Merge(s_stored) with { Mode = MarathonReadMode.Replace };
        Assert.Equal(
            Bodies.Defined("""{"id":"/edge/web","cmd":"sleep 7"}""").Fields, Bodies.Defined("""{"cmd":"sleep 7"}""", reading).Fields);
    }

    [Fact]
    public void Read_ItsOwnAnswer_GivesTheSameDefinition()
    {
        var answer = Answers.Text(w => MarathonJson.WriteApp(w, Answers.App with { Fields = s_stored.Fields }));
        var again = Bodies.Defined(answer, Bodies.Create with { Strict = true });
        Assert.Equal(s_stored.Fields, again.Fields);
    }

    [Theory]
    [InlineData("\"uris\":[\"http://a/b.tar.gz?x=y\",\"http://a/b.sh\"]", "fetch",
        "[{\"cache\":false,\"executable\":false,\"extract\":true,\"uri\":\"http://a/b.tar.gz?x=y\"},"
        + "{\"cache\":false,\"executable\":false,\"extract\":false,\"uri\":\"http://a/b.sh\"}]")]
    [InlineData("\"ports\":[]", "portDefinitions", "[]")]
    [InlineData("\"ports\":[0,80]", "portDefinitions", "[{\"port\":0,\"protocol\":\"tcp\"},{\"port\":80,\"protocol\":\"tcp\"}]")]
    [InlineData("\"ipAddress\":{\"networkName\":\"n\",\"labels\":{\"a\":\"b\"},\"groups\":[\"g\"]}", "networks",
        "[{\"labels\":{\"a\":\"b\"},\"mode\":\"container\",\"name\":\"n\"}]")]
    [InlineData("\"container\":{\"docker\":{\"image\":\"a\",\"network\":\"USER\"}},\"ipAddress\":{\"networkName\":\"n\"}", "networks",
        "[{\"mode\":\"container\",\"name\":\"n\"}]")]
    [InlineData("\"container\":{\"docker\":{\"image\":\"a\",\"network\":\"HOST\"}}", "networks", "[{\"mode\":\"host\"}]")]
    [InlineData("\"ports\":[0,0],"
        + "\"container\":{\"docker\":{\"image\":\"a\",\"network\":\"BRIDGE\",\"portMappings\":[{\"containerPort\":80}]}}",
        "container", "{\"docker\":{\"forcePullImage\":false,\"image\":\"a\",\"parameters\":[],\"privileged\":false},\"portMappings\":["
        + "{\"containerPort\":80,\"hostPort\":0,\"labels\":{},\"protocol\":\"tcp\",\"servicePort\":0},"
        + "{\"containerPort\":0,\"hostPort\":0,\"labels\":{},\"protocol\":\"tcp\",\"servicePort\":0}],\"type\":\"DOCKER\",\"volumes\":[]}")]
    [InlineData("\"healthChecks\":[{\"protocol\":\"TCP\"}]", "healthChecks",
        "[{\"delaySeconds\":15,\"gracePeriodSeconds\":300,\"intervalSeconds\":60,\"ipProtocol\":\"IPv4\",\"maxConsecutiveFailures\":3,"
        + "\"portIndex\":0,\"protocol\":\"TCP\",\"timeoutSeconds\":20}]")]
    public void Read_OldForm_IsTranslated(string fields, string field, string expected) =>
        Assert.Equal(expected, Bodies.Defined(Bodies.App(fields)).Fields[field]);

    [Fact]
    public void Read_PersistentVolume_BringsResidency()
    {
        var app = Bodies.Defined(Bodies.App("""
            "container":{"type":"MESOS","volumes":[{"containerPath":"data","persistent":{"size":1}}]}
            """)).Fields;
        Assert.Equal("""{"relaunchEscalationTimeoutSeconds":3600,"taskLostBehavior":"WAIT_FOREVER"}""", app["residency"]);
        Assert.Equal("\"disabled\"", app["unreachableStrategy"]);
        Assert.Equal("""{"maximumOverCapacity":0,"minimumHealthCapacity":0.5}""", app["upgradeStrategy"]);
    }

    [Fact]
    public void Read_DefaultNetworkName_IsFilledIn() => Assert.Equal(
        """[{"mode":"container","name":"dcos"}]""",
        Bodies.Defined(Bodies.App("\"networks\":[{}]"), Bodies.Create with { DefaultNetworkName = "dcos" }).Fields["networks"]);

    [Fact]
    public void Support_RowTakenOut_IsHonoured()
    {
        var body = Bodies.App("\"tty\":true");
        var error = Bodies.Refused(body, Bodies.Create with { Support = MarathonSupport.Current });
        Bodies.Says(error, "/tty", "Terminals are not supported yet.");
        var app = Bodies.Defined(body, Bodies.Create with { Support = MarathonSupport.Current.With("/tty") });
        Assert.Equal("true", app.Fields["tty"]);
    }

    [Theory]
    [InlineData("\"tty\":false")]
    [InlineData("\"fetch\":[],\"secrets\":{},\"gpus\":0,\"uris\":[],\"readinessChecks\":[]")]
    [InlineData("\"executor\":\"//cmd\",\"container\":{\"type\":\"MESOS\"},\"networks\":[{\"mode\":\"host\"}]")]
    public void Support_AskingForNothing_IsNotRefused(string fields) =>
        Bodies.Defined(Bodies.App(fields), Bodies.Create with { Support = MarathonSupport.Current });
}
