namespace Edge.Contracts.Marathon;

/// <summary>Something that happened, as the event stream tells it: one of the nested records.</summary>
/// <param name="EventType">Marathon's name; also the name of the server-sent event.</param>
/// <param name="Timestamp">When it happened, UTC; an event that comes late from a site keeps its own.</param>
/// <remarks>A client that knows no such type may fail (python3-marathon), so types of our own are sent only when asked for.
/// Source: Marathon 1.10, core.event; /v2/events.</remarks>
public abstract record MarathonEvent(string EventType, DateTimeOffset Timestamp)
{
    /// <summary>Somebody created or changed an app.</summary>
    /// <param name="App">The definition after it.</param>
    public sealed record ApiPost(DateTimeOffset Timestamp, string ClientIp, string Uri, MarathonAppInfo App)
        : MarathonEvent("api_post_event", Timestamp);

    /// <summary>Somebody created, changed or deleted a pod.</summary>
    /// <param name="Change">created, updated or deleted.</param>
    public sealed record Pod(DateTimeOffset Timestamp, string Change, string ClientIp, string Uri)
        : MarathonEvent($"pod_{Change}_event", Timestamp);

    /// <summary>A task's state changed.</summary>
    /// <param name="TaskStatus">TASK_RUNNING and the like.</param>
    public sealed record StatusUpdate(DateTimeOffset Timestamp, string TaskStatus, string Message, MarathonTaskInfo Task)
        : MarathonEvent("status_update_event", Timestamp);

    /// <summary>An instance's condition changed.</summary>
    /// <param name="Condition">Running and the like.</param>
    public sealed record InstanceChanged(
        DateTimeOffset Timestamp,
        string InstanceId,
        string Condition,
        string RunSpecId,
        string AgentId,
        string Host,
        DateTimeOffset RunSpecVersion)
        : MarathonEvent("instance_changed_event", Timestamp);

    /// <summary>An instance's health changed; null: not known any more.</summary>
    public sealed record InstanceHealthChanged(
        DateTimeOffset Timestamp, string InstanceId, string RunSpecId, bool? Healthy, DateTimeOffset RunSpecVersion)
        : MarathonEvent("instance_health_changed_event", Timestamp);

    /// <summary>An instance ended that nobody knew.</summary>
    public sealed record UnknownInstanceTerminated(DateTimeOffset Timestamp, string InstanceId, string RunSpecId, string Condition)
        : MarathonEvent("unknown_instance_terminated_event", Timestamp);

    /// <summary>A health check changed its mind.</summary>
    public sealed record HealthStatusChanged(DateTimeOffset Timestamp, string AppId, string InstanceId, DateTimeOffset Version, bool Alive)
        : MarathonEvent("health_status_changed_event", Timestamp);

    /// <summary>A health check failed.</summary>
    /// <param name="InstanceId">Written as <c>taskId</c>, as Marathon does.</param>
    /// <param name="HealthCheckJson">The check as the definition holds it.</param>
    public sealed record FailedHealthCheck(DateTimeOffset Timestamp, string AppId, string InstanceId, string HealthCheckJson)
        : MarathonEvent("failed_health_check_event", Timestamp);

    /// <summary>An app got a health check.</summary>
    public sealed record AddHealthCheck(DateTimeOffset Timestamp, string AppId, DateTimeOffset Version, string HealthCheckJson)
        : MarathonEvent("add_health_check_event", Timestamp);

    /// <summary>An app lost its health checks.</summary>
    public sealed record RemoveHealthCheck(DateTimeOffset Timestamp, string AppId) : MarathonEvent("remove_health_check_event", Timestamp);

    /// <summary>An instance is ended because it is unhealthy.</summary>
    public sealed record UnhealthyInstanceKill(
        DateTimeOffset Timestamp,
        string AppId,
        string TaskId,
        string InstanceId,
        DateTimeOffset Version,
        string Reason,
        string Host,
        string? SlaveId)
        : MarathonEvent("unhealthy_instance_kill_event", Timestamp);

    /// <summary>An app is gone with all its instances.</summary>
    public sealed record AppTerminated(DateTimeOffset Timestamp, string AppId) : MarathonEvent("app_terminated_event", Timestamp);

    /// <summary>A change of a group was done.</summary>
    public sealed record GroupChangeSuccess(DateTimeOffset Timestamp, string GroupId, DateTimeOffset Version)
        : MarathonEvent("group_change_success", Timestamp);

    /// <summary>A change of a group was not done.</summary>
    public sealed record GroupChangeFailed(DateTimeOffset Timestamp, string GroupId, DateTimeOffset Version, string Reason)
        : MarathonEvent("group_change_failed", Timestamp);

    /// <summary>A deployment is done.</summary>
    public sealed record DeploymentSuccess(DateTimeOffset Timestamp, MarathonPlan Plan) : MarathonEvent("deployment_success", Timestamp);

    /// <summary>A deployment was given up.</summary>
    public sealed record DeploymentFailed(DateTimeOffset Timestamp, MarathonPlan Plan, string? Reason)
        : MarathonEvent("deployment_failed", Timestamp);

    /// <summary>A step begins.</summary>
    public sealed record DeploymentInfo(DateTimeOffset Timestamp, MarathonPlan Plan, IReadOnlyList<MarathonAction> CurrentStep)
        : MarathonEvent("deployment_info", Timestamp);

    /// <summary>A step is done.</summary>
    public sealed record DeploymentStepSuccess(DateTimeOffset Timestamp, MarathonPlan Plan, IReadOnlyList<MarathonAction> CurrentStep)
        : MarathonEvent("deployment_step_success", Timestamp);

    /// <summary>A step cannot be done.</summary>
    public sealed record DeploymentStepFailure(DateTimeOffset Timestamp, MarathonPlan Plan, IReadOnlyList<MarathonAction> CurrentStep)
        : MarathonEvent("deployment_step_failure", Timestamp);

    /// <summary>A listener came; sent to every stream, the new one first of all.</summary>
    public sealed record StreamAttached(DateTimeOffset Timestamp, string RemoteAddress) : MarathonEvent("event_stream_attached", Timestamp);

    /// <summary>A listener went.</summary>
    public sealed record StreamDetached(DateTimeOffset Timestamp, string RemoteAddress) : MarathonEvent("event_stream_detached", Timestamp);

    /// <summary>The scheduler is registered.</summary>
    public sealed record SchedulerRegistered(DateTimeOffset Timestamp, string FrameworkId, string Master)
        : MarathonEvent("scheduler_registered_event", Timestamp);

    /// <summary>The scheduler is registered again.</summary>
    public sealed record SchedulerReregistered(DateTimeOffset Timestamp, string Master)
        : MarathonEvent("scheduler_reregistered_event", Timestamp);

    /// <summary>The scheduler lost its master.</summary>
    public sealed record SchedulerDisconnected(DateTimeOffset Timestamp) : MarathonEvent("scheduler_disconnected_event", Timestamp);

    /// <summary>An executor sent something.</summary>
    /// <param name="Data">Written as base64.</param>
    public sealed record FrameworkMessage(DateTimeOffset Timestamp, string ExecutorId, string SlaveId, ReadOnlyMemory<byte> Data)
        : MarathonEvent("framework_message_event", Timestamp);

    /// <summary>A callback was registered; the feature is gone, the type is kept for who replays old streams.</summary>
    public sealed record Subscribe(DateTimeOffset Timestamp, string ClientIp, string CallbackUrl)
        : MarathonEvent("subscribe_event", Timestamp);

    /// <summary>A callback was removed.</summary>
    public sealed record Unsubscribe(DateTimeOffset Timestamp, string ClientIp, string CallbackUrl)
        : MarathonEvent("unsubscribe_event", Timestamp);
}
