using Edge.Agent.Containerizer.Keeper;

namespace Edge.Agent;

/// <summary>The verbs of <c>edge-agent</c>.</summary>
internal static class Program
{
    private const int UsageError = 2;

    private const string Help = """
        edge-agent: runs tasks on this node.

          edge-agent keeper --data DIR [--detach]   be the parent of the tasks of a data directory (started by the agent itself)
          edge-agent trampoline FILE                become the task that a launch file describes (started by the keeper)
          edge-agent version                        print the version
          edge-agent help                           print this text
        """;

    private static int Main(string[] args) => args switch
    {
        ["keeper", "--data", var data] => KeeperMode.Run(data, isReadySignalled: false, TimeProvider.System),
        ["keeper", "--data", var data, "--signal-ready"] => KeeperMode.Run(data, isReadySignalled: true, TimeProvider.System),
        ["keeper", "--data", var data, "--detach"] => KeeperMode.Detach(data),
        ["trampoline", var file] => Trampoline.Run(file),
        ["run", ..] => RunAsync(args).GetAwaiter().GetResult(),
        ["version"] or ["--version"] => Print(AgentVersion.Text),
        ["help"] or ["--help"] or ["-h"] => Print(Help),
        [] => Refuse("no verb given"),
        _ => Refuse($"do not know what to do with '{string.Join(' ', args)}'"),
    };

    private static async Task<int> RunAsync(string[] args)
    {
        string? Get(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
        var options = new AgentOptions
        {
            Hub = Get("--hub") is { } hub ? new Uri(hub) : null,
            Data = Get("--data") ?? "/tmp/agent",
            Node = Get("--node") ?? "node",
            Http = System.Net.IPEndPoint.Parse(Get("--http") ?? "127.0.0.1:5051"),
            Site = Get("--site") ?? string.Empty,
            Resources = Get("--resources"),
        };
        await using var host = await AgentHost.StartAsync(options, TimeProvider.System, CancellationToken.None);
        await host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }

    private static int Print(string text)
    {
        Console.Out.WriteLine(text);
        return 0;
    }

    private static int Refuse(string problem)
    {
        Console.Error.WriteLine($"edge-agent: {problem}");
        Console.Error.WriteLine(Help);
        return UsageError;
    }
}
