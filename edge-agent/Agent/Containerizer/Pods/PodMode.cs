using System.Runtime.InteropServices;
using Edge.Agent.Containerizer.Keeper;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Pods;

/// <summary>The mode in which this program starts the containers of a pod, waits, and ends all of them when one has ended.</summary>
/// <remarks>
/// It is the main process of the pod's container, a child of the keeper, and lives as long as the pod. SIGTERM of the keeper reaches every
/// process of the pod, so it is not passed on; it only starts the graces. Ends with the exit code of the container that ended first
/// (128 and its number for a signal); what is left behind the keeper sweeps. Source: apache/mesos src/launcher/default_executor.cpp.
/// </remarks>
internal sealed class PodMode
{
    private const int CannotStart = 125;
    private const int SignalBits = 0x7f;
    private const int SignalBase = 128;

    private readonly string _file;
    private readonly Member[] _members;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<ITimer> _timers = [];
    private bool _isStopping;
    private int? _exitCode;

    private PodMode(string file, Member[] members, TimeProvider time)
    {
        _file = file;
        _members = members;
        _time = time;
    }

    /// <summary>Runs the mode to the end of the pod.</summary>
    /// <param name="file">The list of the containers.</param>
    /// <param name="errors">Told when it cannot be read.</param>
    public static int Run(string file, TimeProvider time, TextWriter errors)
    {
        if (PodFile.Read(file) is not { } list)
        {
            errors.WriteLine($"edge-agent: cannot read the list of a pod's containers '{file}'");
            return CannotStart;
        }

        var mode = new PodMode(file, [.. list.Select(c => new Member(c.Name, c.Grace))], time);
        using var terminating = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            mode.Stop(isTold: true);
        });
        return mode.RunAll();
    }

    private int RunAll()
    {
        lock (_gate)
        {
            for (var i = 0; i < _members.Length && !_isStopping; i++)
            {
                Start(_members[i], i);
            }
        }

        while (_members.Any(m => m.Pid > 0))
        {
            var pid = Libc.WaitPid(-1, out var status, 0);
            if (pid > 0)
            {
                Ended(pid, status);
            }
            else if (Libc.LastError == Errno.NoChild)
            {
                break;
            }
        }

        lock (_gate)
        {
            _timers.ForEach(t => t.Dispose());
        }

        return _exitCode ?? SignalBase + Libc.SigTerm;
    }

    private void Start(Member member, int place)
    {
        var command = AgentCommand.Current;
        var mark = Environment.GetEnvironmentVariable(ProcessTree.Mark);
        string[] arguments =
            [command.Executable, .. command.Arguments, "trampoline", PodFile.LaunchOf(_file, place), "--alone"];
        var errno = ProcessSpawn.Start(
            AgentCommand.Self, arguments, [$"{ProcessTree.Mark}={mark}", .. KeeperEnvironment.Variables()], -1, out var pid);
        if (errno == 0)
        {
            member.Pid = pid;
            return;
        }

        _exitCode = CannotStart;
        PodFile.WriteEnd(_file, $"Container '{member.Name}' cannot be started: {Libc.Describe(errno)}");
        Stop(isTold: false);
    }

    private void Ended(int pid, int status)
    {
        lock (_gate)
        {
            if (Array.Find(_members, m => m.Pid == pid) is not { } member)
            {
                return;
            }

            member.Pid = 0;
            if (!_isStopping)
            {
                var signal = status & SignalBits;
                _exitCode = signal == 0 ? (status >> 8) & 0xff : SignalBase + signal;
                PodFile.WriteEnd(_file, ContainerExit.Describe($"Container '{member.Name}'", status));
                Stop(isTold: false);
            }
        }
    }

    /// <summary>Lets every container end: SIGTERM now, unless they were told, and SIGKILL after the grace of each.</summary>
    private void Stop(bool isTold)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return;
            }

            _isStopping = true;
            foreach (var member in _members.Where(m => m.Pid > 0))
            {
                if (!isTold)
                {
                    // Each is the leader of a session and of a group of its own.
                    _ = Libc.Kill(-member.Pid, Libc.SigTerm);
                }

                _timers.Add(_time.CreateTimer(_ => Kill(member), null, member.Grace, Timeout.InfiniteTimeSpan));
            }
        }
    }

    private void Kill(Member member)
    {
        lock (_gate)
        {
            if (member.Pid > 0)
            {
                _ = Libc.Kill(-member.Pid, Libc.SigKill);
            }
        }
    }

    private sealed class Member(string name, TimeSpan grace)
    {
        public string Name { get; } = name;

        public TimeSpan Grace { get; } = grace;

        /// <summary>Its main process; 0 before and after.</summary>
        public int Pid { get; set; }
    }
}
