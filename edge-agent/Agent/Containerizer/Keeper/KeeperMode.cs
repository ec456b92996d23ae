using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The mode in which this program is the parent of every task of the node, and nothing else.</summary>
/// <remarks>One loop around one poll; the only other thread waits for children. It ends when it is asked to through its socket; it ignores
/// SIGHUP and SIGINT, and SIGTERM ends it without touching a task (a later keeper adopts them).</remarks>
internal static unsafe class KeeperMode
{
    /// <summary>Starts the keeper detached and waits until it listens: the body of <c>keeper --detach</c>.</summary>
    /// <returns>0 when a keeper listens, 1 when it could not be started.</returns>
    public static int Detach(string dataDirectory)
    {
        var ends = stackalloc int[2];
        const int closeOnExec = 0x80000;
        if (LibcFiles.SocketPair(LibcFiles.UnixDomain, LibcFiles.StreamSocket | closeOnExec, 0, ends) != 0)
        {
            return 1;
        }

        var command = AgentCommand.Current;
        string[] arguments = [command.Executable, .. command.Arguments, "keeper", "--data", dataDirectory, "--signal-ready"];
        var errno = ProcessSpawn.Start(AgentCommand.Self, arguments, KeeperEnvironment.Variables(), ends[1], out _);
        _ = LibcFiles.Close(ends[1]);
        byte ready = 0;
        return errno == 0 && LibcFiles.Read(ends[0], &ready, 1) == 1 && ready == (byte)'k' ? 0 : 1;
    }

    /// <summary>Runs the keeper of a data directory; returns 0 when it was asked to stop or another one is there already.</summary>
    public static int Run(string dataDirectory, bool isReadySignalled, TimeProvider time)
    {
        var paths = new ContainerPaths(dataDirectory);
        var log = new KeeperLog(paths.KeeperLog, time);
        PrepareProcess();
        if (PrepareFolders(paths) is { } problem)
        {
            return Refuse(log, problem);
        }

        var lockFd = LibcFiles.Open(paths.KeeperLock, LibcFiles.ReadWrite | LibcFiles.Create | LibcFiles.CloseOnExec, 0x180);
        if (lockFd < 0 || LibcFiles.Lock(lockFd, LibcFiles.LockExclusive | LibcFiles.LockNonBlocking) != 0)
        {
            SignalReady(isReadySignalled);
            return 0;
        }

        var listener = Listen(paths.KeeperSocket, out var listenProblem);
        if (listener < 0)
        {
            return Refuse(log, listenProblem);
        }

        var bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var reaper = new ChildReaper();
        var containers = new KeeperContainers(paths, new KeeperRecords(paths, bootId), log, reaper, bootId, time);
        containers.Adopt();
        var server = new KeeperServer(listener, containers);
        log.Write($"keeper {AgentVersion.Text}, process {Environment.ProcessId}, adopted {containers.All.Count()} containers");
        SignalReady(isReadySignalled);
        Loop(server, containers, reaper);
        _ = LibcFiles.Close(lockFd);
        return 0;
    }

    private static void Loop(KeeperServer server, KeeperContainers containers, ChildReaper reaper)
    {
        var set = new PollSet();
        while (!server.IsStopped)
        {
            var timeout = containers.Tick();
            set.Clear();
            set.Add(reaper.Fd, false, reaper);
            server.AddTo(set);
            foreach (var container in containers.All)
            {
                if (container.Channel >= 0)
                {
                    set.Add(container.Channel, false, container);
                }
                else if (container.Pidfd >= 0)
                {
                    set.Add(container.Pidfd, false, container);
                }
            }

            set.Wait(timeout);
            for (var i = 0; i < set.Count; i++)
            {
                Handle(set.ReadyOwner(i), server, containers, reaper);
            }
        }
    }

    private static void Handle(object? ready, KeeperServer server, KeeperContainers containers, ChildReaper reaper)
    {
        switch (ready)
        {
            case ChildReaper:
                var (pid, status) = reaper.Take();
                containers.Reaped(pid, status);
                break;
            case KeeperServer:
                server.Accept();
                break;
            case KeeperConnection connection:
                server.Serve(connection);
                break;
            case KeptContainer { Channel: >= 0 } starting:
                containers.Hear(starting);
                break;
            case KeptContainer { Pidfd: >= 0 } adopted:
                containers.AdoptedEnded(adopted);
                break;
            default:
                break;
        }
    }

    private static void PrepareProcess()
    {
        const nint ignored = 1;
        const int hangUp = 1;
        const int interrupt = 2;
        const int brokenPipe = 13;
        _ = Libc.Signal(hangUp, ignored);
        _ = Libc.Signal(interrupt, ignored);
        _ = Libc.Signal(brokenPipe, ignored);
        _ = Libc.SetSid();
        _ = Libc.Prctl(Libc.PrSetChildSubreaper, 1, 0, 0, 0);

        // Whoever starves the node of memory, the keeper should not pay: the status of every task goes with it.
        var fd = LibcFiles.Open("/proc/self/oom_score_adj", LibcFiles.WriteOnly | LibcFiles.CloseOnExec, 0);
        fixed (byte* score = "-900"u8)
        {
            _ = LibcFiles.Write(fd, score, 4);
        }

        _ = LibcFiles.Close(fd);
        _ = LibcFiles.SetUmask(0x12); // 022
        _ = LibcFiles.ChangeDirectory("/");
    }

    private static string? PrepareFolders(ContainerPaths paths)
    {
        try
        {
            const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            _ = Directory.CreateDirectory(paths.Data);
            _ = Directory.CreateDirectory(paths.MetaRoot, ownerOnly);
            _ = Directory.CreateDirectory(paths.ContainersMeta, ownerOnly);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot prepare '{paths.Data}': {e.Message}";
        }
    }

    /// <summary>Called with the lock held, so a socket file that is there belongs to a dead keeper.</summary>
    private static int Listen(string path, out string problem)
    {
        const int addressSize = 110;
        const int pathSize = 108;
        problem = "";
        var bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length >= pathSize)
        {
            problem = $"the path of the keeper's socket '{path}' has {bytes.Length} bytes; "
                + $"Linux allows {pathSize - 1}. Choose a shorter --data";
            return -1;
        }

        File.Delete(path);
        var address = stackalloc byte[addressSize];
        new Span<byte>(address, addressSize).Clear();
        address[0] = LibcFiles.UnixDomain;
        bytes.CopyTo(new Span<byte>(address + 2, pathSize));
        const int closeOnExecNonBlocking = 0x80800;
        const int backlog = 16;
        var fd = LibcFiles.Socket(LibcFiles.UnixDomain, LibcFiles.StreamSocket | closeOnExecNonBlocking, 0);
        var oldMask = LibcFiles.SetUmask(0x7F); // 0177: the socket is born as 0600
        var isListening = fd >= 0 && LibcFiles.Bind(fd, address, addressSize) == 0 && LibcFiles.Listen(fd, backlog) == 0;
        if (!isListening)
        {
            problem = $"cannot listen on '{path}': {Libc.Describe(Libc.LastError)}";
        }

        _ = LibcFiles.SetUmask(oldMask);
        return isListening ? fd : -1;
    }

    private static void SignalReady(bool isWanted)
    {
        if (isWanted)
        {
            byte ready = (byte)'k';
            _ = LibcFiles.Send(3, &ready, 1, LibcFiles.NoSignal);
            _ = LibcFiles.Close(3);
        }
    }

    private static int Refuse(KeeperLog log, string problem)
    {
        log.Write(problem);
        return 1;
    }
}
