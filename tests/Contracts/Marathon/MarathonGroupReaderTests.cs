using System.Text.Json;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed class MarathonGroupReaderTests
{
    private static readonly MarathonGroupReading s_reading = new();

    [Fact]
    public void Read_Tree_IsFlatWithResolvedPaths()
    {
        var update = Defined("""
            {"id":"/shop","dependencies":["/base","../base"],"apps":[{"id":"web","cmd":"sleep 1","dependencies":["db/one","/x"]}],
             "groups":[{"id":"db","dependencies":["../mail"],"apps":[{"id":"one","cmd":"sleep 1"},{"id":"/shop/db/two","cmd":"sleep 1"}]},
                       {"id":"/shop/mail","groups":[{"id":"deep"}]}]}
            """);
        Assert.Equal("/shop", update.Id);
        Assert.Equal(["/shop", "/shop/db", "/shop/mail", "/shop/mail/deep"], update.Groups.Select(g => g.Id));
        Assert.Equal(["/shop/web", "/shop/db/one", "/shop/db/two"], update.Apps.Select(a => a.Id));
        Assert.Equal("""["/shop/db/one","/x"]""", update.Apps[0].Fields["dependencies"]);
        Assert.Equal<string>(["/base"], [.. update.Groups[0].Dependencies!.Value]);
        Assert.Equal<string>(["/shop/mail"], [.. update.Groups[1].Dependencies!.Value]);
        Assert.Null(update.Groups[2].Dependencies);
        Assert.Equal((true, true), (update.Groups[0].HasApps, update.Groups[0].HasGroups));
        Assert.Equal((true, false), (update.Groups[1].HasApps, update.Groups[1].HasGroups));
        Assert.Equal((false, true), (update.Groups[2].HasApps, update.Groups[2].HasGroups));
    }

    [Theory]
    [InlineData("/", """{"id":"shop"}""", "/shop")]
    [InlineData("/a", """{"id":"shop"}""", "/a/shop")]
    [InlineData("/a", """{"id":"/shop"}""", "/shop")]
    [InlineData("/a/b", "{}", "/a/b")]
    [InlineData("/", "{}", "/")]
    public void Read_Id_IsResolvedAgainstTheUrl(string url, string json, string expected) =>
        Assert.Equal(expected, Defined(json, s_reading with { GroupId = url }).Id);

    [Fact]
    public void Read_Roles_FollowEnforceRole()
    {
        const string json = """{"id":"/shop","groups":[{"id":"a","apps":[{"id":"web","cmd":"sleep 1"}]}]}""";
        string Role(string body, MarathonGroupReading reading) => Defined(body, reading).Apps[0].Fields["role"];
        Assert.Equal("\"*\"", Role(json, s_reading));
        Assert.Equal("\"shop\"", Role(json, s_reading with { IsEnforced = g => g == "/shop" }));
        Assert.Equal("\"shop\"", Role(json.Replace("\"groups\"", "\"enforceRole\":true,\"groups\"", StringComparison.Ordinal), s_reading));
        Assert.Equal("\"shop\"", Role(
            """{"apps":[{"id":"web","cmd":"sleep 1"}]}""", s_reading with { GroupId = "/shop/a", IsEnforced = g => g == "/shop" }));
    }

    [Fact]
    public void Read_VersionAlone_IsRollback()
    {
        var version = new DateTimeOffset(2020, 1, 2, 3, 4, 5, 0, TimeSpan.Zero);
        Assert.Equal(
            new MarathonGroupResult.Rollback("/shop", version),
            Read("""{"version":"2020-01-02T03:04:05.000Z"}""", s_reading with { GroupId = "/shop" }));
        Assert.Equal(
            "The 'version' field may only be combined with the 'id' field.",
            Refused("""{"version":"2020-01-02T03:04:05.000Z","apps":[]}""").Message);
    }

    [Fact]
    public void Read_ScaleByAlone_IsScale()
    {
        Assert.Equal(new MarathonGroupResult.Scale("/shop", 1.5), Read("""{"id":"/shop","scaleBy":1.5}"""));
        Assert.Equal(
            "The 'scaleBy' field may only be combined with the 'id' field.", Refused("""{"scaleBy":2,"groups":[]}""").Message);
        Bodies.Says(Refused("""{"scaleBy":-1}"""), "/scaleBy", "error.min");
    }

    [Theory]
    [InlineData("""{"apps":[{"id":"a","cmd":"sleep 1"},{"id":"b","cmd":"x"}]}""", "/apps(1)/cmd", "must not be an empty string")]
    [InlineData("""{"groups":[{"id":"g","apps":[{"id":"Web","cmd":"sleep 1"}]}]}""", "/groups(0)/apps(0)/id", "error.pattern")]
    [InlineData("""{"groups":[{"apps":[]}]}""", "/groups(0)/id", "error.path.missing")]
    [InlineData("""{"apps":{}}""", "/apps", "error.expected.jsarray")]
    [InlineData("""{"apps":[7]}""", "/apps(0)", "error.expected.jsobject")]
    [InlineData("""{"groups":[[]]}""", "/groups(0)", "error.expected.jsobject")]
    [InlineData("[]", "/", "error.expected.jsobject")]
    [InlineData("""{"groups":[{"id":"/x/g"}]}""", "/groups(0)/id", "Identifier is not child of /shop. Hint: use relative paths.")]
    [InlineData("""{"apps":[{"id":"/x","cmd":"sleep 1"}]}""", "/apps(0)/id", "Identifier is not child of /shop. Hint: use relative paths.")]
    [InlineData("""{"apps":[{"id":"a/b","cmd":"sleep 1"}]}""", "/apps(0)/id",
        "Identifier is not child of /shop. Hint: use relative paths.")]
    [InlineData("""{"apps":[{"id":"a","cmd":"sleep 1"},{"id":"/shop/a","cmd":"sleep 1"}]}""", "/apps(1)/id",
        "An app with id [/shop/a] is already in this group.")]
    [InlineData("""{"groups":[{"id":"a"},{"id":"a"}]}""", "/groups(1)/id", "Group /shop/a is already in this group.")]
    [InlineData("""{"apps":[{"id":"a","cmd":"sleep 1"}],"groups":[{"id":"a"}]}""", "/apps(0)/id",
        "Groups and Applications may not have the same identifier.")]
    [InlineData("""{"groups":[{"id":"tasks"}]}""", "/groups(0)/id",
        "must not end with any of the following reserved keywords: restart, tasks, versions")]
    [InlineData("""{"groups":[{"id":"a","pods":[{}]}]}""", "/groups(0)/pods", "Pods are not made in groups yet; use /v2/pods.")]
    [InlineData("""{"groups":[{"id":"a","scaleBy":2}]}""", "/groups(0)/scaleBy",
        "may only be set for the group that is updated, not for one below it")]
    [InlineData("""{"groups":[{"id":"a","enforceRole":true}]}""", "/groups(0)/enforceRole",
        "enforceRole can only be set for top-level groups")]
    [InlineData("""{"dependencies":["/a/tasks"]}""", "/dependencies(0)",
        "must not end with any of the following reserved keywords: restart, tasks, versions")]
    [InlineData("""{"apps":[{"id":"a","cmd":"sleep 1","dependencies":["b"]},{"id":"b","cmd":"sleep 1","dependencies":["a"]}]}""", "/",
        "Dependency graph has cyclic dependencies. /shop/a -> /shop/b -> /shop/a")]
    [InlineData("""{"apps":[{"id":"a","cmd":"sleep 1","gpus":1}]}""", "/apps(0)/gpus", "GPU resources are not supported yet.")]
    public void Read_Error_IsNamedByItsPath(string json, string path, string text) =>
        Bodies.Says(Refused(json, s_reading with { GroupId = "/shop" }), path, text);

    [Fact]
    public void Read_ErrorsOfAllApps_AreToldTogether()
    {
        var error = Refused("""{"apps":[{"id":"a"},{"id":"b"}],"groups":[{"id":"g","apps":[{"id":"c"}]}]}""");
        Assert.Equal(["/apps(0)", "/apps(1)", "/groups(0)/apps(0)"], error.Details.Select(d => d.Path));
        Assert.Equal(
            ["/apps(0)/cpus", "/groups(0)/x"],
            Refused(
                """{"apps":[{"id":"a","cpus":"1"}],"groups":[{"id":"g","x":1}]}""",
                s_reading with { Apps = s_reading.Apps with { Strict = true } }).Details.Select(d => d.Path));
    }

    [Fact]
    public void Read_UnknownFields_AreNamed() => Assert.Equal<string>(
        ["/y", "/apps(0)/z", "/groups(0)/x"],
        [.. Defined("""
            {"y":1,"apps":[{"id":"a","cmd":"sleep 1","z":1}],"groups":[{"id":"g","x":1,"version":"v","pods":[]}]}
            """).UnknownFields]);

    private static MarathonGroupResult Read(string json, MarathonGroupReading? reading = null)
    {
        using var document = JsonDocument.Parse(json);
        return MarathonGroupReader.Read(document.RootElement, reading ?? s_reading);
    }

    private static MarathonGroupUpdate Defined(string json, MarathonGroupReading? reading = null)
    {
        var result = Read(json, reading);
        Assert.True(result is MarathonGroupResult.Defined, (result as MarathonGroupResult.Refused)?.Error.ToString());
        return ((MarathonGroupResult.Defined)result).Update;
    }

    private static MarathonError Refused(string json, MarathonGroupReading? reading = null) =>
        Assert.IsType<MarathonGroupResult.Refused>(Read(json, reading)).Error;
}
