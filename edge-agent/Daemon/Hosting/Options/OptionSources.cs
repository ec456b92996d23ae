namespace Edge.Daemon.Hosting.Options;

/// <summary>Where options come from besides the command line; a port, so that tests bring their own.</summary>
/// <param name="Environment">The value of an environment variable, or null.</param>
/// <param name="ReadFile">The text of a file; fails as <see cref="File.ReadAllText(string)"/> does.</param>
public sealed record OptionSources(Func<string, string?> Environment, Func<string, string> ReadFile)
{
    /// <summary>This process's environment and the machine's files.</summary>
    public static OptionSources Process { get; } = new(System.Environment.GetEnvironmentVariable, File.ReadAllText);
}

/// <summary>The values that were read, by option.</summary>
public sealed class OptionValues
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);

    /// <summary>The value of an option; the type's default (null, zero, false) when there is none or it was wrong.</summary>
    public T? Get<T>(OptionSpec<T> option)
        where T : notnull => _values.TryGetValue(option.Name, out var value) ? (T)value : default;

    /// <summary>Where the value came from, in the operator's words: <c>--http</c>, <c>EDGE_HUB_HTTP</c>; null when there is none.</summary>
    public string? OriginOf(OptionSpec option) => _origins.GetValueOrDefault(option.Name);

    internal void Set(OptionSpec option, object value, string origin)
    {
        _values[option.Name] = value;
        _origins[option.Name] = origin;
    }
}

/// <summary>What came of a command line: options, or a text to print and the exit code that goes with it.</summary>
/// <typeparam name="T">The record of options.</typeparam>
/// <param name="Value">Null when the program should end now.</param>
/// <param name="Text">The help (exit code 0) or every error (exit code 2), each on a line; empty when there is a value.</param>
/// <param name="ExitCode">0 or 2.</param>
public sealed record OptionOutcome<T>(T? Value, string Text, int ExitCode)
    where T : class;
