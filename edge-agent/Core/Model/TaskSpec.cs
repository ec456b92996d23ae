using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>What a framework asked for: never changed after it was accepted.</summary>
public sealed record TaskSpec
{
    /// <summary>The id that the framework chose.</summary>
    public required TaskId Id { get; init; }

    /// <summary>The name that people read; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>The node of the offer that the framework answered.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The resources asked for, without those of an executor; never merged with an allocation role by the framework's
    /// parser.</summary>
    public required ResourceSet Resources { get; init; }

    /// <summary>The command; absent for a task with an executor of its own.</summary>
    public CommandSpec? Command { get; init; }

    /// <summary>The executor that the framework brings; absent for a command task.</summary>
    public ExecutorId? CustomExecutor { get; init; }

    /// <summary>Time between SIGTERM and SIGKILL; absent for the default of three seconds.</summary>
    public TimeSpan? KillGrace { get; init; }

    /// <summary>The check that the node runs beside the task; absent without one.</summary>
    public HealthCheck? Health { get; init; }

    /// <summary>The containers of a pod, in order, which share the task's sandbox and end together; empty for every other task, and then
    /// <see cref="Command"/> is what runs.</summary>
    public ImmutableArray<PodContainer> Containers { get; init; } = [];

    /// <summary>The check that says when an app's task is ready; absent without one.</summary>
    public ReadinessCheck? Readiness { get; init; }

    /// <summary>What the mapper found wrong with the message, as sentences; empty for a sound one.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>The original message, byte for byte: an executor receives exactly what its framework sent.</summary>
    public required ReadOnlyMemory<byte> Wire { get; init; }
}

/// <summary>How to start a process. Source: mesos.proto, CommandInfo.</summary>
public sealed record CommandSpec
{
    /// <summary>True: <see cref="Value"/> is a line for <c>/bin/sh -c</c>. False: it is a file, and the arguments are the whole
    /// argv.</summary>
    public required bool Shell { get; init; }

    /// <summary>The shell line or the file; absent when the image decides.</summary>
    public string? Value { get; init; }

    /// <summary>The argv, first element included; ignored for a shell line.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The user to run as; absent for the framework's.</summary>
    public string? User { get; init; }

    /// <summary>Variables in the order given; the last of equal names wins.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];
}

/// <summary>One container of a pod. Source: Mesos, TaskGroupInfo; Marathon, PodContainer.</summary>
/// <param name="Name">Unique in its pod; a name as in DNS.</param>
/// <param name="Command">What it runs.</param>
/// <param name="KillGrace">Between SIGTERM and SIGKILL; absent for the default of three seconds.</param>
/// <param name="Folders">Folders of the sandbox that it expects, relative; empty when none.</param>
public sealed record PodContainer(string Name, CommandSpec Command, TimeSpan? KillGrace, ImmutableArray<string> Folders);
