using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The containers of the keeper: starts, watches, kills and records them. Used by the keeper's one thread only.</summary>
internal sealed unsafe class KeeperContainers(
    ContainerPaths paths, KeeperRecords records, KeeperLog log, ChildReaper reaper, string bootId, TimeProvider time)
{
    /// <summary>A node holds tens of tasks; ended ones count until they are forgotten.</summary>
    public const int MaxContainers = 2048;

    private const int SweepPauseMs = 20;
    private const int LongestPauseMs = 5000;
    private const int MaxSweeps = 200;
    private readonly Dictionary<string, KeptContainer> _all = new(StringComparer.Ordinal);
    private readonly ProcessTree _tree = new();

    /// <summary>Called at every change that others want to know.</summary>
    public Action<KeptContainer> Changed { get; set; } = static _ => { };

    /// <summary>Every container; live, read by the keeper's thread.</summary>
    public IEnumerable<KeptContainer> All => _all.Values;

    private long Now => time.GetTimestamp() * 1000 / time.TimestampFrequency;

    public KeptContainer? Find(string containerId) => _all.GetValueOrDefault(containerId);

    /// <summary>Takes over what an earlier keeper has left: running tasks by their run record, ended ones by their exit record.</summary>
    public void Adopt()
    {
        foreach (var folder in Directory.EnumerateDirectories(paths.ContainersMeta))
        {
            if (records.Read(folder, out var isSameBoot) is not { } state || _all.Count >= MaxContainers)
            {
                continue;
            }

            var container = new KeptContainer(state);
            _all.Add(state.ContainerId, container);
            if (state.Phase == KeptPhase.Exited)
            {
                _ = isSameBoot ? _tree.Signal(state.ContainerId, 0, 0, Libc.SigKill) : 0;
                continue;
            }

            container.Pidfd = isSameBoot ? Libc.PidfdOpen(state.Pid) : -1;
            var isAlive = container.Pidfd >= 0 && ProcessTable.TryRead(state.Pid, out var entry)
                && entry.StartTicks == state.StartTicks && !entry.IsEnded;
            if (!isAlive)
            {
                EndUnseen(container, isSameBoot
                    ? "exit status unknown: the keeper was not running when it ended"
                    : "exit status unknown: the node was restarted while it ran");
            }
        }
    }

    /// <summary>Starts a container whose launch file is in place; the answer comes with <see cref="Changed"/>.</summary>
    /// <returns>Null, or the sentence why nothing was started.</returns>
    public string? Start(string containerId, out KeptContainer? container)
    {
        container = null;
        var launchFile = paths.LaunchFile(containerId);
        if (!File.Exists(launchFile))
        {
            return $"container '{containerId}' has no launch file";
        }

        var ends = stackalloc int[2];
        const int closeOnExec = 0x80000;
        if (LibcFiles.SocketPair(LibcFiles.UnixDomain, LibcFiles.StreamSocket | closeOnExec, 0, ends) != 0)
        {
            return $"cannot make a channel: {Libc.Describe(Libc.LastError)}";
        }

        var command = AgentCommand.Current;
        string[] environment = [$"{ProcessTree.Mark}={containerId}", .. KeeperEnvironment.Variables()];
        var errno = ProcessSpawn.Start(
            AgentCommand.Self, [command.Executable, .. command.Arguments, "trampoline", launchFile], environment, ends[1], out var pid);
        _ = LibcFiles.Close(ends[1]);
        if (errno != 0)
        {
            _ = LibcFiles.Close(ends[0]);
            return $"cannot start the trampoline: {Libc.Describe(errno)}";
        }

        reaper.ChildStarted();
        _ = ProcessTable.TryRead(pid, out var entry);
        var state = new KeptState(
            containerId, KeptPhase.Starting, pid, entry.StartTicks, UnixNow(), false, false, 0, 0, 0, "");
        container = new KeptContainer(state) { Channel = ends[0] };
        if (records.WriteRun(state) is { } problem)
        {
            // Without the go-ahead the trampoline ends by itself.
            _ = LibcFiles.Close(ends[0]);
            container = null;
            return problem;
        }

        _all.Add(containerId, container);
        byte go = (byte)'g';
        _ = LibcFiles.Send(ends[0], &go, 1, LibcFiles.NoSignal);
        return null;
    }

    /// <summary>Hears the trampoline: that it is ready, why it failed, or, by the end of the stream, that it has become the task.</summary>
    public void Hear(KeptContainer container)
    {
        const int size = 2048;
        var buffer = stackalloc byte[size];
        var length = (int)LibcFiles.Receive(container.Channel, buffer, size, 0);
        if (length > 0)
        {
            var text = Encoding.UTF8.GetString(buffer, length);
            if (text[0] == 'r')
            {
                container.IsReady = true;
                text = text[1..];
            }

            if (text.Length > 0)
            {
                container.State = container.State with { IsLaunchFailure = true, Problem = text.TrimStart('e') };
            }

            return;
        }

        CloseChannel(container);
        if (container.State.Phase != KeptPhase.Starting || container.State.IsLaunchFailure)
        {
            return;
        }

        if (container.IsReady)
        {
            container.State = container.State with { Phase = KeptPhase.Running };
            Changed(container);
        }
        else
        {
            const string problem = "cannot start: the process that prepares the task ended before its program began";
            container.State = container.State with { IsLaunchFailure = true, Problem = problem };
        }
    }

    /// <summary>A child was reaped: the main process of a container, or an orphan that nobody asks for.</summary>
    public void Reaped(int pid, int status)
    {
        foreach (var container in _all.Values)
        {
            if (container.State.Pid == pid && container.Pidfd < 0 && container.State.Phase < KeptPhase.Ending)
            {
                // What the trampoline had to say came before its end.
                while (container.Channel >= 0)
                {
                    Hear(container);
                }

                End(container, container.State with { IsStatusKnown = true, Status = status });
                return;
            }
        }
    }

    /// <summary>The main process of an adopted container has ended; nobody can read its status but its parent.</summary>
    public void AdoptedEnded(KeptContainer container) =>
        EndUnseen(container, "exit status unknown: it was started by an earlier keeper, which did not live to see its end");

    /// <summary>SIGTERM to the tree now, SIGKILL after the grace; a later call can only shorten it.</summary>
    public void Kill(KeptContainer container, long graceMilliseconds)
    {
        if (container.State.Phase >= KeptPhase.Ending)
        {
            return;
        }

        var at = Now + Math.Clamp(graceMilliseconds, 0, int.MaxValue);
        if (at < container.KillAt)
        {
            container.KillAt = at;
        }

        if (graceMilliseconds > 0)
        {
            _ = _tree.Signal(container.State.ContainerId, container.State.Pid, container.State.StartTicks, Libc.SigTerm);
        }
        else
        {
            Tick();
        }
    }

    /// <summary>Does what is due, and says in how many milliseconds to come again; -1 when nothing waits.</summary>
    public int Tick()
    {
        var next = KeptContainer.Never;
        foreach (var container in _all.Values)
        {
            if (container.KillAt <= Now)
            {
                KillOrSweep(container);
            }

            next = Math.Min(next, container.KillAt);
        }

        return next == KeptContainer.Never ? -1 : (int)Math.Clamp(next - Now, 0, int.MaxValue);
    }

    /// <summary>Removes an ended container; the sentence why not, or null.</summary>
    public string? Forget(KeptContainer container)
    {
        var problem = records.Remove(container.State.ContainerId);
        if (problem is null)
        {
            _ = _all.Remove(container.State.ContainerId);
        }

        return problem;
    }

    private void KillOrSweep(KeptContainer container)
    {
        var state = container.State;
        var found = _tree.Signal(state.ContainerId, state.Pid, state.StartTicks, Libc.SigKill);
        container.Kills++;
        if (state.Phase != KeptPhase.Ending)
        {
            // Sent again until the main process is gone, in growing pauses: it may sleep in the kernel.
            container.KillAt = Now + Math.Min(SweepPauseMs * container.Kills, LongestPauseMs);
        }
        else if (found > 0 && container.Kills < MaxSweeps)
        {
            container.KillAt = Now + SweepPauseMs;
        }
        else
        {
            container.KillAt = KeptContainer.Never;
            container.State = state with { Phase = KeptPhase.Exited };
            Changed(container);
        }
    }

    private void EndUnseen(KeptContainer container, string reason) => End(container, container.State with { Problem = reason });

    /// <summary>The main process is gone: record it, then kill what it left, then tell.</summary>
    private void End(KeptContainer container, KeptState state)
    {
        CloseChannel(container);
        if (container.Pidfd >= 0)
        {
            _ = LibcFiles.Close(container.Pidfd);
            container.Pidfd = -1;
        }

        container.State = state with { Phase = KeptPhase.Ending, ExitedAtUnixMs = UnixNow(), ExitedMonotonicMs = Now };
        if (records.WriteExit(container.State) is { } problem)
        {
            // The disk may be full. The keeper still knows and tells; only its own death could now lose the status.
            log.Write($"boot {bootId}: {problem}");
        }

        container.KillAt = 0;
        container.Kills = 0;
        KillOrSweep(container);
    }

    private static void CloseChannel(KeptContainer container)
    {
        if (container.Channel >= 0)
        {
            _ = LibcFiles.Close(container.Channel);
            container.Channel = -1;
        }
    }

    private long UnixNow() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
