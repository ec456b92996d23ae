using System.Globalization;
using System.Text;

namespace Edge.Core.Resources;

/// <summary>Makes foreign text fit to stand in an error message.</summary>
internal static class Printable
{
    // Long enough to recognise the piece, short enough for a log line.
    private const int MaxLength = 80;

    /// <summary>The text with control characters written as \xNN, cut at 80 characters.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder();
        foreach (var character in text[..Math.Min(text.Length, MaxLength)])
        {
            if (char.IsControl(character) || char.IsSurrogate(character))
            {
                result.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}");
            }
            else
            {
                result.Append(character);
            }
        }

        return result.Append(text.Length > MaxLength ? "..." : "").ToString();
    }
}
