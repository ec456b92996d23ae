using System.Collections.Immutable;
using System.Text.Json;
using Edge.Core.Model;

namespace Edge.Daemon.Mapping;

/// <summary>The fields of a definition as values. What is missing, or of another kind, is as if it were not there.</summary>
public sealed class AppFields(AppDefinition definition)
{
    private readonly Dictionary<string, JsonElement> _parsed = new(StringComparer.Ordinal);

    /// <summary>True when the field is set.</summary>
    public bool Has(string field) => definition[field] is not null;

    /// <summary>A text; null when it is none.</summary>
    public string? Text(string field) => Element(field) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A number.</summary>
    public double Number(string field, double missing) =>
        Element(field) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : missing;

    /// <summary>True only for <c>true</c>.</summary>
    public bool Flag(string field) => Element(field).ValueKind == JsonValueKind.True;

    /// <summary>The items of a list; empty when it is none.</summary>
    public IEnumerable<JsonElement> Items(string field) => Items(Element(field));

    /// <summary>An object; of the kind Undefined when it is none.</summary>
    public JsonElement Object(string field) => Element(field) is { ValueKind: JsonValueKind.Object } element ? element : default;

    /// <summary>The texts of an object by name.</summary>
    public ImmutableSortedDictionary<string, string> Texts(string field) => Texts(Object(field));

    /// <summary>The items of a list; empty when it is none.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>The texts among some elements.</summary>
    public static IEnumerable<string> Strings(IEnumerable<JsonElement> elements) =>
        elements.Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!);

    /// <summary>A time of so many seconds: at least none, at most a century.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3_155_760_000));

    /// <summary>A number of an object.</summary>
    public static double Number(JsonElement parent, string field, double missing) =>
        Get(parent, field) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : missing;

    /// <summary>A text of an object; null when it is none.</summary>
    public static string? Text(JsonElement parent, string field) =>
        Get(parent, field) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A member of an object; of the kind Undefined when there is none.</summary>
    public static JsonElement Get(JsonElement parent, string field) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(field, out var value) ? value : default;

    /// <summary>The texts of an object by name.</summary>
    public static ImmutableSortedDictionary<string, string> Texts(JsonElement map)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (map.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in map.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.String)
                {
                    result[member.Name] = member.Value.GetString()!;
                }
            }
        }

        return result.ToImmutable();
    }

    private JsonElement Element(string field)
    {
        if (_parsed.TryGetValue(field, out var known))
        {
            return known;
        }

        var element = default(JsonElement);
        if (definition[field] is { } json)
        {
            using var document = JsonDocument.Parse(json);
            element = document.RootElement.Clone();
        }

        _parsed[field] = element;
        return element;
    }
}
