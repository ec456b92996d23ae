using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>A thread that waits for children and hands each end through a pipe, so that the keeper's only wait is one poll.</summary>
/// <remarks>It also reaps the orphans that come to the keeper as child sub-reaper. It sleeps in the kernel; nothing wakes up
/// idly.</remarks>
internal sealed unsafe class ChildReaper
{
    private readonly int _reports;
    private readonly int _reportsIn;
    private readonly int _wake;
    private readonly int _wakeIn;

    public ChildReaper()
    {
        var ends = stackalloc int[2];
        _ = LibcFiles.Pipe(ends, LibcFiles.CloseOnExec);
        (_reports, _reportsIn) = (ends[0], ends[1]);
        _ = LibcFiles.Pipe(ends, LibcFiles.CloseOnExec | LibcFiles.NonBlocking);
        (_wake, _wakeIn) = (ends[0], ends[1]);
        const int stack = 128 * 1024;
        new Thread(Run, stack) { IsBackground = true, Name = "reaper" }.Start();
    }

    /// <summary>Readable when a child has ended.</summary>
    public int Fd => _reports;

    /// <summary>To be called after each start: the thread sleeps while there are no children.</summary>
    public void ChildStarted()
    {
        byte one = 1;
        _ = LibcFiles.Write(_wakeIn, &one, 1);
    }

    /// <summary>Takes one end; call only when <see cref="Fd"/> is readable.</summary>
    public (int Pid, int Status) Take()
    {
        var report = stackalloc int[2];
        return LibcFiles.Read(_reports, report, 8) == 8 ? (report[0], report[1]) : (0, 0);
    }

    private void Run()
    {
        var report = stackalloc int[2];
        while (true)
        {
            var pid = Libc.WaitPid(-1, out var status, 0);
            if (pid > 0)
            {
                report[0] = pid;
                report[1] = status;
                _ = LibcFiles.Write(_reportsIn, report, 8);
            }
            else if (Libc.LastError == Errno.NoChild)
            {
                WaitForWake();
            }
        }
    }

    private void WaitForWake()
    {
        var entry = new LibcFiles.PollEntry { Fd = _wake, Wanted = LibcFiles.PollIn };
        _ = LibcFiles.Poll(&entry, 1, -1);
        var drained = stackalloc byte[64];
        while (LibcFiles.Read(_wake, drained, 64) == 64)
        {
            // More wake-ups than one read takes.
        }
    }
}
