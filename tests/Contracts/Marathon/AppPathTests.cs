using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed class AppPathTests
{
    [Theory]
    [InlineData("/edge/web", "/", "/edge/web")]
    [InlineData("web", "/", "/web")]
    [InlineData("web", "/edge", "/edge/web")]
    [InlineData("../db", "/edge/web", "/edge/db")]
    [InlineData("../../../../db", "/edge", "/db")]
    [InlineData("//edge//web/", "/x", "/edge/web")]
    [InlineData("./web", "/edge", "/edge/web")]
    [InlineData("/edge/../web", "/x", "/web")]
    [InlineData("/", "/x", "/")]
    [InlineData("", "/x", "/x")]
    public void Resolve_AnyForm_IsCanonical(string path, string group, string expected) =>
        Assert.Equal(expected, AppPath.Resolve(path, group));

    [Theory]
    [InlineData("/edge/web", true)]
    [InlineData("../db", true)]
    [InlineData("/a.b/c-d", true)]
    [InlineData("//a", true)]
    [InlineData("", false)]
    [InlineData("/Edge", false)]
    [InlineData("/a_b", false)]
    [InlineData("/-a", false)]
    [InlineData("/a-", false)]
    [InlineData("/a..b", false)]
    [InlineData("/.", false)]
    public void IsPathText_FollowsThePattern(string text, bool expected) => Assert.Equal(expected, AppPath.IsPathText(text));

    [Theory]
    [InlineData("/edge/web", "/edge", "edge_web", "web", "edge")]
    [InlineData("/web", "/", "web", "web", "")]
    [InlineData("/", "/", "", "", "")]
    public void Parts_OfAPath(string path, string parent, string prefix, string name, string top)
    {
        Assert.Equal(parent, AppPath.Parent(path));
        Assert.Equal(prefix, AppPath.TaskPrefix(path));
        Assert.Equal(name, AppPath.Name(path));
        Assert.Equal(top, AppPath.TopGroup(path));
    }

    [Fact]
    public void Parents_NearestFirst() => Assert.Equal<string>(["/a/b", "/a", "/"], [.. AppPath.Parents("/a/b/c")]);

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a", "/", true)]
    public void IsWithin_WholeSegments(string path, string group, bool expected) => Assert.Equal(expected, AppPath.IsWithin(path, group));

    [Theory]
    [InlineData("/", "Path must contain at least one path element")]
    [InlineData("/", "must not be root")]
    [InlineData("/a/restart", "must not end with any of the following reserved keywords: restart, tasks, versions")]
    [InlineData("/tasks", "must not end with any of the following reserved keywords: restart, tasks, versions")]
    [InlineData("/a/versions", "must not end with any of the following reserved keywords: restart, tasks, versions")]
    public void Errors_OfAnId(string path, string expected) => Assert.Contains(expected, AppPath.Errors(path));

    [Fact]
    public void Errors_GoodId_HasNone() => Assert.Empty(AppPath.Errors("/edge/tasks/web"));
}
