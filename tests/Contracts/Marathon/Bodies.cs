using System.Text.Json;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>Reads JSON texts as the API would, with everything honoured unless a test says otherwise.</summary>
internal static class Bodies
{
    public static readonly MarathonReading Create = new() { Mode = MarathonReadMode.Create, Support = MarathonSupport.Everything };

    public static MarathonAppResult Read(string json, MarathonReading? reading = null)
    {
        using var document = JsonDocument.Parse(json);
        return MarathonAppReader.Read(document.RootElement, reading ?? Create);
    }

    public static MarathonAppDefinition Defined(string json, MarathonReading? reading = null)
    {
        var result = Read(json, reading);
        Assert.True(result is MarathonAppResult.Defined, (result as MarathonAppResult.Refused)?.Error.ToString());
        return ((MarathonAppResult.Defined)result).App;
    }

    public static MarathonError Refused(string json, MarathonReading? reading = null) =>
        Assert.IsType<MarathonAppResult.Refused>(Read(json, reading)).Error;

    /// <summary>A minimal app with more fields: <c>"cpus":2</c>.</summary>
    public static string App(string fields, string id = "/edge/web") =>
        $$"""{"id":"{{id}}","cmd":"sleep 100"{{(fields.Length > 0 ? "," + fields : string.Empty)}}}""";

    /// <summary>How an existing app is changed.</summary>
    public static MarathonReading Merge(MarathonAppDefinition stored) =>
        Create with { Mode = MarathonReadMode.Merge, Stored = stored.Fields, AppId = stored.Id };

    public static void Says(MarathonError error, string path, string text) => Assert.True(
        error.Details.Any(d => d.Path == path && d.Errors.Contains(text)), $"{path}: {text} is not in {error}");
}
