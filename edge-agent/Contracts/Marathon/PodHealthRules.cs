namespace Edge.Contracts.Marathon;

/// <summary>The rules of a container's health check: one way to look, at an endpoint of its own.</summary>
/// <remarks>Source: Marathon 1.10, PodsValidation, healthCheckValidator.</remarks>
internal static class PodHealthRules
{
    private static readonly string[] s_ways = ["http", "tcp", "exec"];

    public static void Run(MapNode container, string path, MarathonErrors errors)
    {
        if (container.Map("healthCheck") is not { } check)
        {
            return;
        }

        path += "/healthCheck";
        errors.AddIf(s_ways.Count(check.Has) != 1, path, "must have exactly one of http, tcp and exec");
        var names = container.Items("endpoints").OfType<MapNode>().Select(e => e.Text("name")).ToArray();
        foreach (var way in new[] { "http", "tcp" })
        {
            errors.AddIf(
                check.Map(way)?.Text("endpoint") is { } name && !names.Contains(name),
                $"{path}/{way}/endpoint", "healthCheck endpoint must refer to an endpoint of the container");
        }

        errors.AddIf(
            check.Map("exec")?.Map("command") is { } command && (command.List("argv")?.Texts ?? []).Append(command.Text("shell") ?? "")
                .Any(t => t.Contains('\0', StringComparison.Ordinal)),
            path + "/exec/command", "must not contain a null character");
    }

    /// <summary>A node runs one check beside a task, and a pod is one task.</summary>
    public static void RunWhole(MapNode[] containers, MarathonReading reading, MarathonErrors errors)
    {
        var seen = false;
        for (var i = 0; i < containers.Length; i++)
        {
            errors.AddIf(
                seen && containers[i].Has("healthCheck") && !reading.Support.Refusals.IsEmpty, $"/containers({i})/healthCheck",
                "Only one health check per pod is run yet; combine several in one command.");
            seen |= containers[i].Has("healthCheck");
        }
    }
}
