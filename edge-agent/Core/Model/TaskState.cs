namespace Edge.Core.Model;

/// <summary>The state of a task as frameworks see it; the numbers are those of the wire.</summary>
/// <remarks>Source: apache/mesos include/mesos/v1/mesos.proto, TaskState.</remarks>
public enum TaskState
{
    /// <summary>The launcher has accepted the task and prepares it.</summary>
    Starting = 0,

    /// <summary>The process runs.</summary>
    Running = 1,

    /// <summary>Ended by itself with exit status 0.</summary>
    Finished = 2,

    /// <summary>Ended with another exit status, hit a limit, or could not be started.</summary>
    Failed = 3,

    /// <summary>Ended because somebody asked for it.</summary>
    Killed = 4,

    /// <summary>The umbrella for frameworks that are not partition aware.</summary>
    Lost = 5,

    /// <summary>Accepted by the cluster, not yet seen by a node.</summary>
    Staging = 6,

    /// <summary>Refused before launch: the description is wrong.</summary>
    Error = 7,

    /// <summary>Asked to end, within its grace.</summary>
    Killing = 8,

    /// <summary>The launch never took place.</summary>
    Dropped = 9,

    /// <summary>The node is out of reach; the task may still run.</summary>
    Unreachable = 10,

    /// <summary>Was on a node and is certainly not running any more.</summary>
    Gone = 11,

    /// <summary>An operator asserted that the node is gone.</summary>
    GoneByOperator = 12,

    /// <summary>The cluster has no record of the task.</summary>
    Unknown = 13,
}

/// <summary>What the node itself observed of a task: rungs of a ladder that only rises.</summary>
public enum ObservedState
{
    /// <summary>The cluster decided to run it; no node has confirmed.</summary>
    Staging = 0,

    /// <summary>The node holds it in its journal and is about to start it.</summary>
    Starting = 1,

    /// <summary>The process was started.</summary>
    Running = 2,

    /// <summary>The process was asked to end.</summary>
    Killing = 3,

    /// <summary>Ended with exit status 0.</summary>
    Finished = 10,

    /// <summary>Ended otherwise.</summary>
    Failed = 11,

    /// <summary>Ended on request.</summary>
    Killed = 12,

    /// <summary>Refused before launch.</summary>
    Error = 13,

    /// <summary>Never launched.</summary>
    Dropped = 14,

    /// <summary>Certainly not running any more, and nobody saw how it ended.</summary>
    Gone = 15,
}

/// <summary>What the hub believes about the way to a node.</summary>
public enum Reachability
{
    /// <summary>Connected, or cut for less than the node timeout.</summary>
    Reachable,

    /// <summary>Cut for longer than the node timeout; its tasks may still run.</summary>
    Unreachable,
}

/// <summary>Who made a status. Source: mesos.proto, TaskStatus.Source.</summary>
public enum StatusSource
{
    /// <summary>The hub, from its own records.</summary>
    Master = 0,

    /// <summary>The node's daemon.</summary>
    Agent = 1,

    /// <summary>What runs the task.</summary>
    Executor = 2,
}

/// <summary>Why a status was sent; the numbers are those of the wire.</summary>
/// <remarks>Source: apache/mesos include/mesos/v1/mesos.proto, TaskStatus.Reason. Only reasons that this cluster gives are
/// listed.</remarks>
public enum StatusReason
{
    /// <summary>The launcher of the command failed.</summary>
    CommandExecutorFailed = 0,

    /// <summary>The process ended without a report, or the node lost it.</summary>
    ExecutorTerminated = 1,

    /// <summary>Its framework was removed.</summary>
    FrameworkRemoved = 3,

    /// <summary>An offer of the ACCEPT was not valid any more.</summary>
    InvalidOffers = 6,

    /// <summary>An answer to RECONCILE.</summary>
    Reconciliation = 9,

    /// <summary>The node was disconnected at the time of the ACCEPT.</summary>
    AgentDisconnected = 10,

    /// <summary>The node is out of reach.</summary>
    AgentRemoved = 11,

    /// <summary>The node's daemon restarted before the launch.</summary>
    AgentRestarted = 12,

    /// <summary>The description of the task is wrong.</summary>
    TaskInvalid = 14,

    /// <summary>The container could not be started.</summary>
    ContainerLaunchFailed = 21,

    /// <summary>The description of the task group is wrong.</summary>
    TaskGroupInvalid = 25,

    /// <summary>A check that does not end a task turned: here the readiness check of an app.</summary>
    TaskCheckStatusUpdated = 28,

    /// <summary>A health check turned: the status says to what.</summary>
    TaskHealthCheckStatusUpdated = 29,

    /// <summary>Killed before it was started.</summary>
    TaskKilledDuringLaunch = 30,

    /// <summary>The node came back.</summary>
    AgentReregistered = 32,
}
