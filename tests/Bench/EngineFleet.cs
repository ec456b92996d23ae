using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Bench;

/// <summary>A hub's engine with made-up nodes and one made-up framework around it.</summary>
internal sealed class EngineFleet(int batchMax)
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ResourceSet s_nodeResources = ResourceSet.Of(
        Resource.Of("cpus", 16), Resource.Of("mem", 32768), Resource.Of("disk", 100_000),
        Resource.Of("ports", RangeSet.Of(new ValueRange(31000, 32000))));

    private static readonly ResourceSet s_taskResources = ResourceSet.Of(Resource.Of("cpus", 0.1), Resource.Of("mem", 32));
    private readonly StreamId _stream = new(Guid.NewGuid());
    private readonly List<Offer> _offers = [];
    private readonly Dictionary<NodeId, List<ClusterTask>> _tasks = [];
    private readonly Dictionary<NodeId, long> _sequences = [];
    private readonly Queue<(TaskId Task, Guid Uuid)> _unacknowledged = [];
    private readonly List<ClusterCommand> _batch = [];
    private FrameworkId _framework;
    private ulong _seed;
    private TimeSpan _monotonic;
    private ClusterState _state = Restoration
        .RestoreHub(JournalRows.Empty, "bench", new DecisionContext(s_now, TimeSpan.Zero, 1, ClusterLimits.Default)).State;

    /// <summary>Nodes say hello.</summary>
    public void Register(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var id = new NodeId($"node-{i:D6}");
            var description = new NodeDescription
            {
                Hostname = $"{id}.example",
                Address = "192.0.2.1",
                Port = 5051,
                Version = "1.0.0",
                Resources = s_nodeResources,
            };
            _sequences[id] = 1;
            _tasks[id] = [];
            Do(new NodeMessage(id, new UpMessage.Hello(
                new NodeIdentity($"i{i}", $"e{i}", $"b{i}"), description, string.Empty, 0, 1, s_now)));
        }

        Flush();
    }

    /// <summary>A framework comes and is offered everything.</summary>
    public void Subscribe()
    {
        Do(new Subscribe(
            new FrameworkSpec
            {
                Name = "bench",
                User = "root",
                Roles = ["*"],
                Capabilities = FrameworkCapabilities.PartitionAware,
                FailoverTimeout = TimeSpan.FromHours(1),
                Wire = new byte[] { 1 },
            },
            [],
            _stream));
        Flush();
    }

    /// <summary>Every offer is accepted.</summary>
    /// <returns>How many tasks were placed.</returns>
    public int Accept(int perOffer)
    {
        var offers = _offers.ToArray();
        _offers.Clear();
        var number = 0;
        foreach (var offer in offers)
        {
            var tasks = ImmutableArray.CreateBuilder<TaskSpec>(perOffer);
            for (var i = 0; i < perOffer; i++)
            {
                tasks.Add(new TaskSpec
                {
                    Id = new TaskId($"task-{number++:D8}"),
                    Name = "work",
                    Node = offer.Node,
                    Resources = s_taskResources,
                    Command = new CommandSpec { Shell = true, Value = "sleep 1000" },
                    Wire = new byte[100],
                });
            }

            Do(new AcceptOffers(
                _framework, _stream, [offer.Id], [new OfferOperation.Launch(tasks.MoveToImmutable())], TimeSpan.FromDays(1)));
        }

        Flush();
        return number;
    }

    /// <summary>Every node reports one state for each of its tasks, in one message.</summary>
    public void Report(TaskState state)
    {
        foreach (var (node, tasks) in _tasks)
        {
            if (tasks.Count > 0)
            {
                ImmutableArray<StatusUpdate> items = [.. tasks.Select(task => new StatusUpdate
                {
                    Task = task.Key,
                    State = state,
                    Source = StatusSource.Executor,
                    Timestamp = s_now,
                    Node = node,
                    Executor = task.Executor,
                    Container = task.Container,
                    Uuid = Guid.NewGuid(),
                })];
                var first = _sequences[node];
                _sequences[node] = first + items.Length;
                Do(new NodeMessage(node, new UpMessage.Statuses($"e{int.Parse(node.Value.AsSpan(5))}", first, items)));
            }
        }

        Flush();
    }

    /// <summary>The framework acknowledges everything that it received.</summary>
    public void Acknowledge()
    {
        while (_unacknowledged.TryDequeue(out var status))
        {
            Do(new AcknowledgeStatus(_framework, _stream, status.Task, status.Uuid));
        }

        Flush();
    }

    private void Do(ClusterCommand command)
    {
        _batch.Add(command);
        if (_batch.Count >= batchMax)
        {
            Flush();
        }
    }

    private void Flush()
    {
        _monotonic += TimeSpan.FromMilliseconds(1);
        var decision = EngineCore.Process(_state, _batch, new DecisionContext(s_now, _monotonic, _seed++, ClusterLimits.Default));
        _batch.Clear();
        _state = decision.State;
        foreach (var dispatch in decision.Dispatches)
        {
            Take(dispatch);
        }
    }

    private void Take(Dispatch dispatch)
    {
        switch (dispatch)
        {
            case Dispatch.ToFramework { Event: FrameworkEvent.Subscribed subscribed }:
                _framework = subscribed.Framework;
                break;
            case Dispatch.ToFramework { Event: FrameworkEvent.Offers offers }:
                _offers.AddRange(offers.Items);
                break;
            case Dispatch.ToFramework { Event: FrameworkEvent.Update { Status: { Uuid: { } uuid } status } }:
                _unacknowledged.Enqueue((status.Task.Task, uuid));
                break;
            case Dispatch.ToNode { Message: DownMessage.Assignments { Full: false } assignments } to:
                foreach (var item in assignments.Items)
                {
                    _tasks[to.Node].Add(_state.Tasks[item.Key]);
                }

                Do(new NodeMessage(to.Node, new UpMessage.Held(assignments.ResultsIn, Gap: false)));
                break;
        }
    }
}
