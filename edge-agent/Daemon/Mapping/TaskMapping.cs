using System.Collections.Immutable;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Google.Protobuf;

namespace Edge.Daemon.Mapping;

/// <summary>Tasks that frameworks ask for, as values of the kernel.</summary>
/// <remarks>Remote input: nothing throws; what is wrong becomes a sentence in <see cref="TaskSpec.Problems"/>, which the kernel
/// answers with TASK_ERROR. Source: mesos.proto, TaskInfo.</remarks>
public static class TaskMapping
{
    /// <summary>Reads a stored message; the way back from <see cref="TaskSpec.Wire"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no complete TaskInfo: the store was damaged.</exception>
    public static TaskSpec FromWire(ReadOnlyMemory<byte> wire)
    {
        var read = MesosProto.TryParse<TaskInfo>(wire.Span);
        return read.Ok
            ? Read(read.Message, wire)
            : throw new InvalidDataException($"A stored task of {wire.Length} bytes is unreadable: {read.Error}.");
    }

    /// <summary>Reads a message that is part of a call.</summary>
    public static TaskSpec FromMessage(TaskInfo task) => Read(task, task.ToByteArray());

    /// <summary>The original message; null for bytes that are none.</summary>
    public static TaskInfo? ToMessage(TaskSpec spec) => MesosProto.TryParse<TaskInfo>(spec.Wire.Span).Message;

    /// <summary>Nanoseconds as a time, in steps of 100.</summary>
    public static TimeSpan ToTime(DurationInfo duration) => TimeSpan.FromTicks(duration.Nanoseconds / TimeSpan.NanosecondsPerTick);

    private static TaskSpec Read(TaskInfo task, ReadOnlyMemory<byte> wire)
    {
        var resources = ResourceReading.Read(task.Resources);
        return new TaskSpec
        {
            Id = new TaskId(task.TaskId.Value),
            Name = task.Name,
            Node = new NodeId(task.AgentId.Value),
            Resources = resources.Resources,
            Command = task.Command is { } command ? Read(command) : null,
            CustomExecutor = task.Executor is { } executor ? new ExecutorId(executor.ExecutorId.Value) : null,
            KillGrace = task.KillPolicy?.GracePeriod is { } grace ? ToTime(grace) : null,
            Health = task.HealthCheck is { } health ? HealthMapping.Read(health) : null,
            Containers = PodTasks.Read(task),
            Readiness = ReadinessMapping.Read(task),
            Problems = [.. TaskProblems.Find(task, resources)],
            Wire = wire,
        };
    }

    /// <summary>A command of a task, or of its health check.</summary>
    internal static CommandSpec Read(CommandInfo command) => new()
    {
        Shell = command.Shell,
        Value = command.HasValue ? command.Value : null,
        Arguments = [.. command.Arguments],
        User = command.HasUser && command.User.Length > 0 ? command.User : null,
        Environment = command.Environment is null
            ? []
            : command.Environment.Variables.Select(v => KeyValuePair.Create(v.Name, v.Value)).ToImmutableArray(),
    };
}
