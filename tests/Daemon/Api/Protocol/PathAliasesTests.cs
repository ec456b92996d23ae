using Edge.Daemon.Api.Protocol;

namespace Edge.Tests.Daemon.Api.Protocol;

public sealed class PathAliasesTests
{
    private static readonly PathAliases s_aliases = new(
        ["/master", "/slave(1)"], ["/api/v1", "/api/v1/scheduler", "/state", "/frameworks", "/monitor/statistics"], "/redirect");

    [Theory]
    [InlineData("/api/v1/scheduler", "/api/v1/scheduler")]
    [InlineData("/master/api/v1/scheduler", "/api/v1/scheduler")]
    [InlineData("/slave(1)/api/v1", "/api/v1")]
    [InlineData("/api/v1/operator", "/api/v1")]
    [InlineData("/master/api/v1/operator/deep", "/api/v1")]
    [InlineData("/master/frameworks/", "/frameworks")]
    [InlineData("/master/state.json", "/state")]
    [InlineData("/state.json", "/state")]
    [InlineData("/slave(1)/monitor/statistics.json", "/monitor/statistics")]
    [InlineData("/redirect", "/redirect")]
    [InlineData("/master/redirect", "/redirect")]
    [InlineData("/redirect/anything", "/redirect/anything")]
    [InlineData("/", "/")]
    [InlineData("", "")]
    [InlineData("/nowhere/at/all/", "/nowhere/at/all/")]
    [InlineData("/masterful/state", "/masterful/state")]
    [InlineData("/v2/apps//a/b", "/v2/apps//a/b")]
    public void Resolve_LeadsToTheRoute(string path, string expected) => Assert.Equal(expected, s_aliases.Resolve(path));
}
