using System.Globalization;
using System.Text.Json;
using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>Nodes as the old read endpoints write them: there they are called slaves.</summary>
/// <remarks>Source: apache/mesos src/master/readonly_handler.cpp, SlaveWriter and SlavesWriter.</remarks>
internal static class NodeJson
{
    /// <summary>How an agent's process is named: the first of its kind.</summary>
    public static string Pid(NodeDescription description) =>
        string.Create(CultureInfo.InvariantCulture, $"slave(1)@{description.Address}:{description.Port}");

    /// <summary>Writes the fields of a node; within an object.</summary>
    /// <param name="full">True adds the messages of its resources, as <c>/slaves</c> does.</param>
    public static void Write(Utf8JsonWriter json, Node node, bool full)
    {
        var description = node.Description;
        json.WriteString("id", node.Id.Value);
        json.WriteString("hostname", description.Hostname);
        json.WriteNumber("port", description.Port);
        ResourceJson.Write(json, "attributes", description.Attributes);
        json.WriteString("pid", Pid(description));
        json.WriteNumber("registered_time", StatusMapping.ToSeconds(node.RegisteredAt));
        if (node.ReregisteredAt > node.RegisteredAt)
        {
            json.WriteNumber("reregistered_time", StatusMapping.ToSeconds(node.ReregisteredAt));
        }

        ResourceJson.Write(json, "resources", description.Resources);
        ResourceJson.Write(json, "used_resources", node.Used.Unallocate());
        ResourceJson.Write(json, "offered_resources", node.Offered.Unallocate());
        ResourceJson.WriteReserved(json, "reserved_resources", description.Resources, full: false);
        ResourceJson.Write(json, "unreserved_resources", description.Resources.Unreserved);
        json.WriteBoolean("active", node.Connected);
        json.WriteBoolean("deactivated", false);
        json.WriteString("version", description.Version);
        WriteCapabilities(json);
        if (full)
        {
            ResourceJson.WriteReserved(json, "reserved_resources_full", description.Resources, full: true);
            ResourceJson.WriteFull(json, "unreserved_resources_full", description.Resources.Unreserved);
            ResourceJson.WriteFull(json, "used_resources_full", node.Used);
            ResourceJson.WriteFull(json, "offered_resources_full", node.Offered);
        }
    }

    /// <summary>What a restarted hub still knows of a node that has not come back yet.</summary>
    public static void WriteRecovered(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        json.WriteString("id", node.Id.Value);
        json.WriteString("hostname", node.Description.Hostname);
        json.WriteNumber("port", node.Description.Port);
        ResourceJson.Write(json, "attributes", node.Description.Attributes);
        ResourceJson.Write(json, "resources", node.Description.Resources);
        json.WriteEndObject();
    }

    /// <summary>What every agent of ours can deal with.</summary>
    public static void WriteCapabilities(Utf8JsonWriter json)
    {
        json.WriteStartArray("capabilities");
        json.WriteStringValue("MULTI_ROLE");
        json.WriteStringValue("HIERARCHICAL_ROLE");
        json.WriteStringValue("RESERVATION_REFINEMENT");
        json.WriteEndArray();
    }
}
