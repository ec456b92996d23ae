using System.Collections.Immutable;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Operation = Edge.Contracts.Mesos.Offer.Types.Operation;

namespace Edge.Daemon.Api.Mesos;

/// <summary>Calls of subscribed frameworks as commands of the engine.</summary>
/// <remarks>A call has passed <see cref="CallValidation"/> before it comes here. Source: scheduler.proto, Call.</remarks>
internal static class CallMapping
{
    /// <summary>A year and a day: the kernel caps refusals at a year itself; more would not fit into a time span.</summary>
    private const double RefuseSecondsMax = 366 * 86_400d;

    /// <summary>The command of a call.</summary>
    /// <returns>Null for calls that change nothing: REQUEST, answers to inverse offers and acknowledgements of operations, which
    /// this cluster never makes, and SUBSCRIBE, which opens a stream of its own.</returns>
    public static ClusterCommand? ToCommand(Call call, FrameworkId framework, StreamId stream) => call.Type switch
    {
        Call.Types.Type.Teardown => new Teardown(framework, stream),
        Call.Types.Type.Accept => Accept(call.Accept, framework, stream),
        Call.Types.Type.Decline => new DeclineOffers(framework, stream, Offers(call.Decline.OfferIds), Refuse(call.Decline.Filters)),
        Call.Types.Type.Revive => new ReviveOffers(framework, stream, [.. call.Revive?.Roles ?? []]),
        Call.Types.Type.Suppress => new SuppressOffers(framework, stream, [.. call.Suppress?.Roles ?? []]),
        Call.Types.Type.Kill => new KillTask(
            framework, stream, new TaskId(call.Kill.TaskId.Value), Node(call.Kill.AgentId), Grace(call.Kill.KillPolicy)),
        Call.Types.Type.Acknowledge => new AcknowledgeStatus(
            framework, stream, new TaskId(call.Acknowledge.TaskId.Value), new Guid(call.Acknowledge.Uuid.Span, bigEndian: true)),
        Call.Types.Type.Reconcile => new ReconcileTasks(
            framework, stream, [.. call.Reconcile.Tasks.Select(t => new TaskQuery(new TaskId(t.TaskId.Value), Node(t.AgentId)))]),
        Call.Types.Type.Message or Call.Types.Type.Shutdown => new DropMessage(framework, stream),
        Call.Types.Type.UpdateFramework => new UpdateFramework(
            framework,
            stream,
            FrameworkMapping.FromMessage(call.UpdateFramework.FrameworkInfo),
            [.. call.UpdateFramework.SuppressedRoles]),
        _ => null,
    };

    /// <summary>The command of a SUBSCRIBE.</summary>
    public static Subscribe ToSubscribe(Call.Types.Subscribe subscribe, StreamId stream) =>
        new(FrameworkMapping.FromMessage(subscribe.FrameworkInfo), [.. subscribe.SuppressedRoles], stream);

    private static AcceptOffers Accept(Call.Types.Accept accept, FrameworkId framework, StreamId stream) => new(
        framework,
        stream,
        Offers(accept.OfferIds),
        [.. accept.Operations.Select(ToOperation)],
        Refuse(accept.Filters));

    private static OfferOperation ToOperation(Operation operation)
    {
        switch (operation.Type)
        {
            case Operation.Types.Type.Launch when operation.Id is null:
                return new OfferOperation.Launch(Tasks(operation.Launch?.TaskInfos ?? []));
            case Operation.Types.Type.Launch:
                // A launch answers by the statuses of its tasks and has no feedback of its own: an id on it is a mistake.
                var refused = Tasks(operation.Launch?.TaskInfos ?? []);
                return new OfferOperation.Unsupported("LAUNCH with 'id'", refused, StatusReason.TaskInvalid);
            case Operation.Types.Type.LaunchGroup:
                var group = operation.LaunchGroup?.TaskGroup?.Tasks ?? [];
                return new OfferOperation.Unsupported("LAUNCH_GROUP", Tasks(group), StatusReason.TaskGroupInvalid);
            default:
                return new OfferOperation.Unsupported(Name(operation.Type), [], StatusReason.TaskInvalid);
        }
    }

    private static string Name(Operation.Types.Type type) => type switch
    {
        Operation.Types.Type.Reserve => "RESERVE",
        Operation.Types.Type.Unreserve => "UNRESERVE",
        Operation.Types.Type.Create => "CREATE",
        Operation.Types.Type.Destroy => "DESTROY",
        Operation.Types.Type.GrowVolume => "GROW_VOLUME",
        Operation.Types.Type.ShrinkVolume => "SHRINK_VOLUME",
        Operation.Types.Type.CreateDisk => "CREATE_DISK",
        Operation.Types.Type.DestroyDisk => "DESTROY_DISK",
        Operation.Types.Type.Launch => "LAUNCH",
        Operation.Types.Type.LaunchGroup => "LAUNCH_GROUP",
        Operation.Types.Type.Unknown => "UNKNOWN",
    };

    private static ImmutableArray<TaskSpec> Tasks(IEnumerable<TaskInfo> tasks) => [.. tasks.Select(TaskMapping.FromMessage)];

    private static ImmutableArray<OfferId> Offers(IEnumerable<OfferID> ids) => [.. ids.Select(id => new OfferId(id.Value))];

    private static NodeId? Node(AgentID? id) => id is { Value.Length: > 0 } ? new NodeId(id.Value) : null;

    private static TimeSpan? Grace(KillPolicy? policy) =>
        policy?.GracePeriod is { Nanoseconds: >= 0 } grace ? TaskMapping.ToTime(grace) : null;

    /// <summary>How long offers are refused; the default for none, a negative one or no number.</summary>
    private static TimeSpan? Refuse(Filters? filters) => filters is { HasRefuseSeconds: true, RefuseSeconds: >= 0 }
        ? TimeSpan.FromSeconds(Math.Min(filters.RefuseSeconds, RefuseSecondsMax))
        : null;
}
