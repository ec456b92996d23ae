namespace Edge.Contracts.Marathon;

/// <summary>The rules of a container's endpoints: which ports go with which network.</summary>
/// <remarks>Source: Marathon 1.10, PodsValidation, endpointValidator.</remarks>
internal static class PodNetworkRules
{
    public static void Run(MapNode pod, MapNode container, string path, MarathonErrors errors)
    {
        var isHost = AppDefaults.IsHost(pod);
        var endpoints = container.Items("endpoints").OfType<MapNode>().ToArray();
        for (var i = 0; i < endpoints.Length; i++)
        {
            var at = $"{path}/endpoints({i})";
            var endpoint = endpoints[i];
            errors.AddIf(
                isHost && endpoint.Has("containerPort"), at + "/containerPort", "is not allowed when using host-mode networking");
            errors.AddIf(
                isHost && !endpoint.Has("hostPort"), at + "/hostPort", "is required when using host-mode networking");
            errors.AddIf(
                isHost && endpoint.Has("networkNames"), at + "/networkNames", "is not allowed when using host-mode networking");
            errors.AddIf(
                !isHost && !endpoint.Has("containerPort"), at + "/containerPort", "is required when using container-mode networking");
            foreach (var protocol in endpoint.List("protocol")?.Texts ?? [])
            {
                errors.AddIf(protocol is not ("tcp" or "udp"), at + "/protocol", $"got {protocol}, expected one of: tcp, udp");
            }
        }
    }
}
