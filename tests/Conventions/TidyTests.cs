using System.Text.RegularExpressions;
using Edge.Tests.Support;

namespace Edge.Tests.Conventions;

/// <summary>Holds the house style where the compiler does not: sizes, words, and what no file may contain.</summary>
public sealed partial class TidyTests
{
    private static readonly IReadOnlyList<SourceFile> s_sources = SourceFile.All("edge-agent", "hub", "tests");

    public static TheoryData<string> RuleNames => [.. TidyRules.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Sources_KeepTheRule(string name) => Expect.None(Findings(name).GroupBy(f => f.Path).SelectMany(WithoutExempted));

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Rule_CanFail(string name) => Assert.NotEmpty(Rule(name).Check(SourceFile.Sample(Rule(name).Broken)));

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Rule_CanPass(string name) => Assert.Empty(Rule(name).Check(SourceFile.Sample(Rule(name).Kept)));

    [Fact]
    public void EveryExemption_NamesARuleAndIsStillNeeded() => Assert.Empty(
        Exceptions.All
            .Where(e => !TidyRules.All.Any(r => r.Name == e.Rule) || !Findings(e.Rule).Any(e.Covers))
            .Select(e => $"{e.Rule}: {e.Path}"));

    [Fact]
    public async Task Files_NameNoMachineAndNoPackageFeed()
    {
        var files = await Repository.TrackedAsync() ?? SourceFile.Files(".", "*");
        Expect.None(files.Where(IsText).SelectMany(p => PlaceFindings(p, File.ReadAllText(Repository.PathTo(p)))));
    }

    [Fact]
    public void PlaceFindings_CanFail()
    {
        Assert.Single(PlaceFindings("a.json", "\"path\": \"/ho" + "me/alice/edge\""));
        Assert.Single(PlaceFindings("a.json", "\"resolved\": \"https://npm" + "js.org/a.tgz\""));
        Assert.Empty(PlaceFindings("a.json", "\"path\": \"/var/lib/edge\""));
    }

    [Theory]
    [InlineData("edge-agent/README.md", 60)]
    [InlineData("hub/README.md", 60)]
    [InlineData("README.md", 120)]
    public void Readme_IsThereAndShort(string path, int max) =>
        Assert.InRange(File.ReadAllLines(Repository.PathTo(path)).Length, 5, max);

    [Theory]
    [InlineData("var a = \"// no\"; // yes", "var a = \"     \";       ", "                 // yes")]
    [InlineData("a = $\"x{b(\"c\")}y\";", "a = $\"  b(\" \")  \";", "")]
    [InlineData("a = @\"x\"\"\\\"; b();", "a = @\" \"\" \"; b();", "")]
    [InlineData("a = \"\"\"x\"y\"\"\"; b();", "a = \"\"\" \" \"\"\"; b();", "")]
    [InlineData("a = $$\"\"\"{x}{{y}}\"\"\"; b();", "a = $$\"\"\"     y  \"\"\"; b();", "")]
    [InlineData("a = '\"'; /* b */ c = '\\'';", "a =  \" ;         c =     ;", "         /* b */")]
    public void Lexer_TellsCodeFromTheRest(string text, string code, string comments)
    {
        var file = SourceFile.Sample(text);
        Assert.Equal(code.TrimEnd(), file.Code.TrimEnd());
        Assert.Equal(comments.TrimEnd(), file.Comments.TrimEnd());
    }

    [Theory]
    [InlineData("class A\n{\n    [Fact]\n    int M(int a) =>\nBODY        1;\n}", true)]
    [InlineData("class A\n{\n    private static readonly int[] s_table = new[]\n    {\nBODY    };\n}", false)]
    [InlineData("class A\n{\n    class B\n    {\n        int P\n        {\n            get\n            {\nBODY}}}}", true)]
    [InlineData("class A\n{\nSHORT}", false)]
    public void MethodLengths_CountsMembersOnly(string text, bool isLong)
    {
        var body = string.Concat(Enumerable.Repeat("        // A line.\n", 70));
        var many = string.Concat(Enumerable.Repeat("    public void M()\n    {\n    }\n\n", 70));
        var file = SourceFile.Sample(text.Replace("BODY", body, StringComparison.Ordinal).Replace("SHORT", many, StringComparison.Ordinal));
        Assert.Equal(isLong, MethodLengths.Check(file).Any());
    }

    private static TidyRule Rule(string name) => TidyRules.All.Single(r => r.Name == name);

    private static IEnumerable<Finding> Findings(string rule) => s_sources.SelectMany(Rule(rule).Check);

    private static IEnumerable<Finding> WithoutExempted(IGrouping<string, Finding> file)
    {
        var max = Exceptions.All.Where(e => e.Covers(file.First())).Select(e => e.Max).DefaultIfEmpty(0).Max();
        return file.Count() > max ? file : [];
    }

    private static bool IsText(string path) => File.Exists(Repository.PathTo(path))
        && !path.Split('/').Any(s => s is ".git" or ".vs" or ".idea")
        && Path.GetExtension(path) is not (".png" or ".db" or ".bin" or ".woff2" or ".ico");

    private static IEnumerable<Finding> PlaceFindings(string path, string text) =>
        from line in text.Split('\n').Select((l, i) => (Text: l, Number: i + 1))
        from Match match in Places().Matches(line.Text)
        select new Finding("a place that is not ours", path, line.Number, match.Value);

    // Built from halves, so that this file does not hold what it looks for.
    [GeneratedRegex(@"/ho" + @"me/[a-z]\w*/|/Use" + @"rs/\w+/|[A-Z]:\\Use" + @"rs|/wo" + @"rk/\w|/ro" + @"ot/\w"
        + @"|nuget" + @"\.org|npm" + @"js\.(org|com)|pypi" + @"\.org|deb" + @"ian\.org/debian|proxy\.gol" + @"ang"
        + @"|arti" + @"factory|pkgs\.dev\.az" + @"ure", RegexOptions.IgnoreCase)]
    private static partial Regex Places();
}
