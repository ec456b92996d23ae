using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>A node that does what a test says: it takes assignments and reports states.</summary>
internal sealed class FakeNode(TestCluster cluster, NodeId id, string resources, string attributes)
{
    public const string Resources = "cpus:4;mem:4096;disk:10000;ports:[31000-31009]";

    private readonly Dictionary<TaskKey, Assignment> _assigned = [];
    private long _sequence = 1;

    public NodeId Id => id;

    /// <summary>What was assigned, newest word first.</summary>
    public Assignment Assigned(string task) => _assigned.Values.Single(a => a.Key.Task.Value == task);

    public void Hello() => cluster.Decide(new NodeMessage(id, new UpMessage.Hello(
        new NodeIdentity("instance-" + id, "agent-epoch", "boot-1"),
        new NodeDescription
        {
            Hostname = id + ".test",
            Address = "10.1.2.3",
            Port = 5051,
            Site = "site-1",
            Resources = ResourceText.Parse(resources).Value!,
            Attributes = AttributeText.Parse(attributes).Value,
            Version = "0.1.0",
        },
        string.Empty,
        0,
        _sequence,
        cluster.Clock.GetUtcNow())));

    public void LoseLink() => cluster.Decide(new NodeLinkLost(id, null));

    public void Take(DownMessage.Assignments assignments)
    {
        foreach (var item in assignments.Items)
        {
            _assigned[item.Key] = item;
        }
    }

    /// <summary>Reports states of a task, each as an executor would.</summary>
    public void Report(string task, params TaskState[] states) => Say([.. states.Select(state => Status(task, state))]);

    /// <summary>Reports what the health check of a task shows.</summary>
    public void ReportHealth(string task, TaskState state, bool healthy, StatusReason? reason) =>
        Say([Status(task, state) with { Healthy = healthy, Reason = reason }]);

    private StatusUpdate Status(string task, TaskState state)
    {
        var assignment = Assigned(task);
        return new StatusUpdate
        {
            Task = assignment.Key,
            State = state,
            Source = StatusSource.Executor,
            Timestamp = cluster.Clock.GetUtcNow(),
            Node = id,
            Executor = new ExecutorId(task),
            Container = assignment.Container,
            Uuid = Guid.NewGuid(),
        };
    }

    private void Say(ImmutableArray<StatusUpdate> items)
    {
        var first = _sequence;
        _sequence += items.Length;
        cluster.Decide(new NodeMessage(id, new UpMessage.Statuses("agent-epoch", first, items)));
    }
}
