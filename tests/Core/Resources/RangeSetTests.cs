using Edge.Core.Resources;
using FsCheck.Fluent;
using static Edge.Tests.Core.Resources.ResourceGenerators;

namespace Edge.Tests.Core.Resources;

public sealed class RangeSetTests
{
    [Fact]
    public void Of_AnyOrder_IsSortedAndCoalesced()
    {
        var set = RangeSet.Of(new(31010, 31010), new(31003, 31005), new(31000, 31002), new(31001, 31004));
        Assert.Equal("[31000-31005, 31010-31010]", set.ToString());
        Assert.Equal(7UL, set.Count);
    }

    [Fact]
    public void Of_InvertedRange_Throws() => Assert.Throws<ArgumentException>(() => RangeSet.Of(2, 1));

    [Fact]
    public void Ends_OfTheNumberRange_DoNotOverflow()
    {
        var all = RangeSet.Of(0, ulong.MaxValue);
        Assert.Equal(ulong.MaxValue, all.Count);
        Assert.Equal(ulong.MaxValue, RangeSet.Of([new(0, ulong.MaxValue - 2), new(ulong.MaxValue, ulong.MaxValue)]).Count);
        Assert.Equal(all, all.Add(RangeSet.Of(5, 6)));
        Assert.Equal(all, RangeSet.Of(0, ulong.MaxValue - 1).Add(RangeSet.Of(ulong.MaxValue, ulong.MaxValue)));
        Assert.Equal("[1-18446744073709551614]", all.Subtract(RangeSet.Of([new(0, 0), new(ulong.MaxValue, ulong.MaxValue)])).ToString());
        Assert.True(all.Subtract(all).IsEmpty);
    }

    [Fact]
    public void Results_WithoutNumbers_AreTheOneEmptySet()
    {
        var some = RangeSet.Of(1, 2);
        Assert.Same(RangeSet.Empty, some.Subtract(some));
        Assert.Same(RangeSet.Empty, some.Intersect(RangeSet.Of(3, 4)));
        Assert.Same(RangeSet.Empty, RangeSet.Of());
    }

    [Fact]
    public void Operations_AgreeWithAHashSet() => Holds(RawRanges, RawRanges, (x, y) =>
    {
        var (a, b) = (RangeSet.Of(x), RangeSet.Of(y));
        var (first, second) = (Numbers(x), Numbers(y));
        return Same(a, first)
            && Same(a.Add(b), [.. first.Union(second)])
            && Same(a.Subtract(b), [.. first.Except(second)])
            && Same(a.Intersect(b), [.. first.Intersect(second)])
            && a.Contains(b) == second.IsSubsetOf(first)
            && a.Equals(b) == first.SetEquals(second);
    });

    [Fact]
    public void Results_AreCanonical() => Holds(
        Ranges,
        Ranges,
        (a, b) => new[] { a, a.Add(b), a.Subtract(b), a.Intersect(b) }.All(IsCanonical));

    [Fact]
    public void Equality_IsOfContent() => Holds(
        RawRanges,
        x => RangeSet.Of(x).Equals(RangeSet.Of(x.Reverse())) && RangeSet.Of(x).GetHashCode() == RangeSet.Of(x.Reverse()).GetHashCode());

    [Fact]
    public void Text_RoundTrips() => Holds(
        Ranges,
        a => RangeSet.TryParse(a.ToString(), out var back, out var error) && error is null && back.Equals(a));

    [Fact]
    public void TryTakeLowest_TakesWhatIsThere() => Holds(RawRanges, Gen.Choose(0, 50), (x, wanted) =>
    {
        var all = RangeSet.Of(x);
        var numbers = Numbers(x);
        var possible = all.TryTakeLowest((ulong)wanted, out var taken);
        return possible == (numbers.Count >= wanted)
            && Same(taken, possible ? [.. numbers.Order().Take(wanted)] : []);
    });

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData(" [ 1-2 ,5 - 6 ] ", "[1-2, 5-6]")]
    [InlineData("[1-2,3-4]", "[1-4]")]
    public void TryParse_OfGoodText_Reads(string text, string expected)
    {
        Assert.True(RangeSet.TryParse(text, out var value, out _));
        Assert.Equal(expected, value.ToString());
    }

    [Theory]
    [InlineData("", "''")]
    [InlineData("1-2", "'1-2'")]
    [InlineData("[1-2", "'[1-2'")]
    [InlineData("[5]", "'5'")]
    [InlineData("[1-2,,3-4]", "''")]
    [InlineData("[-1-2]", "'-1-2'")]
    [InlineData("[2-1]", "2-1")]
    [InlineData("[1-5,5-6]", "5-6")]
    [InlineData("[1-99999999999999999999]", "'1-99999999999999999999'")]
    [InlineData("[a-b]", "'a-b'")]
    public void TryParse_OfBadText_NamesItAndWhatIsAllowed(string text, string named)
    {
        Assert.False(RangeSet.TryParse(text, out var value, out var error));
        Assert.Same(RangeSet.Empty, value);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("allowed is", error, StringComparison.Ordinal);
    }

    private static HashSet<ulong> Numbers(IEnumerable<ValueRange> ranges)
    {
        var numbers = new HashSet<ulong>();
        foreach (var range in ranges)
        {
            for (var number = range.Begin; number <= range.End; number++)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    private static bool Same(RangeSet set, HashSet<ulong> numbers) =>
        Numbers(set.Ranges).SetEquals(numbers)
        && set.Count == (ulong)numbers.Count
        && Enumerable.Range(0, 45).All(n => set.Contains((ulong)n) == numbers.Contains((ulong)n));

    private static bool IsCanonical(RangeSet set)
    {
        for (var i = 0; i < set.Ranges.Length; i++)
        {
            if (set.Ranges[i].Begin > set.Ranges[i].End || (i > 0 && set.Ranges[i].Begin <= set.Ranges[i - 1].End + 1))
            {
                return false;
            }
        }

        return true;
    }
}
