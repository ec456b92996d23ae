using System.Text.RegularExpressions;

namespace Edge.Tests.Conventions;

/// <summary>Every rule, each with a text that breaks it and one that keeps it.</summary>
internal static partial class TidyRules
{
    private const int LineMax = 140;

    private static readonly TidyRule[] s_shape =
    [
        new("file length", FileLength, Repeat("// A line.\n", 601), Repeat("// A line.\n", 399)),
        new("method length", MethodLengths.Check, LongMethod(95), LongMethod(40)),
        TidyRule.EachLine("line length", f => f.Lines,
            l => l.Length > LineMax ? $"{l.Length} characters, {LineMax} are allowed" : null,
            new string('a', LineMax + 1), new string('a', LineMax)),
        TidyRule.EachLine("ASCII", f => f.Lines,
            l => l.FirstOrDefault(c => c > 126) is var c and not '\0' ? $"holds U+{(int)c:X4}" : null,
            "// caf\u00e9", "// cafe"),
        TidyRule.EachLine("trailing blanks", f => f.Lines, l => l.Length > 0 && char.IsWhiteSpace(l[^1]) ? "ends in blanks" : null,
            "int a; ", "int a;"),
        TidyRule.EachLine("tabs", f => f.Lines, l => l.Contains('\t', StringComparison.Ordinal) ? "holds a tab" : null,
            "\tint a;", "    int a;"),
        TidyRule.EachLine("open ends", f => f.CommentLines,
            l => OpenEnd().IsMatch(l) ? "say it in an issue and give its number (#12)" : null,
            "// TODO mend this", "// TODO #12 mend this"),
        TidyRule.EachLine("commented-out code", f => f.CommentLines,
            l => CommentedCode().IsMatch(l) ? "is code; the history keeps it" : null,
            "// var a = Read(b);", "// Reads what a was; see Read."),
        TidyRule.Banned("region", @"^\s*#region.*$", "a file that needs regions is two files",
            "#region A\n#endregion", "#if DEBUG\n#endif"),
    ];

    private static readonly TidyRule[] s_time =
    [
        TidyRule.Banned("clock", @"\bDateTime(Offset)?\.(Utc)?Now\b|\bDateTime\.Today\b|\bStopwatch\b",
            "take a TimeProvider, or now as a parameter",
            "var a = DateTime.UtcNow;", "var a = time.GetUtcNow(); // not DateTime.UtcNow"),
        TidyRule.Call("delay", @"\bTask\.Delay", a => HasClock(a), "give it the TimeProvider",
            "await Task.Delay(TimeSpan.FromSeconds(1), token);", "await Task.Delay(TimeSpan.FromSeconds(1), time, token);"),
        TidyRule.Call("timer", @"\bnew\s+PeriodicTimer", a => HasClock(a), "give it the TimeProvider",
            "new PeriodicTimer(span)", "new PeriodicTimer(span, options.Time)"),
        TidyRule.Banned("sleep", @"\bThread\.Sleep\b|\bnew\s+(System\.Threading\.)?Timer\s*\(", "wait on the TimeProvider",
            "Thread.Sleep(5);", "time.CreateTimer(Tick, null, span, span);"),
    ];

    private static readonly TidyRule[] s_words =
    [
        TidyRule.Banned("random", @"\bRandom\.Shared\b|\bnew\s+Random\s*\(\s*\)", "take the seed or the source as a parameter",
            "Random.Shared.Next()", "new Random(seed).Next()"),
        TidyRule.Banned("blocking", @"(?<=(\)|[tT]ask))\.Result\b(?!\s*[=(])|\.Wait\s*\(\s*\)|\.GetAwaiter\(\)\.GetResult\(\)", "await it",
            "var a = ReadAsync().Result;", "var a = reply.Result;"),
        TidyRule.Banned("fire and forget", @"\bTask\.Run\b|\bTask\.Factory\b|\basync\s+void\b", "a loop belongs to an owner that awaits it",
            "_ = Task.Run(Loop);", "await RunAsync(token);"),
        TidyRule.Banned("console", @"\bConsole\s*\.", "write to the TextWriter that the caller gives, or log",
            "Console.WriteLine(a);", "output.WriteLine(a);"),
        TidyRule.Banned("exit", @"\bEnvironment\s*\.\s*(Exit|FailFast)\b", "return an exit code to Program",
            "Environment.Exit(1);", "return 1;"),
        TidyRule.Call("json without type info", @"\bJsonSerializer\s*\.\s*(Serialize|Deserialize)\w*(<[^;(]*>)?",
            a => a.Contains("Context", StringComparison.Ordinal) || a.Contains("TypeInfo", StringComparison.OrdinalIgnoreCase),
            "give it the generated type info", "JsonSerializer.Serialize(a)", "JsonSerializer.Serialize(a, EdgeJsonContext.Default.A)"),
        TidyRule.Banned("reflection", @"\bActivator\s*\.|\bType\s*\.\s*GetType\s*\(|\bSystem\.Reflection\.Emit\b|\bdynamic\b(?=\s+[a-z_])",
            "native code has no reflection", "Activator.CreateInstance(t)", "new Thing()"),
        TidyRule.Banned("lock on this", @"\block\s*\(\s*(this|typeof)\b", "lock a private object", "lock (this) { }", "lock (_gate) { }"),
        // Undoing something and passing the failure on is no catching.
        TidyRule.Banned("catch all", @"\bcatch\b(\s*\(\s*(System\.)?Exception(\s+\w+)?\s*\))?\s*\{(?![^{}]*\bthrow;\s*\})",
            "name the failures, or filter them with when",
            "try { } catch (Exception e) { }",
            "try { } catch (Exception e) when (e is IOException) { } catch (IOException) { } catch { Undo(); throw; }"),
    ];

    public static IReadOnlyList<TidyRule> All { get; } = [.. s_shape, .. s_time, .. s_words];

    private static IEnumerable<Finding> FileLength(SourceFile file)
    {
        var max = file.IsTest ? 600 : 400;
        var lines = file.Text.TrimEnd('\n').AsSpan().Count('\n') + 1;
        return lines > max ? [new Finding("file length", file.Path, max, $"{lines} lines, {max} are allowed")] : [];
    }

    /// <summary>True when a second or later argument names a clock.</summary>
    private static bool HasClock(string arguments) => ClockArgument().IsMatch(arguments);

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string LongMethod(int lines) => "class A\n{\n    void M()\n    {\n" + Repeat("        a();\n", lines) + "    }\n}\n";

    [GeneratedRegex(@",\s*(\w+:\s*)?[\w.]*([tT]ime|[cC]lock|TimeProvider\.System)\s*(,|\)|$)")]
    private static partial Regex ClockArgument();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b(?!.*#\d)")]
    private static partial Regex OpenEnd();

    [GeneratedRegex(@"^\s*//(?!/)\s*(([\w.<>\[\]?]+\s+)?[\w.\[\]]+\s*(=|\+=)\s*[^=].*;|[\w.]+\(.*\);|"
        + @"(if|for|foreach|while|switch)\s*\(.*\)\s*\{?|(return|throw|await|using|var)\b.*;|[{}])\s*$")]
    private static partial Regex CommentedCode();
}
