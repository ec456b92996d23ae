using Edge.Contracts.Mesos.Scheduler;
using Google.Protobuf;

namespace Edge.Daemon.Mapping;

/// <summary>What a well-formed scheduler call may still lack.</summary>
/// <remarks>Source: apache/mesos src/master/validation.cpp, scheduler::call::validate.</remarks>
public static class CallValidation
{
    /// <summary>Bytes of the uuid of a status.</summary>
    private const int UuidBytes = 16;

    /// <summary>Names the first fault; null for a sound call. An explicit type UNKNOWN is sound here and not implemented later.</summary>
    public static string? Validate(Call call)
    {
        if (!call.HasType)
        {
            return "Expecting 'type' to be present";
        }

        var id = call.FrameworkId?.Value ?? string.Empty;
        if (call.Type == Call.Types.Type.Subscribe)
        {
            return call.Subscribe is null ? Missing("subscribe")
                : id != (call.Subscribe.FrameworkInfo.Id?.Value ?? string.Empty)
                ? "'framework_id' differs from 'subscribe.framework_info.id'"
                : null;
        }

        return id.Length == 0 ? Missing("framework_id") : ValidateParts(call, id);
    }

    private static string? ValidateParts(Call call, string id) => call.Type switch
    {
        Call.Types.Type.Accept => Require(call.Accept, "accept"),
        Call.Types.Type.Decline => Require(call.Decline, "decline"),
        Call.Types.Type.AcceptInverseOffers => Require(call.AcceptInverseOffers, "accept_inverse_offers"),
        Call.Types.Type.DeclineInverseOffers => Require(call.DeclineInverseOffers, "decline_inverse_offers"),
        Call.Types.Type.Kill => Require(call.Kill, "kill"),
        Call.Types.Type.Shutdown => Require(call.Shutdown, "shutdown"),
        Call.Types.Type.Acknowledge => Require(call.Acknowledge, "acknowledge") ?? ValidateUuid(call.Acknowledge.Uuid),
        Call.Types.Type.AcknowledgeOperationStatus => Require(call.AcknowledgeOperationStatus, "acknowledge_operation_status")
            ?? ValidateUuid(call.AcknowledgeOperationStatus.Uuid),
        Call.Types.Type.Reconcile => Require(call.Reconcile, "reconcile"),
        Call.Types.Type.ReconcileOperations => Require(call.ReconcileOperations, "reconcile_operations"),
        Call.Types.Type.Message => Require(call.Message, "message"),
        Call.Types.Type.Request => Require(call.Request, "request"),
        Call.Types.Type.UpdateFramework => Require(call.UpdateFramework, "update_framework")
            ?? (id == call.UpdateFramework.FrameworkInfo.Id?.Value
                ? null
                : "'framework_id' differs from 'update_framework.framework_info.id'"),
        Call.Types.Type.Unknown or Call.Types.Type.Subscribe or Call.Types.Type.Teardown => null,
        Call.Types.Type.Revive or Call.Types.Type.Suppress => null,
    };

    private static string? Require(IMessage? part, string name) => part is null ? Missing(name) : null;

    private static string? ValidateUuid(ByteString uuid) =>
        uuid.Length == UuidBytes ? null : $"Invalid 'uuid': it has {uuid.Length} bytes, a UUID has {UuidBytes}";

    private static string Missing(string name) => $"Expecting '{name}' to be present";
}
