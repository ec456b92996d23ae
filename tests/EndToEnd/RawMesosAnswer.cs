using System.Text;

namespace Edge.Tests.EndToEnd;

/// <summary>What a server answered to one call.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">All headers as they came, in their order; names keep their case.</param>
/// <param name="Body">The decoded body; empty when there was none.</param>
internal sealed record RawMesosAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The value of a header, names compared without case, or null when it is missing.</summary>
    public string? Header(string name) => HeaderOf(Headers, name);

    /// <summary>The value of the first header of that name, or null.</summary>
    public static string? HeaderOf(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        foreach (var header in headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}
