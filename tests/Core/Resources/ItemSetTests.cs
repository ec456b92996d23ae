using Edge.Core.Resources;
using static Edge.Tests.Core.Resources.ResourceGenerators;

namespace Edge.Tests.Core.Resources;

public sealed class ItemSetTests
{
    [Fact]
    public void Operations_AgreeWithAHashSet() => Holds(RawItems, RawItems, (x, y) =>
    {
        var (a, b) = (ItemSet.Of(x), ItemSet.Of(y));
        var (first, second) = (x.ToHashSet(), y.ToHashSet());
        return Same(a, first)
            && Same(a.Add(b), first.Union(second))
            && Same(a.Subtract(b), first.Except(second))
            && Same(a.Intersect(b), first.Intersect(second))
            && a.Contains(b) == second.IsSubsetOf(first)
            && x.Concat(y).All(i => a.Contains(i) == first.Contains(i))
            && a.Equals(b) == first.SetEquals(second)
            && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode());
    });

    [Fact]
    public void Text_RoundTrips() => Holds(
        Items,
        a => ItemSet.TryParse(a.ToString(), out var back, out var error) && error is null && back.Equals(a));

    [Fact]
    public void ToString_IsOrdinal() => Assert.Equal("{B, a, b}", ItemSet.Of("b", "a", "B", "a").ToString());

    [Theory]
    [InlineData("{a,,b}", "empty name")]
    [InlineData("{a,a}", "'a' twice")]
    [InlineData("{a", "'{a'")]
    [InlineData("a", "'a'")]
    public void TryParse_OfBadText_NamesItAndWhatIsAllowed(string text, string named)
    {
        Assert.False(ItemSet.TryParse(text, out _, out var error));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("allowed", error, StringComparison.Ordinal);
    }

    private static bool Same(ItemSet set, IEnumerable<string> items) =>
        set.Items.SequenceEqual(items.Distinct().Order(StringComparer.Ordinal)) && set.Count == set.Items.Length;
}
