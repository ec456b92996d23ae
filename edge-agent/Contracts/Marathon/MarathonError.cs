using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>The ways in which a body is refused.</summary>
/// <remarks>All of them are answered with status 422. Source: Marathon 1.10, RestResource and its exception mapper.</remarks>
public enum MarathonErrorKind
{
    /// <summary>The JSON does not fit the schema: a type, a range, a pattern, a missing field.</summary>
    InvalidJson,

    /// <summary>The JSON fits, what it asks for is contradictory or cannot be done.</summary>
    ObjectNotValid,

    /// <summary>One sentence without details.</summary>
    Message,
}

/// <summary>What is wrong at one place of a body.</summary>
/// <param name="Path">The place: <c>/container/portMappings(0)/hostPort</c>; <c>/</c> is the whole body.</param>
/// <param name="Errors">One text for each rule that was broken, in the order in which they were found; never empty.</param>
public sealed record MarathonErrorDetail(string Path, ImmutableArray<string> Errors);

/// <summary>Why a body was refused: all reasons at once, not only the first.</summary>
/// <param name="Kind">Which way.</param>
/// <param name="Message">The sentence that answers the caller.</param>
/// <param name="Details">By place, in the order in which the places were found; empty for <see cref="MarathonErrorKind.Message"/>.</param>
/// <remarks>A body with schema errors is not looked at for its meaning, so <see cref="MarathonErrorKind.InvalidJson"/> hides what
/// <see cref="MarathonErrorKind.ObjectNotValid"/> would say. Source: Marathon 1.10, the same two phases.</remarks>
public sealed record MarathonError(MarathonErrorKind Kind, string Message, ImmutableArray<MarathonErrorDetail> Details)
{
    /// <summary>A refusal without details.</summary>
    public static MarathonError Of(string message) => new(MarathonErrorKind.Message, message, []);

    /// <summary>The error as one line for a log: its message and each detail.</summary>
    public override string ToString() =>
        string.Join("; ", Details.Select(d => $"{d.Path}: {string.Join(", ", d.Errors)}").Prepend(Message));
}

/// <summary>Collects what is wrong with a body, place by place.</summary>
/// <param name="prefix">Stands before each path: the place of this body in a larger one, <c>/apps(1)</c>.</param>
internal sealed class MarathonErrors(string prefix = "")
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.Ordinal);

    public bool Any => _order.Count > 0;

    /// <summary>Notes one error; the same text at the same place is noted once.</summary>
    /// <param name="path">Below this body; empty or a slash is the body itself.</param>
    public void Add(string path, string text)
    {
        path = prefix + (path == "/" ? string.Empty : path);
        path = path.Length == 0 ? "/" : path;
        if (!_texts.TryGetValue(path, out var texts))
        {
            _order.Add(path);
            _texts[path] = texts = [];
        }

        if (!texts.Contains(text))
        {
            texts.Add(text);
        }
    }

    public void AddIf(bool broken, string path, string text)
    {
        if (broken)
        {
            Add(path, text);
        }
    }

    public void AddAll(MarathonError other)
    {
        foreach (var (path, texts) in other.Details)
        {
            foreach (var text in texts)
            {
                Add(path, text);
            }
        }
    }

    public MarathonError ToError(MarathonErrorKind kind) => new(
        kind,
        kind == MarathonErrorKind.InvalidJson ? "Invalid JSON" : "Object is not valid",
        [.. _order.Select(p => new MarathonErrorDetail(p, [.. _texts[p]]))]);
}
