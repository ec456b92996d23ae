using System.Net;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Agent;

internal static class NodeProbe
{
    public static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public static string MachineId() => File.Exists("/etc/machine-id") ? File.ReadAllText("/etc/machine-id").Trim() : Dns.GetHostName();

    public static NodeDescription Describe(AgentOptions options) => new()
    {
        Hostname = Dns.GetHostName(),
        Address = options.Http.Address.ToString(),
        Port = options.Http.Port,
        Site = options.Site ?? string.Empty,
        Resources = ResourceText.Parse(options.Resources?.Value?.Describe() ?? "cpus:2;mem:1024;disk:1024;ports:[31000-32000]").Value!,
        Version = "0.1.0",
    };
}
