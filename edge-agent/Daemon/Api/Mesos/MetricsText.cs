using System.Globalization;
using System.Text;

namespace Edge.Daemon.Api.Mesos;

/// <summary>Metrics in the text form that Prometheus reads.</summary>
/// <remarks>Source: Prometheus text exposition format 0.0.4.</remarks>
public sealed class MetricsText
{
    private readonly StringBuilder _text = new();

    /// <summary>The type of the whole answer.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Adds a number that only rises; its name ends in <c>_total</c>.</summary>
    public MetricsText Counter(string name, string help, double value) => Add(name, "counter", help, [(null, value)]);

    /// <summary>Adds a number that goes up and down.</summary>
    public MetricsText Gauge(string name, string help, double value) => Add(name, "gauge", help, [(null, value)]);

    /// <summary>Adds a gauge of several values, told apart by one label, such as <c>state="running"</c>.</summary>
    /// <param name="label">The name of the label; few values only, never an id.</param>
    public MetricsText Gauge(string name, string help, string label, IEnumerable<KeyValuePair<string, double>> values) =>
        Add(name, "gauge", help, values.Select(v => ((string?)$"{label}=\"{Escape(v.Key)}\"", v.Value)));

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private MetricsText Add(string name, string type, string help, IEnumerable<(string? Label, double Value)> values)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (var (label, value) in values)
        {
            _text.Append(name);
            if (label is not null)
            {
                _text.Append('{').Append(label).Append('}');
            }

            _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }

        return this;
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
