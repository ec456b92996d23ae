using Edge.Daemon.Hosting.Options;
using Edge.Hub.Demo;

namespace Edge.Hub;

/// <summary>The verbs of <c>edge-hub</c>. Exit codes: 0 done, 1 failed, 2 wrong usage.</summary>
internal static class Program
{
    private static readonly OptionSpec<bool> s_exit = new("exit", string.Empty, "end after the last step", OptionParsers.Switch)
    {
        Default = "false",
        Example = "true",
    };

    private static readonly VerbSpec s_demo = new(
        "edge-hub", "demo", "starts a hub and three agents in a temporary folder and shows what they do", "EDGE_HUB_DEMO_",
        [s_exit, OptionReader.Config], "edge-hub demo --exit");

    private static async Task<int> Main(string[] args)
    {
        if (args is ["version"] or ["--version"])
        {
            Console.WriteLine(HubHost.Version);
            return 0;
        }

        var choice = CommandVerbs.Choose("edge-hub", [HubOptions.Verb, s_demo], args);
        if (choice.Verb is null)
        {
            return await SayAsync(choice.Text, choice.ExitCode);
        }

        return choice.Verb == s_demo ? await DemoAsync(choice.Arguments) : await ServeAsync(choice.Arguments);
    }

    private static async Task<int> ServeAsync(IReadOnlyList<string> arguments)
    {
        var read = HubOptions.Read(arguments, OptionSources.Process);
        if (read.Value is not { } options)
        {
            return await SayAsync(read.Text, read.ExitCode);
        }

        try
        {
            await using var host = await HubHost.StartAsync(options, TimeProvider.System, CancellationToken.None);
            await host.WaitForShutdownAsync(CancellationToken.None);
            return host.Failed ? 1 : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException
            or System.Data.Common.DbException or System.Net.Sockets.SocketException)
        {
            return await SayAsync($"edge-hub: cannot start: {failure.Message}", 1);
        }
    }

    private static async Task<int> DemoAsync(IReadOnlyList<string> arguments)
    {
        var read = OptionReader.Read(s_demo, arguments, OptionSources.Process, (values, _) => new DemoChoice(values.Get(s_exit)));
        if (read.Value is not { } chosen)
        {
            return await SayAsync(read.Text, read.ExitCode);
        }

        using var stopped = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stopped.Cancel();
        };
        return await DemoVerb.RunAsync(chosen.Exit, TimeProvider.System, stopped.Token);
    }

    private static async Task<int> SayAsync(string text, int exitCode)
    {
        await (exitCode == 0 ? Console.Out : Console.Error).WriteLineAsync(text);
        return exitCode;
    }

    private sealed record DemoChoice(bool Exit);
}
