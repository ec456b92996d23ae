using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>What /v2/info tells of the service. Source: Marathon 1.10 RAML, MarathonInfo.</summary>
/// <remarks>python3-marathon refuses any further key, so what is not supported yet (<see cref="MarathonSupport"/>) is told
/// elsewhere.</remarks>
public sealed record MarathonInfo
{
    /// <summary>What tools parse to choose features: Marathon's version whose interface this is.</summary>
    public const string CompatibleVersion = "1.10.17";

    /// <summary>What clients expect to read there.</summary>
    public string Name { get; init; } = "marathon";

    /// <summary>Default <see cref="CompatibleVersion"/>.</summary>
    public string Version { get; init; } = CompatibleVersion;

    /// <summary>Which build this is; free text.</summary>
    public string BuildRef { get; init; } = "unknown";

    /// <summary>True when this one leads.</summary>
    public required bool Elected { get; init; }

    /// <summary>host:port; null when there is none.</summary>
    public string? Leader { get; init; }

    /// <summary>The id of the built-in framework; null before it is registered.</summary>
    public string? FrameworkId { get; init; }

    /// <summary>The options in effect.</summary>
    public required MarathonConfig Config { get; init; }

    /// <summary>0 when not served.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>0 when not served.</summary>
    public int HttpsPort { get; init; }

    /// <summary>How many versions of an app are kept; the one figure of <c>zookeeper_config</c> that means something here.</summary>
    public int MaxVersions { get; init; } = 50;

    /// <summary>Where the state is kept; there is no ZooKeeper, and clients only print it.</summary>
    public string Store { get; init; } = string.Empty;
}

/// <summary>The options that /v2/info tells; defaults are Marathon's. Source: Marathon 1.10 RAML, MarathonConfig.</summary>
/// <remarks>Each property is the key of its name in snake case. Durations are milliseconds, except
/// <see cref="FailoverTimeoutSeconds"/>. Null: left out.</remarks>
public sealed record MarathonConfig
{
    public ImmutableArray<string> AccessControlAllowOrigin { get; init; } = [];

    public bool Checkpoint { get; init; } = true;

    public long DeclineOfferDuration { get; init; } = 120000;

    public string? DefaultNetworkName { get; init; }

    public string? EnvVarsPrefix { get; init; }

    public string Executor { get; init; } = "//cmd";

    public long FailoverTimeoutSeconds { get; init; } = 604800;

    /// <summary>Marathon's names of optional features: <c>gpu_resources</c>, <c>secrets</c>, <c>external_volumes</c>.</summary>
    public ImmutableArray<string> Features { get; init; } = [];

    public string FrameworkName { get; init; } = "marathon";

    public bool Ha { get; init; }

    public string? Hostname { get; init; }

    public int LaunchToken { get; init; } = 100;

    public long LaunchTokenRefreshInterval { get; init; } = 30000;

    public int LeaderProxyConnectionTimeout { get; init; } = 5000;

    public int LeaderProxyReadTimeout { get; init; } = 10000;

    public int LocalPortMin { get; init; } = MarathonServicePorts.DefaultMin;

    public int LocalPortMax { get; init; } = MarathonServicePorts.DefaultMax;

    public bool MaintenanceMode { get; init; }

    public string? Master { get; init; }

    public int MaxInstancesPerOffer { get; init; } = 5;

    public string MesosBridgeName { get; init; } = "mesos-bridge";

    public int MesosHeartbeatFailureThreshold { get; init; } = 5;

    public long MesosHeartbeatInterval { get; init; } = 15000;

    public string? MesosLeaderUiUrl { get; init; }

    public string? MesosRole { get; init; } = "*";

    public string? MesosUser { get; init; }

    public long MinReviveOffersInterval { get; init; } = 5000;

    /// <summary>off or top.</summary>
    public string NewGroupEnforceRole { get; init; } = "off";

    public long OfferMatchingTimeout { get; init; } = 3000;

    public long OnElectedPrepareTimeout { get; init; } = 180000;

    public long ReconciliationInitialDelay { get; init; } = 15000;

    public long ReconciliationInterval { get; init; } = 600000;

    public long ScaleAppsInitialDelay { get; init; } = 15000;

    public long ScaleAppsInterval { get; init; } = 300000;

    public bool StoreCache { get; init; } = true;

    public long TaskLaunchConfirmTimeout { get; init; } = 300000;

    public long TaskLaunchTimeout { get; init; } = 300000;

    public long TaskLostExpungeInitialDelay { get; init; } = 300000;

    public long TaskLostExpungeInterval { get; init; } = 30000;

    public long TaskReservationTimeout { get; init; } = 20000;

    public string? WebuiUrl { get; init; }
}
