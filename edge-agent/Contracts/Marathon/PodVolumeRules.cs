namespace Edge.Contracts.Marathon;

/// <summary>The rules of volumes and mounts.</summary>
/// <remarks>The containers of a pod run in one sandbox without a view of the files of their own, so an ephemeral volume is a folder of that
/// sandbox, and has one path. Source: Marathon 1.10, PodsValidation; the rest is this cluster's.</remarks>
internal static class PodVolumeRules
{
    /// <summary>What the sandbox itself puts there.</summary>
    private static readonly string[] s_taken = ["containers", "stdout", "stderr"];

    public static void Run(MapNode pod, MapNode[] containers, MarathonReading reading, MarathonErrors errors)
    {
        var volumes = pod.Items("volumes").OfType<MapNode>().Select(v => v.Text("name")).ToHashSet();
        var pathOf = new Dictionary<string, string>(StringComparer.Ordinal);
        var volumeOf = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < containers.Length; i++)
        {
            var mounts = containers[i].Items("volumeMounts").OfType<MapNode>().ToArray();
            for (var j = 0; j < mounts.Length; j++)
            {
                var at = $"/containers({i})/volumeMounts({j})";
                var name = mounts[j].Text("name")!;
                var path = mounts[j].Text("mountPath")!;
                errors.AddIf(!volumes.Contains(name), at + "/name", $"volume '{name}' is not defined by the pod");
                if (!reading.Support.Refusals.IsEmpty)
                {
                    CheckPath(path, at + "/mountPath", errors);
                    path = path.TrimEnd('/');
                    errors.AddIf(
                        pathOf.TryAdd(name, path) is false && pathOf[name] != path, at + "/mountPath",
                        "The containers of a pod run in one sandbox yet; a volume has the same path in all of them.");
                    errors.AddIf(
                        volumeOf.TryAdd(path, name) is false && volumeOf[path] != name, at + "/mountPath",
                        "The containers of a pod run in one sandbox yet; two volumes cannot have the same path.");
                }
            }
        }
    }

    private static void CheckPath(string path, string at, MarathonErrors errors)
    {
        var parts = path.TrimEnd('/').Split('/');
        errors.AddIf(
            path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal) || parts.Any(p => p is "" or "." or "..")
                || s_taken.Contains(parts[0]),
            at, "Volumes are folders of the shared sandbox yet: the path is relative, without '..', and none of "
                + string.Join(", ", s_taken) + ".");
    }
}
