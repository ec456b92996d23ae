using System.Text;
using Edge.Tests.Support;

namespace Edge.Tests.Conventions;

/// <summary>One place in a source file that breaks a rule.</summary>
/// <param name="Line">Counted from 1.</param>
internal sealed record Finding(string Rule, string Path, int Line, string Text)
{
    public override string ToString() => $"{Path}:{Line}: {Rule}: {Text}";
}

/// <summary>A C# file read twice: as it is written, and as code alone (comments and the insides of strings are blanks).</summary>
/// <remarks>Both forms have the same lines and columns, so a place found in one is a place in the other.</remarks>
internal sealed class SourceFile
{
    private SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        (Code, Comments) = SourceLexer.Split(text);
    }

    /// <summary>The path below the root, with slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>The text with comments and string contents blanked; the code in the holes of interpolated strings stays.</summary>
    public string Code { get; }

    /// <summary>The text with everything but the comments blanked.</summary>
    public string Comments { get; }

    public string[] Lines => Text.Split('\n');

    public string[] CodeLines => Code.Split('\n');

    public string[] CommentLines => Comments.Split('\n');

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    /// <summary>The line, counted from 1, of a position in the text.</summary>
    public int LineAt(int position) => Text.AsSpan(0, position).Count('\n') + 1;

    public Finding Finding(string rule, int position, string text) => new(rule, Path, LineAt(position), text);

    /// <summary>A file that exists only in a test of a rule.</summary>
    public static SourceFile Sample(string text, string path = "hub/Fleet/Sample.cs") => new(path, text);

    /// <summary>Every C# source below the folders, without what tools generated.</summary>
    public static IReadOnlyList<SourceFile> All(params string[] folders) =>
        [.. folders.SelectMany(f => Files(f, "*.cs")).Select(p => new SourceFile(p, File.ReadAllText(Repository.PathTo(p))))];

    /// <summary>The paths below a folder that match, ascending, without what tools made.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var root = Repository.PathTo(folder);
        return !Directory.Exists(root) ? [] : Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
            .Select(p => System.IO.Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Where(p => !p.Split('/').Any(part => part is "obj" or "bin" or "node_modules" or "artifacts" or "dist"))
            .Order(StringComparer.Ordinal);
    }
}

/// <summary>Tells code from comments and strings; knows every C# 13 literal form.</summary>
internal static class SourceLexer
{
    /// <summary>Returns the code and the comments of a text, each with the rest blanked.</summary>
    public static (string Code, string Comments) Split(string text)
    {
        var code = new StringBuilder(text.Length);
        var comments = new StringBuilder(text.Length);
        var scan = new Scan(text, code, comments);
        scan.ReadCode(closing: '\0');
        return (code.ToString(), comments.ToString());
    }

    private sealed class Scan(string text, StringBuilder code, StringBuilder comments)
    {
        private int _at;

        private enum Kind
        {
            Code,
            Comment,
            Literal,
        }

        /// <summary>Reads code until the closing character at depth 0 (which stays unread) or the end.</summary>
        public void ReadCode(char closing)
        {
            var depth = 0;
            while (_at < text.Length)
            {
                var c = text[_at];
                if (c == closing && depth == 0)
                {
                    return;
                }

                depth += c is '{' or '(' or '[' ? 1 : c is '}' or ')' or ']' ? -1 : 0;
                if (!TryReadCommentOrLiteral(c))
                {
                    Take(Kind.Code);
                }
            }
        }

        private bool TryReadCommentOrLiteral(char c)
        {
            if (c == '/' && (Is("//") || Is("/*")))
            {
                var end = Is("//") ? text.IndexOf('\n', _at) : text.IndexOf("*/", _at + 2, StringComparison.Ordinal) + 2;
                TakeTo(end < 2 ? text.Length : end, Kind.Comment);
                return true;
            }

            if (c == '\'')
            {
                var end = text.IndexOf('\'', text[_at + 1] == '\\' ? _at + 3 : _at + 2);
                TakeTo(end < 0 ? text.Length : end + 1, Kind.Literal);
                return true;
            }

            return c is '"' or '$' or '@' && TryReadString();
        }

        private bool TryReadString()
        {
            var quote = _at;
            while (quote < text.Length && text[quote] is '$' or '@')
            {
                quote++;
            }

            if (quote >= text.Length || text[quote] != '"')
            {
                return false;
            }

            var prefix = text[_at..quote];
            var holes = prefix.Count(ch => ch == '$');
            var quotes = text.AsSpan(quote).IndexOfAnyExcept('"');
            quotes = quotes < 0 ? text.Length - quote : quotes;
            TakeTo(quote, Kind.Code);
            if (quotes >= 3)
            {
                ReadBody(new string('"', quotes), holes, escapes: false, doubled: false);
            }
            else
            {
                var verbatim = prefix.Contains('@', StringComparison.Ordinal);
                ReadBody("\"", holes, escapes: !verbatim, doubled: verbatim);
            }

            return true;
        }

        private void ReadBody(string end, int holes, bool escapes, bool doubled)
        {
            var open = new string('{', Math.Max(holes, 1));
            var raw = end.Length >= 3;
            TakeTo(_at + end.Length, Kind.Literal);
            while (_at < text.Length && !(Is(end) && !(doubled && Is("\"\""))))
            {
                if ((escapes && Is("\\")) || (doubled && Is("\"\"")) || (holes > 0 && !raw && (Is("{{") || Is("}}"))))
                {
                    TakeTo(Math.Min(_at + 2, text.Length), Kind.Literal);
                }
                else if (holes > 0 && Is(open))
                {
                    TakeTo(_at + open.Length, Kind.Literal);
                    ReadCode(closing: '}');
                    TakeTo(Math.Min(_at + open.Length, text.Length), Kind.Literal);
                }
                else
                {
                    Take(Kind.Literal);
                }
            }

            TakeTo(Math.Min(_at + end.Length, text.Length), Kind.Literal);
        }

        private bool Is(string word) => string.CompareOrdinal(text, _at, word, 0, word.Length) == 0;

        private void TakeTo(int end, Kind kind)
        {
            while (_at < end)
            {
                Take(kind);
            }
        }

        private void Take(Kind kind)
        {
            var c = text[_at++];
            var quote = kind == Kind.Literal && c == '"';
            code.Append(kind == Kind.Code || quote || c == '\n' ? c : ' ');
            comments.Append(kind == Kind.Comment || c == '\n' ? c : ' ');
        }
    }
}
