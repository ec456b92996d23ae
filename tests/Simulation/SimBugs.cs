namespace Edge.Tests.Simulation;

/// <summary>Mistakes that can be planted into a simulated daemon, to prove that the simulator finds them.</summary>
[Flags]
internal enum SimBugs
{
    /// <summary>As shipped.</summary>
    None = 0,

    /// <summary>Acts are carried out before the rows are durable.</summary>
    DispatchBeforeCommit = 1,

    /// <summary>The hub acknowledges statuses before they are durable.</summary>
    AckBeforeCommit = 1 << 1,

    /// <summary>The node's outbox is not part of its transaction.</summary>
    OutboxNotDurable = 1 << 2,

    /// <summary>A status vanishes from the middle of a message without a gap in the numbers.</summary>
    StatusSwallowed = 1 << 3,

    /// <summary>The runtime starts a container although one of that id was started before.</summary>
    StartNotIdempotent = 1 << 4,

    /// <summary>The hub forgets a status that a framework has not acknowledged when it restarts.</summary>
    PendingNotDurable = 1 << 5,

    /// <summary>A node confirms work whose rows were not in its transaction.</summary>
    AssignmentsNotDurable = 1 << 6,

    /// <summary>A node starts an instance again without making durable which of its tasks that is.</summary>
    RelaunchNotDurable = 1 << 7,

    /// <summary>The hub applies what a site reported again, later.</summary>
    ReportAppliedTwice = 1 << 8,

    /// <summary>A full set ends the site's own tasks, which no hub names.</summary>
    SiteTasksUnnamed = 1 << 9,

    /// <summary>The hub acts before it has heard what a site changed.</summary>
    ReportNotAwaited = 1 << 10,
}
