using System.Text.Json;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>The whole answers of a master's old read endpoints, each from one snapshot.</summary>
/// <remarks>Source: apache/mesos src/master/readonly_handler.cpp.</remarks>
internal static class MasterJson
{
    private static readonly TaskState[] s_counted =
    [
        TaskState.Staging, TaskState.Starting, TaskState.Running, TaskState.Killing, TaskState.Finished, TaskState.Killed,
        TaskState.Failed, TaskState.Lost, TaskState.Error, TaskState.Unreachable,
    ];

    /// <summary>Nodes that are part of the cluster now: connected, or cut for less than the node timeout.</summary>
    public static IEnumerable<Node> Registered(ClusterState state) =>
        state.Nodes.Values.Where(n => !n.Recovered && n.Reachability == Reachability.Reachable).OrderBy(n => n.Id);

    /// <summary>Nodes that a restarted hub waits for.</summary>
    public static IEnumerable<Node> Recovered(ClusterState state) => state.Nodes.Values.Where(n => n.Recovered).OrderBy(n => n.Id);

    /// <summary><c>/state</c>.</summary>
    public static void WriteState(Utf8JsonWriter json, ClusterState state, MesosIdentity identity)
    {
        json.WriteStartObject();
        BuildJson.Write(json, identity);
        var started = StatusMapping.ToSeconds(state.StartedAt);
        json.WriteNumber("start_time", started);
        json.WriteNumber("elected_time", started);
        json.WriteString("id", state.MasterId);
        json.WriteString("pid", identity.Pid("master"));
        json.WriteString("hostname", identity.Hostname);
        json.WriteStartArray("capabilities");
        json.WriteEndArray();
        json.WriteNumber("activated_slaves", Registered(state).Count(n => n.Connected));
        json.WriteNumber("deactivated_slaves", Registered(state).Count(n => !n.Connected));
        json.WriteNumber("unreachable_slaves", state.Nodes.Values.Count(n => n.Reachability == Reachability.Unreachable));
        if (identity.Cluster.Length > 0)
        {
            json.WriteString("cluster", identity.Cluster);
        }

        json.WriteString("leader", identity.Pid("master"));
        json.WriteStartObject("leader_info");
        json.WriteString("id", state.MasterId);
        json.WriteString("pid", identity.Pid("master"));
        json.WriteNumber("port", identity.Port);
        json.WriteString("hostname", identity.Hostname);
        json.WriteEndObject();
        json.WriteStartObject("flags");
        json.WriteEndObject();
        WriteNodes(json, state, Registered(state), full: false);
        WriteFrameworks(json, state, _ => true);
        json.WriteStartArray("orphan_tasks");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary><c>/slaves</c>, all or the one of an id.</summary>
    public static void WriteSlaves(Utf8JsonWriter json, ClusterState state, string? id)
    {
        json.WriteStartObject();
        WriteNodes(json, state, Registered(state).Where(n => id is null || n.Id.Value == id), full: true);
        json.WriteEndObject();
    }

    /// <summary><c>/frameworks</c>, all or the one of an id.</summary>
    public static void WriteFrameworks(Utf8JsonWriter json, ClusterState state, string? id)
    {
        json.WriteStartObject();
        WriteFrameworks(json, state, f => id is null || f.Id.Value == id);
        json.WriteEndObject();
    }

    /// <summary><c>/tasks</c>.</summary>
    public static void WriteTasks(Utf8JsonWriter json, ClusterState state, IEnumerable<ClusterTask> tasks)
    {
        json.WriteStartObject();
        json.WriteStartArray("tasks");
        foreach (var task in tasks)
        {
            TaskJson.Write(json, state, task);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary><c>/state-summary</c>.</summary>
    public static void WriteSummary(Utf8JsonWriter json, ClusterState state, MesosIdentity identity)
    {
        var byNode = state.Tasks.Values.ToLookup(t => t.Node);
        json.WriteStartObject();
        json.WriteString("hostname", identity.Hostname);
        if (identity.Cluster.Length > 0)
        {
            json.WriteString("cluster", identity.Cluster);
        }

        json.WriteStartArray("slaves");
        foreach (var node in Registered(state))
        {
            json.WriteStartObject();
            NodeJson.Write(json, node, full: false);
            WriteCounts(json, state, byNode[node.Id]);
            WriteStrings(json, "framework_ids", byNode[node.Id].Select(t => t.Key.Framework.Value));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("frameworks");
        foreach (var framework in state.Frameworks.Values.OrderBy(f => f.Id))
        {
            var tasks = FrameworkJson.TasksOf(state, framework).ToList();
            json.WriteStartObject();
            FrameworkJson.WriteSummary(json, state, framework);
            WriteCounts(json, state, tasks);
            WriteStrings(json, "slave_ids", tasks.Select(t => t.Node.Value));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary><c>/roles</c>: those of frameworks and of reservations.</summary>
    public static void WriteRoles(Utf8JsonWriter json, ClusterState state)
    {
        var frameworks = state.Frameworks.Values.Where(f => f.Phase != FrameworkPhase.Completed)
            .SelectMany(f => f.Spec.Roles.Select(role => (Role: role, Framework: f))).ToLookup(r => r.Role, r => r.Framework);
        var names = frameworks.Select(f => f.Key)
            .Concat(state.Nodes.Values.SelectMany(n => n.Description.Resources.Where(r => r.Traits.IsReserved).Select(r => r.Traits.Role)))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var used = state.Tasks.Values.Where(t => !t.IsTerminal).ToLookup(t => t.Role, t => t.Resources);
        var offers = state.Offers.Values.ToLookup(o => o.Role, o => o.Resources);
        json.WriteStartObject();
        json.WriteStartArray("roles");
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("weight", 1.0);
            WriteQuota(json, name);
            WriteStrings(json, "frameworks", frameworks[name].Select(f => f.Id.Value));
            var allocated = Sum(used[name]);
            var offered = Sum(offers[name]);
            ResourceJson.Write(json, "resources", allocated + offered);
            ResourceJson.Write(json, "allocated", allocated);
            ResourceJson.Write(json, "offered", offered);
            ResourceJson.Write(json, "reserved", Sum(state.Nodes.Values.Select(n => n.Description.Resources.ReservedTo(name))));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteQuota(Utf8JsonWriter json, string role)
    {
        json.WriteStartObject("quota");
        json.WriteString("role", role);
        foreach (var part in (string[])["guarantee", "limit", "consumed"])
        {
            json.WriteStartObject(part);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static ResourceSet Sum(IEnumerable<ResourceSet> parts) =>
        parts.Aggregate(ResourceSet.Empty, (sum, part) => sum + part.Unallocate());

    private static void WriteNodes(Utf8JsonWriter json, ClusterState state, IEnumerable<Node> nodes, bool full)
    {
        json.WriteStartArray("slaves");
        foreach (var node in nodes)
        {
            json.WriteStartObject();
            NodeJson.Write(json, node, full);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("recovered_slaves");
        foreach (var node in Recovered(state))
        {
            NodeJson.WriteRecovered(json, node);
        }

        json.WriteEndArray();
    }

    private static void WriteFrameworks(Utf8JsonWriter json, ClusterState state, Func<Framework, bool> wanted)
    {
        json.WriteStartArray("frameworks");
        foreach (var framework in state.Frameworks.Values.Where(wanted).OrderBy(f => f.Id))
        {
            FrameworkJson.WriteFull(json, state, framework);
        }

        json.WriteEndArray();
        json.WriteStartArray("completed_frameworks");
        foreach (var framework in state.CompletedFrameworks.Where(wanted))
        {
            FrameworkJson.WriteFull(json, state, framework);
        }

        json.WriteEndArray();
        json.WriteStartArray("unregistered_frameworks");
        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, ClusterState state, IEnumerable<ClusterTask> tasks)
    {
        var counts = tasks.CountBy(t => TaskJson.StateOf(state, t)).ToDictionary();
        foreach (var counted in s_counted)
        {
            json.WriteNumber(StatusMapping.Name(counted), counts.GetValueOrDefault(counted));
        }
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values.Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
