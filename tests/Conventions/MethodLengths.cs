using System.Text.RegularExpressions;

namespace Edge.Tests.Conventions;

/// <summary>Measures members by their braces: what stands in a type and is no type, from its first word to its last brace.</summary>
/// <remarks>Attributes and comments above a member do not count; a table in a field's initializer is data, not a method.</remarks>
internal static partial class MethodLengths
{
    private const string Rule = "method length";

    /// <summary>Members longer than 60 lines, in tests 90.</summary>
    public static IEnumerable<Finding> Check(SourceFile file)
    {
        var max = file.IsTest ? 90 : 60;
        return Members(file.Code)
            .Select(m => (m.Start, Lines: file.LineAt(m.End) - file.LineAt(m.Start) + 1))
            .Where(m => m.Lines > max)
            .Select(m => file.Finding(Rule, m.Start, $"{m.Lines} lines, {max} are allowed"));
    }

    private static IEnumerable<(int Start, int End)> Members(string code)
    {
        var start = 0;
        var parentheses = 0;
        for (var at = 0; at < code.Length; at++)
        {
            var c = code[at];
            parentheses += c is '(' or '[' ? 1 : c is ')' or ']' ? -1 : 0;
            if (parentheses > 0 || c is not ('{' or '}' or ';'))
            {
                continue;
            }

            var header = code[start..at];
            if (c == '{' && !TypeHeader().IsMatch(header))
            {
                at = Close(code, at);
            }
            else if (c != ';' || TypeHeader().IsMatch(header))
            {
                start = at + 1;
                continue;
            }

            if (!Initializer().IsMatch(Attributes().Replace(header, string.Empty)))
            {
                yield return (FirstWord(code, start), at);
            }

            start = at + 1;
        }
    }

    private static int Close(string code, int open)
    {
        var depth = 0;
        for (var at = open; at < code.Length; at++)
        {
            depth += code[at] == '{' ? 1 : code[at] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return code.Length - 1;
    }

    private static int FirstWord(string code, int start)
    {
        var skipped = Attributes().Match(code, start);
        var at = skipped.Success && skipped.Index == start ? start + skipped.Length : start;
        while (at < code.Length - 1 && char.IsWhiteSpace(code[at]))
        {
            at++;
        }

        return at;
    }

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record|namespace)\s+[A-Z]\w*")]
    private static partial Regex TypeHeader();

    /// <summary>An assignment before any parenthesis or arrow: a field or a property with a value.</summary>
    [GeneratedRegex(@"^[^(=]*=(?![>=])")]
    private static partial Regex Initializer();

    [GeneratedRegex(@"\G(?:\s*\[(?:[^\[\]]|\[[^\[\]]*\])*\])+")]
    private static partial Regex Attributes();
}
