using System.Collections.Immutable;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>Reads the body that names tasks: POST /v2/tasks/delete. Source: Marathon 1.10 RAML, DeleteTasks.</summary>
public static class MarathonTaskBodies
{
    private static readonly ObjectShape s_delete = new("DeleteTasks",
        new ShapeField("ids", new ListShape(BasicShapes.Text)) { Required = true });

    /// <summary>The schema, for the test that compares it with Marathon's.</summary>
    internal static ObjectShape Shape => s_delete;

    /// <summary>Reads the ids of the tasks to be ended.</summary>
    /// <param name="error">All that is wrong, answered with status 422; null when there is a result.</param>
    /// <returns>In the order of the body, without doublets; null when the body was refused.</returns>
    public static ImmutableArray<string>? ReadDelete(JsonElement body, out MarathonError? error)
    {
        var findings = new ShapeFindings();
        var read = s_delete.Read(body, string.Empty, findings) as MapNode;
        error = findings.Errors.Any ? findings.Errors.ToError(MarathonErrorKind.InvalidJson) : null;
        return error is null && read?.List("ids") is { } ids ? [.. ids.Texts.Distinct()] : null;
    }
}
