using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>One field of an object.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Shape">What it has to look like.</param>
internal sealed record ShapeField(string Name, Shape Shape)
{
    /// <summary>True: an object without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>The JSON that stands in for it when it is absent; null when it stays absent.</summary>
    public string? Default { get; init; }

    /// <summary>True: an empty list or map is as good as none.</summary>
    public bool OmitEmpty { get; init; }

    /// <summary>True: the server's own; taken from a body that was read here before, and dropped.</summary>
    public bool IsServers { get; init; }
}

/// <summary>An object with fields that are known by name.</summary>
/// <param name="name">Its name in Marathon's RAML.</param>
internal sealed class ObjectShape(string name, params ShapeField[] fields) : Shape
{
    private readonly Dictionary<string, ShapeField> _fields = fields.ToDictionary(f => f.Name, StringComparer.Ordinal);

    public string Name => name;

    public IReadOnlyList<ShapeField> Fields => fields;

    public override Node? Read(JsonElement element, string path, ShapeFindings findings)
    {
        var result = ReadGiven(element, path, findings);
        if (result is not null)
        {
            Require(result, path, findings);
            Complete(result);
        }

        return result;
    }

    /// <summary>Reads only what is given: no defaults, empty lists and maps stay, nothing is required.</summary>
    public MapNode? ReadGiven(JsonElement element, string path, ShapeFindings findings)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            findings.Errors.Add(path, "error.expected.jsobject");
            return null;
        }

        var result = new MapNode();
        foreach (var (key, value) in Properties(element, path, findings))
        {
            if (!_fields.TryGetValue(key, out var field))
            {
                findings.Unknown.Add($"{path}/{key}");
            }
            else if (!field.IsServers && field.Shape.Read(value, $"{path}/{key}", findings) is { } read)
            {
                result[key] = read;
            }
            else if (!field.IsServers)
            {
                // It is there and wrong, which was noted: it must not be called missing as well.
                result[key] = new TextNode(string.Empty);
            }
        }

        return result;
    }

    /// <summary>Notes each required field that is absent.</summary>
    public void Require(MapNode value, string path, ShapeFindings findings)
    {
        foreach (var field in fields)
        {
            if (field.Required && field.Default is null && !value.Has(field.Name))
            {
                findings.Errors.Add($"{path}/{field.Name}", "error.path.missing");
            }
        }
    }

    /// <summary>Fills in the defaults and drops what is as good as absent.</summary>
    public void Complete(MapNode value)
    {
        foreach (var field in fields)
        {
            if (field.OmitEmpty && value[field.Name] is { IsFilled: false })
            {
                value.Remove(field.Name);
            }

            if (field.Default is not null && !value.Has(field.Name))
            {
                value[field.Name] = Node.Parse(field.Default);
            }
        }
    }

    /// <summary>The fields of an object that are not null; of equal names the last one, at the place of the first.</summary>
    internal static IEnumerable<KeyValuePair<string, JsonElement>> Properties(JsonElement element, string path, ShapeFindings findings)
    {
        var order = new List<string>();
        var last = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (Decode(() => property.Name) is not { } key)
            {
                findings.Errors.Add(path, "error.expected.jsstring");
            }
            else
            {
                if (!last.ContainsKey(key))
                {
                    order.Add(key);
                }

                last[key] = property.Value;
            }
        }

        return order.Where(k => last[k].ValueKind != JsonValueKind.Null).Select(k => KeyValuePair.Create(k, last[k]));
    }
}
