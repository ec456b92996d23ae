namespace Edge.Core.Model;

/// <summary>Something that happened to apps, for whoever listens. A closed set; none is kept by the engine.</summary>
/// <param name="At">When, UTC: for what a node saw, by the node's clock.</param>
public abstract record ClusterEvent(DateTimeOffset At)
{
    /// <summary>A task of an app has a new state.</summary>
    public sealed record StatusUpdated(DateTimeOffset At, ClusterTask Task, StatusUpdate Status, string Hostname) : ClusterEvent(At);

    /// <summary>An instance has a new condition.</summary>
    public sealed record InstanceChanged(DateTimeOffset At, Instance Instance, TaskState Condition, string Hostname) : ClusterEvent(At);

    /// <summary>A check of an instance passed for the first time, or failed for the first time.</summary>
    public sealed record HealthChanged(DateTimeOffset At, Instance Instance, bool Healthy) : ClusterEvent(At);

    /// <summary>A node ended an instance because its checks failed.</summary>
    public sealed record UnhealthyKilled(DateTimeOffset At, Instance Instance, string Reason, string Hostname) : ClusterEvent(At);

    /// <summary>A task that no app knows has ended.</summary>
    public sealed record UnknownEnded(DateTimeOffset At, AppSlot Slot, TaskState Condition) : ClusterEvent(At);

    /// <summary>The last instance of a removed app is gone.</summary>
    public sealed record AppTerminated(DateTimeOffset At, AppId App) : ClusterEvent(At);

    /// <summary>A deployment began, or entered its next step.</summary>
    public sealed record DeploymentInfo(DateTimeOffset At, Deployment Deployment) : ClusterEvent(At);

    /// <summary>A step of a deployment is done.</summary>
    public sealed record DeploymentStepDone(DateTimeOffset At, Deployment Deployment) : ClusterEvent(At);

    /// <summary>A deployment is done.</summary>
    public sealed record DeploymentDone(DateTimeOffset At, Deployment Deployment) : ClusterEvent(At);

    /// <summary>A deployment was cancelled.</summary>
    public sealed record DeploymentFailed(DateTimeOffset At, Deployment Deployment, string Reason) : ClusterEvent(At);

    /// <summary>What is wanted has a new version.</summary>
    public sealed record GroupChanged(DateTimeOffset At, AppId Group, DateTimeOffset Version) : ClusterEvent(At);

    /// <summary>A site told of an app of its own.</summary>
    public sealed record SiteAppSeen(DateTimeOffset At, NodeId Node, AppId App, bool Deleted) : ClusterEvent(At);

    /// <summary>A site's change of an app of the hub came in.</summary>
    public sealed record OverrideSeen(DateTimeOffset At, SiteOverride Override) : ClusterEvent(At);

    /// <summary>A field was changed by both sides, or such a field was decided.</summary>
    public sealed record ConflictChanged(DateTimeOffset At, Conflict Conflict) : ClusterEvent(At);
}
