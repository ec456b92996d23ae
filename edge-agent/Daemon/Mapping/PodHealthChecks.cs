using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Mesos;

namespace Edge.Daemon.Mapping;

/// <summary>The health check of a pod's container, run by the node beside the task. Source: Marathon 1.10 RAML, HealthCheck.</summary>
internal static class PodHealthChecks
{
    /// <summary>The check; null when the container has none.</summary>
    /// <param name="ports">The host ports of the instance.</param>
    public static HealthCheck? Build(PodPart part, ImmutableArray<int> ports)
    {
        if (!part.HasHealthCheck)
        {
            return null;
        }

        var check = AppFields.Get(part.Fields, "healthCheck");
        var result = new HealthCheck
        {
            DelaySeconds = AppFields.Number(check, "delaySeconds", 15),
            IntervalSeconds = AppFields.Number(check, "intervalSeconds", 60),
            TimeoutSeconds = AppFields.Number(check, "timeoutSeconds", 20),
            ConsecutiveFailures = (uint)AppFields.Number(check, "maxConsecutiveFailures", 3),
            GracePeriodSeconds = AppFields.Number(check, "gracePeriodSeconds", 300),
        };
        if (AppFields.Get(check, "exec") is { ValueKind: JsonValueKind.Object } exec)
        {
            result.Type = HealthCheck.Types.Type.Command;
            result.Command = PodMapping.Command(AppFields.Get(exec, "command"));
        }
        else if (AppFields.Get(check, "tcp") is { ValueKind: JsonValueKind.Object } tcp)
        {
            result.Type = HealthCheck.Types.Type.Tcp;
            result.Tcp = new HealthCheck.Types.TCPCheckInfo { Port = Port(part, tcp, ports) };
        }
        else
        {
            var http = AppFields.Get(check, "http");
            result.Type = HealthCheck.Types.Type.Http;
            result.Http = new HealthCheck.Types.HTTPCheckInfo
            {
                Port = Port(part, http, ports),
                Path = AppFields.Text(http, "path") ?? "/",
                Scheme = AppFields.Text(http, "scheme") == "HTTPS" ? "https" : "http",
            };
        }

        return result;
    }

    private static uint Port(PodPart part, JsonElement check, ImmutableArray<int> ports)
    {
        var name = AppFields.Text(check, "endpoint");
        for (var i = 0; i < part.Endpoints.Length; i++)
        {
            if (part.Endpoints[i].Name == name && part.FirstPort + i < ports.Length)
            {
                return (uint)ports[part.FirstPort + i];
            }
        }

        return 0;
    }
}
