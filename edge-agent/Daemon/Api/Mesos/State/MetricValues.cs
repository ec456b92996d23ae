using System.Globalization;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>What <c>/metrics/snapshot</c> tells: names and numbers, nothing else, from one snapshot.</summary>
internal static class MetricValues
{
    private static readonly string[] s_scalars = ["cpus", "mem", "disk", "gpus"];

    /// <summary>Of a master.</summary>
    public static SortedDictionary<string, double> OfMaster(ClusterState state, DateTimeOffset now)
    {
        var values = Start(MetricNames.Master);
        var frameworks = state.Frameworks.Values.CountBy(f => f.Phase).ToDictionary();
        var nodes = MasterJson.Registered(state).ToList();
        values["master/elected"] = 1;
        values["registrar/log/recovered"] = 1;
        values["registrar/log/ensemble_size"] = 1;
        values["master/uptime_secs"] = (now - state.StartedAt).TotalSeconds;
        values["master/frameworks_active"] = frameworks.GetValueOrDefault(FrameworkPhase.Connected);
        values["master/frameworks_connected"] = frameworks.GetValueOrDefault(FrameworkPhase.Connected);
        values["master/frameworks_disconnected"] = frameworks.GetValueOrDefault(FrameworkPhase.Disconnected);
        values["master/frameworks_inactive"] = frameworks.GetValueOrDefault(FrameworkPhase.Disconnected);
        values["master/slaves_active"] = nodes.Count(n => n.Connected);
        values["master/slaves_connected"] = nodes.Count(n => n.Connected);
        values["master/slaves_disconnected"] = nodes.Count(n => !n.Connected);
        values["master/slaves_unreachable"] = state.Nodes.Values.Count(n => n.Reachability == Reachability.Unreachable);
        values["master/outstanding_offers"] = state.Offers.Count;
        values["allocator/mesos/allocation_runs"] = state.Counters.AllocationRuns;
        AddTasks(values, "master/tasks_", state, state.Tasks.Values);
        AddCounters(values, state.Counters);
        var total = nodes.Select(n => n.Description.Resources).Aggregate(ResourceSet.Empty, (sum, r) => sum + r);
        var used = nodes.Select(n => n.Used).Aggregate(ResourceSet.Empty, (sum, r) => sum + r);
        AddResources(values, "master/", total, used);
        var offered = nodes.Select(n => n.Offered).Aggregate(used, (sum, r) => sum + r);
        foreach (var name in (string[])["cpus", "mem", "disk"])
        {
            values[$"allocator/mesos/resources/{name}/total"] = total.GetScalar(name).ToDouble();
            values[$"allocator/mesos/resources/{name}/offered_or_allocated"] = offered.GetScalar(name).ToDouble();
        }

        return values;
    }

    /// <summary>Of an agent.</summary>
    public static SortedDictionary<string, double> OfAgent(ClusterState state, DateTimeOffset now)
    {
        var values = Start(MetricNames.Agent);
        var running = state.Tasks.Values.Where(t => !t.IsTerminal).ToList();
        values["slave/uptime_secs"] = (now - state.StartedAt).TotalSeconds;
        values["slave/uptime_seconds"] = (now - state.StartedAt).TotalSeconds;
        values["slave/registered"] = state.Self is { Welcomed: true } ? 1 : 0;
        values["slave/frameworks_active"] = running.Select(t => t.Key.Framework).Distinct().Count();
        values["slave/executors_running"] = running.Count(t => t.Observed is ObservedState.Running);
        values["slave/executors_registering"] = running.Count(t => t.Observed is ObservedState.Starting);
        values["slave/executors_terminating"] = running.Count(t => t.Observed is ObservedState.Killing);
        AddTasks(values, "slave/tasks_", state, state.Tasks.Values);
        values["slave/tasks_finished"] = state.Counters.TasksFinished;
        values["slave/tasks_failed"] = state.Counters.TasksFailed;
        values["slave/tasks_killed"] = state.Counters.TasksKilled;
        values["slave/tasks_error"] = state.Counters.TasksError;
        values["slave/tasks_lost"] = state.Counters.TasksLost;
        values["slave/valid_status_updates"] = state.Counters.StatusesApplied;
        values["slave/invalid_status_updates"] = state.Counters.StatusesIgnored;
        AddResources(
            values,
            "slave/",
            state.Self?.Description.Resources ?? ResourceSet.Empty,
            running.Select(t => t.Resources.Unallocate()).Aggregate(ResourceSet.Empty, (sum, r) => sum + r));
        return values;
    }

    private static SortedDictionary<string, double> Start(IEnumerable<string> names)
    {
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            values[name] = 0;
        }

        AddSystem(values);
        return values;
    }

    private static void AddTasks(SortedDictionary<string, double> values, string prefix, ClusterState state, IEnumerable<ClusterTask> tasks)
    {
        var counts = tasks.Where(t => !t.IsTerminal).CountBy(t => TaskJson.StateOf(state, t)).ToDictionary();
        values[prefix + "staging"] = counts.GetValueOrDefault(TaskState.Staging);
        values[prefix + "starting"] = counts.GetValueOrDefault(TaskState.Starting);
        values[prefix + "running"] = counts.GetValueOrDefault(TaskState.Running);
        values[prefix + "killing"] = counts.GetValueOrDefault(TaskState.Killing);
        if (counts.TryGetValue(TaskState.Unreachable, out var unreachable))
        {
            values[prefix + "unreachable"] = unreachable;
        }
    }

    private static void AddCounters(SortedDictionary<string, double> values, ClusterCounters counters)
    {
        values["master/tasks_finished"] = counters.TasksFinished;
        values["master/tasks_failed"] = counters.TasksFailed;
        values["master/tasks_killed"] = counters.TasksKilled;
        values["master/tasks_error"] = counters.TasksError;
        values["master/tasks_lost"] = counters.TasksLost;
        values["master/messages_launch_tasks"] = counters.TasksLaunched;
        values["master/messages_status_update"] = counters.StatusesApplied + counters.StatusesIgnored;
        values["master/valid_status_updates"] = counters.StatusesApplied;
        values["master/invalid_status_updates"] = counters.StatusesIgnored;
        values["master/invalid_framework_to_executor_messages"] = counters.MessagesDropped;
        values["master/messages_framework_to_executor"] = counters.MessagesDropped;
        values["master/dropped_messages"] = counters.InvalidCalls;
    }

    private static void AddResources(SortedDictionary<string, double> values, string prefix, ResourceSet total, ResourceSet used)
    {
        foreach (var name in s_scalars)
        {
            var all = total.GetScalar(name).ToDouble();
            var taken = used.GetScalar(name).ToDouble();
            values[$"{prefix}{name}_total"] = all;
            values[$"{prefix}{name}_used"] = taken;
            values[$"{prefix}{name}_percent"] = all > 0 ? taken / all : 0;
        }
    }

    private static void AddSystem(SortedDictionary<string, double> values)
    {
        values["system/cpus_total"] = Environment.ProcessorCount;
        var memory = GC.GetGCMemoryInfo();
        values["system/mem_total_bytes"] = memory.TotalAvailableMemoryBytes;
        values["system/mem_free_bytes"] = Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
        var load = ReadLoad();
        values["system/load_1min"] = load[0];
        values["system/load_5min"] = load[1];
        values["system/load_15min"] = load[2];
    }

    /// <summary>Zeros where the machine does not tell.</summary>
    private static double[] ReadLoad()
    {
        const string File = "/proc/loadavg";
        if (!System.IO.File.Exists(File))
        {
            return [0, 0, 0];
        }

        var parts = System.IO.File.ReadAllText(File).Split(' ');
        return [.. Enumerable.Range(0, 3).Select(i =>
            double.TryParse(parts.ElementAtOrDefault(i), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0)];
    }
}
