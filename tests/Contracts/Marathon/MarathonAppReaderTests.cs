using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed class MarathonAppReaderTests
{
    [Fact]
    public void Read_MinimalApp_HasEveryDefaultOfAGet()
    {
        var app = Bodies.Defined("""{"id":"web","cmd":"sleep 100"}""", Bodies.Create with { Support = MarathonSupport.Current });
        Assert.Equal("/web", app.Id);
        Assert.Empty(app.UnknownFields);
        var expected = new[]
        {
            """acceptedResourceRoles ["*"]""", "backoffFactor 1.15", "backoffSeconds 1", "cmd \"sleep 100\"", "cpus 1", "disk 0",
            "executor \"\"", "gpus 0", "id \"/web\"", "instances 1", "killSelection \"YOUNGEST_FIRST\"", "labels {}",
            "maxLaunchDelaySeconds 300", "mem 128", """networks [{"mode":"host"}]""",
            """portDefinitions [{"name":"default","port":0,"protocol":"tcp"}]""", "requirePorts false", "role \"*\"",
            """unreachableStrategy {"expungeAfterSeconds":0,"inactiveAfterSeconds":0}""",
            """upgradeStrategy {"maximumOverCapacity":1,"minimumHealthCapacity":1}""",
        };
        Assert.Equal(expected, app.Fields.Select(f => f.Key + " " + f.Value));
    }

    [Theory]
    [InlineData("\"instances\":1.000000", "instances", "1")]
    [InlineData("\"instances\":3e2", "instances", "300")]
    [InlineData("\"cpus\":1.50", "cpus", "1.5")]
    [InlineData("\"cpus\":0.1", "cpus", "0.1")]
    [InlineData("\"mem\":-0.0", "mem", "0")]
    [InlineData("\"mem\":1e21", "mem", "1E+21")]
    [InlineData("\"mem\":64,\"mem\":32", "mem", "32")]
    [InlineData("\"mem\":64,\"mem\":null", "mem", "128")]
    [InlineData("\"mem\":\"no\",\"mem\":32", "mem", "32")]
    [InlineData("\"labels\":{\"b\":\"\u00fc\",\"a\":\"<\\\"&\",\"c\":null}", "labels", "{\"a\":\"<\\\"&\",\"b\":\"\u00fc\"}")]
    [InlineData("\"killSelection\":\"oldest_first\"", "killSelection", "\"OLDEST_FIRST\"")]
    [InlineData("\"dependencies\":[\"../b\",\"/a\",\"b\",\"/a\"]", "dependencies", "[\"/a\",\"/b\"]")]
    [InlineData("\"constraints\":[[\"a\",\"UNIQUE\"],[\"a\",\"UNIQUE\"]]", "constraints", "[[\"a\",\"UNIQUE\"]]")]
    public void Read_Value_IsCanonical(string fields, string name, string expected) =>
        Assert.Equal(expected, Bodies.Defined(Bodies.App(fields)).Fields[name]);

    [Theory]
    [InlineData("env", "{}")]
    [InlineData("args", "[]")]
    [InlineData("constraints", "[]")]
    [InlineData("healthChecks", "[]")]
    [InlineData("fetch", "null")]
    [InlineData("user", "null")]
    [InlineData("version", "\"2020-01-01T00:00:00.000Z\"")]
    [InlineData("versionInfo", """{"lastScalingAt":"x"}""")]
    [InlineData("tasksRunning", "3")]
    [InlineData("deployments", "[]")]
    public void Read_EmptyNullAndServersOwn_AreLeftOut(string field, string value)
    {
        var app = Bodies.Defined(Bodies.App($"\"{field}\":{value}"));
        Assert.DoesNotContain(field, app.Fields.Keys);
        Assert.Empty(app.UnknownFields);
    }

    [Fact]
    public void Read_RelativeIdAndDependencies_AreOfTheGroup()
    {
        var reading = Bodies.Create with { BaseGroup = "/shop" };
        var app = Bodies.Defined("""{"id":"web","cmd":"sleep 1","dependencies":["db","../mail","/x"]}""", reading);
        Assert.Equal("/shop/web", app.Id);
        Assert.Equal("""["/mail","/shop/db","/x"]""", app.Fields["dependencies"]);
    }

    [Fact]
    public void Read_IdOfTheUrl_StandsBeforeTheBodys() =>
        Assert.Equal("\"/a/b\"", Bodies.Defined("""{"id":"/c","cmd":"sleep 1"}""", Bodies.Create with { AppId = "/a/b" }).Fields["id"]);

    [Fact]
    public void Read_UnknownFields_AreDroppedAndNamed()
    {
        const string json =
            """{"id":"/a","cmd":"sleep 1","cmdd":1,"container":{"type":"MESOS","volumez":[]},"healthChecks":[{"pth":"/"}]}""";
        var app = Bodies.Defined(json);
        Assert.Equal<string>(["/cmdd", "/container/volumez", "/healthChecks(0)/pth"], [.. app.UnknownFields]);
        Assert.DoesNotContain("cmdd", app.Fields.Keys);
        var error = Bodies.Refused(json, Bodies.Create with { Strict = true, PathPrefix = "(2)" });
        Assert.Equal(MarathonErrorKind.InvalidJson, error.Kind);
        Assert.Equal(["(2)/cmdd", "(2)/container/volumez", "(2)/healthChecks(0)/pth"], error.Details.Select(d => d.Path));
    }

    [Theory]
    [InlineData("\"cpus\":\"1\"", "/cpus", "error.expected.jsnumber")]
    [InlineData("\"cmd\":1", "/cmd", "error.expected.jsstring")]
    [InlineData("\"cmd\":\"\\ud800\"", "/cmd", "error.expected.jsstring")]
    [InlineData("\"cmd\":\"\"", "/cmd", "error.minLength")]
    [InlineData("\"container\":[]", "/container", "error.expected.jsobject")]
    [InlineData("\"args\":\"a\"", "/args", "error.expected.jsarray")]
    [InlineData("\"requirePorts\":1", "/requirePorts", "error.expected.jsboolean")]
    [InlineData("\"instances\":-1", "/instances", "error.min")]
    [InlineData("\"instances\":1.5", "/instances", "error.expected.int")]
    [InlineData("\"instances\":3000000000", "/instances", "error.expected.int")]
    [InlineData("\"cpus\":0", "/cpus", "error.min")]
    [InlineData("\"cpus\":1e999", "/cpus", "error.expected.jsnumber")]
    [InlineData("\"mem\":-1", "/mem", "error.min")]
    [InlineData("\"backoffFactor\":0.5", "/backoffFactor", "error.min")]
    [InlineData("\"portDefinitions\":[{\"port\":65536}]", "/portDefinitions(0)/port", "error.max")]
    [InlineData("\"portDefinitions\":[{\"name\":\"A\"}]", "/portDefinitions(0)/name", "error.pattern")]
    [InlineData("\"dependencies\":[\"/A\"]", "/dependencies(0)", "error.pattern")]
    [InlineData("\"container\":{\"docker\":{}}", "/container/docker/image", "error.path.missing")]
    [InlineData("\"container\":{\"volumes\":[{\"containerPath\":\"/a\",\"hostPath\":\"/b\"}]}", "/container/volumes(0)/mode",
        "error.path.missing")]
    [InlineData("\"labels\":{\"a\":1}", "/labels/a", "error.expected.jsstring")]
    [InlineData("\"env\":{\"A\":1}", "/env/A", "error.expected.jsstring")]
    [InlineData("\"env\":{\"A\":{\"secrets\":\"x\"}}", "/env/A/secret", "error.path.missing")]
    [InlineData("\"constraints\":[[\"a\"]]", "/constraints(0)", "error.minLength")]
    [InlineData("\"constraints\":[[\"a\",\"b\",\"c\",\"d\"]]", "/constraints(0)", "error.maxLength")]
    [InlineData("\"unreachableStrategy\":\"enabled\"", "/unreachableStrategy", "error.unknown.enum.literal")]
    [InlineData("\"unreachableStrategy\":7", "/unreachableStrategy", "error.expected.jsobject")]
    [InlineData("\"killSelection\":\"ANY\"", "/killSelection", "error.unknown.enum.literal")]
    [InlineData("\"executor\":\"a//b\"", "/executor", "error.pattern")]
    public void Read_SchemaError_IsNamed(string fields, string path, string text)
    {
        var error = Bodies.Refused(Bodies.App(fields));
        Assert.Equal(MarathonErrorKind.InvalidJson, error.Kind);
        Assert.Equal("Invalid JSON", error.Message);
        Bodies.Says(error, path, text);
    }

    [Theory]
    [InlineData("[]", "/", "error.expected.jsobject")]
    [InlineData("null", "/", "error.expected.jsobject")]
    [InlineData("{}", "/id", "error.path.missing")]
    [InlineData("""{"id":"/A"}""", "/id", "error.pattern")]
    [InlineData("""{"id":null}""", "/id", "error.path.missing")]
    public void Read_NoApp_IsRefused(string json, string path, string text) => Bodies.Says(Bodies.Refused(json), path, text);

    [Fact]
    public void Read_ManyErrors_AreAllToldAtOnce()
    {
        var schema = Bodies.Refused("""{"cpus":"a","mem":-1,"env":{"A":1},"cmd":true}""");
        Assert.Equal(["/cpus", "/mem", "/env/A", "/cmd", "/id"], schema.Details.Select(d => d.Path));
        var meaning = Bodies.Refused(Bodies.App("""
            "args":["a"],"constraints":[["a","UNIQUE","b"],["a","FOO"]],"portDefinitions":[{"port":1},{"port":1}]
            """));
        Assert.Equal(MarathonErrorKind.ObjectNotValid, meaning.Kind);
        Assert.Equal("Object is not valid", meaning.Message);
        Assert.Equal(["/", "/constraints(0)", "/constraints(1)", "/portDefinitions"], meaning.Details.Select(d => d.Path));
    }

    [Theory]
    [InlineData(MarathonReadMode.Merge)]
    [InlineData(MarathonReadMode.Replace)]
    public void Read_VersionAlone_IsRollback(MarathonReadMode mode)
    {
        var reading = Bodies.Create with { Mode = mode, AppId = "/a" };
        Assert.Equal(
            new MarathonAppResult.Rollback("/a", new DateTimeOffset(2020, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)),
            Bodies.Read("""{"id":"/a","version":"2020-01-02T03:04:05.678Z"}""", reading));
        var error = Bodies.Refused("""{"version":"2020-01-02T03:04:05.678Z","cpus":1}""", reading);
        Assert.Equal(MarathonErrorKind.Message, error.Kind);
        Assert.Equal("The 'version' field may only be combined with the 'id' field.", error.Message);
        Assert.Equal(
            "Invalid timestamp provided 'x'. Expecting ISO-8601 datetime string.", Bodies.Refused("""{"version":"x"}""", reading).Message);
    }
}
