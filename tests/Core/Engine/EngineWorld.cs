using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Core.Engine;

/// <summary>One engine under test, its clock driven by hand: says what it wants done.</summary>
internal sealed class EngineWorld
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private ulong _seed = 7;

    private EngineWorld(ClusterLimits? limits) => Limits = limits ?? ClusterLimits.Default;

    public ClusterLimits Limits { get; }

    public ClusterState State { get; set; } = null!;

    public TimeSpan Time { get; private set; } = TimeSpan.FromHours(1);

    public DateTimeOffset Now => s_start + Time;

    /// <summary>The acts of the newest batch.</summary>
    public ImmutableArray<Dispatch> Acts { get; private set; } = [];

    public ImmutableArray<RowChange> Rows { get; private set; } = [];

    public ImmutableArray<CommandReply> Replies { get; private set; } = [];

    public IEnumerable<FrameworkEvent> Events => Acts.OfType<Dispatch.ToFramework>().Select(a => a.Event);

    public IEnumerable<StatusUpdate> Updates => Events.OfType<FrameworkEvent.Update>().Select(e => e.Status);

    public IEnumerable<Offer> Offers => Events.OfType<FrameworkEvent.Offers>().SelectMany(e => e.Items);

    public IEnumerable<DownMessage> Down => Acts.OfType<Dispatch.ToNode>().Select(a => a.Message);

    public IEnumerable<UpMessage> Up => Acts.OfType<Dispatch.ToHub>().Select(a => a.Message);

    public static StreamId Stream1 { get; } = new(new Guid("11111111-1111-4111-8111-111111111111"));

    public static StreamId Stream2 { get; } = new(new Guid("22222222-2222-4222-8222-222222222222"));

    public static NodeId Node1 { get; } = new("n1");

    public static ResourceSet NodeResources { get; } = ResourceSet.Of(Resource.Of("cpus", 4), Resource.Of("mem", 4096));

    /// <summary>A hub with an empty journal.</summary>
    public static EngineWorld Hub(ClusterLimits? limits = null)
    {
        var world = new EngineWorld(limits);
        world.Take(Restoration.RestoreHub(JournalRows.Empty, "m1", world.Context()));
        return world;
    }

    /// <summary>A node with an empty journal.</summary>
    public static EngineWorld Agent(JournalRows? rows = null, ClusterLimits? limits = null)
    {
        var world = new EngineWorld(limits);
        var self = new SelfState { Id = Node1, Identity = Identity(), Description = Description() };
        world.Take(Restoration.RestoreNode(rows ?? JournalRows.Empty, self, "a1", world.Context()));
        return world;
    }

    public static NodeIdentity Identity(string instance = "machine-1", string database = "db-1") => new(instance, database, "boot-1");

    public static NodeDescription Description(ResourceSet? resources = null) => new()
    {
        Hostname = "n1.example",
        Address = "192.0.2.1",
        Port = 5051,
        Version = "1.0.0",
        Resources = resources ?? NodeResources,
    };

    public static UpMessage.Hello Hello(
        string hub = "", long held = 0, long head = 1, NodeIdentity? identity = null, ResourceSet? resources = null) =>
        new(identity ?? Identity(), Description(resources), hub, held, head, s_start);

    public static FrameworkSpec Framework(
        FrameworkId? id = null,
        FrameworkCapabilities capabilities = FrameworkCapabilities.PartitionAware,
        double failoverSeconds = 60,
        params string[] roles) => new()
        {
            Id = id,
            Name = "test",
            User = "root",
            Roles = roles.Length == 0 ? ["*"] : [.. roles],
            Capabilities = capabilities,
            FailoverTimeout = TimeSpan.FromSeconds(failoverSeconds),
            Wire = new byte[] { 1 },
        };

    public static TaskSpec Task(string id, NodeId? node = null, double cpus = 1) => new()
    {
        Id = new TaskId(id),
        Name = id,
        Node = node ?? Node1,
        Resources = ResourceSet.Of(Resource.Of("cpus", cpus), Resource.Of("mem", 64)),
        Command = new CommandSpec { Shell = true, Value = "sleep 1" },
        Wire = new byte[] { 2 },
    };

    /// <summary>Decides one batch.</summary>
    public EngineWorld Do(params ClusterCommand[] batch)
    {
        Take(EngineCore.Process(State, batch, Context()));
        return this;
    }

    /// <summary>Lets time pass, and does what fell due then.</summary>
    public EngineWorld Wait(double seconds)
    {
        Time += TimeSpan.FromSeconds(seconds);
        return Do(new Tick());
    }

    /// <summary>The node opens a first session and confirms its first set.</summary>
    public EngineWorld Join(string node = "n1", ResourceSet? resources = null)
    {
        var id = new NodeId(node);
        Do(new NodeMessage(id, Hello(identity: Identity("machine-" + node, "db-" + node), resources: resources)));
        var acts = Acts;
        Do(new NodeMessage(id, new UpMessage.Held(State.Nodes[id].DesiredRevision, Gap: false)));
        Acts = acts.AddRange(Acts);
        return this;
    }

    public FrameworkId Subscribe(FrameworkSpec? spec = null, StreamId? stream = null)
    {
        Do(new Subscribe(spec ?? Framework(), [], stream ?? Stream1));
        return Assert.IsType<CommandReply.SubscribedAs>(Replies[0]).Framework;
    }

    /// <summary>Accepts an offer with one task.</summary>
    public ClusterTask Launch(FrameworkId framework, Offer offer, TaskSpec spec)
    {
        Do(new AcceptOffers(framework, Stream1, [offer.Id], [new OfferOperation.Launch([spec])], null));
        return State.Tasks[new TaskKey(framework, spec.Id)];
    }

    /// <summary>The task's node reports a state.</summary>
    public StatusUpdate Report(ClusterTask task, TaskState state, long? sequence = null)
    {
        var node = State.Nodes[task.Node];
        var update = Status(task, state);
        Do(new NodeMessage(
            task.Node, new UpMessage.Statuses(node.Identity.AgentEpoch, sequence ?? (node.AppliedSequence + 1), [update])));
        return update;
    }

    public static StatusUpdate Status(ClusterTask task, TaskState state) => new()
    {
        Task = task.Key,
        State = state,
        Source = StatusSource.Executor,
        Timestamp = s_start,
        Node = task.Node,
        Executor = task.Executor,
        Container = task.Container,
        Uuid = Guid.NewGuid(),
    };

    /// <summary>The hub's process ends and starts from the rows that it has committed.</summary>
    public EngineWorld Restart(string masterId = "m2")
    {
        Take(Restoration.RestoreHub(ToRows(), masterId, Context()));
        return this;
    }

    public JournalRows ToRows() => RowsOf(State);

    /// <summary>What a journal would hold of a state.</summary>
    public static JournalRows RowsOf(ClusterState state) => new(
        state.HubEpoch,
        [.. state.Frameworks.Values, .. state.CompletedFrameworks],
        [.. state.Nodes.Values],
        [.. state.Tasks.Values],
        [.. state.Self?.Outbox ?? ImmutableSortedDictionary<long, StatusUpdate>.Empty],
        state.Self)
    {
        Apps = new AppRows(
            [.. state.Apps.Values],
            [.. state.Instances.Values],
            [.. state.Deployments.Values],
            [.. state.Groups.Values],
            [.. state.Overrides.Values],
            [.. state.Conflicts.Values]),
    };

    public DecisionContext Context() => new(Now, Time, _seed++, Limits);

    private void Take(Decision decision)
    {
        State = decision.State;
        Acts = decision.Dispatches;
        Rows = decision.Rows;
        Replies = decision.Replies;
    }
}
