using System.Text.RegularExpressions;

namespace Edge.Tests.Conventions;

/// <summary>One rule of the house about how a file looks or what it may say.</summary>
/// <param name="Name">The words an exemption uses.</param>
/// <param name="Check">Returns every place that breaks the rule.</param>
/// <param name="Broken">A text that breaks it: the proof that the rule can fail.</param>
/// <param name="Kept">A text nearby that keeps it: the proof that the rule does not fail on everything.</param>
internal sealed record TidyRule(string Name, Func<SourceFile, IEnumerable<Finding>> Check, string Broken, string Kept)
{
    public override string ToString() => Name;

    /// <summary>A rule that bans a pattern in code, outside comments and strings.</summary>
    public static TidyRule Banned(string name, string pattern, string instead, string broken, string kept)
    {
        var regex = new Regex(pattern, RegexOptions.Compiled | RegexOptions.Multiline | RegexOptions.ExplicitCapture);
        return new TidyRule(name, Check, broken, kept);

        IEnumerable<Finding> Check(SourceFile file) =>
            regex.Matches(file.Code).Select(m => file.Finding(name, m.Index, $"{m.Value.Split('\n')[0].Trim()}: {instead}"));
    }

    /// <summary>A rule that a call needs something among its arguments.</summary>
    /// <param name="call">Pattern that ends before the opening parenthesis.</param>
    /// <param name="isRight">Judges the text between the parentheses.</param>
    public static TidyRule Call(string name, string call, Func<string, bool> isRight, string instead, string broken, string kept)
    {
        var regex = new Regex(call + @"\s*\(", RegexOptions.Compiled | RegexOptions.ExplicitCapture);
        return new TidyRule(name, Check, broken, kept);

        IEnumerable<Finding> Check(SourceFile file) => regex.Matches(file.Code)
            .Where(m => !isRight(Arguments(file.Code, m.Index + m.Length)))
            .Select(m => file.Finding(name, m.Index, $"{m.Value}...): {instead}"));
    }

    /// <summary>A rule about each line as it is written.</summary>
    public static TidyRule EachLine(
        string name, Func<SourceFile, IReadOnlyList<string>> lines, Func<string, string?> judge, string broken, string kept)
    {
        return new TidyRule(name, Check, broken, kept);

        IEnumerable<Finding> Check(SourceFile file) => lines(file)
            .Select((line, index) => (Text: judge(line), Line: index + 1))
            .Where(l => l.Text is not null)
            .Select(l => new Finding(name, file.Path, l.Line, l.Text!));
    }

    /// <summary>The text from a position to the parenthesis that closes it.</summary>
    private static string Arguments(string code, int start)
    {
        var depth = 1;
        var end = start;
        for (; end < code.Length && depth > 0; end++)
        {
            depth += code[end] is '(' or '[' or '{' ? 1 : code[end] is ')' or ']' or '}' ? -1 : 0;
        }

        return code[start..end];
    }
}
