using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Edge.Agent.Native;

/// <summary>What /proc says about one process.</summary>
/// <param name="StartTicks">Clock ticks after boot at which it started; with the pid it names a process for the whole boot.</param>
/// <param name="IsEnded">True for a zombie: it has ended and only waits to be reaped.</param>
internal readonly record struct ProcessEntry(int Pid, int Parent, int Session, ulong StartTicks, bool IsEnded);

/// <summary>Reads the process table without allocating per process.</summary>
internal static unsafe class ProcessTable
{
    private const int StatSize = 1024;

    // Environments longer than this are read in pieces.
    private const int EnvironmentPiece = 8192;

    /// <summary>Fills <paramref name="into"/> with every process of the machine that can be seen.</summary>
    public static void ReadAll(List<ProcessEntry> into)
    {
        into.Clear();
        var fd = LibcFiles.Open("/proc", LibcFiles.ReadOnly | LibcFiles.Directory | LibcFiles.CloseOnExec, 0);
        if (fd < 0)
        {
            return;
        }

        const int size = 16 * 1024;
        var buffer = (byte*)NativeMemory.Alloc(size);
        nint length;
        while ((length = LibcFiles.ReadDirectory(fd, buffer, size)) > 0)
        {
            for (nint at = 0; at < length; at += *(ushort*)(buffer + at + 16))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19);
                if (Utf8Parser.TryParse(name, out int pid, out var used) && used == name.Length && TryRead(pid, out var entry))
                {
                    into.Add(entry);
                }
            }
        }

        NativeMemory.Free(buffer);
        _ = LibcFiles.Close(fd);
    }

    /// <summary>Reads one process; false when there is none of this number.</summary>
    public static bool TryRead(int pid, out ProcessEntry entry)
    {
        entry = default;
        var buffer = stackalloc byte[StatSize];
        var fd = Open(pid, "/stat"u8);
        if (fd < 0)
        {
            return false;
        }

        var length = LibcFiles.Read(fd, buffer, StatSize);
        _ = LibcFiles.Close(fd);
        return length > 0 && TryParse(pid, new ReadOnlySpan<byte>(buffer, (int)length), out entry);
    }

    /// <summary>Parses /proc/PID/stat. The name in parentheses may itself hold spaces and parentheses. Source: proc(5).</summary>
    internal static bool TryParse(int pid, ReadOnlySpan<byte> stat, out ProcessEntry entry)
    {
        entry = default;
        var end = stat.LastIndexOf((byte)')');
        if (end < 0 || end + 2 >= stat.Length)
        {
            return false;
        }

        int parent = 0, session = 0, field = 3;
        ulong start = 0;
        var state = stat[end + 2];
        foreach (var range in stat[(end + 2)..].Split((byte)' '))
        {
            var text = stat[(end + 2)..][range];
            _ = field switch
            {
                4 => Utf8Parser.TryParse(text, out parent, out _),
                6 => Utf8Parser.TryParse(text, out session, out _),
                22 => Utf8Parser.TryParse(text, out start, out _),
                _ => true,
            };
            field++;
        }

        entry = new ProcessEntry(pid, parent, session, start, state is (byte)'Z' or (byte)'X');
        return field > 22;
    }

    /// <summary>True when the process was started with exactly this environment entry ("NAME=value").</summary>
    public static bool HasEnvironmentEntry(int pid, ReadOnlySpan<byte> entry)
    {
        var fd = Open(pid, "/environ"u8);
        if (fd < 0)
        {
            return false;
        }

        var buffer = stackalloc byte[EnvironmentPiece];
        var found = false;
        int kept = 0;
        nint length;
        buffer[kept++] = 0;
        while (!found && (length = LibcFiles.Read(fd, buffer + kept, EnvironmentPiece - kept)) > 0)
        {
            var filled = new Span<byte>(buffer, kept + (int)length);
            found = Contains(filled, entry);
            kept = Math.Min(filled.Length, entry.Length + 1);
            filled[^kept..].CopyTo(filled);
        }

        _ = LibcFiles.Close(fd);
        return found;
    }

    private static bool Contains(ReadOnlySpan<byte> block, ReadOnlySpan<byte> entry)
    {
        for (var from = 0; from < block.Length;)
        {
            var at = block[from..].IndexOf(entry);
            if (at < 0)
            {
                return false;
            }

            at += from;
            var after = at + entry.Length;
            if (at > 0 && block[at - 1] == 0 && after < block.Length && block[after] == 0)
            {
                return true;
            }

            from = at + 1;
        }

        return false;
    }

    /// <summary>Signals a process only if it is still the one that started at <paramref name="startTicks"/>.</summary>
    /// <returns>True when the signal was sent.</returns>
    public static bool Signal(int pid, ulong startTicks, int signal)
    {
        var pidfd = Libc.PidfdOpen(pid);
        if (pidfd < 0 && Libc.LastError != Errno.NotImplemented)
        {
            return false;
        }

        var sent = TryRead(pid, out var now) && now.StartTicks == startTicks
            && (pidfd >= 0 ? Libc.PidfdSendSignal(pidfd, signal) : Libc.Kill(pid, signal)) == 0;
        if (pidfd >= 0)
        {
            _ = LibcFiles.Close(pidfd);
        }

        return sent;
    }

    private static int Open(int pid, ReadOnlySpan<byte> file)
    {
        var path = stackalloc byte[48];
        var text = new Span<byte>(path, 48);
        "/proc/"u8.CopyTo(text);
        _ = Utf8Formatter.TryFormat(pid, text[6..], out var digits);
        file.CopyTo(text[(6 + digits)..]);
        text[6 + digits + file.Length] = 0;
        return OpenBytes(path);
    }

    private static int OpenBytes(byte* path) =>
        LibcRaw.Open(path, LibcFiles.ReadOnly | LibcFiles.CloseOnExec, 0);
}
