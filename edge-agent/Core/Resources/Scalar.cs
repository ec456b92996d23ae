using System.Globalization;

namespace Edge.Core.Resources;

/// <summary>An amount with three decimals in fixed point, such as 0.5 cpus or 1024 MB of memory.</summary>
/// <remarks>The wire carries doubles; everything that adds or compares works in whole thousandths, so that 0.1 + 0.2 is 0.3
/// and 0.0004 is nothing. Sums beyond the range of a 64-bit integer stop at its ends instead of wrapping or throwing.
/// Source: Mesos resource arithmetic, llround(value * 1000).</remarks>
/// <param name="Millis">Thousandths of the unit; 1500 stands for 1.5.</param>
public readonly record struct Scalar(long Millis) : IComparable<Scalar>
{
    /// <summary>The largest magnitude that <see cref="TryFromDouble"/> accepts.</summary>
    /// <remarks>Up to here a double carries three decimals exactly.</remarks>
    public const double MaxMagnitude = 1e12;

    private const int PerUnit = 1000;

    /// <summary>Nothing.</summary>
    public static Scalar Zero => default;

    /// <summary>True when the amount is exactly nothing.</summary>
    public bool IsZero => Millis == 0;

    /// <summary>True when the amount is a whole number of units.</summary>
    public bool IsWhole => Millis % PerUnit == 0;

    /// <summary>The amount nearest to a double; halves go away from zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or beyond <see cref="MaxMagnitude"/>.</exception>
    public static Scalar FromDouble(double value) => TryFromDouble(value, out var scalar)
        ? scalar
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A scalar is a finite number of at most 1e12 either way.");

    /// <summary>The amount nearest to a double, or false for NaN, infinity and what is beyond <see cref="MaxMagnitude"/>.</summary>
    public static bool TryFromDouble(double value, out Scalar scalar)
    {
        // NaN fails the comparison too.
        if (!(Math.Abs(value) <= MaxMagnitude))
        {
            scalar = default;
            return false;
        }

        scalar = new Scalar((long)Math.Round(value * PerUnit, MidpointRounding.AwayFromZero));
        return true;
    }

    /// <summary>A whole number of units; stops at the ends of the range.</summary>
    public static Scalar FromWhole(long units) => units switch
    {
        > long.MaxValue / PerUnit => new Scalar(long.MaxValue),
        < long.MinValue / PerUnit => new Scalar(long.MinValue),
        _ => new Scalar(units * PerUnit),
    };

    /// <summary>The amount as the wire carries it.</summary>
    public double ToDouble() => Millis / (double)PerUnit;

    /// <inheritdoc/>
    public int CompareTo(Scalar other) => Millis.CompareTo(other.Millis);

    /// <summary>The shortest decimal form: "2", "0.5", "-0.001".</summary>
    public override string ToString() => (Millis / (decimal)PerUnit).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>The sum; stops at the ends of the range.</summary>
    public static Scalar operator +(Scalar left, Scalar right)
    {
        var sum = unchecked(left.Millis + right.Millis);
        return ((left.Millis ^ sum) & (right.Millis ^ sum)) < 0 ? Saturated(left.Millis) : new Scalar(sum);
    }

    /// <summary>The difference; stops at the ends of the range.</summary>
    public static Scalar operator -(Scalar left, Scalar right)
    {
        var difference = unchecked(left.Millis - right.Millis);
        return ((left.Millis ^ right.Millis) & (left.Millis ^ difference)) < 0 ? Saturated(left.Millis) : new Scalar(difference);
    }

    /// <summary>True when left is less.</summary>
    public static bool operator <(Scalar left, Scalar right) => left.Millis < right.Millis;

    /// <summary>True when left is less or equal.</summary>
    public static bool operator <=(Scalar left, Scalar right) => left.Millis <= right.Millis;

    /// <summary>True when left is more.</summary>
    public static bool operator >(Scalar left, Scalar right) => left.Millis > right.Millis;

    /// <summary>True when left is more or equal.</summary>
    public static bool operator >=(Scalar left, Scalar right) => left.Millis >= right.Millis;

    /// <summary>The same as the plus operator.</summary>
    public Scalar Add(Scalar other) => this + other;

    /// <summary>The same as the minus operator.</summary>
    public Scalar Subtract(Scalar other) => this - other;

    /// <summary>The lesser of two amounts.</summary>
    public static Scalar Min(Scalar left, Scalar right) => left <= right ? left : right;

    /// <summary>The greater of two amounts.</summary>
    public static Scalar Max(Scalar left, Scalar right) => left >= right ? left : right;

    private static Scalar Saturated(long sign) => new(sign < 0 ? long.MinValue : long.MaxValue);
}
