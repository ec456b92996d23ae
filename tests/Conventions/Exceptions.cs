namespace Edge.Tests.Conventions;

/// <summary>Leave to break one rule below one path, and the reason.</summary>
/// <param name="Path">A file, or a folder that ends in a slash.</param>
/// <param name="Max">How many places in each file at most.</param>
internal sealed record Exemption(string Rule, string Path, int Max, string Reason)
{
    public bool Covers(Finding finding) => finding.Rule == Rule && Holds(finding.Path);

    public bool Holds(string path) => Path.EndsWith('/') ? path.StartsWith(Path, StringComparison.Ordinal) : path == Path;
}

/// <summary>Every exemption from a tidy rule. An exemption that no file needs any more is a failure too.</summary>
internal static class Exceptions
{
    private const int Any = int.MaxValue;

    public static readonly Exemption[] All =
    [
        new("console", "tests/Bench/Program.cs", Any, "The bench prints its table; it is a program with one output."),
    ];
}
