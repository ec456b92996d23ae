namespace Edge.Contracts.Marathon;

/// <summary>A pod as an answer shows it: its fields and its version.</summary>
/// <param name="Fields">As <see cref="MarathonPodReader"/> makes them.</param>
/// <param name="Version">UTC.</param>
public sealed record MarathonPodInfo(IReadOnlyDictionary<string, string> Fields, DateTimeOffset Version);

/// <summary>What a pod, an instance or a container holds.</summary>
public sealed record MarathonPodResources(double Cpus, double Mem, double Disk, int Gpus);

/// <summary>An endpoint of a running container.</summary>
/// <param name="HostPort">Null before it has one.</param>
/// <param name="Healthy">Null when no check has said something.</param>
public sealed record MarathonEndpointStatus(string Name, int? HostPort, bool? Healthy);

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Null when a signal ended it, or nobody knows.</param>
public sealed record MarathonTermination(int? ExitCode, string Message);

/// <summary>One container of an instance. Source: Marathon 1.10 RAML, ContainerStatus.</summary>
public sealed record MarathonContainerStatus
{
    public required string Name { get; init; }

    /// <summary>TASK_RUNNING and the like.</summary>
    public required string Status { get; init; }

    /// <summary>UTC; also when it changed and was heard of last.</summary>
    public required DateTimeOffset Since { get; init; }

    public string? Message { get; init; }

    public string? ContainerId { get; init; }

    public required MarathonPodResources Resources { get; init; }

    public IReadOnlyList<MarathonEndpointStatus> Endpoints { get; init; } = [];

    /// <summary>What its check says; null without a check, or before it has said something.</summary>
    public bool? Healthy { get; init; }

    /// <summary>Null while it has not ended.</summary>
    public MarathonTermination? Termination { get; init; }
}

/// <summary>One instance of a pod. Source: Marathon 1.10 RAML, PodInstanceStatus.</summary>
public sealed record MarathonPodInstance
{
    public required string Id { get; init; }

    /// <summary>PENDING, STAGING, STABLE, DEGRADED, TERMINAL.</summary>
    public required string Status { get; init; }

    /// <summary>UTC; also when it changed and was heard of last.</summary>
    public required DateTimeOffset Since { get; init; }

    public string? Message { get; init; }

    public string? Hostname { get; init; }

    public string? AgentId { get; init; }

    public string? Region { get; init; }

    public string? Zone { get; init; }

    /// <summary>Null when the node is not known.</summary>
    public string? Address { get; init; }

    public required MarathonPodResources Resources { get; init; }

    public IReadOnlyList<MarathonContainerStatus> Containers { get; init; } = [];

    /// <summary>Where the version that it runs is answered.</summary>
    public required string SpecReference { get; init; }

    public required string Role { get; init; }
}

/// <summary>An instance that failed. Source: Marathon 1.10 RAML, TerminationHistory.</summary>
/// <param name="Containers">The name, its id, and how it ended.</param>
public sealed record MarathonPodTermination(
    string InstanceId,
    DateTimeOffset StartedAt,
    DateTimeOffset TerminatedAt,
    string Message,
    IReadOnlyList<(string ContainerId, string State, MarathonTermination? Termination)> Containers);

/// <summary>A pod and how it does. Source: Marathon 1.10 RAML, PodStatus.</summary>
public sealed record MarathonPodStatus
{
    public required MarathonPodInfo Spec { get; init; }

    /// <summary>The canonical path.</summary>
    public required string Id { get; init; }

    /// <summary>DEGRADED, STABLE, TERMINAL.</summary>
    public required string Status { get; init; }

    /// <summary>UTC; also when it changed last.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset LastUpdated { get; init; }

    public IReadOnlyList<MarathonPodInstance> Instances { get; init; } = [];

    public IReadOnlyList<MarathonPodTermination> Terminations { get; init; } = [];
}

/// <summary>An instance as the answer to its end shows it. Source: Marathon 1.10 RAML, Instance.</summary>
/// <param name="Condition">Running, Staging and the like.</param>
/// <param name="Unreachable">The pod's own strategy as JSON.</param>
public sealed record MarathonEndedInstance(
    string InstanceId,
    string Condition,
    DateTimeOffset Since,
    bool? Healthy,
    string Host,
    string AgentId,
    DateTimeOffset Version,
    string Unreachable);
