namespace Edge.Contracts.Marathon;

/// <summary>One action of a deployment.</summary>
/// <param name="Action">StartApplication, StopApplication, ScaleApplication, RestartApplication; of a pod StartPod and so on.</param>
/// <param name="App">The canonical path.</param>
/// <param name="Readiness">What readiness checks say; only of an action under way.</param>
/// <param name="IsPod">True when the path is a pod's.</param>
public sealed record MarathonAction(
    string Action, string App, IReadOnlyList<MarathonReadinessResult>? Readiness = null, bool IsPod = false);

/// <summary>A plan: what each step does. Source: Marathon 1.10 RAML, DeploymentPlan; the light form.</summary>
/// <param name="Steps">In order; each its actions.</param>
public sealed record MarathonPlan(string Id, DateTimeOffset Version, IReadOnlyList<IReadOnlyList<MarathonAction>> Steps);

/// <summary>A deployment under way. Source: Marathon 1.10 RAML, DeploymentStepInfo.</summary>
/// <param name="AffectedApps">Canonical paths.</param>
/// <param name="CurrentActions">The actions of the step under way.</param>
/// <param name="CurrentStep">Counted from 1.</param>
public sealed record MarathonDeploymentInfo(
    MarathonPlan Plan, IReadOnlyList<string> AffectedApps, IReadOnlyList<MarathonAction> CurrentActions, int CurrentStep)
{
    /// <summary>Canonical paths.</summary>
    public IReadOnlyList<string> AffectedPods { get; init; } = [];
}

/// <summary>How many offers came to a stage of the funnel, and how many ended there.</summary>
/// <param name="Reason">InsufficientMemory and the like.</param>
public sealed record MarathonDecline(string Reason, int Declined, int Processed);

/// <summary>Ends included.</summary>
public sealed record MarathonRange(long Begin, long End);

/// <summary>A resource of an offer, or an attribute of a node: exactly one of its values is not null.</summary>
/// <param name="Role">Of a resource only.</param>
/// <param name="Text">Of an attribute only.</param>
public sealed record MarathonOfferValue(
    string Name,
    string? Role = null,
    double? Scalar = null,
    string? Text = null,
    IReadOnlyList<MarathonRange>? Ranges = null,
    IReadOnlyList<string>? Set = null);

/// <summary>An offer that was not used. Source: Marathon 1.10 RAML, UnusedOffer.</summary>
public sealed record MarathonUnusedOffer(
    string OfferId,
    string Hostname,
    string AgentId,
    IReadOnlyList<MarathonOfferValue> Resources,
    IReadOnlyList<MarathonOfferValue> Attributes,
    IReadOnlyList<string> Reasons,
    DateTimeOffset Timestamp);

/// <summary>An app with instances that are still to be launched. Source: Marathon 1.10 RAML, QueueApp.</summary>
/// <remarks>Marathon's <c>role</c> is not written: python3-marathon refuses the key.</remarks>
public sealed record MarathonQueueItem
{
    /// <summary>The app, with nothing embedded; also for a pod its fields and version.</summary>
    public required MarathonAppInfo App { get; init; }

    /// <summary>True when it is written as a pod.</summary>
    public bool IsPod { get; init; }

    /// <summary>How many are to be launched.</summary>
    public required int Count { get; init; }

    /// <summary>How long launching still waits after failures; zero or less when it does not.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Since when it waits, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Offers looked at since it waits.</summary>
    public int ProcessedOffers { get; init; }

    /// <summary>Those of them that nothing was launched on.</summary>
    public int UnusedOffers { get; init; }

    /// <summary>Absent when every offer was used.</summary>
    public DateTimeOffset? LastUnusedOfferAt { get; init; }

    /// <summary>Absent when no offer was used.</summary>
    public DateTimeOffset? LastUsedOfferAt { get; init; }

    /// <summary>Every reason in the order of the funnel, of the newest offer of each node.</summary>
    public IReadOnlyList<MarathonDecline> LastOffers { get; init; } = [];

    /// <summary>The same since the first attempt to launch.</summary>
    public IReadOnlyList<MarathonDecline> LaunchAttempt { get; init; } = [];

    /// <summary>Null: not embedded.</summary>
    public IReadOnlyList<MarathonUnusedOffer>? LastUnusedOffers { get; init; }
}
