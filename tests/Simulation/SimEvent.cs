namespace Edge.Tests.Simulation;

/// <summary>What has to happen now and then, or the simulator proves nothing.</summary>
internal enum SimEvent
{
    /// <summary>A process of the cluster ended before its commit.</summary>
    CrashBeforeCommit,

    /// <summary>A process of the cluster ended between its commit and its acts.</summary>
    CrashAfterCommit,

    /// <summary>A machine started again.</summary>
    Reboot,

    /// <summary>A commit failed, because the disk was full.</summary>
    CommitFailed,

    /// <summary>An instance was started again by its node.</summary>
    Relaunched,

    /// <summary>A site changed an app of the hub.</summary>
    Overridden,

    /// <summary>Hub and site changed a field differently.</summary>
    Conflict,

    /// <summary>The hub took an app over from a site.</summary>
    Adopted,

    /// <summary>A site made an app of its own.</summary>
    OwnApp,

    /// <summary>A deployment ended.</summary>
    Deployed,

    /// <summary>A deployment was cancelled.</summary>
    Cancelled,

    /// <summary>An app that may never run twice was exchanged or moved.</summary>
    NeverTwo,

    /// <summary>A node lost its database.</summary>
    DatabaseLost,

    /// <summary>An old copy of a node's database was put back.</summary>
    DatabaseCopied,

    /// <summary>An old copy of the hub's database was put back.</summary>
    HubRestored,

    /// <summary>A hub asked a node for its inventory.</summary>
    Inventory,

    /// <summary>A node got a full set.</summary>
    FullSet,

    /// <summary>A node reported a gap of revisions.</summary>
    Gap,

    /// <summary>A node was told that it has no session.</summary>
    Refused,

    /// <summary>A container was started.</summary>
    Started,

    /// <summary>A task id was used again.</summary>
    IdReused,

    /// <summary>A task went out of reach.</summary>
    Unreachable,

    /// <summary>A framework was removed.</summary>
    FrameworkRemoved,

    /// <summary>A framework got a status a second time.</summary>
    Redelivered,

    /// <summary>A message of a node came a second time.</summary>
    Duplicate,

    /// <summary>The health of a task turned.</summary>
    HealthTurned,

    /// <summary>A framework was told of a turn.</summary>
    HealthTold,

    /// <summary>A node ended a task by itself.</summary>
    EndedForHealth,
}
