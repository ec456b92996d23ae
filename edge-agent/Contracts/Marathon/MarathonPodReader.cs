using System.Collections.Immutable;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>Reads the JSON of a pod into the same normalised fields that an app has, or says everything that is wrong with it.</summary>
/// <remarks>Pure; never throws for what a client sent. A stored pod has Marathon's fields but one: <c>scaling</c> is kept as the field
/// <c>instances</c>, so that scaling, delegating and merging are the same for both. A body is always the whole pod; its <c>version</c> is
/// dropped. Source: Marathon 1.10, PodsResource, PodNormalization, PodsValidation.</remarks>
public static class MarathonPodReader
{
    /// <summary>The field that every pod has and no app: what tells them apart.</summary>
    public const string Containers = "containers";

    /// <summary>Where the number of instances is kept.</summary>
    public const string Instances = "instances";

    /// <summary>True for the fields of a pod, false for those of an app.</summary>
    public static bool IsPod(IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.ContainsKey(Containers);
    }

    /// <summary>Reads one pod.</summary>
    /// <param name="reading">Only its role, its strictness, its stored fields and its group are of use.</param>
    /// <returns>A definition or a refusal, never a rollback.</returns>
    public static MarathonAppResult Read(JsonElement body, MarathonReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var findings = new ShapeFindings();
        var pod = PodShapes.Pod.Read(body, reading.PathPrefix, findings) as MapNode;
        foreach (var path in reading.Strict ? findings.Unknown : [])
        {
            findings.Errors.Add(path, "error.unknown.field");
        }

        if (findings.Errors.Any || pod?.Text("id") is not { } text)
        {
            return new MarathonAppResult.Refused(findings.Errors.ToError(MarathonErrorKind.InvalidJson));
        }

        var id = AppPath.Resolve(text, reading.BaseGroup);
        pod["id"] = new TextNode(id);
        pod.Remove("version");
        if (!pod.Has("role"))
        {
            pod["role"] = new TextNode(reading.RoleOf(id));
        }

        var errors = new MarathonErrors(reading.PathPrefix);
        if (!reading.Support.Refusals.IsEmpty)
        {
            MarathonSupport.Pods.Check(pod, errors);
        }

        PodRules.Run(pod, reading, errors);
        return errors.Any
            ? new MarathonAppResult.Refused(errors.ToError(MarathonErrorKind.ObjectNotValid))
            : new MarathonAppResult.Defined(new MarathonAppDefinition(id, Fold(pod), [.. findings.Unknown]));
    }

    private static ImmutableSortedDictionary<string, string> Fold(MapNode pod)
    {
        pod[Instances] = pod.Map("scaling")!["instances"]!;
        pod.Remove("scaling");
        return pod.Fields.ToImmutableSortedDictionary(f => f.Key, f => f.Value.ToJson(), StringComparer.Ordinal);
    }
}
