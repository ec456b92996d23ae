using System.Globalization;
using System.Net;

namespace Edge.Hub;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        string Get(string name, string fallback) =>
            Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
        var options = new HubOptions
        {
            Http = IPEndPoint.Parse(Get("--http", "127.0.0.1:5050")),
            Mqtt = IPEndPoint.Parse(Get("--mqtt", "127.0.0.1:1883")),
            Data = Get("--data", "/tmp/hub"),
            NodeTimeout = TimeSpan.FromSeconds(double.Parse(Get("--node-timeout", "75"), CultureInfo.InvariantCulture)),
        };
        await using var host = await HubHost.StartAsync(options, TimeProvider.System, CancellationToken.None);
        await host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
