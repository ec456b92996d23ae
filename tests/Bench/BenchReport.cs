using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Edge.Bench;

/// <summary>The arguments behind the scenario's name: <c>--key value</c> pairs and bare flags.</summary>
internal sealed class BenchArguments(string[] args)
{
    /// <summary>The value that follows <c>--name</c>, or the fallback.</summary>
    public string Get(string name, string fallback)
    {
        var index = Array.IndexOf(args, "--" + name);
        return index >= 0 && index + 1 < args.Length ? args[index + 1] : fallback;
    }

    /// <summary>True when the flag <c>--name</c> is there.</summary>
    public bool Has(string name) => args.Contains("--" + name);

    /// <summary>The number that follows <c>--name</c>, or the fallback.</summary>
    public int Get(string name, int fallback) =>
        int.Parse(Get(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}

/// <summary>One table of figures: a title, named columns, and rows in the order they were measured.</summary>
internal sealed class BenchReport(string scenario, params string[] columns)
{
    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds a row; the cells stand in the columns' order.</summary>
    public void Add(params object[] cells) =>
        _rows.Add([.. cells.Select(c => Convert.ToString(c, CultureInfo.InvariantCulture) ?? string.Empty)]);

    /// <summary>Adds a sentence below the table.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>The table as aligned text.</summary>
    public string ToTable()
    {
        var widths = columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Length).Max()).ToArray();
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"# {scenario}");
        foreach (var row in _rows.Prepend(columns))
        {
            text.AppendLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }

        _notes.ForEach(note => text.AppendLine(note));
        return text.ToString().TrimEnd();
    }

    /// <summary>The table as one JSON object: scenario, rows (an object each), notes.</summary>
    public string ToJson() => new JsonObject
    {
        ["scenario"] = scenario,
        ["rows"] = new JsonArray([.. _rows.Select(r => new JsonObject(columns.Select((c, i) => KeyValuePair.Create(c, (JsonNode?)r[i]))))]),
        ["notes"] = new JsonArray([.. _notes.Select(n => (JsonNode?)n)]),
    }.ToJsonString();
}
