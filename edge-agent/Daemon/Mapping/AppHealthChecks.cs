using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Mesos;

namespace Edge.Daemon.Mapping;

/// <summary>The health check of an app's task, run by the node beside it whatever its protocol.</summary>
/// <remarks>Source: Marathon, healthChecks; mesos.proto, HealthCheck. HTTP, HTTPS and TCP, which Marathon runs from the leader, are run
/// like their MESOS_ forms: a leader is no use to a cut site.</remarks>
internal static class AppHealthChecks
{
    /// <summary>The check; null when the app has none.</summary>
    public static HealthCheck? Build(AppFields fields, ImmutableArray<int> ports)
    {
        var check = fields.Items("healthChecks").FirstOrDefault();
        if (check.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var result = new HealthCheck
        {
            DelaySeconds = AppFields.Number(check, "delaySeconds", 15),
            IntervalSeconds = AppFields.Number(check, "intervalSeconds", 60),
            TimeoutSeconds = AppFields.Number(check, "timeoutSeconds", 20),
            ConsecutiveFailures = (uint)AppFields.Number(check, "maxConsecutiveFailures", 3),
            GracePeriodSeconds = AppFields.Number(check, "gracePeriodSeconds", 300),
        };
        Fill(result, check, ports);
        return result;
    }

    private static void Fill(HealthCheck result, JsonElement check, ImmutableArray<int> ports)
    {
        var protocol = AppFields.Text(check, "protocol") ?? "HTTP";
        var family = AppFields.Text(check, "ipProtocol") == "IPv6"
            ? NetworkInfo.Types.Protocol.Ipv6
            : NetworkInfo.Types.Protocol.Ipv4;
        switch (protocol)
        {
            case "COMMAND":
                result.Type = HealthCheck.Types.Type.Command;
                result.Command = new CommandInfo
                {
                    Shell = true,
                    Value = AppFields.Text(AppFields.Get(check, "command"), "value") ?? string.Empty,
                };
                break;
            case "TCP" or "MESOS_TCP":
                result.Type = HealthCheck.Types.Type.Tcp;
                result.Tcp = new HealthCheck.Types.TCPCheckInfo { Port = Port(check, ports), Protocol = family };
                break;
            default:
                result.Type = HealthCheck.Types.Type.Http;
                result.Http = new HealthCheck.Types.HTTPCheckInfo
                {
                    Port = Port(check, ports),
                    Protocol = family,
                    Path = AppFields.Text(check, "path") ?? "/",
                    Scheme = protocol is "HTTPS" or "MESOS_HTTPS" ? "https" : "http",
                };
                break;
        }
    }

    private static uint Port(JsonElement check, ImmutableArray<int> ports)
    {
        var number = (int)AppFields.Number(check, "port", 0);
        var index = (int)AppFields.Number(check, "portIndex", 0);
        return (uint)(number > 0 ? number : index >= 0 && index < ports.Length ? ports[index] : 0);
    }
}
