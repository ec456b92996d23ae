using System.Globalization;
using Edge.Agent.Containerizer;
using Edge.Agent.Containerizer.Keeper;
using Edge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Agent.Containerizer;

/// <summary>A data directory of its own with a real keeper, started from the built program; all of it is gone afterwards.</summary>
internal sealed class KeeperWorld : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);
    private static readonly string s_built = Path.Combine(AppContext.BaseDirectory, "edge-agent");

    private static readonly string s_native =
        Repository.PathTo("artifacts", "publish", "Edge.Agent", "release_linux-x64", "edge-agent");

    private readonly AgentCommand _command;

    public KeeperWorld(string program)
    {
        Data = Directory.CreateTempSubdirectory("edge-keeper-").FullName;
        File.SetUnixFileMode(Data, (UnixFileMode)0x1ED); // 0755: a task of another user has to get through.
        _command = new AgentCommand(program, []);
        Paths = new ContainerPaths(Data, "agent-1");
    }

    public string Data { get; }

    public ContainerPaths Paths { get; }

    /// <summary>The built program, and the native one where it was published.</summary>
    public static TheoryData<string> Programs
    {
        get
        {
            var programs = new TheoryData<string> { s_built };
            if (File.Exists(s_native))
            {
                programs.Add(s_native);
            }

            return programs;
        }
    }

    /// <summary>The native program, or the built one where nothing was published.</summary>
    public static string Newest => File.Exists(s_native) ? s_native : s_built;

    public static CancellationToken Deadline => new CancellationTokenSource(s_patience).Token;

    public KeeperOptions Options => new() { Paths = Paths, Command = _command, RetryPause = TimeSpan.FromMilliseconds(50) };

    public Task<KeeperContainerizer> OpenAsync() => KeeperContainerizer.OpenAsync(
        Options, TimeProvider.System, NullLogger<KeeperContainerizer>.Instance, Deadline);

    public static ContainerSpec Shell(string id, string command) => new()
    {
        ContainerId = id,
        FrameworkId = "fw",
        ExecutorId = "ex",
        TaskId = "task",
        Value = command,
    };

    public string Sandbox(string id) => Paths.Sandbox("fw", "ex", id);

    /// <summary>The text of a sandbox file once a task has written a whole line to it.</summary>
    public async Task<string> LineAsync(string id, string file)
    {
        var path = Path.Combine(Sandbox(id), file);
        var deadline = Deadline;
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path, deadline)).Contains('\n', StringComparison.Ordinal))
        {
            await Task.Delay(s_pause, TimeProvider.System, deadline);
        }

        return (await File.ReadAllTextAsync(path, deadline)).Trim();
    }

    /// <summary>Waits until a process is gone or only waits to be reaped.</summary>
    public static async Task GoneAsync(int pid)
    {
        var deadline = Deadline;
        while (IsAlive(pid))
        {
            await Task.Delay(s_pause, TimeProvider.System, deadline);
        }
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static async Task<ContainerExit> NextExitAsync(IContainerizer containerizer) =>
        await containerizer.Exits.ReadAsync(Deadline);

    /// <summary>The process that holds the keeper's part of the data directory.</summary>
    public int KeeperPid()
    {
        var line = File.ReadAllLines(Paths.KeeperLog).Last(l => l.Contains("process ", StringComparison.Ordinal));
        return int.Parse(line.Split("process ")[1].Split(',')[0], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await using (var containerizer = await OpenAsync())
        {
            foreach (var container in await containerizer.ListAsync(Deadline))
            {
                await containerizer.KillAsync(container.ContainerId, TimeSpan.Zero, Deadline);
            }

            while ((await containerizer.ListAsync(Deadline)).Any(c => c.Exit is null))
            {
                await Task.Delay(s_pause, TimeProvider.System, Deadline);
            }
        }

        await using (var client = await KeeperProcess.EnsureRunningAsync(Paths, _command, Deadline))
        {
            _ = await client.RequestAsync(KeeperVerb.Stop, [], Deadline);
        }

        Directory.Delete(Data, recursive: true);
    }
}
