using System.Globalization;

namespace Edge.Core.Resources;

/// <summary>Reads the text forms of values that resources and attributes share.</summary>
internal static class ValueText
{
    /// <summary>Reads "[1-2, 5-9]".</summary>
    /// <returns>What is wrong and what is allowed, or null.</returns>
    public static string? ParseRanges(ReadOnlySpan<char> text, out List<ValueRange> ranges)
    {
        ranges = [];
        text = text.Trim();
        if (text.Length < 2 || text[0] != '[' || text[^1] != ']')
        {
            return $"'{Printable.Quote(text)}' is no list of ranges; allowed is the form [31000-31005, 31010-31010]";
        }

        var inner = text[1..^1].Trim();
        if (inner.IsEmpty)
        {
            return null;
        }

        foreach (var part in inner.Split(','))
        {
            var error = ParseRange(inner[part].Trim(), out var range);
            if (error is not null)
            {
                return error;
            }

            ranges.Add(range);
        }

        return ResourceValidation.FaultOf(ranges);
    }

    /// <summary>Reads "{a, b}".</summary>
    /// <returns>What is wrong and what is allowed, or null.</returns>
    public static string? ParseItems(ReadOnlySpan<char> text, out List<string> items)
    {
        items = [];
        text = text.Trim();
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}')
        {
            return $"'{Printable.Quote(text)}' is no set; allowed is the form {{a, b}}";
        }

        var inner = text[1..^1].Trim();
        if (inner.IsEmpty)
        {
            return null;
        }

        foreach (var part in inner.Split(','))
        {
            items.Add(inner[part].Trim().ToString());
        }

        return ResourceValidation.FaultOf(items);
    }

    /// <summary>Reads a number such as 2, 0.5 or 1e3.</summary>
    /// <returns>What is wrong and what is allowed, or null.</returns>
    public static string? ParseScalar(ReadOnlySpan<char> text, out Scalar value)
    {
        value = Scalar.Zero;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Scalar.TryFromDouble(number, out value)
            ? null
            : $"'{Printable.Quote(text)}' is no number; allowed is a finite decimal number of at most 1e12";
    }

    private static string? ParseRange(ReadOnlySpan<char> text, out ValueRange range)
    {
        range = default;
        var dash = text.IndexOf('-');
        if (dash < 0 || !TryNumber(text[..dash], out var begin) || !TryNumber(text[(dash + 1)..], out var end))
        {
            return $"'{Printable.Quote(text)}' is no range; allowed is BEGIN-END in whole numbers from 0, such as 31000-31005";
        }

        range = new ValueRange(begin, end);
        return null;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out ulong number) =>
        ulong.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
