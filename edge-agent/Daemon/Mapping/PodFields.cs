using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Model;

namespace Edge.Daemon.Mapping;

/// <summary>One endpoint of a container.</summary>
/// <param name="Name">Unique in its pod.</param>
/// <param name="HostPort">The host port that has to be had; 0 for any.</param>
/// <param name="Protocols">tcp, udp; tcp when none was named.</param>
/// <param name="Labels">Its labels.</param>
public sealed record PodEndpoint(
    string Name, int HostPort, ImmutableArray<string> Protocols, ImmutableSortedDictionary<string, string> Labels);

/// <summary>One container of a pod's definition.</summary>
/// <param name="Name">Unique in its pod.</param>
/// <param name="Fields">All that it says.</param>
/// <param name="FirstPort">The place of its first endpoint among the ports of an instance.</param>
/// <param name="Endpoints">In order.</param>
public sealed record PodPart(string Name, JsonElement Fields, int FirstPort, ImmutableArray<PodEndpoint> Endpoints)
{
    /// <summary>True when a check looks at it.</summary>
    public bool HasHealthCheck => AppFields.Get(Fields, "healthCheck").ValueKind == JsonValueKind.Object;

    /// <summary>What it asks for: cpus, mem, disk, gpus.</summary>
    public double Resource(string name) => AppFields.Number(AppFields.Get(Fields, "resources"), name, 0);
}

/// <summary>The parts of a pod's definition. Source: Marathon, PodDefinition.</summary>
public static class PodFields
{
    /// <summary>True when the definition is a pod's and not an app's.</summary>
    public static bool IsPod(AppDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return MarathonPodReader.IsPod(definition.Fields);
    }

    /// <summary>The containers in order.</summary>
    public static ImmutableArray<PodPart> Containers(AppFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var result = ImmutableArray.CreateBuilder<PodPart>();
        var port = 0;
        foreach (var container in fields.Items(MarathonPodReader.Containers))
        {
            ImmutableArray<PodEndpoint> endpoints = [.. AppFields.Items(AppFields.Get(container, "endpoints")).Select(ReadEndpoint)];
            result.Add(new PodPart(AppFields.Text(container, "name") ?? string.Empty, container, port, endpoints));
            port += endpoints.Length;
        }

        return result.ToImmutable();
    }

    private static PodEndpoint ReadEndpoint(JsonElement endpoint)
    {
        ImmutableArray<string> protocols = [.. AppFields.Strings(AppFields.Items(AppFields.Get(endpoint, "protocol")))];
        return new PodEndpoint(
            AppFields.Text(endpoint, "name") ?? string.Empty,
            (int)AppFields.Number(endpoint, "hostPort", 0),
            protocols.IsEmpty ? ["tcp"] : protocols,
            AppFields.Texts(AppFields.Get(endpoint, "labels")));
    }
}
