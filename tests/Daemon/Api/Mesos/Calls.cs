using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Google.Protobuf;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>Builds calls.</summary>
internal static class Calls
{
    public static TaskInfo Task(Offer offer, string id = "task-1", double cpus = 1, double mem = 128) => new()
    {
        Name = "name of " + id,
        TaskId = new TaskID { Value = id },
        AgentId = offer.AgentId,
        Command = new CommandInfo { Value = "sleep 1000" },
        Resources = { Scalar("cpus", cpus), Scalar("mem", mem) },
    };

    public static Resource Scalar(string name, double value) => new()
    {
        Name = name,
        Type = Value.Types.Type.Scalar,
        Scalar = new Value.Types.Scalar { Value = value },
    };

    public static Call Launch(Offer offer, params TaskInfo[] tasks) => Accept(
        [offer.Id],
        new Offer.Types.Operation
        {
            Type = Offer.Types.Operation.Types.Type.Launch,
            Launch = new Offer.Types.Operation.Types.Launch { TaskInfos = { tasks } },
        });

    public static Call Accept(IEnumerable<OfferID> offers, params Offer.Types.Operation[] operations) => new()
    {
        Type = Call.Types.Type.Accept,
        Accept = new Call.Types.Accept { OfferIds = { offers }, Operations = { operations } },
    };

    public static Call Decline(Offer offer, double? refuseSeconds = null) => new()
    {
        Type = Call.Types.Type.Decline,
        Decline = new Call.Types.Decline
        {
            OfferIds = { offer.Id },
            Filters = refuseSeconds is { } seconds ? new Filters { RefuseSeconds = seconds } : null,
        },
    };

    public static Call Acknowledge(Edge.Contracts.Mesos.TaskStatus status, ByteString? uuid = null) => new()
    {
        Type = Call.Types.Type.Acknowledge,
        Acknowledge = new Call.Types.Acknowledge { AgentId = status.AgentId, TaskId = status.TaskId, Uuid = uuid ?? status.Uuid },
    };

    public static Call Kill(string task, string? agent = null, TimeSpan? grace = null) => new()
    {
        Type = Call.Types.Type.Kill,
        Kill = new Call.Types.Kill
        {
            TaskId = new TaskID { Value = task },
            AgentId = agent is null ? null : new AgentID { Value = agent },
            KillPolicy = grace is { } time
                ? new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = time.Ticks * TimeSpan.NanosecondsPerTick } }
                : null,
        },
    };

    public static Call Reconcile(params (string Task, string? Agent)[] tasks) => new()
    {
        Type = Call.Types.Type.Reconcile,
        Reconcile = new Call.Types.Reconcile
        {
            Tasks =
            {
                tasks.Select(t => new Call.Types.Reconcile.Types.Task
                {
                    TaskId = new TaskID { Value = t.Task },
                    AgentId = t.Agent is null ? null : new AgentID { Value = t.Agent },
                }),
            },
        },
    };

    public static Call Of(Call.Types.Type type) => new() { Type = type };
}
