using System.Runtime.InteropServices;
using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The mode in which this program becomes a task: session, files, limits, user, directory, then execve.</summary>
/// <remarks>
/// <code><![CDATA[
/// keeper                         trampoline
///   posix_spawn  ------------->  starts, waits
///   writes the run record
///   'g'          ------------->  reads the launch file, sets up
///                <-------------  'r'  (about to exec)
///                <-------------  end of stream: the task runs   | 'e' + sentence, exit 126 or 127
/// ]]></code>
/// The channel closes itself on exec. When the keeper dies before 'g' the trampoline ends and no task was started.
/// </remarks>
internal static unsafe class Trampoline
{
    /// <summary>The descriptor of the channel to the keeper.</summary>
    public const int Channel = 3;

    private const int CannotSetUp = 125;
    private const int CannotExecute = 126;
    private const int NotFound = 127;
    private const int NumberOfFiles = 7;
    private const ulong DefaultOpenFiles = 1024;

    /// <summary>Runs the mode; returns only when the task could not be started.</summary>
    /// <param name="isAlone">True: no keeper is asked, whatever the descriptor of the channel may be.</param>
    public static int Run(string launchPath, bool isAlone)
    {
        var isKept = !isAlone && LibcFiles.Fcntl(Channel, LibcFiles.FcntlGetFd, 0) >= 0;
        if (isKept && !WaitForGo())
        {
            return CannotSetUp;
        }

        try
        {
            var info = new FileInfo(launchPath);
            var launch = info.Length <= LaunchFile.MaxBytes ? LaunchFile.Decode(File.ReadAllBytes(launchPath)) : null;
            return launch is null
                ? Fail(isKept, CannotSetUp, $"cannot read the launch file '{launchPath}': it is damaged")
                : Become(launch, isKept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(isKept, CannotSetUp, $"cannot read the launch file '{launchPath}': {e.Message}");
        }
    }

    private static int Become(LaunchFile launch, bool isKept)
    {
        if (SetUp(launch) is { } problem)
        {
            return Fail(isKept, CannotSetUp, problem);
        }

        ResetSignals();
        if (Libc.CloseOnExecFrom(3) != 0)
        {
            CloseOnExecOneByOne();
        }

        if (isKept)
        {
            byte ready = (byte)'r';
            _ = LibcFiles.Send(Channel, &ready, 1, LibcFiles.NoSignal);
        }

        var errno = Execute(launch);
        return Fail(isKept, errno == Errno.NoEntry ? NotFound : CannotExecute, $"cannot start '{launch.File}': {Libc.Describe(errno)}");
    }

    /// <summary>Everything before execve; the sentence of the first step that failed, or null.</summary>
    private static string? SetUp(LaunchFile launch)
    {
        if (Libc.GetSid(0) != Environment.ProcessId)
        {
            _ = Libc.SetSid();
        }

        WriteBestEffort("/proc/self/oom_score_adj", "0"u8);
        if (SetLimits(launch.Limits) is { } limitProblem)
        {
            return limitProblem;
        }

        // As root: the folders above the sandbox may be closed to the task's user.
        if (LibcFiles.ChangeDirectory(launch.WorkingDirectory) != 0)
        {
            return $"cannot enter the directory '{launch.WorkingDirectory}': {Libc.Describe(Libc.LastError)}";
        }

        if (launch.Uid is { } uid && SwitchUser(uid, launch.Gid, launch.Groups) is { } userProblem)
        {
            return userProblem;
        }

        _ = LibcFiles.SetUmask(0x12); // 022
        if (OpenAs(launch.StandardOutput, 1) is { } outputProblem)
        {
            return outputProblem;
        }

        if (OpenAs(launch.StandardError, 2) is { } errorProblem)
        {
            return errorProblem;
        }

        return launch.NoNewPrivileges && Libc.Prctl(Libc.PrSetNoNewPrivs, 1, 0, 0, 0) != 0
            ? $"cannot give up new privileges: {Libc.Describe(Libc.LastError)}"
            : null;
    }

    private static string? SetLimits(IReadOnlyList<(int Resource, ulong Soft, ulong Hard)> limits)
    {
        var values = stackalloc ulong[2];

        // The runtime raises its own soft limit of open files; a task starts with the usual one.
        if (Libc.GetResourceLimit(NumberOfFiles, values) == 0 && values[0] > DefaultOpenFiles)
        {
            values[0] = DefaultOpenFiles;
            _ = Libc.SetResourceLimit(NumberOfFiles, values);
        }

        foreach (var (resource, soft, hard) in limits)
        {
            values[0] = soft;
            values[1] = hard;
            if (Libc.SetResourceLimit(resource, values) != 0)
            {
                return $"cannot set the limit {(RLimitKind)resource} to {soft} (hard {hard}): {Libc.Describe(Libc.LastError)}";
            }
        }

        return null;
    }

    private static string? SwitchUser(uint uid, uint gid, IReadOnlyList<uint> groups)
    {
        var list = stackalloc uint[Math.Max(groups.Count, 1)];
        for (var i = 0; i < groups.Count; i++)
        {
            list[i] = groups[i];
        }

        var isSwitched = Libc.SetGroups(groups.Count, list) == 0 && Libc.SetGid(gid) == 0 && Libc.SetUid(uid) == 0;
        return isSwitched ? null : $"cannot become user {uid}: {Libc.Describe(Libc.LastError)}";
    }

    private static string? OpenAs(string path, int fd)
    {
        var flags = LibcFiles.WriteOnly | LibcFiles.Create | LibcFiles.Append | LibcFiles.NoFollow | LibcFiles.NoControllingTerminal;
        var opened = LibcFiles.Open(path, flags | LibcFiles.CloseOnExec, 0x1A4); // 0644
        if (opened < 0 || LibcFiles.Duplicate(opened, fd) < 0)
        {
            return $"cannot open '{path}': {Libc.Describe(Libc.LastError)}";
        }

        return null;
    }

    /// <summary>execve, searching PATH as execvp does; returns the error number.</summary>
    private static int Execute(LaunchFile launch)
    {
        using var argv = new NativeStrings(launch.Arguments);
        using var variables = new NativeStrings(launch.Environment);
        if (launch.File.Contains('/', StringComparison.Ordinal))
        {
            return ExecuteOne(launch.File, launch.Arguments, argv, variables);
        }

        const string name = "PATH=";
        var path = launch.Environment.LastOrDefault(e => e.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "";
        var worst = Errno.NoEntry;
        foreach (var folder in path.Split(':'))
        {
            var errno = ExecuteOne(Path.Combine(folder.Length == 0 ? "." : folder, launch.File), launch.Arguments, argv, variables);
            if (errno == Errno.Access)
            {
                worst = errno;
            }
            else if (errno is not (Errno.NoEntry or Errno.NotDirectory))
            {
                return errno;
            }
        }

        return worst;
    }

    private static int ExecuteOne(string path, IReadOnlyList<string> arguments, NativeStrings argv, NativeStrings variables)
    {
        var file = NativeStrings.Allocate(path);
        _ = Libc.Execve(file, argv.Pointer, variables.Pointer);
        var errno = Libc.LastError;
        if (errno == Errno.ExecFormat)
        {
            // A script without a first line "#!": the shell reads it, as POSIX has it for execvp.
            using var script = new NativeStrings(["sh", path, .. arguments.Skip(1)]);
            var shell = NativeStrings.Allocate("/bin/sh");
            _ = Libc.Execve(shell, script.Pointer, variables.Pointer);
            NativeMemory.Free(shell);
        }

        NativeMemory.Free(file);
        return errno;
    }

    private static bool WaitForGo()
    {
        byte go;
        nint length;
        do
        {
            length = LibcFiles.Read(Channel, &go, 1);
        }
        while (length < 0 && Libc.LastError == Errno.Interrupted);
        return length == 1 && go == (byte)'g';
    }

    private static int Fail(bool isKept, int exitCode, string sentence)
    {
        var text = Encoding.UTF8.GetBytes(isKept ? "e" + sentence : sentence + "\n");
        fixed (byte* bytes = text)
        {
            _ = isKept ? LibcFiles.Send(Channel, bytes, text.Length, LibcFiles.NoSignal) : LibcFiles.Write(2, bytes, text.Length);
        }

        return exitCode;
    }

    /// <summary>Ignored signals and the mask pass through execve; the runtime ignores SIGPIPE.</summary>
    private static void ResetSignals()
    {
        const int highest = 64;
        for (var number = 1; number <= highest; number++)
        {
            // 32 and 33 belong to the C library, which refuses them.
            _ = Libc.Signal(number, 0);
        }

        var none = stackalloc byte[128];
        _ = Libc.SigEmptySet(none);
        const int setMask = 2;
        _ = Libc.SigMask(setMask, none, null);
    }

    private static void CloseOnExecOneByOne()
    {
        const int highest = 1024;
        for (var fd = 3; fd < highest; fd++)
        {
            _ = LibcFiles.Fcntl(fd, LibcFiles.FcntlSetFd, 1);
        }
    }

    private static void WriteBestEffort(string path, ReadOnlySpan<byte> text)
    {
        var fd = LibcFiles.Open(path, LibcFiles.WriteOnly | LibcFiles.CloseOnExec, 0);
        if (fd < 0)
        {
            return;
        }

        fixed (byte* bytes = text)
        {
            _ = LibcFiles.Write(fd, bytes, text.Length);
        }

        _ = LibcFiles.Close(fd);
    }
}
