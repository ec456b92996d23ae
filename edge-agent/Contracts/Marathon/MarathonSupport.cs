using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>One field that is refused because nothing here honours it yet.</summary>
/// <param name="Path">Where it stands: <c>(*)</c> is any item of a list, <c>*</c> any key of a map.</param>
/// <param name="Reason">The sentence that answers whoever asks for it.</param>
/// <remarks>A field that asks for nothing is not refused: null, false, zero, an empty text, list or map.</remarks>
public sealed record MarathonRefusal(string Path, string Reason)
{
    /// <summary>Texts that are honoured all the same; empty when none is.</summary>
    public ImmutableArray<string> Honoured { get; init; } = [];
}

/// <summary>The one table of what apps and groups may not ask for yet.</summary>
/// <remarks>To support a field, take its row out. Source: the rule that nothing which was asked for is silently ignored.</remarks>
public sealed record MarathonSupport
{
    private static readonly MarathonRefusal[] s_rows =
    [
        new("/container/docker", "Container images are not supported yet; run the program from the node's own file system."),
        new("/container/volumes(*)/persistent", "Persistent volumes are not supported yet."),
        new("/container/volumes(*)/external", "External volumes are not supported yet."),
        new("/container/volumes(*)/secret", "Secret volumes are not supported yet."),
        new("/container/volumes(*)/hostPath", "Host volumes are not supported yet; a task sees the node's own file system."),
        new("/container/linuxInfo", "Seccomp profiles and IPC settings are not supported yet."),
        new("/networks(*)/mode", "Only host networking is supported yet.") { Honoured = ["host"] },
        new("/ipAddress", "Only host networking is supported yet."),
        new("/fetch", "Artifacts are not fetched yet; the program must be on the node already."),
        new("/uris", "Artifacts are not fetched yet; the program must be on the node already."),
        new("/secrets", "Secrets are not supported yet."),
        new("/env/*/secret", "use of secret-references in the environment requires the secrets feature to be enabled"),
        new("/gpus", "GPU resources are not supported yet."),
        new("/residency", "Resident tasks are not supported yet."),
        new("/check", "Checks that do not end a task are not run yet; use a health check."),
        new("/tty", "Terminals are not supported yet."),
        new("/resourceLimits", "Limits apart from the requested resources are not supported yet."),
        new("/executorResources", "Tasks run without an executor of their own; there is nothing to give resources to."),
        new("/executor", "Own executors are not supported for apps; leave it empty.") { Honoured = ["//cmd"] },
        new("/pods", "Pods are not made in groups yet; use /v2/pods."),
    ];

    private static readonly MarathonRefusal[] s_podRows =
    [
        new("/secrets", "Secrets are not supported yet."),
        new("/environment/*/secret", "use of secret-references in the environment requires the secrets feature to be enabled"),
        new("/volumes(*)/host", "Host volumes are not supported yet; a container sees the node's own file system."),
        new("/volumes(*)/persistent", "Persistent volumes are not supported yet."),
        new("/volumes(*)/secret", "Secret volumes are not supported yet."),
        new("/networks(*)/mode", "Only host networking is supported yet.") { Honoured = ["host"] },
        new("/linuxInfo", "Seccomp profiles and IPC settings are not supported yet."),
        new("/legacySharedCgroups", "Containers have no cgroups yet that they could share."),
        new("/containers(*)/image", "Container images are not supported yet; run the program from the node's own file system."),
        new("/containers(*)/exec/overrideEntrypoint", "Container images are not supported yet, so there is no entry point."),
        new("/containers(*)/linuxInfo", "Seccomp profiles and IPC settings are not supported yet."),
        new("/containers(*)/resourceLimits", "Limits apart from the requested resources are not supported yet."),
        new("/containers(*)/resources/gpus", "GPU resources are not supported yet."),
        new("/containers(*)/environment/*/secret",
            "use of secret-references in the environment requires the secrets feature to be enabled"),
        new("/containers(*)/check", "Checks that do not end a task are not run yet; use a health check."),
        new("/containers(*)/artifacts", "Artifacts are not fetched yet; the program must be on the node already."),
        new("/containers(*)/tty", "Terminals are not supported yet."),
        new("/containers(*)/volumeMounts(*)/readOnly", "Volumes that can only be read are not supported yet."),
    ];

    private MarathonSupport(ImmutableArray<MarathonRefusal> refusals) => Refusals = refusals;

    /// <summary>What this build refuses.</summary>
    public static MarathonSupport Current { get; } = new([.. s_rows]);

    /// <summary>What this build refuses of pods.</summary>
    public static MarathonSupport Pods { get; } = new([.. s_podRows]);

    /// <summary>Nothing is refused: the whole of Marathon.</summary>
    public static MarathonSupport Everything { get; } = new([]);

    /// <summary>The refused fields, in the order of the table.</summary>
    public ImmutableArray<MarathonRefusal> Refusals { get; }

    /// <summary>The same table without the rows of some paths.</summary>
    public MarathonSupport With(params string[] honouredPaths) => new([.. Refusals.Where(r => !honouredPaths.Contains(r.Path))]);

    /// <summary>Notes each field of a body that asks for something refused, by its own path.</summary>
    internal void Check(MapNode body, MarathonErrors errors)
    {
        foreach (var refusal in Refusals)
        {
            Check(body, refusal.Path, string.Empty, refusal, errors);
        }
    }

    private static void Check(Node value, string rest, string path, MarathonRefusal refusal, MarathonErrors errors)
    {
        if (rest.Length == 0)
        {
            var honoured = !value.IsFilled || (value is TextNode text && refusal.Honoured.Contains(text.Value));
            errors.AddIf(!honoured, path, refusal.Reason);
        }
        else if (rest.StartsWith("(*)", StringComparison.Ordinal))
        {
            var items = value is ListNode list ? list.Items : [];
            for (var i = 0; i < items.Count; i++)
            {
                Check(items[i], rest[3..], $"{path}({i})", refusal, errors);
            }
        }
        else if (value is MapNode map)
        {
            var end = rest.IndexOfAny(['/', '('], 1);
            var name = end < 0 ? rest[1..] : rest[1..end];
            foreach (var (key, field) in map.Fields.Where(f => name == "*" || f.Key == name))
            {
                Check(field, end < 0 ? string.Empty : rest[end..], $"{path}/{key}", refusal, errors);
            }
        }
    }
}
