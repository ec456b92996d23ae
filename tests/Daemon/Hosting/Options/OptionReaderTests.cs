using Edge.Daemon.Hosting.Options;
using Read = Edge.Tests.Daemon.Hosting.Options.OptionWorld.Read;

namespace Edge.Tests.Daemon.Hosting.Options;

public sealed class OptionReaderTests
{
    [Theory]
    [InlineData("--data /a", "/a", 3, false)]
    [InlineData("--data=/a --item-count=4 --loud", "/a", 4, true)]
    [InlineData("--loud --data /a=b --item-count 9", "/a=b", 9, true)]
    [InlineData("--loud=false --data /a", "/a", 3, false)]
    [InlineData("--data -", "-", 3, false)]
    public void Flags_AreRead(string line, string data, int count, bool loud) =>
        Assert.Equal(new Read(data, count, loud), OptionWorld.Run(line.Split(' ')).Value);

    [Theory]
    [InlineData("--item-count 1", true, true, 1)]
    [InlineData("", true, true, 2)]
    [InlineData("", false, true, 4)]
    [InlineData("", false, false, 3)]
    public void Flag_WinsOverEnvironment_OverFile_OverDefault(string line, bool environment, bool file, int expected)
    {
        string[] arguments = ["--data", "/a", "--config", "/c.json", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var outcome = OptionWorld.Run(
            arguments, environment ? ["EDGE_X_ITEM_COUNT=2"] : [], file ? "{ \"item-count\": 4, }" : "{ /* none */ }");
        Assert.Equal(expected, outcome.Value!.Count);
    }

    [Fact]
    public void Environment_NamesTheFileAndIsIgnoredWhenEmpty()
    {
        var outcome = OptionWorld.Run([], ["EDGE_X_CONFIG=/c.json", "EDGE_X_ITEM_COUNT="], "{\"data\": \"/f\", \"loud\": true}");
        Assert.Equal(new Read("/f", 3, true), outcome.Value);
    }

    [Fact]
    public void Errors_AreAllToldAndNameKeyValueAndWhatIsAllowed()
    {
        var outcome = OptionWorld.Run(
            ["--item-count", "12", "--lood", "stray", "--loud=maybe"], ["EDGE_X_CONFIG=/c.json"], "{\"colour\": 1}");
        Assert.Null(outcome.Value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(
            [
                "edge-x run: --lood is unknown; did you mean --loud?",
                "edge-x run: /c.json: the key 'colour' is unknown; allowed are data, item-count, loud",
                "edge-x run: --data is missing: the folder; for example --data /tmp/a",
                "edge-x run: --item-count: '12' is wrong: allowed is a whole number from 1 to 9; for example 4",
                "edge-x run: --loud: 'maybe' is wrong: allowed is true or false; for example true",
                "Try: edge-x run --help",
            ],
            outcome.Text.Split(Environment.NewLine));
    }

    [Theory]
    [InlineData("--data /a --data /b", "--data is given twice; once is allowed")]
    [InlineData("--data", "--data needs a value: DIR")]
    [InlineData("--data --loud", "--data needs a value: DIR")]
    [InlineData("--data=", "--data: '' is wrong: it is empty")]
    [InlineData("data /a", "'data' is not an option; options begin with --, as --data")]
    [InlineData("--data /a -- x", "'--' is not an option")]
    [InlineData("--data /a --zzzzzzzzz 1", "--zzzzzzzzz is unknown; allowed are --data, --item-count, --loud, --config")]
    [InlineData("--data /a --item-cuont=2", "did you mean --item-count?")]
    [InlineData("--data /a --config /nowhere.json", "--config: '/nowhere.json' cannot be read: Could not find file '/nowhere.json'.")]
    public void WrongFlag_IsNamed(string line, string expected)
    {
        var outcome = OptionWorld.Run(line.Split(' '));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]", "/c.json: the file holds a JSON array; allowed is one object")]
    [InlineData("{\n  \"data\": }", "/c.json: line 2, byte 11: this is no JSON; allowed is one object, as { \"data\": \"/tmp/a\" }")]
    [InlineData("", "/c.json: line 1, byte 1: this is no JSON")]
    [InlineData("{\"data\": null}", "/c.json: data: a JSON null is wrong; allowed is a string, a number, true or false")]
    [InlineData("{\"data\": \"/a\", \"data\": \"/b\"}", "/c.json: the key 'data' stands there twice")]
    [InlineData("{\"item-count\": 99}", "/c.json: item-count: '99' is wrong: allowed is a whole number from 1 to 9")]
    [InlineData("{\"item_count\": 1}", "/c.json: the key 'item_count' is unknown; did you mean 'item-count'?")]
    [InlineData("{\"config\": \"/d.json\"}", "the key 'config' is unknown")]
    public void WrongFile_IsNamed(string file, string expected)
    {
        var outcome = OptionWorld.Run(["--config", "/c.json", "--data", "/a"], [], file);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongFile_TooLong_IsNotParsed() =>
        Assert.Contains(
            "too many", OptionWorld.Run(["--config", "/c", "--data", "/a"], [], new string(' ', 1 << 21)).Text, StringComparison.Ordinal);

    [Fact]
    public void WrongValue_FromTheEnvironment_NamesTheVariable() =>
        Assert.Contains(
            "EDGE_X_ITEM_COUNT: 'x' is wrong", OptionWorld.Run(["--data", "/a"], ["EDGE_X_ITEM_COUNT=x"]).Text, StringComparison.Ordinal);

    [Fact]
    public void HostileText_IsShownShortAndOnOneLine()
    {
        var text = OptionWorld.Run(["--data", "/a", "--item-count", "\u001b[31m\n" + new string('9', 9_999)]).Text;
        Assert.DoesNotContain('\u001b', text);
        Assert.True(text.Length < 400);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--nonsense --help")]
    public void Help_ShowsEachOptionItsVariableAndAnExample(string line)
    {
        var outcome = OptionWorld.Run(line.Split(' '));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Null(outcome.Value);
        Assert.All(
            ["--data DIR", "(required)", "--item-count N", "(default 3)", "EDGE_X_DATA", "Example: edge-x run --data /tmp/a"],
            part => Assert.Contains(part, outcome.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void RulesBetweenOptions_AreErrorsToo()
    {
        var outcome = OptionReader.Read(OptionWorld.Verb, ["--data", "/a"], OptionWorld.Sources(), (_, errors) =>
        {
            errors.Add("the one forbids the other");
            return "dropped";
        });
        Assert.Null(outcome.Value);
        Assert.StartsWith("edge-x run: the one forbids the other", outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run --data /a", "run", 0)]
    [InlineData("", null, 2)]
    [InlineData("--help", null, 0)]
    [InlineData("rum", null, 2)]
    public void Verb_IsChosen(string line, string? verb, int exitCode)
    {
        var choice = CommandVerbs.Choose("edge-x", [OptionWorld.Verb], line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(verb, choice.Verb?.Name);
        Assert.Equal(exitCode, choice.ExitCode);
        Assert.Equal(verb is null, choice.Text.Length > 0);
    }

    [Fact]
    public void Verb_Unknown_IsNamedWithTheNearest() => Assert.Equal(
        "edge-x: the verb 'rum' is unknown; allowed are run. Did you mean 'run'?",
        CommandVerbs.Choose("edge-x", [OptionWorld.Verb], ["rum"]).Text);
}
