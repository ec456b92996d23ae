using Edge.Agent.Containerizer.Keeper;
using Edge.Agent.Containerizer.Pods;
using Edge.Agent.Native;
using Edge.Daemon.Hosting.Options;

namespace Edge.Agent;

/// <summary>The verbs of <c>edge-agent</c>.</summary>
internal static class Program
{
    private const int UsageError = 2;

    private const string Help = """
        edge-agent: runs tasks on this node.

          edge-agent run --data DIR --node NAME     run the agent; edge-agent run --help names every option
          edge-agent selftest                       check this program on this machine: messages, database, broker
          edge-agent keeper --data DIR [--detach]   be the parent of the tasks of a data directory (started by the agent itself)
          edge-agent trampoline FILE [--alone]      become the task that a launch file describes (started by the keeper)
          edge-agent pod FILE                       start the containers of a pod and end them together (started by the keeper)
          edge-agent version                        print the version
          edge-agent help                           print this text
        """;

    private static int Main(string[] args) => args switch
    {
        ["keeper", "--data", var data] => KeeperMode.Run(data, isReadySignalled: false, TimeProvider.System),
        ["keeper", "--data", var data, "--signal-ready"] => KeeperMode.Run(data, isReadySignalled: true, TimeProvider.System),
        ["keeper", "--data", var data, "--detach"] => KeeperMode.Detach(data),
        ["trampoline", var file] => Trampoline.Run(file, isAlone: false),
        ["trampoline", var file, "--alone"] => Trampoline.Run(file, isAlone: true),
        ["pod", var file] => PodMode.Run(file, TimeProvider.System, Console.Error),
        ["run", .. var arguments] => RunAsync(arguments).GetAwaiter().GetResult(),
        ["selftest"] => SelfTest.Run(),
        ["version"] or ["--version"] => Print(AgentVersion.Text),
        ["help"] or ["--help"] or ["-h"] => Print(Help),
        [] => Refuse("no verb given"),
        _ => Refuse($"do not know what to do with '{string.Join(' ', args)}'"),
    };

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var read = AgentOptions.Read(arguments, OptionSources.Process);
        if (read.Value is not { } options)
        {
            return read.ExitCode == 0 ? Print(read.Text) : Complain(read.Text, read.ExitCode);
        }

        try
        {
            await using var host = await AgentHost.StartAsync(options, TimeProvider.System, CancellationToken.None);
            await host.WaitForShutdownAsync(CancellationToken.None);
            return host.Failed ? 1 : 0;
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or InvalidDataException or System.Data.Common.DbException)
        {
            return Complain($"edge-agent: cannot start: {failure.Message}", 1);
        }
    }

    private static int Complain(string text, int exitCode)
    {
        Console.Error.WriteLine(text);
        return exitCode;
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
