namespace Edge.Agent.Containerizer;

/// <summary>What is to be started. Source: apache/mesos include/mesos/v1/mesos.proto, CommandInfo.</summary>
public sealed record ContainerSpec
{
    /// <summary>Unique for ever: the same id never starts twice.</summary>
    public required string ContainerId { get; init; }

    public required string FrameworkId { get; init; }

    public required string ExecutorId { get; init; }

    public required string TaskId { get; init; }

    /// <summary>True: <c>/bin/sh -c Value</c>. False: <see cref="Value"/> is the program and <see cref="Arguments"/> its whole
    /// argv.</summary>
    public bool Shell { get; init; } = true;

    /// <summary>The shell text, or the program; a name without a slash is searched in the task's own PATH.</summary>
    public required string Value { get; init; }

    /// <summary>argv with argv[0]; when empty, argv[0] is <see cref="Value"/>. Not used with <see cref="Shell"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A name or a decimal id; null keeps the agent's user.</summary>
    public string? User { get; init; }

    /// <summary>The task's whole environment, MESOS_* variables included; of equal names the last one counts. The agent's own
    /// environment is
    /// never inherited; only EDGE_CONTAINER_ID is added, and PATH when it is missing.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The containers of a pod: they run in this one's sandbox, started by the pod mode of this program, which then is the
    /// container. Empty for every other container.</summary>
    public IReadOnlyList<ContainerMember> Members { get; init; } = [];

    public IReadOnlyList<RLimit> Limits { get; init; } = [];

    /// <summary>True: no program of the task can gain rights by set-user-id files.</summary>
    public bool NoNewPrivileges { get; init; }
}

/// <summary>One container of a pod.</summary>
/// <param name="Name">Unique in its pod; a name as in DNS.</param>
/// <param name="Spec">What it runs, under the ids of the pod.</param>
/// <param name="Grace">Between SIGTERM and SIGKILL.</param>
/// <param name="Folders">Folders of the sandbox that it expects; relative, without "..".</param>
public sealed record ContainerMember(string Name, ContainerSpec Spec, TimeSpan Grace, IReadOnlyList<string> Folders);
