using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>Finds and signals everything that belongs to one container.</summary>
/// <remarks>A process belongs to it when it is in the session of the main process, is a descendant of a process that belongs to it, or
/// was started with <c>EDGE_CONTAINER_ID</c> of it: that finds daemons which forked twice and left the session. A process that wipes its
/// environment and does the same is not found without a cgroup.</remarks>
internal sealed class ProcessTree
{
    /// <summary>The environment variable that marks every process of a container.</summary>
    public const string Mark = "EDGE_CONTAINER_ID";

    private readonly List<ProcessEntry> _all = new(256);
    private readonly HashSet<int> _members = [];

    /// <summary>Signals every living process of the container, the main one included; returns how many.</summary>
    /// <param name="mainPid">The main process and session, or 0 when its number may by now belong to someone else.</param>
    public int Signal(string containerId, int mainPid, ulong mainStart, int signal)
    {
        ProcessTable.ReadAll(_all);
        Collect(containerId, mainPid, mainStart);
        var count = 0;
        foreach (var entry in _all)
        {
            if (_members.Contains(entry.Pid) && !entry.IsEnded && ProcessTable.Signal(entry.Pid, entry.StartTicks, signal))
            {
                count++;
            }
        }

        return count;
    }

    private void Collect(string containerId, int mainPid, ulong mainStart)
    {
        _members.Clear();
        var mark = Encoding.UTF8.GetBytes($"{Mark}={containerId}");
        var self = Environment.ProcessId;
        foreach (var entry in _all)
        {
            if (entry.Pid == self || entry.Pid == 1)
            {
                continue;
            }

            var isSession = mainPid > 0 && entry.StartTicks >= mainStart && (entry.Pid == mainPid || entry.Session == mainPid);
            if (isSession || (!IsKernelThread(entry) && !entry.IsEnded && ProcessTable.HasEnvironmentEntry(entry.Pid, mark)))
            {
                _ = _members.Add(entry.Pid);
            }
        }

        AddDescendants(self);
    }

    private void AddDescendants(int self)
    {
        var grown = true;
        while (grown)
        {
            grown = false;
            foreach (var entry in _all)
            {
                grown |= entry.Pid != self && _members.Contains(entry.Parent) && _members.Add(entry.Pid);
            }
        }
    }

    private static bool IsKernelThread(ProcessEntry entry) => entry.Pid == 2 || entry.Parent == 2;
}
