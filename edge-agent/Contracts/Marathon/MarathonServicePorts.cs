using System.Collections.Immutable;
using System.Globalization;

namespace Edge.Contracts.Marathon;

/// <summary>Assigns service ports to the definitions that ask for any.</summary>
/// <remarks>Pure and deterministic, so it can run where the ports in use are known: beside the decision, after the reading.
/// Source: Marathon 1.10, GroupManager.assignDynamicServicePorts; <c>--local_port_min</c>, <c>--local_port_max</c>.</remarks>
public static class MarathonServicePorts
{
    /// <summary>The lowest port that is assigned by default.</summary>
    public const int DefaultMin = 10000;

    /// <summary>The highest port that is assigned by default.</summary>
    public const int DefaultMax = 20000;

    /// <summary>The service ports of a definition in order; 0 where one is still to be assigned.</summary>
    public static ImmutableArray<int> Of(IReadOnlyDictionary<string, string> fields) =>
        [.. Entries(Parse(fields)).Select(e => Port(e.Map, e.Field))];

    /// <summary>The definition with a service port for each 0.</summary>
    /// <param name="definition">As it was read.</param>
    /// <param name="previous">The same app before the change: its own ports are used again, in order. Absent for a new app.</param>
    /// <param name="taken">Every service port of the other apps.</param>
    /// <returns>The same definition when nothing was to be assigned; null when the range has no port left.</returns>
    public static MarathonAppDefinition? Assign(
        MarathonAppDefinition definition,
        IReadOnlyDictionary<string, string>? previous,
        IReadOnlySet<int> taken,
        int min = DefaultMin,
        int max = DefaultMax)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(taken);
        var app = Parse(definition.Fields);
        var entries = Entries(app).ToArray();
        var asked = entries.Select(e => Port(e.Map, e.Field)).Where(p => p != 0).ToHashSet();
        var own = previous is null ? [] : Of(previous).Where(p => p >= min && p <= max && !asked.Contains(p) && !taken.Contains(p));
        var free = own.Concat(Enumerable.Range(min, Math.Max(0, max - min + 1))).Where(p => !asked.Contains(p) && !taken.Contains(p))
            .Distinct().GetEnumerator();
        foreach (var (map, field) in entries.Where(e => Port(e.Map, e.Field) == 0))
        {
            if (!free.MoveNext())
            {
                return null;
            }

            map[field] = new NumberNode(free.Current);
        }

        var fields = definition.Fields;
        foreach (var name in new[] { "portDefinitions", "container" })
        {
            fields = app[name] is { } value && value.ToJson() is var json && json != fields[name] ? fields.SetItem(name, json) : fields;
        }

        return fields == definition.Fields ? definition : definition with { Fields = fields };
    }

    /// <summary>What is answered when <see cref="Assign"/> finds no port.</summary>
    public static MarathonError Exhausted(int min = DefaultMin, int max = DefaultMax) => MarathonError.Of(string.Create(
        CultureInfo.InvariantCulture, $"All ports in the range [{min}-{max}] are already in use"));

    private static MapNode Parse(IReadOnlyDictionary<string, string> fields)
    {
        var result = new MapNode();
        foreach (var name in new[] { "portDefinitions", "container" })
        {
            if (fields.TryGetValue(name, out var json))
            {
                result[name] = Node.Parse(json);
            }
        }

        return result;
    }

    private static IEnumerable<(MapNode Map, string Field)> Entries(MapNode app) =>
        (app.List("portDefinitions")?.Maps ?? []).Select(m => (m, "port"))
            .Concat((app.Map("container")?.List("portMappings")?.Maps ?? []).Select(m => (m, "servicePort")));

    private static int Port(MapNode map, string field) => (int)(map.Number(field) ?? 0);
}
