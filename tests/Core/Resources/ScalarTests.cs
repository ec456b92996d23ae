using Edge.Core.Resources;
using FsCheck.Fluent;

namespace Edge.Tests.Core.Resources;

public sealed class ScalarTests
{
    [Fact]
    public void Sum_OfTenths_IsExact() =>
        Assert.Equal(Scalar.FromDouble(0.3), Scalar.FromDouble(0.1) + Scalar.FromDouble(0.2));

    [Theory]
    [InlineData(0.0004, 0)]
    [InlineData(0.0005, 1)]
    [InlineData(-0.0005, -1)]
    [InlineData(-0.0004, 0)]
    [InlineData(1.2345, 1235)]
    [InlineData(1e12, 1_000_000_000_000_000)]
    public void FromDouble_RoundsToThousandths(double value, long millis) => Assert.Equal(millis, Scalar.FromDouble(value).Millis);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1.1e12)]
    [InlineData(-1e300)]
    public void TryFromDouble_OfWhatIsNoAmount_Refuses(double value)
    {
        Assert.False(Scalar.TryFromDouble(value, out var scalar));
        Assert.Equal(Scalar.Zero, scalar);
        Assert.Throws<ArgumentOutOfRangeException>(() => Scalar.FromDouble(value));
    }

    [Fact]
    public void Arithmetic_BeyondTheRange_StopsAtItsEnds()
    {
        var most = new Scalar(long.MaxValue);
        var least = new Scalar(long.MinValue);
        Assert.Equal(most, most + new Scalar(1));
        Assert.Equal(least, least - new Scalar(1));
        Assert.Equal(most, Scalar.Zero - least);
        Assert.Equal(least, least + least);
        Assert.Equal(most, Scalar.FromWhole(long.MaxValue));
        Assert.Equal(least, Scalar.FromWhole(long.MinValue));
    }

    [Theory]
    [InlineData(2000, "2")]
    [InlineData(500, "0.5")]
    [InlineData(-1, "-0.001")]
    [InlineData(1_024_010, "1024.01")]
    [InlineData(0, "0")]
    public void ToString_IsTheShortestDecimal(long millis, string text) => Assert.Equal(text, new Scalar(millis).ToString());

    [Fact]
    public void Comparison_FollowsTheAmount()
    {
        var one = Scalar.FromWhole(1);
        var two = Scalar.FromWhole(2);
        Assert.True(one < two && two > one && one <= two && two >= one && one.CompareTo(two) < 0);
        Assert.Equal(one, Scalar.Min(one, two));
        Assert.Equal(two, Scalar.Max(one, two));
        Assert.True(one.IsWhole);
        Assert.False(new Scalar(1500).IsWhole);
    }

    [Fact]
    public void Arithmetic_AgreesWithDecimals() => ResourceGenerators.Holds(
        Gen.Choose(-1_000_000, 1_000_000),
        Gen.Choose(-1_000_000, 1_000_000),
        (a, b) => (new Scalar(a) + new Scalar(b)).ToString() == ((a + b) / 1000m).ToString("0.###")
            && (new Scalar(a) - new Scalar(b)).Millis == a - b);

    [Fact]
    public void Double_RoundTrips() => ResourceGenerators.Holds(
        Gen.Choose(int.MinValue, int.MaxValue),
        Gen.Choose(0, 400_000),
        (a, b) => Scalar.FromDouble(new Scalar((long)a * b).ToDouble()).Millis == (long)a * b);
}
