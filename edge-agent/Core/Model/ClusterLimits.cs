namespace Edge.Core.Model;

/// <summary>Every bound and every delay of the kernel, each with its reason.</summary>
public sealed record ClusterLimits
{
    /// <summary>The defaults.</summary>
    public static ClusterLimits Default { get; } = new();

    /// <summary>A cut that lasts this long makes a node unreachable. Default 75 s: five missed pings of 15 s, as Mesos.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How long a restarted hub waits for nodes and frameworks that it knows from its journal. Default 10 min, as Mesos.</summary>
    public TimeSpan RecoveryWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>First wait for an acknowledgement of a status by a framework; doubles up to the maximum. Default 10 s, as Mesos.</summary>
    public TimeSpan StatusRetryMin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for an acknowledgement of a status by a framework. Default 10 min, as Mesos.</summary>
    public TimeSpan StatusRetryMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>First wait for the other side's commit on an open session; doubles up to the maximum. Default 15 s: six round trips of
    /// the worst link.</summary>
    public TimeSpan SyncRetryMin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for the other side's commit on an open session.</summary>
    public TimeSpan SyncRetryMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Shortest refusal of an offer. Default 1 s: the allocation interval.</summary>
    public TimeSpan FilterMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Refusal when the framework names none. Default 5 s, as Mesos.</summary>
    public TimeSpan FilterDefault { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest refusal. Default 365 days, as Mesos.</summary>
    public TimeSpan FilterMax { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Grace between SIGTERM and SIGKILL when nobody names one. Default 3 s, as Mesos.</summary>
    public TimeSpan KillGraceDefault { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Statuses kept per task for display. Default 16: no honest task passes more states.</summary>
    public int StatusHistory { get; init; } = 16;

    /// <summary>Completed tasks kept per framework. Default 1,000, as Mesos.</summary>
    public int CompletedTasksPerFramework { get; init; } = 1_000;

    /// <summary>Completed frameworks kept. Default 50, as Mesos.</summary>
    public int CompletedFrameworks { get; init; } = 50;

    /// <summary>Live frameworks. Default 1,000: each costs a stream and a place in every allocation.</summary>
    public int Frameworks { get; init; } = 1_000;

    /// <summary>Offers in one OFFERS event. Default 500: keeps a record below a megabyte.</summary>
    public int OffersPerEvent { get; init; } = 500;

    /// <summary>Statuses in one message up. Default 100: a message stays below 32 KiB on a slow link.</summary>
    public int StatusesPerMessage { get; init; } = 100;

    /// <summary>Assignments in one message down. Default 200, for the same reason.</summary>
    public int AssignmentsPerMessage { get; init; } = 200;

    /// <summary>Nodes. Default 200,000: twice the fleet that one hub is built for; a flood of invented names ends here.</summary>
    public int Nodes { get; init; } = 200_000;

    /// <summary>Statuses that the outbox of a node holds before new work is refused; they are never evicted. Default 100,000: some 30 MB of
    /// journal, years of an honest node.</summary>
    public int Outbox { get; init; } = 100_000;

    /// <summary>Versions kept per app. Default 50, as Marathon.</summary>
    public int AppVersions { get; init; } = 50;

    /// <summary>Apps. Default 20,000: each costs its versions in memory.</summary>
    public int Apps { get; init; } = 20_000;

    /// <summary>Deployments under way. Default 100, as Marathon's max_running_deployments.</summary>
    public int Deployments { get; init; } = 100;

    /// <summary>Refused nodes that a queue entry describes by a sentence. Default 10: a page, not a fleet.</summary>
    public int RefusalSamples { get; init; } = 10;

    /// <summary>How often the time that a delegation with an end was held becomes durable. Default 1 h: 24 small writes a day, and a power
    /// cut gives a site an hour at most.</summary>
    public TimeSpan DelegationCount { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Decided conflicts kept for display. Default 1,000.</summary>
    public int SettledConflicts { get; init; } = 1_000;
}
