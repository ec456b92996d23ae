using Edge.Daemon.Hosting.Options;

namespace Edge.Tests.Daemon.Hosting.Options;

/// <summary>A verb with one option of each kind, and sources that hold what a test says.</summary>
internal static class OptionWorld
{
    public static readonly OptionSpec<string> Data =
        new("data", "DIR", "the folder", OptionParsers.Text) { Required = true, Example = "/tmp/a" };

    public static readonly OptionSpec<int> Count =
        new("item-count", "N", "how many", OptionParsers.Number(1, 9)) { Default = "3", Example = "4" };

    public static readonly OptionSpec<bool> Loud =
        new("loud", string.Empty, "says more", OptionParsers.Switch) { Default = "false", Example = "true" };

    public static readonly VerbSpec Verb = new(
        "edge-x", "run", "runs it", "EDGE_X_", [Data, Count, Loud, OptionReader.Config], "edge-x run --data /tmp/a");

    public sealed record Read(string Data, int Count, bool Loud);

    public static OptionOutcome<Read> Run(string[] arguments, string[]? environment = null, string? file = null) =>
        OptionReader.Read(Verb, arguments, Sources(environment, file), (v, _) => new Read(v.Get(Data)!, v.Get(Count), v.Get(Loud)));

    public static OptionSources Sources(string[]? environment = null, string? file = null)
    {
        var variables = (environment ?? []).Select(e => e.Split('=', 2)).ToDictionary(e => e[0], e => e[1], StringComparer.Ordinal);
        return new OptionSources(
            variables.GetValueOrDefault,
            path => file ?? throw new FileNotFoundException($"Could not find file '{path}'."));
    }
}
