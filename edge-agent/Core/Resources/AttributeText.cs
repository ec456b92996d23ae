using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>Reads the text form of attributes, as in <c>--attributes=rack:r1;zone:[1-2];n:4</c>.</summary>
/// <remarks>Pieces are split by ';', each NAME:VALUE at the first ':'. A value in [] is ranges, one that reads as a finite number is a
/// scalar, everything else is text. Source: Mesos --attributes.</remarks>
public static class AttributeText
{
    private const string Form = "allowed is NAME:VALUE, the value text, a number or ranges [1-5]";

    /// <summary>Reads attributes; empty text is no attributes.</summary>
    /// <returns>The attributes or all errors; never throws for bad text.</returns>
    public static AttributeTextResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var attributes = ImmutableArray.CreateBuilder<Attribute>();
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (var part in text.AsSpan().Split(';'))
        {
            var piece = text.AsSpan()[part].Trim();
            if (piece.IsEmpty)
            {
                continue;
            }

            var error = ParsePiece(piece, out var attribute);
            if (error is null)
            {
                attributes.Add(attribute!);
            }
            else
            {
                errors.Add($"In '{Printable.Quote(piece)}': {error}");
            }
        }

        return new AttributeTextResult(errors.Count == 0 ? attributes.ToImmutable() : default, errors.ToImmutable());
    }

    /// <summary>The text form of attributes, in their order.</summary>
    public static string Format(IEnumerable<Attribute> attributes) => string.Join(';', attributes);

    // The attribute is set whenever the error is null.
    private static string? ParsePiece(ReadOnlySpan<char> piece, out Attribute? attribute)
    {
        attribute = null;
        var colon = piece.IndexOf(':');
        if (colon < 0)
        {
            return $"there is no ':'; {Form}.";
        }

        var name = piece[..colon].Trim();
        var value = piece[(colon + 1)..].Trim();
        if (name.IsEmpty || value.IsEmpty)
        {
            return $"the {(name.IsEmpty ? "name" : "value")} is empty; {Form}.";
        }

        if (value[0] == '{' && value[^1] == '}')
        {
            return $"the value '{Printable.Quote(value)}' is a set; {Form}.";
        }

        string? error = null;
        AttributeValue read;
        if (value[0] == '[')
        {
            error = ValueText.ParseRanges(value, out var ranges);
            read = AttributeValue.Of(error is null ? RangeSet.Of(ranges) : RangeSet.Empty);
        }
        else
        {
            // "nan" and "1e99" are words here, not faults.
            read = ValueText.ParseScalar(value, out var scalar) is null ? AttributeValue.Of(scalar) : AttributeValue.Of(value.ToString());
        }

        attribute = new Attribute(name.ToString(), read);
        return error is null ? null : $"the value {error}.";
    }
}
