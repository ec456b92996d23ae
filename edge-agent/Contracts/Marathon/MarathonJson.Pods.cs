using System.Text.Json;

namespace Edge.Contracts.Marathon;

public static partial class MarathonJson
{
    /// <summary>A pod: its definition with the number of instances where Marathon has it, and its version.</summary>
    public static void WritePod(Utf8JsonWriter writer, MarathonPodInfo pod)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(pod);
        writer.WriteStartObject();
        foreach (var (name, json) in pod.Fields.Where(f => f.Key != MarathonPodReader.Instances))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json, skipInputValidation: true);
        }

        writer.WriteStartObject("scaling");
        writer.WriteString("kind", "fixed");
        writer.WritePropertyName("instances");
        writer.WriteRawValue(pod.Fields.GetValueOrDefault(MarathonPodReader.Instances, "1"), skipInputValidation: true);
        writer.WriteEndObject();
        WriteTime(writer, "version", pod.Version);
        writer.WriteEndObject();
    }

    /// <summary>The bare list of pods.</summary>
    public static void WritePods(Utf8JsonWriter writer, IEnumerable<MarathonPodInfo> pods) => WriteArray(writer, pods, WritePod);

    /// <summary>The bare list of pods and how they do.</summary>
    public static void WritePodStatuses(Utf8JsonWriter writer, IEnumerable<MarathonPodStatus> pods) =>
        WriteArray(writer, pods, WritePodStatus);

    /// <summary>A pod and how it does.</summary>
    public static void WritePodStatus(Utf8JsonWriter writer, MarathonPodStatus pod)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(pod);
        writer.WriteStartObject();
        writer.WriteString("id", pod.Id);
        writer.WritePropertyName("spec");
        WritePod(writer, pod.Spec);
        writer.WriteString("status", pod.Status);
        WriteTime(writer, "statusSince", pod.Since);
        WriteArray(writer, "instances", pod.Instances, WriteInstance);
        WriteArray(writer, "terminationHistory", pod.Terminations, WriteTermination);
        WriteTime(writer, "lastUpdated", pod.LastUpdated);
        WriteTime(writer, "lastChanged", pod.Since);
        writer.WriteEndObject();
    }

    /// <summary>The bare list of instances that are being ended.</summary>
    public static void WriteEndedInstances(Utf8JsonWriter writer, IEnumerable<MarathonEndedInstance> instances) =>
        WriteArray(writer, instances, WriteEndedInstance);

    /// <summary>An instance that is being ended.</summary>
    public static void WriteEndedInstance(Utf8JsonWriter writer, MarathonEndedInstance instance)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(instance);
        writer.WriteStartObject();
        WriteNamedText(writer, "instanceId", "idString", instance.InstanceId);
        writer.WriteStartObject("state");
        WriteNamedText(writer, "condition", "str", instance.Condition);
        WriteTime(writer, "since", instance.Since);
        if (instance.Healthy is { } healthy)
        {
            writer.WriteBoolean("healthy", healthy);
        }

        writer.WriteString("goal", "Stopped");
        writer.WriteEndObject();
        writer.WriteStartObject("agentInfo");
        writer.WriteString("host", instance.Host);
        writer.WriteString("agentId", instance.AgentId);
        WriteTexts(writer, "attributes", []);
        writer.WriteEndObject();
        WriteTime(writer, "runSpecVersion", instance.Version);
        writer.WritePropertyName("unreachableStrategy");
        writer.WriteRawValue(instance.Unreachable, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static void WriteNamedText(Utf8JsonWriter writer, string name, string field, string text)
    {
        writer.WriteStartObject(name);
        writer.WriteString(field, text);
        writer.WriteEndObject();
    }

    private static void WriteInstance(Utf8JsonWriter writer, MarathonPodInstance instance)
    {
        writer.WriteStartObject();
        writer.WriteString("id", instance.Id);
        writer.WriteString("status", instance.Status);
        WriteTime(writer, "statusSince", instance.Since);
        WriteText(writer, "message", instance.Message);
        WriteText(writer, "agentHostname", instance.Hostname);
        WriteText(writer, "agentId", instance.AgentId);
        WriteText(writer, "agentRegion", instance.Region);
        WriteText(writer, "agentZone", instance.Zone);
        WriteResources(writer, instance.Resources);
        if (instance.Address is { } address)
        {
            WriteArray(writer, "networks", [address], (w, a) => WriteList(w, "addresses", [a], (x, t) => x.WriteStringValue(t)));
        }

        WriteArray(writer, "containers", instance.Containers, WriteContainer);
        writer.WriteString("specReference", instance.SpecReference);
        WriteTime(writer, "lastUpdated", instance.Since);
        WriteTime(writer, "lastChanged", instance.Since);
        writer.WriteString("role", instance.Role);
        writer.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter writer, MarathonContainerStatus container)
    {
        writer.WriteStartObject();
        writer.WriteString("name", container.Name);
        writer.WriteString("status", container.Status);
        WriteTime(writer, "statusSince", container.Since);
        WriteText(writer, "message", container.Message);
        WriteText(writer, "containerId", container.ContainerId);
        WriteArray(writer, "conditions", container.Healthy is { } said ? [said] : Array.Empty<bool>(), (w, healthy) =>
        {
            w.WriteStartObject();
            w.WriteString("name", "healthy");
            WriteTime(w, "lastChanged", container.Since);
            WriteTime(w, "lastUpdated", container.Since);
            w.WriteString("value", healthy ? "true" : "false");
            w.WriteString("reason", "health-reported-by-mesos");
            w.WriteEndObject();
        });
        WriteArray(writer, "endpoints", container.Endpoints, WriteEndpoint);
        WriteResources(writer, container.Resources);
        if (container.Termination is { } termination)
        {
            WriteEnd(writer, termination);
        }

        WriteTime(writer, "lastUpdated", container.Since);
        WriteTime(writer, "lastChanged", container.Since);
        writer.WriteEndObject();
    }

    private static void WriteEndpoint(Utf8JsonWriter writer, MarathonEndpointStatus endpoint)
    {
        writer.WriteStartObject();
        writer.WriteString("name", endpoint.Name);
        if (endpoint.HostPort is { } port)
        {
            writer.WriteNumber("allocatedHostPort", port);
        }

        if (endpoint.Healthy is { } healthy)
        {
            writer.WriteBoolean("healthy", healthy);
        }

        writer.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter writer, MarathonPodResources resources)
    {
        writer.WriteStartObject("resources");
        writer.WriteNumber("cpus", resources.Cpus);
        writer.WriteNumber("mem", resources.Mem);
        writer.WriteNumber("disk", resources.Disk);
        writer.WriteNumber("gpus", resources.Gpus);
        writer.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter writer, MarathonTermination termination)
    {
        writer.WriteStartObject("termination");
        if (termination.ExitCode is { } code)
        {
            writer.WriteNumber("exitCode", code);
        }

        writer.WriteString("message", termination.Message);
        writer.WriteEndObject();
    }

    private static void WriteTermination(Utf8JsonWriter writer, MarathonPodTermination termination)
    {
        writer.WriteStartObject();
        writer.WriteString("instanceID", termination.InstanceId);
        WriteTime(writer, "startedAt", termination.StartedAt);
        WriteTime(writer, "terminatedAt", termination.TerminatedAt);
        writer.WriteString("message", termination.Message);
        WriteArray(writer, "containers", termination.Containers, (w, container) =>
        {
            w.WriteStartObject();
            w.WriteString("containerId", container.ContainerId);
            w.WriteString("lastKnownState", container.State);
            if (container.Termination is { } end)
            {
                WriteEnd(w, end);
            }

            w.WriteEndObject();
        });
        writer.WriteEndObject();
    }
}
