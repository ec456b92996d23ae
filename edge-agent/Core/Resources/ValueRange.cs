using System.Globalization;

namespace Edge.Core.Resources;

/// <summary>Whole numbers from begin to end, both included.</summary>
/// <param name="Begin">The first number.</param>
/// <param name="End">The last number; not below <paramref name="Begin"/> in a <see cref="RangeSet"/>.</param>
public readonly record struct ValueRange(ulong Begin, ulong End)
{
    /// <summary>The form "31000-31005".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Begin}-{End}");
}
