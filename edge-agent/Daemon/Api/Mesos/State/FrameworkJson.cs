using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using Framework = Edge.Core.Model.Framework;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>Frameworks as the old read endpoints write them.</summary>
/// <remarks>Without <c>pid</c>: only frameworks of the old protocol have one, and an empty one breaks readers.
/// Source: apache/mesos src/master/readonly_handler.cpp, FullFrameworkWriter.</remarks>
internal static class FrameworkJson
{
    /// <summary>Writes one framework with its tasks and offers.</summary>
    public static void WriteFull(Utf8JsonWriter json, ClusterState state, Framework framework)
    {
        json.WriteStartObject();
        WriteSummary(json, state, framework);
        var info = FrameworkMapping.ToMessage(framework.Spec);
        json.WriteString("user", framework.Spec.User);
        json.WriteNumber("failover_timeout", framework.Spec.FailoverTimeout.TotalSeconds);
        json.WriteBoolean("checkpoint", framework.Spec.Checkpoint);
        json.WriteNumber("registered_time", StatusMapping.ToSeconds(framework.RegisteredAt));
        json.WriteNumber("unregistered_time", framework.UnregisteredAt is { } gone ? StatusMapping.ToSeconds(gone) : 0);
        if (framework.ReregisteredAt != framework.RegisteredAt)
        {
            json.WriteNumber("reregistered_time", StatusMapping.ToSeconds(framework.ReregisteredAt));
        }

        if (framework.Spec.Principal is { } principal)
        {
            json.WriteString("principal", principal);
        }

        WriteRoles(json, framework);
        ResourceJson.WriteLabels(json, info.Labels);
        ResourceJson.Write(json, "resources", Used(state, framework) + Offered(state, framework));
        WriteTasks(json, state, framework);
        WriteOffers(json, state, framework);
        json.WriteStartArray("executors");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The fields that the summary has too; within an object.</summary>
    public static void WriteSummary(Utf8JsonWriter json, ClusterState state, Framework framework)
    {
        json.WriteString("id", framework.Id.Value);
        json.WriteString("name", framework.Spec.Name);
        json.WriteString("hostname", framework.Spec.Hostname);
        json.WriteString("webui_url", framework.Spec.WebUiUrl);
        json.WriteStartArray("capabilities");
        foreach (var capability in FrameworkMapping.Capabilities(framework.Spec))
        {
            json.WriteStringValue(CapabilityName(capability));
        }

        json.WriteEndArray();
        ResourceJson.Write(json, "used_resources", Used(state, framework));
        ResourceJson.Write(json, "offered_resources", Offered(state, framework));
        var connected = framework.Phase == FrameworkPhase.Connected;
        json.WriteBoolean("active", connected);
        json.WriteBoolean("connected", connected);
        json.WriteBoolean("recovered", framework.Phase == FrameworkPhase.Recovered);
    }

    /// <summary>Everything of a framework that is still known: live tasks first, then history.</summary>
    public static IEnumerable<ClusterTask> TasksOf(ClusterState state, Framework framework) => framework.Tasks.Order()
        .Concat(framework.CompletedTasks)
        .Select(id => state.Tasks.GetValueOrDefault(new TaskKey(framework.Id, id)))
        .OfType<ClusterTask>();

    /// <summary>What live tasks hold.</summary>
    public static ResourceSet Used(ClusterState state, Framework framework) => Sum(
        framework.Tasks.Select(id => state.Tasks.GetValueOrDefault(new TaskKey(framework.Id, id)))
            .Where(task => task is { IsTerminal: false }).Select(task => task!.Resources));

    /// <summary>What open offers hold.</summary>
    public static ResourceSet Offered(ClusterState state, Framework framework) =>
        Sum(framework.Offers.Select(id => state.Offers.GetValueOrDefault(id)?.Resources ?? ResourceSet.Empty));

    private static ResourceSet Sum(IEnumerable<ResourceSet> parts) =>
        parts.Aggregate(ResourceSet.Empty, (sum, part) => sum + part.Unallocate());

    private static void WriteRoles(Utf8JsonWriter json, Framework framework)
    {
        if (!framework.Has(FrameworkCapabilities.MultiRole))
        {
            json.WriteString("role", framework.Spec.Roles.IsDefaultOrEmpty ? RoleName.Unreserved : framework.Spec.Roles[0]);
            return;
        }

        json.WriteStartArray("roles");
        foreach (var role in framework.Spec.Roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
    }

    private static void WriteTasks(Utf8JsonWriter json, ClusterState state, Framework framework)
    {
        var removed = framework.Phase == FrameworkPhase.Completed;
        ILookup<string, ClusterTask> lists = TasksOf(state, framework).ToLookup(task => removed || task.Completed ? "completed_tasks"
            : TaskJson.IsUnreachable(state, task) ? "unreachable_tasks"
            : "tasks");
        foreach (var list in (string[])["tasks", "unreachable_tasks", "completed_tasks"])
        {
            json.WriteStartArray(list);
            foreach (var task in lists[list])
            {
                TaskJson.Write(json, state, task);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteOffers(Utf8JsonWriter json, ClusterState state, Framework framework)
    {
        json.WriteStartArray("offers");
        foreach (var offer in framework.Offers.Select(id => state.Offers.GetValueOrDefault(id)).OfType<Core.Model.Offer>())
        {
            json.WriteStartObject();
            json.WriteString("id", offer.Id.Value);
            json.WriteString("framework_id", offer.Framework.Value);
            json.WriteStartObject("allocation_info");
            json.WriteString("role", offer.Role);
            json.WriteEndObject();
            json.WriteString("slave_id", offer.Node.Value);
            ResourceJson.Write(json, "resources", offer.Resources);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string CapabilityName(FrameworkInfo.Types.Capability.Types.Type capability) => capability switch
    {
        FrameworkInfo.Types.Capability.Types.Type.RevocableResources => "REVOCABLE_RESOURCES",
        FrameworkInfo.Types.Capability.Types.Type.TaskKillingState => "TASK_KILLING_STATE",
        FrameworkInfo.Types.Capability.Types.Type.GpuResources => "GPU_RESOURCES",
        FrameworkInfo.Types.Capability.Types.Type.SharedResources => "SHARED_RESOURCES",
        FrameworkInfo.Types.Capability.Types.Type.PartitionAware => "PARTITION_AWARE",
        FrameworkInfo.Types.Capability.Types.Type.MultiRole => "MULTI_ROLE",
        FrameworkInfo.Types.Capability.Types.Type.ReservationRefinement => "RESERVATION_REFINEMENT",
        FrameworkInfo.Types.Capability.Types.Type.RegionAware => "REGION_AWARE",
        FrameworkInfo.Types.Capability.Types.Type.Unknown => "UNKNOWN",
    };
}
