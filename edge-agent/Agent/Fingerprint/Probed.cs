namespace Edge.Agent.Fingerprint;

/// <summary>What a probe found, or the sentence that says why not.</summary>
public readonly record struct Probed<T>(T? Value, string? Problem)
{
    internal static Probed<T> Found(T value) => new(value, null);

    internal static Probed<T> Missing(string problem) => new(default, problem);
}

/// <summary>Reads the small files of /proc and /etc that the probes parse.</summary>
internal static class ProbeFile
{
    /// <summary>Hands a file's text to a parser that gives null for what it does not understand.</summary>
    public static Probed<T> Read<T>(string path, Func<string, T?> parse)
        where T : class
    {
        try
        {
            return parse(File.ReadAllText(path)) is { } value
                ? Probed<T>.Found(value)
                : Probed<T>.Missing($"'{path}' does not hold what was expected");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Probed<T>.Missing($"cannot read '{path}': {e.Message}");
        }
    }

    /// <summary>The one word of a file; null when there is none or more than one.</summary>
    public static string? Word(string text)
    {
        var word = text.Trim();
        return word.Length > 0 && !word.Any(char.IsWhiteSpace) ? word : null;
    }
}
