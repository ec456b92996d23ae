using Edge.Agent.Containerizer.Keeper;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer;

/// <summary>Runs commands beside a container: in its sandbox, as its user, with its mark; what they print is thrown away.</summary>
/// <remarks>The trampoline of the keeper becomes the command, so it starts as a task does. The processes are children of the agent and
/// short; the mark makes the keeper end what is left of them with their container.</remarks>
public sealed class SideCommands
{
    /// <summary>Processes that SIGKILL did not end within a moment, because they sleep in the kernel: no more are started.</summary>
    private const int StuckMax = 32;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(128);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private readonly List<int> _stuck = [];
    private readonly ContainerPaths _paths;
    private readonly SandboxMaker _maker;
    private readonly AgentCommand _command;
    private readonly TimeProvider _time;

    /// <param name="options">Where the containers are, and how this program is started in its other modes.</param>
    /// <param name="time">The clock by which ends are looked for.</param>
    public SideCommands(KeeperOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _paths = options.Paths;
        _maker = new SandboxMaker(options.Paths, options.Command);
        _command = options.Command;
        _time = time;
    }

    /// <summary>Writes down what <see cref="RunAsync"/> starts for a container; once is enough, the file goes with the container's
    /// records.</summary>
    /// <returns>Null, or the sentence that says what is wrong.</returns>
    public string? Prepare(ContainerSpec spec) => _maker.PrepareSide(spec);

    /// <summary>Runs the prepared command of a container to its end; a cancellation kills it with all of its process group.</summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    public async Task<SideResult> RunAsync(string containerId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!HasRoom())
        {
            return SideResult.NotStarted($"{StuckMax} commands before it were killed and do not end");
        }

        // The running file itself: an agent that was replaced on the disk starts trampolines of its own version.
        var program = _command == AgentCommand.Current ? AgentCommand.Self : _command.Executable;
        string[] arguments = [_command.Executable, .. _command.Arguments, "trampoline", _paths.SideFile(containerId), "--alone"];
        string[] environment = [$"{ProcessTree.Mark}={containerId}", .. KeeperEnvironment.Variables()];
        var errno = ProcessSpawn.Start(program, arguments, environment, -1, out var pid);
        return errno == 0
            ? await WaitAsync(pid, cancellationToken)
            : SideResult.NotStarted($"cannot start the trampoline: {Libc.Describe(errno)}");
    }

    /// <summary>Looks for the end in growing pauses: no thread waits, and nothing is woken up while no command runs.</summary>
    private async Task<SideResult> WaitAsync(int pid, CancellationToken cancellationToken)
    {
        try
        {
            for (var pause = s_firstPause; ; pause = pause < s_longestPause ? pause + pause : pause)
            {
                if (TryReap(pid, out var status))
                {
                    return new SideResult(status, null);
                }

                await Task.Delay(pause, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await KillAsync(pid);
            throw;
        }
    }

    /// <summary>Kills the command and everything in its session's first group; it is not reaped yet, so the number is its own.</summary>
    private async Task KillAsync(int pid)
    {
        _ = Libc.Kill(-pid, Libc.SigKill);
        var started = TimeProvider.System.GetTimestamp();
        while (!TryReap(pid, out _))
        {
            if (TimeProvider.System.GetElapsedTime(started) > s_patience)
            {
                lock (_stuck)
                {
                    _stuck.Add(pid);
                }

                return;
            }

            // By the machine's clock: the kernel takes its time, whatever clock the caller counts by.
            await Task.Delay(s_firstPause, TimeProvider.System, CancellationToken.None);
        }
    }

    private bool HasRoom()
    {
        lock (_stuck)
        {
            _ = _stuck.RemoveAll(pid => TryReap(pid, out _));
            return _stuck.Count < StuckMax;
        }
    }

    /// <summary>True when it has ended; a child that somebody else has reaped counts as one that failed.</summary>
    private static bool TryReap(int pid, out int status)
    {
        var waited = Libc.WaitPid(pid, out status, Libc.WNoHang);
        if (waited == pid)
        {
            return true;
        }

        status = -1;
        return waited < 0 && Libc.LastError == Errno.NoChild;
    }
}

/// <summary>How a command beside a container ended.</summary>
/// <param name="Status">As wait(2) encodes it; -1 when it is unknown.</param>
/// <param name="Error">The sentence why it could not be started; then nothing was.</param>
public readonly record struct SideResult(int Status, string? Error)
{
    internal static SideResult NotStarted(string error) => new(-1, error);
}
