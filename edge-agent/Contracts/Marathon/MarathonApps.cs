using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>How many instances of an app are in which state.</summary>
/// <param name="Staged">Launched and not yet running.</param>
/// <param name="Running">Running, the unhealthy ones too.</param>
/// <param name="Healthy">Running, and every check has passed.</param>
/// <param name="Unhealthy">Running, and a check fails.</param>
public sealed record MarathonCounts(int Staged, int Running, int Healthy, int Unhealthy);

/// <summary>An app as an answer shows it: its definition, and what the caller asked to have embedded.</summary>
/// <remarks>Null: not embedded, the key is left out. Source: Marathon 1.10 RAML, AppInfo.</remarks>
public sealed record MarathonAppInfo
{
    /// <summary>The normalised definition; its values are written as they stand.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The version that the definition is, UTC.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>When only <c>instances</c> changed last; null for an old version, which has no <c>versionInfo</c>.</summary>
    public DateTimeOffset? LastScalingAt { get; init; }

    /// <summary>When anything else changed last.</summary>
    public DateTimeOffset? LastConfigChangeAt { get; init; }

    /// <summary>Embedded in every list without being asked for.</summary>
    public MarathonCounts? Counts { get; init; }

    /// <summary>The ids of the deployments that touch it; embedded without being asked for.</summary>
    public IReadOnlyList<string>? Deployments { get; init; }

    /// <summary>Its tasks.</summary>
    public IReadOnlyList<MarathonTaskInfo>? Tasks { get; init; }

    /// <summary>Its newest failure.</summary>
    public MarathonTaskFailure? LastTaskFailure { get; init; }

    /// <summary>Figures over its tasks. python3-marathon does not know the key, which is why it is asked for by name.</summary>
    public MarathonTaskStats? TaskStats { get; init; }

    /// <summary>What readiness checks said; empty when none is run.</summary>
    public IReadOnlyList<MarathonReadinessResult>? Readiness { get; init; }
}

/// <summary>An address.</summary>
/// <param name="Address">As text.</param>
/// <param name="Protocol">IPv4 or IPv6.</param>
public sealed record MarathonIpAddress(string Address, string Protocol = "IPv4");

/// <summary>What one health check says of one task.</summary>
/// <param name="InstanceId">The task id without the part after the instance.</param>
public sealed record MarathonHealthResult(
    string InstanceId,
    bool Alive,
    int ConsecutiveFailures,
    DateTimeOffset? FirstSuccess = null,
    DateTimeOffset? LastSuccess = null,
    DateTimeOffset? LastFailure = null,
    string? LastFailureCause = null);

/// <summary>A persistent volume of a task. Source: Marathon 1.10 RAML, LocalVolumeId.</summary>
public sealed record MarathonLocalVolume(string RunSpecId, string ContainerPath, string Uuid, string PersistenceId);

/// <summary>A task as an answer shows it. Source: Marathon 1.10 RAML, Task.</summary>
/// <remarks>Marathon's <c>checkResult</c> is not written: nothing runs such checks, and python3-marathon refuses the key.</remarks>
public sealed record MarathonTaskInfo
{
    /// <summary>The canonical path of its app.</summary>
    public required string AppId { get; init; }

    /// <summary>Its id: <c>edge_web.instance-uuid._app.1</c>; clients look at the prefix only.</summary>
    public required string Id { get; init; }

    /// <summary>The host name of the node.</summary>
    public required string Host { get; init; }

    /// <summary>The id of the node.</summary>
    public string? SlaveId { get; init; }

    /// <summary>Mesos' name: TASK_RUNNING.</summary>
    public required string State { get; init; }

    /// <summary>The role that its resources are allocated to.</summary>
    public string Role { get; init; } = "*";

    /// <summary>The host ports in the order of the definition.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>The service ports in the same order; left out when empty.</summary>
    public IReadOnlyList<int> ServicePorts { get; init; } = [];

    /// <summary>Where it listens; always written.</summary>
    public IReadOnlyList<MarathonIpAddress> IpAddresses { get; init; } = [];

    /// <summary>When it was launched, UTC.</summary>
    public DateTimeOffset? StagedAt { get; init; }

    /// <summary>Absent while it is not running yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The version of the app that it runs.</summary>
    public DateTimeOffset? Version { get; init; }

    /// <summary>One for each check that has run; left out when empty.</summary>
    public IReadOnlyList<MarathonHealthResult> HealthCheckResults { get; init; } = [];

    /// <summary>Its persistent volumes; always written.</summary>
    public IReadOnlyList<MarathonLocalVolume> LocalVolumes { get; init; } = [];

    /// <summary>Of the node; absent when it has none.</summary>
    public string? Region { get; init; }

    /// <summary>Of the node; absent when it has none.</summary>
    public string? Zone { get; init; }
}

/// <summary>The newest failure of an app. Source: Marathon 1.10 RAML, TaskFailure.</summary>
public sealed record MarathonTaskFailure(
    string AppId,
    string TaskId,
    string State,
    string Message,
    string Host,
    DateTimeOffset Timestamp,
    DateTimeOffset Version,
    string? SlaveId);

/// <summary>Figures over some tasks.</summary>
/// <param name="AverageSeconds">How long they have run on average; null when none has started.</param>
public sealed record MarathonStats(MarathonCounts Counts, double? AverageSeconds = null, double? MedianSeconds = null);

/// <summary>Figures by version; null where there is no such task. Source: Marathon 1.10 RAML, TaskStatsByVersion.</summary>
public sealed record MarathonTaskStats(
    MarathonStats? StartedAfterLastScaling,
    MarathonStats? WithLatestConfig,
    MarathonStats? WithOutdatedConfig,
    MarathonStats? TotalSummary);

/// <summary>What a readiness check got; null when it got nothing yet.</summary>
public sealed record MarathonReadinessResponse(int Status, string ContentType, string Body);

/// <summary>What a readiness check says of one task. Source: Marathon 1.10 RAML, TaskReadinessCheckResult.</summary>
public sealed record MarathonReadinessResult(string Name, string TaskId, bool Ready, MarathonReadinessResponse? LastResponse = null);

/// <summary>A group as an answer shows it. Source: Marathon 1.10 RAML, GroupInfo.</summary>
public sealed record MarathonGroupInfo
{
    /// <summary>The canonical path.</summary>
    public required string Id { get; init; }

    /// <summary>The newest version of all that lies in it, UTC.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>The apps right below it; null: not embedded.</summary>
    public IReadOnlyList<MarathonAppInfo>? Apps { get; init; } = [];

    /// <summary>The groups right below it; null: not embedded.</summary>
    public IReadOnlyList<MarathonGroupInfo>? Groups { get; init; } = [];

    /// <summary>The pods right below it; null: not embedded.</summary>
    public IReadOnlyList<MarathonPodStatus>? Pods { get; init; } = [];

    /// <summary>Canonical paths; always written.</summary>
    public ImmutableArray<string> Dependencies { get; init; } = [];

    /// <summary>Null: left out, which python3-marathon needs.</summary>
    public bool? EnforceRole { get; init; }
}
