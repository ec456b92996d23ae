using System.Net;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;
using Edge.Tests.Daemon.Api.Protocol;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>The real kernel behind the real endpoints on a real server; only the journal and the nodes are played.</summary>
/// <remarks>Each command is decided at once and alone. Time goes on only by <see cref="Advance"/>.</remarks>
internal sealed class TestCluster : IClusterGateway, IAsyncDisposable
{
    public const string MasterId = "5ce7fbb0-5a0e-4d8e-a5f0-6b1f4b4a1d10";

    private readonly Lock _gate = new();
    private readonly List<FakeNode> _nodes = [];
    private readonly CancellationTokenSource _stopping = new();
    private LoopbackServer _server = null!;
    private ClusterState _state;
    private ulong _seed;

    private TestCluster(ClusterState state, EventStreamLimits limits)
    {
        _state = state;
        Streams = new FrameworkStreams(limits, Clock);
    }

    public SteppedClock Clock { get; } = new();

    public FrameworkStreams Streams { get; }

    public ClusterState Snapshot => Volatile.Read(ref _state);

    public Uri Address => _server.Address;

    /// <summary>When set, what the engine answers to every command instead of deciding it.</summary>
    public string? Refusal { get; set; }

    public static async Task<TestCluster> StartAsync(EventStreamLimits? limits = null)
    {
        var clock = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var state = new ClusterState { MasterId = MasterId, HubEpoch = "epoch", StartedAt = clock };
        var cluster = new TestCluster(state, limits ?? new EventStreamLimits());
        cluster._server = await LoopbackServer.StartAsync(app =>
        {
            app.UsePathAliases(new PathAliases(MesosRoutes.MasterPrefixes, MesosRoutes.MasterPaths, MesosRoutes.MasterExactPaths));
            app.MapMesosMaster(new MesosHost(
                cluster,
                cluster.Streams,
                () => new MesosIdentity("hub.test", IPAddress.Loopback, cluster.Address.Port),
                cluster.Clock,
                cluster._stopping.Token));
        });
        return cluster;
    }

    public ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Refusal is null ? Decide(command) : new CommandReply.Rejected(Refusal));

    public CommandReply Decide(ClusterCommand command)
    {
        lock (_gate)
        {
            var now = Clock.GetUtcNow();
            var context = new DecisionContext(now, now - _state.StartedAt, ++_seed, ClusterLimits.Default);
            var decision = EngineCore.Process(_state, [command], context);
            Volatile.Write(ref _state, decision.State);
            foreach (var dispatch in decision.Dispatches)
            {
                Carry(dispatch);
            }

            return decision.Replies[0];
        }
    }

    /// <summary>Lets time go on, for streams and for the engine.</summary>
    public void Advance(TimeSpan by)
    {
        Clock.Advance(by);
        Decide(new Tick());
    }

    /// <summary>A node that says hello now.</summary>
    public FakeNode AddNode(string name = "node-1", string resources = FakeNode.Resources, string attributes = "rack:r1;floor:2")
    {
        var node = new FakeNode(this, new NodeId(name), resources, attributes);
        _nodes.Add(node);
        node.Hello();
        return node;
    }

    public SchedulerClient Client(WireForm form = WireForm.Json, string path = "/api/v1/scheduler") => new(Address, form, path);

    public async Task StopAsync() => await _stopping.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    private void Carry(Dispatch dispatch)
    {
        switch (dispatch)
        {
            case Dispatch.ToFramework told:
                Streams.Send(told.Stream, told.Event);
                break;
            case Dispatch.CloseStream closed:
                Streams.Close(closed.Stream);
                break;
            case Dispatch.ToNode { Message: DownMessage.Assignments assignments } sent:
                _nodes.Find(n => n.Id == sent.Node)?.Take(assignments);
                break;
        }
    }
}
