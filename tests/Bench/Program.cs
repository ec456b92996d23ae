namespace Edge.Bench;

/// <summary>Runs one named scenario and prints its table; <c>--json</c> prints one JSON object instead.</summary>
internal static class Program
{
    private static readonly Dictionary<string, Func<BenchArguments, Task<BenchReport>>> s_scenarios = new(StringComparer.Ordinal)
    {
        ["autonomy"] = AutonomyScenario.RunAsync,
        ["agent-footprint"] = AgentFootprintScenario.RunAsync,
        ["launch-latency"] = LaunchLatencyScenario.RunAsync,
        ["codec"] = CodecScenario.RunAsync,
        ["mqtt-broker"] = MqttBrokerScenario.RunAsync,
        ["mqtt-broker-serve"] = MqttBrokerScenario.ServeAsync,
        ["engine"] = EngineScenario.RunAsync,
        ["sim"] = SimScenario.RunAsync,
    };

    private static async Task<int> Main(string[] args)
    {
        var name = args.FirstOrDefault(a => !a.StartsWith('-'));
        if (name is null || !s_scenarios.TryGetValue(name, out var scenario))
        {
            await Console.Error.WriteLineAsync(
                $"edge-bench: unknown scenario '{name}'. Allowed: {string.Join(", ", s_scenarios.Keys.Order(StringComparer.Ordinal))}. "
                + "Example: edge-bench codec --json");
            return 2;
        }

        var report = await scenario(new BenchArguments(args));
        Console.WriteLine(args.Contains("--json") ? report.ToJson() : report.ToTable());
        return 0;
    }
}
