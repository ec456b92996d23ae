using System.Globalization;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>What the reading of one body has found so far.</summary>
internal sealed class ShapeFindings
{
    /// <summary>What does not fit the schema.</summary>
    public MarathonErrors Errors { get; } = new();

    /// <summary>The paths of the fields that the schema does not have, in the order of the body.</summary>
    public List<string> Unknown { get; } = [];
}

/// <summary>What a JSON value has to look like: the schema, as values.</summary>
/// <remarks>The texts are those of the library that Marathon reads JSON with. Source: playframework/play-json, Reads.</remarks>
internal abstract class Shape
{
    /// <summary>Reads a value that is not null.</summary>
    /// <returns>Null when an error was noted.</returns>
    public abstract Node? Read(JsonElement element, string path, ShapeFindings findings);

    protected static Node? Refuse(string path, ShapeFindings findings, string error)
    {
        findings.Errors.Add(path, error);
        return null;
    }

    /// <summary>The text of a string or of a name; null when its escapes are no Unicode.</summary>
    protected static string? Decode(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>A text.</summary>
internal sealed class TextShape(int min = 0, int max = int.MaxValue, Func<string, bool>? pattern = null) : Shape
{
    public override Node? Read(JsonElement element, string path, ShapeFindings findings)
    {
        if (element.ValueKind != JsonValueKind.String || Decode(element.GetString) is not { } text)
        {
            return Refuse(path, findings, "error.expected.jsstring");
        }

        if (text.Length < min)
        {
            return Refuse(path, findings, "error.minLength");
        }

        if (text.Length > max)
        {
            return Refuse(path, findings, "error.maxLength");
        }

        return pattern?.Invoke(text) == false ? Refuse(path, findings, "error.pattern") : new TextNode(text);
    }
}

/// <summary>One of some words, in any case; it is written as the schema writes it.</summary>
internal sealed class WordShape(params string[] words) : Shape
{
    public override Node? Read(JsonElement element, string path, ShapeFindings findings)
    {
        if (element.ValueKind != JsonValueKind.String || Decode(element.GetString) is not { } text)
        {
            return Refuse(path, findings, "error.expected.jsstring");
        }

        if (words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word)
        {
            return new TextNode(word);
        }

        findings.Errors.Add(path, "error.unknown.enum.literal");
        return Refuse(path, findings, "expected one of " + string.Join(", ", words));
    }
}

/// <summary>A number; a whole one may be written with a fraction of zeros.</summary>
internal sealed class NumberShape(double? min = null, double? max = null, bool whole = false, double limit = long.MaxValue) : Shape
{
    public static NumberShape Int32(int min = 0, int max = int.MaxValue) => new(min, max, whole: true, int.MaxValue);

    public static NumberShape AnyInt32() => new(whole: true, limit: int.MaxValue);

    public static NumberShape Int64(long min = 0) => new(min, whole: true);

    public override Node? Read(JsonElement element, string path, ShapeFindings findings)
    {
        if (element.ValueKind != JsonValueKind.Number || NumberNode.Of(element) is not { } number)
        {
            return Refuse(path, findings, "error.expected.jsnumber");
        }

        if (whole && (Math.Floor(number.Value) != number.Value || Math.Abs(number.Value) > limit))
        {
            return Refuse(path, findings, limit > int.MaxValue ? "error.expected.long" : "error.expected.int");
        }

        if (number.Value < min)
        {
            findings.Errors.Add(path, "error.min");
            return Refuse(path, findings, $"must be at least {Format(min.Value)}");
        }

        if (number.Value > max)
        {
            findings.Errors.Add(path, "error.max");
            return Refuse(path, findings, $"must be at most {Format(max.Value)}");
        }

        return number;
    }

    private static string Format(double value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>True or false.</summary>
internal sealed class FlagShape : Shape
{
    public override Node? Read(JsonElement element, string path, ShapeFindings findings) => element.ValueKind switch
    {
        JsonValueKind.True => new FlagNode(true),
        JsonValueKind.False => new FlagNode(false),
        _ => Refuse(path, findings, "error.expected.jsboolean"),
    };
}

/// <summary>A list of equal things.</summary>
/// <param name="distinct">True: the list is a set, of equal items the first one stays.</param>
internal sealed class ListShape(Shape item, int min = 0, int max = int.MaxValue, bool distinct = false) : Shape
{
    public override Node? Read(JsonElement element, string path, ShapeFindings findings)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return Refuse(path, findings, "error.expected.jsarray");
        }

        var result = new ListNode();
        var seen = distinct ? new HashSet<string>(StringComparer.Ordinal) : null;
        var index = 0;
        foreach (var entry in element.EnumerateArray())
        {
            if (item.Read(entry, $"{path}({index++})", findings) is { } value && seen?.Add(value.ToJson()) != false)
            {
                result.Items.Add(value);
            }
        }

        return index < min ? Refuse(path, findings, "error.minLength")
            : index > max ? Refuse(path, findings, "error.maxLength")
            : result;
    }
}

/// <summary>Values by freely chosen names. A null value is an absent entry.</summary>
internal sealed class MapShape(Shape value) : Shape
{
    public override Node? Read(JsonElement element, string path, ShapeFindings findings)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Refuse(path, findings, "error.expected.jsobject");
        }

        var result = new MapNode();
        foreach (var (name, entry) in ObjectShape.Properties(element, path, findings))
        {
            if (value.Read(entry, $"{path}/{name}", findings) is { } read)
            {
                result[name] = read;
            }
        }

        return result;
    }
}

/// <summary>One of several shapes; which one, the value itself says.</summary>
internal sealed class ChoiceShape(Func<JsonElement, Shape> choose) : Shape
{
    public override Node? Read(JsonElement element, string path, ShapeFindings findings) =>
        choose(element).Read(element, path, findings);

    /// <summary>True when an object has a field that is not null.</summary>
    public static bool Has(JsonElement element, string name) => Field(element, name) is not null;

    /// <summary>The text of an object's field; null when there is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        Field(element, name) is { ValueKind: JsonValueKind.String } value ? Decode(value.GetString) : null;

    /// <summary>An object's field that is not null; null when there is none. Of equal names the last one.</summary>
    public static JsonElement? Field(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
                && value.ValueKind != JsonValueKind.Null ? value : null;
        }
        catch (InvalidOperationException)
        {
            // A name beside it is no Unicode; the reader of the object says so.
            return null;
        }
    }
}
