using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed class DependencyCyclesTests
{
    [Theory]
    [InlineData("/a>/b /b", "", "")]
    [InlineData("/a>/b /b>/c /c", "", "")]
    [InlineData("/a>/missing", "", "")]
    [InlineData("/a>/a", "", "/a")]
    [InlineData("/b>/a /a>/b", "", "/a /b")]
    [InlineData("/a>/b /b>/c /c>/a", "", "/a /b /c")]
    [InlineData("/a>/b /b>/a /c>/d /d>/c", "", "/a /b|/c /d")]
    // To depend on a group is to depend on every app in it.
    [InlineData("/a>/g /g/b>/a", "", "/a /g/b")]
    [InlineData("/a>/g /g/h/b>/a", "", "/a /g/h/b")]
    [InlineData("/g/a>/g", "", "/g/a")]
    [InlineData("/a>/g /g/b /h/c>/a", "", "")]
    // An app inherits the dependencies of the groups around it.
    [InlineData("/g/a /h/b>/g", "/g>/h", "/g/a /h/b")]
    [InlineData("/g/x/a /h/b>/g/x/a", "/g>/h", "/g/x/a /h/b")]
    [InlineData("/g/a /h/b", "/g>/h /h>/g", "/g/a /h/b")]
    [InlineData("/g/a", "/g>/g", "/g/a")]
    [InlineData("/g/a /h/b", "/g>/h", "")]
    [InlineData("", "/g>/h /h>/g", "")]
    [InlineData("/g/h/a /g/b", "/g/h>/g/b", "")]
    [InlineData("/a>/b", "/>/a", "/a")]
    public void Find_Circles(string apps, string groups, string expected)
    {
        var found = DependencyCycles.Find(Parse(apps), Parse(groups));
        Assert.Equal(expected, string.Join('|', found.Select(c => string.Join(' ', c))));
    }

    [Fact]
    public void Find_LargeGroups_FormNoProduct()
    {
        var apps = Enumerable.Range(0, 20_000).ToDictionary(
            i => $"/{(char)('a' + (i % 2))}/x{i}", i => (IReadOnlyCollection<string>)[], StringComparer.Ordinal);
        Assert.Empty(DependencyCycles.Find(apps, Parse("/a>/b")));
        Assert.Equal(DependencyCycles.Max, DependencyCycles.Find(apps, Parse("/a>/b /b>/a")).Length);
    }

    [Fact]
    public void Find_LongChain_IsWalkedWithoutRecursion()
    {
        var apps = Enumerable.Range(0, 100_000).ToDictionary(
            i => $"/x{i}", i => (IReadOnlyCollection<string>)[$"/x{(i + 1) % 100_000}"], StringComparer.Ordinal);
        Assert.Equal(100_000, Assert.Single(DependencyCycles.Find(apps, Parse(string.Empty))).Length);
    }

    private static Dictionary<string, IReadOnlyCollection<string>> Parse(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split('>')).ToDictionary(
            e => e[0], e => (IReadOnlyCollection<string>)e[1..], StringComparer.Ordinal);
}
