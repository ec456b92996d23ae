using System.Text.Json;

namespace Edge.Agent.Profiles;

/// <summary>One JSON value and the line it starts in, which the library's own documents do not keep.</summary>
/// <param name="Kind">What kind of value it is.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">The text of a string, the digits of a number; empty for the rest.</param>
internal sealed record ProfileNode(JsonValueKind Kind, int Line, string Text)
{
    /// <summary>The keys of an object in the order of the file, each once.</summary>
    public List<ProfileMember> Members { get; } = [];

    /// <summary>The items of a list in the order of the file.</summary>
    public List<ProfileNode> Items { get; } = [];

    /// <summary>The value under a key, or null.</summary>
    public ProfileNode? this[string name] => Members.Find(m => m.Name == name)?.Value;

    /// <summary>The value as an error quotes it: at most 60 characters, without control characters.</summary>
    public string Show() => Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"\"{Clean(Text)}\"",
        JsonValueKind.Number => Clean(Text),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>Foreign text fit for an error sentence.</summary>
    public static string Clean(string text)
    {
        var shown = string.Concat(text.Take(60).Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return text.Length > 60 ? shown + "..." : shown;
    }
}

/// <summary>One key of an object with its value.</summary>
/// <param name="Line">The line of the key, from 1.</param>
internal sealed record ProfileMember(string Name, int Line, ProfileNode Value);
