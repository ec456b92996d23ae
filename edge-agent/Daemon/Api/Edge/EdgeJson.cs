using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Daemon.Api.Edge;

/// <summary>How our own answers write what recurs in them.</summary>
internal static class EdgeJson
{
    // Clients read UTF-8, and the answers are no HTML.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of one value.</summary>
    public static byte[] ToUtf8(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The text of an instant: ISO 8601, UTC, milliseconds.</summary>
    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant, or null.</summary>
    public static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? instant) =>
        json.WriteString(name, instant is { } value ? Text(value) : null);

    /// <summary>A number, or null.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>A list of texts.</summary>
    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>A list of objects.</summary>
    /// <param name="write">Writes the fields of one.</param>
    public static void WriteList<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The value of a field that is kept as JSON text: itself; null when there is none.</summary>
    /// <remarks>A text that is no JSON, which a fault of ours could leave behind, is shown as the text that it is.</remarks>
    public static void WriteField(Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        if (text.Length == 0)
        {
            json.WriteNullValue();
        }
        else if (IsJson(text))
        {
            // Written anew: a line break between its parts would end an event.
            using var document = JsonDocument.Parse(text);
            document.RootElement.WriteTo(json);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    /// <summary>Values of fields by name.</summary>
    public static void WriteFields(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> fields)
    {
        json.WriteStartObject(name);
        foreach (var (field, text) in fields)
        {
            WriteField(json, field, text);
        }

        json.WriteEndObject();
    }

    /// <summary>Amounts by name: numbers, and ranges and sets as text.</summary>
    public static void WriteResources(Utf8JsonWriter json, string name, ResourceSet resources)
    {
        json.WriteStartObject(name);
        foreach (var resource in resources.DistinctBy(r => r.Name, StringComparer.Ordinal))
        {
            switch (resource.Kind)
            {
                case ResourceKind.Scalar:
                    json.WriteNumber(resource.Name, resources.GetScalar(resource.Name).ToDouble());
                    break;
                case ResourceKind.Ranges:
                    json.WriteString(resource.Name, resources.GetRanges(resource.Name).ToString());
                    break;
                case ResourceKind.Set:
                    json.WriteString(resource.Name, resources.GetSet(resource.Name).ToString());
                    break;
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Attributes by name: scalars as numbers, everything else as text; of a name that comes twice, the first.</summary>
    public static void WriteAttributes(Utf8JsonWriter json, string name, IEnumerable<Core.Resources.Attribute> attributes)
    {
        json.WriteStartObject(name);
        foreach (var attribute in attributes.DistinctBy(a => a.Name, StringComparer.Ordinal))
        {
            if (attribute.Value.Kind == AttributeKind.Scalar)
            {
                json.WriteNumber(attribute.Name, attribute.Value.Scalar.ToDouble());
            }
            else
            {
                json.WriteString(attribute.Name, attribute.Value.ToString());
            }
        }

        json.WriteEndObject();
    }

    /// <summary>A task and what it is of; within an object.</summary>
    public static void WriteTask(Utf8JsonWriter json, ClusterTask task)
    {
        json.WriteString("task", task.Key.Task.Value);
        json.WriteString("framework", task.Key.Framework.Value);
        json.WriteString("app", task.Slot?.App.Value);
        json.WriteString("node", task.Node.Value);
    }

    /// <summary>True for one whole JSON value of proper text.</summary>
    public static bool IsJson(string text) => IsJson(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="IsJson(string)"/>
    public static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    // Half of a surrogate pair is well-formed JSON and no text.
                    reader.GetString();
                }
            }

            return true;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
