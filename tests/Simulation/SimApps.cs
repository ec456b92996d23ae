using System.Collections.Concurrent;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>The apps of a world: few names, so that they meet each other, and every policy.</summary>
internal static class SimApps
{
    private static readonly ConcurrentDictionary<string, AppDefinition> s_known = new(StringComparer.Ordinal);

    /// <summary>Apps that may never run twice; their number is never changed.</summary>
    public static bool IsNeverTwo(AppId id) => id.Value.StartsWith("/never", StringComparison.Ordinal);

    /// <summary>Draws a definition for a name; what must not change with time hangs on the name alone.</summary>
    public static AppDefinition Draw(SimWorld world, AppId id)
    {
        var labels = id.Value switch
        {
            "/never1" => "\"EDGE_DISCONNECT\":\"never-two\"",
            "/never2" => "\"MARATHON_SINGLE_INSTANCE_APP\":\"true\"",
            _ => Labels(world),
        };
        var upgrade = id.Value == "/never2" ? (0, 0) : world.Chance(0.5) ? (1, 1) : (0.5, 0.2);
        var inactive = world.Random.Next(0, 3) * 30;
        var expunge = inactive + (world.Random.Next(0, 3) * 60);
        var json = $$$"""
            {"id":"{{{id}}}","cmd":"serve{{{world.Random.Next(4)}}}","cpus":0.01,"mem":{{{world.Random.Next(1, 4) * 8}}},
            "instances":{{{(IsNeverTwo(id) ? 1 : world.Random.Next(0, 5))}}},"labels":{{{{labels}}}},
            "maxLaunchDelaySeconds":{{{(world.Chance(0.5) ? 20 : 300)}}},
            "upgradeStrategy":{"minimumHealthCapacity":{{{Text(upgrade.Item1)}}},"maximumOverCapacity":{{{Text(upgrade.Item2)}}}},
            "unreachableStrategy":{"inactiveAfterSeconds":{{{inactive}}},"expungeAfterSeconds":{{{expunge}}}}}
            """;
        if (id.Value == "/a3")
        {
            json = json.TrimEnd()[..^1] + ",\"dependencies\":[\"/a1\"]}";
        }

        return s_known.GetOrAdd(json, Define);
    }

    /// <summary>Changes one field, or only how many.</summary>
    public static KeyValuePair<string, string> DrawChange(SimWorld world, AppId id) => world.Random.Next(IsNeverTwo(id) ? 3 : 5) switch
    {
        0 => KeyValuePair.Create("cmd", $"\"serve{world.Random.Next(6)}\""),
        1 => KeyValuePair.Create("env", $$"""{"V":"{{world.Random.Next(6)}}"}"""),
        2 => KeyValuePair.Create("mem", $"{world.Random.Next(1, 6) * 8}"),
        _ => KeyValuePair.Create("instances", $"{world.Random.Next(0, 5)}"),
    };

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Labels(SimWorld world)
    {
        var labels = new List<string>();
        if (world.Chance(0.5))
        {
            string[] disconnect = ["prefer-original", "site-decides", "prefer-newer"];
            labels.Add($"\"EDGE_DISCONNECT\":\"{disconnect[world.Random.Next(3)]}\"");
        }

        if (world.Chance(0.5))
        {
            string[] merge = ["hub", "site", "hold"];
            labels.Add($"\"EDGE_MERGE\":\"{merge[world.Random.Next(3)]}\"");
        }

        return string.Join(',', labels);
    }

    private static AppDefinition Define(string json)
    {
        using var document = JsonDocument.Parse(json);
        var reading = new MarathonReading { Mode = MarathonReadMode.Create };
        return MarathonAppReader.Read(document.RootElement, reading) is MarathonAppResult.Defined read
            ? new AppDefinition(read.App.Fields)
            : throw new SimulationFaultException($"Not an app: {json}");
    }
}
