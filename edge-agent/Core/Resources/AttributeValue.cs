namespace Edge.Core.Resources;

/// <summary>The value of an attribute; only what <paramref name="Kind"/> names counts.</summary>
/// <param name="Kind">Which of the three values counts.</param>
/// <param name="Text">The text; empty for the other kinds.</param>
/// <param name="Scalar">The number; may be negative.</param>
/// <param name="Ranges">The ranges.</param>
public sealed record AttributeValue(AttributeKind Kind, string Text, Scalar Scalar, RangeSet Ranges)
{
    /// <summary>A text value.</summary>
    public static AttributeValue Of(string text) => new(AttributeKind.Text, text, Scalar.Zero, RangeSet.Empty);

    /// <summary>A number.</summary>
    public static AttributeValue Of(Scalar value) => new(AttributeKind.Scalar, "", value, RangeSet.Empty);

    /// <summary>Ranges.</summary>
    public static AttributeValue Of(RangeSet value) => new(AttributeKind.Ranges, "", Scalar.Zero, value);

    /// <summary>The value as its text form: "r1", "4" or "[1-2]".</summary>
    public override string ToString() => Kind switch
    {
        AttributeKind.Text => Text,
        AttributeKind.Scalar => Scalar.ToString(),
        AttributeKind.Ranges => Ranges.ToString(),
    };
}
