using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Edge.Core.Engine;

namespace Edge.Daemon.Mapping;

/// <summary>The environment of an app's task. The app's own variables stand above all of these.</summary>
/// <remarks>Source: Marathon, docs/task-environment-vars.md.</remarks>
internal static class AppEnvironment
{
    /// <summary>Longest label value that becomes a variable. Source: Marathon, maxVariableLength.</summary>
    private const int LabelMax = 512;

    /// <summary>Longest list of label names. Source: Marathon, maxEnvironmentVarLength.</summary>
    private const int LabelNamesMax = 1024;

    /// <summary>The variables by name, in no order that matters.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Build(AppFields fields, AppTaskRequest request)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["MARATHON_APP_ID"] = request.Slot.App.Value,
            ["MARATHON_APP_VERSION"] = Contracts.Marathon.MarathonTime.Format(request.Slot.Version),
            ["MARATHON_APP_RESOURCE_CPUS"] = Number(fields.Number("cpus", 1)),
            ["MARATHON_APP_RESOURCE_MEM"] = Number(fields.Number("mem", 128)),
            ["MARATHON_APP_RESOURCE_DISK"] = Number(fields.Number("disk", 0)),
            ["MARATHON_APP_RESOURCE_GPUS"] = fields.Number("gpus", 0).ToString(CultureInfo.InvariantCulture),
            ["MARATHON_APP_ENFORCE_GROUP_ROLE"] = "false",
            ["MESOS_TASK_ID"] = request.Id.Value,
            ["HOST"] = request.Hostname,
        };
        if (AppFields.Text(AppFields.Get(fields.Object("container"), "docker"), "image") is { } image)
        {
            result["MARATHON_APP_DOCKER_IMAGE"] = image;
        }

        AddLabels(result, fields.Texts("labels"));
        AddPorts(result, fields, request);
        foreach (var (name, value) in fields.Texts("env"))
        {
            result[name] = value;
        }

        return result;
    }

    public static void AddLabels(SortedDictionary<string, string> result, ImmutableSortedDictionary<string, string> all)
    {
        var labels = all.Where(l => l.Value.Length < LabelMax).ToArray();
        var names = string.Join(' ', labels.Select(l => Sanitize(l.Key)));
        result["MARATHON_APP_LABELS"] = names.Length <= LabelNamesMax ? names : string.Empty;
        foreach (var (key, value) in labels)
        {
            result["MARATHON_APP_LABEL_" + Sanitize(key)] = value;
        }
    }

    private static void AddPorts(SortedDictionary<string, string> result, AppFields fields, AppTaskRequest request)
    {
        var ports = request.Slot.Ports;
        if (ports.IsEmpty)
        {
            return;
        }

        result["PORT"] = Text(ports[0]);
        result["PORTS"] = string.Join(',', ports.Select(Text));
        foreach (var (port, index) in AppPorts.Read(fields).Select((p, i) => (p, i)))
        {
            var number = Text(ports[index]);
            result["PORT" + Text(index)] = number;
            if (port.Service > 0)
            {
                result["PORT_" + Text(port.Service)] = number;
            }

            if (port.Name is { Length: > 0 } name)
            {
                result["PORT_" + Sanitize(name)] = number;
            }
        }
    }

    /// <summary>As Scala writes a Double: <c>1.0</c>, <c>0.1</c>.</summary>
    public static string Number(double value) => value.ToString("0.0###############", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_');
        }

        return text.ToString();
    }
}
