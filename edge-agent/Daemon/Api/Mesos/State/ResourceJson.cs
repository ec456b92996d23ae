using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>Resources and attributes as the old read endpoints write them.</summary>
/// <remarks>Source: apache/mesos src/common/http.cpp, json(JSON::ObjectWriter, const Resources and Attributes).</remarks>
internal static class ResourceJson
{
    private static readonly string[] s_always = ["cpus", "gpus", "mem", "disk"];

    /// <summary>Amounts by name, whatever their traits: numbers, and ranges and sets as text; the four usual ones always.</summary>
    public static void Write(Utf8JsonWriter json, string name, ResourceSet resources)
    {
        json.WriteStartObject(name);
        var plain = resources.Filter(r => !r.Traits.Revocable);
        foreach (var always in s_always)
        {
            json.WriteNumber(always, plain.GetScalar(always).ToDouble());
        }

        WriteRest(json, plain, string.Empty);
        WriteRest(json, resources.Filter(r => r.Traits.Revocable), "_revocable");
        json.WriteEndObject();
    }

    /// <summary>The messages themselves, in the newest form.</summary>
    public static void WriteFull(Utf8JsonWriter json, string name, ResourceSet resources)
    {
        json.WriteStartArray(name);
        foreach (var resource in ResourceMapping.ToWire(resources, ResourceForm.Full))
        {
            MesosJson.Write(resource, json);
        }

        json.WriteEndArray();
    }

    /// <summary>What is reserved, by role: an object of objects, or of lists of messages.</summary>
    public static void WriteReserved(Utf8JsonWriter json, string name, ResourceSet resources, bool full)
    {
        json.WriteStartObject(name);
        foreach (var role in resources.Where(r => r.Traits.IsReserved).Select(r => r.Traits.Role).Distinct(StringComparer.Ordinal))
        {
            if (full)
            {
                WriteFull(json, role, resources.ReservedTo(role));
            }
            else
            {
                Write(json, role, resources.ReservedTo(role));
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Attributes: text and ranges as text, scalars as numbers.</summary>
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<Core.Resources.Attribute> attributes)
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

    /// <summary>Labels as a list of keys and values; nothing when the message has none.</summary>
    public static void WriteLabels(Utf8JsonWriter json, Labels? labels)
    {
        if (labels is null)
        {
            return;
        }

        json.WriteStartArray("labels");
        foreach (var label in labels.Labels_)
        {
            MesosJson.Write(label, json);
        }

        json.WriteEndArray();
    }

    /// <summary>A message of its own name; nothing when it is absent.</summary>
    public static void WriteMessage(Utf8JsonWriter json, string name, Google.Protobuf.IMessage? message)
    {
        if (message is not null)
        {
            json.WritePropertyName(name);
            MesosJson.Write(message, json);
        }
    }

    private static void WriteRest(Utf8JsonWriter json, ResourceSet resources, string suffix)
    {
        foreach (var name in resources.Select(r => r.Name).Distinct(StringComparer.Ordinal))
        {
            switch (resources.First(r => r.Name == name).Kind)
            {
                case ResourceKind.Scalar when suffix.Length > 0 || !s_always.Contains(name):
                    json.WriteNumber(name + suffix, resources.GetScalar(name).ToDouble());
                    break;
                case ResourceKind.Ranges:
                    json.WriteString(name + suffix, resources.GetRanges(name).ToString());
                    break;
                case ResourceKind.Set:
                    json.WriteString(name + suffix, resources.GetSet(name).ToString());
                    break;
            }
        }
    }
}
