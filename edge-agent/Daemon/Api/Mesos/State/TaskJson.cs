using System.Net;
using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Core.Tasks;
using Edge.Daemon.Mapping;
using TaskState = Edge.Core.Model.TaskState;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>Tasks as the old read endpoints write them.</summary>
/// <remarks>Source: apache/mesos src/common/http.cpp, json(JSON::ObjectWriter, const Task and TaskStatus).</remarks>
internal static class TaskJson
{
    /// <summary>The state to show: what was observed, unless the node is out of reach or the framework was removed.</summary>
    public static TaskState StateOf(ClusterState state, ClusterTask task)
    {
        if (!task.IsTerminal && task.Latest is { State: TaskState.Killed, Reason: StatusReason.FrameworkRemoved })
        {
            return TaskState.Killed;
        }

        return IsUnreachable(state, task) ? TaskState.Unreachable : TaskStateMachine.ToState(task.Observed);
    }

    /// <summary>True for a live task of a node that is out of reach.</summary>
    public static bool IsUnreachable(ClusterState state, ClusterTask task) => !task.IsTerminal
        && state.Nodes.TryGetValue(task.Node, out var node) && node.Reachability == Reachability.Unreachable;

    /// <summary>Writes one task as an object.</summary>
    public static void Write(Utf8JsonWriter json, ClusterState state, ClusterTask task)
    {
        var message = TaskMapping.ToMessage(task.Spec);
        json.WriteStartObject();
        json.WriteString("id", task.Key.Task.Value);
        json.WriteString("name", task.Spec.Name);
        json.WriteString("framework_id", task.Key.Framework.Value);
        json.WriteString("executor_id", task.Spec.CustomExecutor?.Value ?? string.Empty);
        json.WriteString("slave_id", task.Node.Value);
        json.WriteString("state", StatusMapping.Name(StateOf(state, task)));
        ResourceJson.Write(json, "resources", task.Resources);
        WriteLimits(json, message);
        json.WriteString("role", task.Role);
        json.WriteStartArray("statuses");
        var address = AddressOf(state, task.Node);
        foreach (var status in task.History)
        {
            Write(json, status, address);
        }

        json.WriteEndArray();
        if (task.User.Length > 0)
        {
            json.WriteString("user", message?.Command is { HasUser: true } command ? command.User : task.User);
        }

        ResourceJson.WriteLabels(json, message?.Labels);
        ResourceJson.WriteMessage(json, "discovery", message?.Discovery);
        ResourceJson.WriteMessage(json, "container", message?.Container);
        ResourceJson.WriteMessage(json, "health_check", message?.HealthCheck);
        json.WriteEndObject();
    }

    /// <summary>The address that tasks of a node share with it; null when it is no IP address.</summary>
    private static string? AddressOf(ClusterState state, NodeId id)
    {
        var self = state.Self?.Id == id ? state.Self.Description.Address : null;
        var address = state.Nodes.GetValueOrDefault(id)?.Description.Address ?? self;
        return IPAddress.TryParse(address, out _) ? address : null;
    }

    private static void WriteLimits(Utf8JsonWriter json, TaskInfo? message)
    {
        json.WriteStartObject("limits");
        foreach (var (name, limit) in message?.Limits ?? [])
        {
            if (double.IsFinite(limit.Value))
            {
                json.WriteNumber(name, limit.Value);
            }
            else
            {
                json.WriteString(name, "Infinity");
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StatusUpdate status, string? address)
    {
        json.WriteStartObject();
        json.WriteString("state", StatusMapping.Name(status.State));
        json.WriteNumber("timestamp", StatusMapping.ToSeconds(status.Timestamp));
        if (status.Container is { } container)
        {
            var wire = new ContainerStatus { ContainerId = new ContainerID { Value = container.Value } };
            if (address is not null)
            {
                // Tasks share the network of their node.
                wire.NetworkInfos.Add(new NetworkInfo
                {
                    IpAddresses =
                    {
                        new NetworkInfo.Types.IPAddress
                        {
                            IpAddress = address,
                            Protocol = address.Contains(':', StringComparison.Ordinal)
                                ? NetworkInfo.Types.Protocol.Ipv6
                                : NetworkInfo.Types.Protocol.Ipv4,
                        },
                    },
                });
            }

            ResourceJson.WriteMessage(json, "container_status", wire);
        }

        if (status.Healthy is { } healthy)
        {
            json.WriteBoolean("healthy", healthy);
        }

        json.WriteEndObject();
    }
}
