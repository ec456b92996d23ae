using System.Text.Json;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Api.Mesos.State;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Mesos;

/// <summary>Where the sandboxes of containers are; implemented by whoever runs them.</summary>
public interface ISandboxDirectory
{
    /// <summary>The folder of a container's sandbox as an absolute path; null when there is none any more.</summary>
    string? Find(ContainerId container);
}

/// <summary>The <c>/state</c> of an agent: itself and the tasks that run on it.</summary>
/// <remarks>A command task's executor carries the task's id, as in Mesos. Source: apache/mesos src/slave/http.cpp, state.</remarks>
internal sealed class AgentStateEndpoint(MesosHost host, ISandboxDirectory sandboxes)
{
    public Task HandleAsync(HttpContext context) => ReadEndpoints.SendAsync(context, json => Write(json, host.Gateway.Snapshot));

    private void Write(Utf8JsonWriter json, ClusterState state)
    {
        var identity = host.Identity();
        var resources = state.Self?.Description.Resources ?? ResourceSet.Empty;
        json.WriteStartObject();
        BuildJson.Write(json, identity);
        json.WriteNumber("start_time", StatusMapping.ToSeconds(state.StartedAt));
        json.WriteString("id", state.Self?.Id.Value ?? string.Empty);
        json.WriteString("pid", identity.Pid("slave(1)"));
        json.WriteString("hostname", identity.Hostname);
        NodeJson.WriteCapabilities(json);
        ResourceJson.Write(json, "resources", resources);
        var used = state.Tasks.Values.Where(t => !t.IsTerminal).Select(t => t.Resources.Unallocate())
            .Aggregate(ResourceSet.Empty, (sum, r) => sum + r);
        ResourceJson.WriteReserved(json, "reserved_resources", resources, full: false);
        ResourceJson.Write(json, "unreserved_resources", resources.Unreserved);
        ResourceJson.WriteReserved(json, "reserved_resources_full", resources, full: true);
        ResourceJson.WriteFull(json, "unreserved_resources_full", resources.Unreserved);
        ResourceJson.WriteReserved(json, "reserved_resources_allocated", used, full: false);
        ResourceJson.Write(json, "unreserved_resources_allocated", used.Unreserved);
        json.WriteStartArray("resource_providers");
        json.WriteEndArray();
        ResourceJson.Write(json, "attributes", state.Self?.Description.Attributes ?? []);
        json.WriteStartObject("flags");
        json.WriteEndObject();
        var frameworks = state.Tasks.Values.GroupBy(t => t.Key.Framework).OrderBy(g => g.Key).ToList();
        WriteFrameworks(json, state, "frameworks", frameworks.Where(g => g.Any(t => !t.Completed)));
        WriteFrameworks(json, state, "completed_frameworks", frameworks.Where(g => g.All(t => t.Completed)));
        json.WriteEndObject();
    }

    private void WriteFrameworks(
        Utf8JsonWriter json, ClusterState state, string name, IEnumerable<IGrouping<FrameworkId, ClusterTask>> frameworks)
    {
        json.WriteStartArray(name);
        foreach (var group in frameworks)
        {
            // A task that a hub assigned may belong to a framework of which the agent knows nothing but the id.
            var known = state.Frameworks.GetValueOrDefault(group.Key) ?? state.CompletedFrameworks.Find(f => f.Id == group.Key);
            var tasks = group.OrderBy(t => t.LaunchedAt).ThenBy(t => t.Key).ToLookup(t => t.Completed);
            json.WriteStartObject();
            json.WriteString("id", group.Key.Value);
            json.WriteString("name", known?.Spec.Name ?? group.Key.Value);
            json.WriteString("user", known?.Spec.User ?? group.First().User);
            json.WriteNumber("failover_timeout", known?.Spec.FailoverTimeout.TotalSeconds ?? 0);
            json.WriteBoolean("checkpoint", true);
            json.WriteString("hostname", known?.Spec.Hostname ?? string.Empty);
            json.WriteString("role", group.First().Role);
            WriteExecutors(json, state, "executors", tasks[false]);
            WriteExecutors(json, state, "completed_executors", tasks[true]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteExecutors(Utf8JsonWriter json, ClusterState state, string name, IEnumerable<ClusterTask> tasks)
    {
        json.WriteStartArray(name);
        foreach (var task in tasks)
        {
            json.WriteStartObject();
            json.WriteString("id", task.Executor.Value);
            json.WriteString("name", $"Command Executor (Task: {task.Key.Task}) (Command: {task.Spec.Command?.Value})");
            json.WriteString("source", task.Key.Task.Value);
            json.WriteString("container", task.Container.Value);
            json.WriteString("directory", sandboxes.Find(task.Container) ?? string.Empty);
            ResourceJson.Write(json, "resources", task.Resources);
            json.WriteString("role", task.Role);
            var list = task.Completed || task.IsTerminal ? "completed_tasks"
                : task.Observed == ObservedState.Staging ? "queued_tasks"
                : "tasks";
            foreach (var candidate in (string[])["tasks", "queued_tasks", "completed_tasks"])
            {
                json.WriteStartArray(candidate);
                if (candidate == list)
                {
                    TaskJson.Write(json, state, task);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
