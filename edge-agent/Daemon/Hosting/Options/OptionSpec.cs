namespace Edge.Daemon.Hosting.Options;

/// <summary>One option of a verb: the flag <c>--name</c>, the variable <c>PREFIX_NAME</c>, the configuration key <c>name</c>.</summary>
/// <param name="Name">Lower-case words joined by dashes, without the leading ones: <c>node-timeout</c>.</param>
/// <param name="Shape">What the value looks like in the help, as <c>ADDR:PORT</c>; empty for a switch.</param>
/// <param name="Meaning">One sentence for the help.</param>
public abstract record OptionSpec(string Name, string Shape, string Meaning)
{
    /// <summary>The value, as text, when nobody says one; null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>What the help says in place of the default, for a default that depends on the machine.</summary>
    public string? DefaultMeaning { get; init; }

    /// <summary>A value that would be accepted, as text.</summary>
    public string Example { get; init; } = string.Empty;

    /// <summary>True when leaving it out is an error.</summary>
    public bool Required { get; init; }

    /// <summary>True for a switch: it is on when it stands there, and takes a value only as <c>--name=false</c>.</summary>
    public bool IsSwitch => Shape.Length == 0;

    /// <summary>The end of the environment variable's name: <c>NODE_TIMEOUT</c>.</summary>
    public string EnvironmentSuffix => Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>The sentence that is wrong with a text, or null; the value is kept by <paramref name="keep"/>.</summary>
    internal abstract string? Read(string text, Action<object> keep);
}

/// <summary>An option with its type and the function that reads it.</summary>
/// <param name="Parse">Reads a text; says what is allowed when it cannot.</param>
/// <typeparam name="T">Type of the value.</typeparam>
public sealed record OptionSpec<T>(string Name, string Shape, string Meaning, Func<string, Parsed<T>> Parse)
    : OptionSpec(Name, Shape, Meaning)
    where T : notnull
{
    internal override string? Read(string text, Action<object> keep)
    {
        var parsed = Parse(text);
        if (parsed.Error is null)
        {
            keep(parsed.Value!);
        }

        return parsed.Error;
    }
}

/// <summary>A value read from text, or the sentence that says what would have been allowed.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
/// <param name="Value">Set when there is no error.</param>
/// <param name="Error">Null when the text was right; else what is allowed, without a name and without the bad text.</param>
public readonly record struct Parsed<T>(T? Value, string? Error);

/// <summary>Makes what a reader of texts returns.</summary>
public static class Parsed
{
    /// <summary>The text was right.</summary>
    public static Parsed<T> Ok<T>(T value) => new(value, null);

    /// <summary>The text was wrong.</summary>
    /// <param name="allowed">What would have been right, as in <c>allowed is a whole number from 1 to 5</c>.</param>
    public static Parsed<T> Wrong<T>(string allowed) => new(default, allowed);
}

/// <summary>One verb of a program and its options, in the order of the help.</summary>
/// <param name="Program">The executable: <c>edge-hub</c>.</param>
/// <param name="Name">The word after it: <c>serve</c>.</param>
/// <param name="Summary">One sentence for the help.</param>
/// <param name="EnvironmentPrefix">Beginning of the environment variables: <c>EDGE_HUB_</c>.</param>
/// <param name="Options">Every option; names are unique.</param>
/// <param name="Example">A whole command line that works.</param>
public sealed record VerbSpec(
    string Program, string Name, string Summary, string EnvironmentPrefix, IReadOnlyList<OptionSpec> Options, string Example);
