using System.Collections.Immutable;
using System.Text.Json;

namespace Edge.Daemon.Mapping;

/// <summary>One port of an app.</summary>
/// <param name="Service">The number that is asked for, or assigned: a service port, unless the app requires it on the host.</param>
/// <param name="Fixed">The host port that has to be had; 0 for any.</param>
/// <param name="Protocol">tcp, udp, or both with a comma.</param>
/// <param name="Name">Its name; absent without one.</param>
/// <param name="Labels">Its labels.</param>
public sealed record AppPort(
    int Service, int Fixed, string Protocol, string? Name, ImmutableSortedDictionary<string, string> Labels);

/// <summary>The ports of an app in order. Source: Marathon, portDefinitions, portMappings, requirePorts.</summary>
public static class AppPorts
{
    /// <summary>Reads them: of the host's network from <c>portDefinitions</c>, otherwise from <c>container.portMappings</c>.</summary>
    public static ImmutableArray<AppPort> Read(AppFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Has(Contracts.Marathon.MarathonPodReader.Containers))
        {
            return
            [
                .. PodFields.Containers(fields).SelectMany(p => p.Endpoints)
                    .Select(e => new AppPort(e.HostPort, e.HostPort, string.Join(',', e.Protocols), e.Name, e.Labels)),
            ];
        }

        var mappings = AppFields.Items(AppFields.Get(fields.Object("container"), "portMappings")).ToArray();
        if (mappings.Length > 0)
        {
            return [.. mappings.Select(m => Make(m, "servicePort", (int)AppFields.Number(m, "hostPort", 0)))];
        }

        var required = fields.Flag("requirePorts");
        return [.. fields.Items("portDefinitions").Select(p => Make(p, "port", required ? (int)AppFields.Number(p, "port", 0) : 0))];
    }

    private static AppPort Make(JsonElement port, string service, int host) => new(
        (int)AppFields.Number(port, service, 0),
        host,
        AppFields.Text(port, "protocol") ?? "tcp",
        AppFields.Text(port, "name"),
        AppFields.Texts(AppFields.Get(port, "labels")));
}
