using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>A JSON value that was read: no nulls, no doubled keys, and one text for values that are equal.</summary>
internal abstract class Node
{
    // Relaxed: clients read UTF-8, and what is no ASCII stays readable in it. The answers are no HTML.
    public static readonly JsonWriterOptions Canonical =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>True when there is something in it: not false, not zero, not an empty text, list or map.</summary>
    public abstract bool IsFilled { get; }

    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>The canonical text: compact, keys in ordinal order.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, Canonical))
        {
            Write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value of a text that <see cref="ToJson"/> made, or that any JSON parser takes.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static Node Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return From(document.RootElement) ?? throw new JsonException("null is no value of a field");
    }

    public static Node? From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => FromObject(element),
        JsonValueKind.Array => new ListNode([.. element.EnumerateArray().Select(From).OfType<Node>()]),
        JsonValueKind.String => new TextNode(element.GetString()!),
        JsonValueKind.Number => NumberNode.Of(element),
        JsonValueKind.True or JsonValueKind.False => new FlagNode(element.GetBoolean()),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
    };

    private static MapNode FromObject(JsonElement element)
    {
        var map = new MapNode();
        foreach (var property in element.EnumerateObject())
        {
            if (From(property.Value) is { } value)
            {
                map[property.Name] = value;
            }
            else
            {
                map.Remove(property.Name);
            }
        }

        return map;
    }
}

internal sealed class TextNode(string value) : Node
{
    public string Value { get; } = value;

    public override bool IsFilled => Value.Length > 0;

    public override void Write(Utf8JsonWriter writer) => writer.WriteStringValue(Value);
}

internal sealed class FlagNode(bool value) : Node
{
    public override bool IsFilled { get; } = value;

    public override void Write(Utf8JsonWriter writer) => writer.WriteBooleanValue(IsFilled);
}

internal sealed class NumberNode : Node
{
    private readonly string _text;

    public NumberNode(double value)
    {
        Value = value;
        // Whole numbers up to 2^53 are exact in a double; their text has no fraction and no exponent. Negative zero is zero.
        _text = Math.Abs(value) <= 9007199254740992 && Math.Floor(value) == value
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    public NumberNode(long value)
    {
        Value = value;
        _text = value.ToString(CultureInfo.InvariantCulture);
    }

    public double Value { get; }

    public override bool IsFilled => Value != 0;

    /// <summary>The number of a token; null when no double holds it.</summary>
    public static NumberNode? Of(JsonElement element) =>
        element.TryGetInt64(out var whole) ? new NumberNode(whole)
        : element.TryGetDouble(out var value) && double.IsFinite(value) ? new NumberNode(value)
        : null;

    public override void Write(Utf8JsonWriter writer) => writer.WriteRawValue(_text, skipInputValidation: true);

    public override string ToString() => _text;
}

internal sealed class ListNode(List<Node> items) : Node
{
    public ListNode()
        : this([])
    {
    }

    public List<Node> Items { get; } = items;

    public override bool IsFilled => Items.Count > 0;

    public IEnumerable<string> Texts => Items.OfType<TextNode>().Select(t => t.Value);

    public IEnumerable<MapNode> Maps => Items.OfType<MapNode>();

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in Items)
        {
            item.Write(writer);
        }

        writer.WriteEndArray();
    }
}

internal sealed class MapNode : Node
{
    private readonly SortedDictionary<string, Node> _fields = new(StringComparer.Ordinal);

    public override bool IsFilled => _fields.Count > 0;

    /// <summary>In ordinal order.</summary>
    public IEnumerable<KeyValuePair<string, Node>> Fields => _fields;

    public int Count => _fields.Count;

    [DisallowNull]
    public Node? this[string name]
    {
        get => _fields.GetValueOrDefault(name);
        set => _fields[name] = value;
    }

    public bool Has(string name) => _fields.ContainsKey(name);

    public void Remove(string name) => _fields.Remove(name);

    public string? Text(string name) => (this[name] as TextNode)?.Value;

    public double? Number(string name) => (this[name] as NumberNode)?.Value;

    public MapNode? Map(string name) => this[name] as MapNode;

    public ListNode? List(string name) => this[name] as ListNode;

    /// <summary>The items of a list; empty when there is none.</summary>
    public IReadOnlyList<Node> Items(string name) => List(name)?.Items ?? [];

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in _fields)
        {
            writer.WritePropertyName(name);
            value.Write(writer);
        }

        writer.WriteEndObject();
    }
}
