using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Offers;

namespace Edge.Core.Engine;

/// <summary>A state in the making: what one batch of commands changes, rows and acts included.</summary>
/// <remarks>Lives for one batch inside <see cref="EngineCore.Process"/> and never escapes it, which is what keeps the engine
/// pure.</remarks>
internal sealed partial class Transition
{
    private readonly ClusterState _start;
    private readonly ImmutableDictionary<FrameworkId, Framework>.Builder _frameworks;
    private readonly ImmutableDictionary<NodeId, Node>.Builder _nodes;
    private readonly ImmutableDictionary<TaskKey, ClusterTask>.Builder _tasks;
    private readonly ImmutableDictionary<OfferId, Offer>.Builder _offers;
    private readonly ImmutableHashSet<NodeId>.Builder _allocatable;
    private readonly ImmutableSortedSet<EngineTimer>.Builder _timers;
    private readonly HashSet<FrameworkId> _dirtyFrameworks = [];
    private readonly HashSet<NodeId> _dirtyNodes = [];
    private readonly HashSet<TaskKey> _dirtyTasks = [];
    private readonly SortedDictionary<long, StatusUpdate?> _dirtyOutbox = [];
    private readonly HashSet<NodeId> _nodesToSend = [];
    private readonly List<Dispatch> _dispatches = [];
    private SeededIds _ids;
    private bool _selfDirty;
    private bool _epochDirty;
    private long _outboxTrim;

    public Transition(ClusterState start, DecisionContext context)
    {
        _start = start;
        Context = context;
        _ids = new SeededIds(context.Seed);
        _frameworks = start.Frameworks.ToBuilder();
        _nodes = start.Nodes.ToBuilder();
        _tasks = start.Tasks.ToBuilder();
        _offers = start.Offers.ToBuilder();
        _allocatable = start.Allocatable.ToBuilder();
        _timers = start.Timers.ToBuilder();
        CompletedFrameworks = start.CompletedFrameworks;
        Counters = start.Counters;
        Self = start.Self;
        HubEpoch = start.HubEpoch;
        FrameworkNumber = start.FrameworkNumber;
        OfferNumber = start.OfferNumber;
        _apps = new AppTables(start);
    }

    public DecisionContext Context { get; }

    public ClusterLimits Limits => Context.Limits;

    public string MasterId => _start.MasterId;

    public string HubEpoch { get; private set; }

    public long FrameworkNumber { get; set; }

    public long OfferNumber { get; set; }

    public ClusterCounters Counters { get; set; }

    public SelfState? Self { get; private set; }

    public ImmutableList<Framework> CompletedFrameworks { get; set; }

    public IEnumerable<Framework> Frameworks => _frameworks.Values;

    public int FrameworkCount => _frameworks.Count;

    public IEnumerable<Node> Nodes => _nodes.Values;

    public int NodeCount => _nodes.Count;

    public Guid NextGuid() => _ids.NextGuid();

    public Framework? Framework(FrameworkId id) => _frameworks.GetValueOrDefault(id);

    public Node? Node(NodeId id) => _nodes.GetValueOrDefault(id);

    public ClusterTask? Task(TaskKey key) => _tasks.GetValueOrDefault(key);

    public Offer? Offer(OfferId id) => _offers.GetValueOrDefault(id);

    public IEnumerable<ClusterTask> Tasks => _tasks.Values;

    /// <summary>Stores a framework; <paramref name="durable"/> is false for what a restart forgets anyway.</summary>
    public void Put(Framework framework, bool durable = true)
    {
        _frameworks[framework.Id] = framework;
        if (durable)
        {
            _dirtyFrameworks.Add(framework.Id);
        }
    }

    public void RemoveFramework(FrameworkId id)
    {
        _frameworks.Remove(id);
        _dirtyFrameworks.Add(id);
    }

    /// <summary>Marks a framework that is kept only among the completed ones as changed.</summary>
    public void Touch(FrameworkId id) => _dirtyFrameworks.Add(id);

    public void Put(Node node, bool durable = true)
    {
        NodeLedger.AssertBalanced(node);
        _nodes[node.Id] = node;
        if (durable)
        {
            _dirtyNodes.Add(node.Id);
        }
    }

    public void Put(ClusterTask task, bool durable = true)
    {
        _tasks[task.Key] = task;
        if (durable)
        {
            _dirtyTasks.Add(task.Key);
        }
    }

    public void RemoveTask(TaskKey key)
    {
        if (_tasks.Remove(key))
        {
            _dirtyTasks.Add(key);
        }
    }

    public void Put(Offer offer) => _offers[offer.Id] = offer;

    public void RemoveOffer(OfferId id) => _offers.Remove(id);

    public void Put(SelfState self, bool durable = true)
    {
        Self = self;
        _selfDirty |= durable;
    }

    /// <summary>Starts a new history: nodes that know the old one are asked for the truth.</summary>
    public void RenewEpoch()
    {
        HubEpoch = NextGuid().ToString("N");
        _epochDirty = true;
    }

    public void AddOutbox(long sequence, StatusUpdate update) => _dirtyOutbox[sequence] = update;

    public void RemoveOutbox(long sequence) => _dirtyOutbox[sequence] = null;

    public void TrimOutbox(long upTo) => _outboxTrim = Math.Max(_outboxTrim, upTo);

    public void Schedule(TimeSpan due, TimerKind kind, string first, string second = "") =>
        _timers.Add(new EngineTimer(due, kind, first, second));

    /// <summary>Takes the next timer that is due, or null.</summary>
    public EngineTimer? TakeDue()
    {
        if (_timers.Count == 0 || _timers.Min.Due > Context.Monotonic)
        {
            return null;
        }

        var timer = _timers.Min;
        _timers.Remove(timer);
        return timer;
    }

    public void MarkAllocatable(NodeId node)
    {
        _allocatable.Add(node);
        _apps.MarkWaitingDirty();
    }

    public void MarkAllAllocatable() => _allocatable.UnionWith(_nodes.Where(n => n.Value.Connected).Select(n => n.Key));

    public IReadOnlyCollection<NodeId> TakeAllocatable()
    {
        NodeId[] taken = [.. _allocatable];
        _allocatable.Clear();
        Array.Sort(taken);
        return taken;
    }

    public bool HasAllocatable => _allocatable.Count > 0;

    /// <summary>The node's desired revision rose; what changed is sent at the end of the batch.</summary>
    public void MarkToSend(NodeId node) => _nodesToSend.Add(node);

    public IReadOnlyCollection<NodeId> TakeNodesToSend()
    {
        NodeId[] taken = [.. _nodesToSend];
        _nodesToSend.Clear();
        Array.Sort(taken);
        return taken;
    }

    public void Send(Dispatch dispatch) => _dispatches.Add(dispatch);

    /// <summary>Tells a framework something, if its stream is open.</summary>
    public void Tell(Framework framework, FrameworkEvent happened)
    {
        if (framework.Stream is { } stream)
        {
            Send(new Dispatch.ToFramework(stream, happened));
        }
    }

    public Decision Build(ImmutableArray<CommandReply> replies)
    {
        if (_selfDirty && Self is { Delegation: { Delegation.ValidFor: not null } held } self)
        {
            // Its row is written anyway: what the row says is up to date.
            Self = self with { Delegation = held.Counted(Context.Monotonic) };
        }

        var rows = BuildRows();
        var state = _start with
        {
            HubEpoch = HubEpoch,
            Frameworks = _frameworks.ToImmutable(),
            CompletedFrameworks = CompletedFrameworks,
            Nodes = _nodes.ToImmutable(),
            Tasks = _tasks.ToImmutable(),
            Offers = _offers.ToImmutable(),
            Allocatable = _allocatable.ToImmutable(),
            Timers = _timers.ToImmutable(),
            Self = Self,
            Counters = Counters,
            FrameworkNumber = FrameworkNumber,
            OfferNumber = OfferNumber,
            Version = _start.Version + 1,
        };
        return new Decision(_apps.Write(state), rows, [.. _dispatches], replies);
    }

    private ImmutableArray<RowChange> BuildRows()
    {
        var rows = ImmutableArray.CreateBuilder<RowChange>();
        if (_epochDirty)
        {
            rows.Add(new RowChange.EpochRow(HubEpoch));
        }

        foreach (var id in _dirtyFrameworks.Order())
        {
            rows.Add(new RowChange.FrameworkRow(id, Framework(id) ?? CompletedFrameworks.Find(f => f.Id == id)));
        }

        rows.AddRange(_dirtyNodes.Order().Select(id => new RowChange.NodeRow(id, Node(id))));
        rows.AddRange(_dirtyTasks.Order().Select(key => new RowChange.TaskRow(key, Task(key))));
        if (_outboxTrim > 0)
        {
            rows.Add(new RowChange.OutboxTrim(_outboxTrim));
        }

        rows.AddRange(_dirtyOutbox.Where(o => o.Key > _outboxTrim).Select(o => new RowChange.OutboxRow(o.Key, o.Value)));
        if (_selfDirty && Self is { } self)
        {
            rows.Add(new RowChange.SelfRow(self));
        }

        _apps.AddRows(rows);

        return rows.ToImmutable();
    }
}
