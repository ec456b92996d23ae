using Edge.Core.Model;
using Google.Protobuf;
using Wire = Edge.Contracts.Sync;

namespace Edge.Daemon.Mapping;

/// <summary>Assignments and statuses on the wire and in the kernel.</summary>
internal static class SyncTaskMapping
{
    public static Wire.Assignment ToWire(Assignment assignment) => new()
    {
        FrameworkId = assignment.Key.Framework.Value,
        Container = ToBytes(assignment.Container),
        TaskInfo = UnsafeByteOperations.UnsafeWrap(assignment.Spec.Wire),
        Role = assignment.Role,
        User = assignment.User,
        Kill = assignment.Desired == DesiredState.Kill,
        KillGraceMicros = assignment.KillGrace is { } grace ? EpochMicros.From(grace) + 1 : 0,
        Observed = (uint)assignment.Observed,
        LaunchedMicros = EpochMicros.From(assignment.LaunchedAt),
        Slot = assignment.Slot is { } slot ? SyncAppMapping.ToWire(slot) : null,
    };

    /// <returns>Null when the task, its run or its instance cannot be read.</returns>
    public static Assignment? FromWire(Wire.Assignment wire, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        if (wire.Container.Length != 16 || wire.FrameworkId.Length == 0)
        {
            return null;
        }

        var observed = (ObservedState)wire.Observed;
        if (Decode(wire.TaskInfo.Memory, decodeTask) is not { Id.Value.Length: > 0 } spec || !Enum.IsDefined(observed))
        {
            return null;
        }

        var slot = wire.Slot is null ? null : SyncAppMapping.FromWire(wire.Slot);
        if (wire.Slot is not null && slot is null)
        {
            return null;
        }

        return new Assignment
        {
            Key = new TaskKey(new FrameworkId(wire.FrameworkId), spec.Id),
            Container = FromBytes(wire.Container),
            Spec = spec,
            Resources = spec.Resources.Allocate(wire.Role),
            Role = wire.Role,
            User = wire.User,
            Desired = wire.Kill ? DesiredState.Kill : DesiredState.Run,
            KillGrace = wire.KillGraceMicros > 0 ? EpochMicros.ToSpan(wire.KillGraceMicros - 1) : null,
            Observed = observed,
            LaunchedAt = EpochMicros.ToTime(wire.LaunchedMicros),
            Slot = slot,
        };
    }

    public static Wire.Status ToWire(StatusUpdate update)
    {
        var wire = WithoutChecks(update);
        if (update.Healthy is { } healthy)
        {
            wire.Healthy = healthy;
        }

        if (update.Readiness is { } readiness)
        {
            wire.Readiness = ReadinessMapping.ToWire(readiness);
        }

        return wire;
    }

    /// <returns>Null when it brings a launch that cannot be read.</returns>
    public static StatusUpdate? FromWire(Wire.Status wire, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        var update = FromWire(wire);
        return wire.Launch is null ? update
            : FromWire(wire.Launch, decodeTask) is { } launch ? update with { Launch = launch } : null;
    }

    /// <summary>A status without what it launches.</summary>
    /// <remarks>Unknown numbers become the documented fallbacks: state Unknown, which changes nothing, no reason and no cause.</remarks>
    public static StatusUpdate FromWire(Wire.Status wire)
    {
        var state = (TaskState)((int)wire.State - 1);
        var reason = (StatusReason)((int)wire.Reason - 1);
        var cause = (EndCause)wire.EndCause;
        var task = new TaskId(wire.TaskId);
        return new StatusUpdate
        {
            Task = new TaskKey(new FrameworkId(wire.FrameworkId), task),
            State = Enum.IsDefined(state) ? state : TaskState.Unknown,
            Source = wire.Source == (uint)StatusSource.Executor ? StatusSource.Executor : StatusSource.Agent,
            Reason = Enum.IsDefined(reason) ? reason : null,
            Message = wire.Message.Length > 0 ? wire.Message : null,
            Timestamp = EpochMicros.ToTime(wire.TimeMicros),
            Executor = new ExecutorId(wire.TaskId),
            Container = wire.Container.Length == 16 ? FromBytes(wire.Container) : null,
            Uuid = wire.Uuid.Length == 16 ? new Guid(wire.Uuid.Span, bigEndian: true) : null,
            Released = wire.Released,
            Healthy = wire.HasHealthy ? wire.Healthy : null,
            Readiness = wire.Readiness is { } readiness ? ReadinessMapping.FromWire(readiness) : null,
            Cause = Enum.IsDefined(cause) ? cause : null,
        };
    }

    private static Wire.Status WithoutChecks(StatusUpdate update) => new()
    {
        FrameworkId = update.Task.Framework.Value,
        TaskId = update.Task.Task.Value,
        Container = update.Container is { } container ? ToBytes(container) : ByteString.Empty,
        State = (uint)update.State + 1,
        Source = (uint)update.Source,
        Reason = update.Reason is { } reason ? (uint)reason + 1 : 0,
        Message = update.Message ?? string.Empty,
        TimeMicros = EpochMicros.From(update.Timestamp),
        Uuid = update.Uuid is { } uuid ? ByteString.CopyFrom(uuid.ToByteArray(bigEndian: true)) : ByteString.Empty,
        EndCause = (uint)(update.Cause ?? 0),
        Launch = update.Launch is { } launch ? ToWire(launch) : null,
        Released = update.Released,
    };

    private static TaskSpec? Decode(ReadOnlyMemory<byte> wire, Func<ReadOnlyMemory<byte>, TaskSpec> decodeTask)
    {
        try
        {
            return decodeTask(wire);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static ByteString ToBytes(ContainerId container) =>
        Guid.TryParse(container.Value, out var guid) ? ByteString.CopyFrom(guid.ToByteArray(bigEndian: true)) : ByteString.Empty;

    private static ContainerId FromBytes(ByteString bytes) => new(new Guid(bytes.Span, bigEndian: true).ToString("D"));
}
