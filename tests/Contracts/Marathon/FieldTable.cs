using System.Text.Json;
using System.Text.Json.Nodes;
using Edge.Contracts.Marathon;
using Edge.Tests.Support;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>One field of Marathon's interface and what becomes of it here.</summary>
/// <param name="Disposition">read: comes in, and out in the definition. refused: the same, and refused by this build. emitted: written
/// in an answer. server: taken from a body and dropped, and written in an answer. group, tasks: read by those readers. unknown: dropped
/// and named. n/a: <paramref name="Example"/> says why.</param>
/// <param name="Example">Fields of a body that has it.</param>
/// <param name="Where">Where it comes out: a place in the definition, or <c>answer:place</c>; with <c>!</c>, the place of an error.</param>
/// <param name="Expected">The canonical JSON there, <c>absent</c>, or the text of the error.</param>
/// <param name="Refusal">The path that this build's refusal names.</param>
/// <param name="Bare">The same body without it.</param>
/// <param name="Default">What is at that place then; with <c>!</c>, where it is missed.</param>
internal sealed record FieldRow(
    string Object,
    string Field,
    string Disposition,
    string Example,
    string Where,
    string Expected,
    string Refusal,
    string Bare,
    string Default)
{
    /// <summary>The table; its names are those of Marathon 1.10's RAML and events, all of them.</summary>
    public static IReadOnlyList<FieldRow> All { get; } =
    [
        .. File.ReadLines(Repository.PathTo("tests", "Contracts", "Marathon", "marathon-fields.tsv")).Skip(1)
            .Select(l => (l + "\t\t\t\t\t\t").Split('\t'))
            .Select(c => new FieldRow(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8])),
    ];

    public override string ToString() => $"{Object}.{Field}";

    /// <summary>A whole body: what the fields lack of an app is added.</summary>
    public static string Body(string fields)
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body.TryAdd("id", "/edge/web");
        body.TryAdd("cmd", "sleep 100");
        return body.ToJsonString();
    }

    /// <summary>The canonical JSON at a place, <c>absent</c> when there is none.</summary>
    /// <param name="place"><c>/container/volumes(0)/mode</c>.</param>
    public static string At(JsonNode? value, string place)
    {
        foreach (var part in place.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part.Split('(')[0];
            value = name.Length == 0 ? value : (value as JsonObject)?[name];
            foreach (var index in part.Split('(').Skip(1))
            {
                var at = int.Parse(index.TrimEnd(')'), System.Globalization.CultureInfo.InvariantCulture);
                value = value is JsonArray array && at < array.Count ? array[at] : null;
            }
        }

        return value?.ToJsonString(new JsonSerializerOptions { Encoder = Node.Canonical.Encoder }) ?? "absent";
    }

    /// <summary>The definition as one JSON object.</summary>
    public static JsonObject Definition(MarathonAppDefinition app) =>
        new(app.Fields.Select(f => KeyValuePair.Create(f.Key, JsonNode.Parse(f.Value))));
}
