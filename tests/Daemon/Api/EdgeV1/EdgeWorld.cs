using System.Text;
using System.Text.Json;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Edge;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;
using Edge.Hub.Security;
using Edge.Tests.Core.Engine;
using Edge.Tests.Daemon.Api.Mesos;
using Edge.Tests.Daemon.Api.Protocol;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Daemon.Api.EdgeV1;

/// <summary>The real engines of a hub and its nodes, with the real endpoints of the hub and of node a on real servers.</summary>
internal sealed class EdgeWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-api-").FullName;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DelegationKey _key;
    private readonly Side _hub;
    private readonly Side _node;
    private int _told;

    private EdgeWorld(string[] nodes)
    {
        Engines = new AppWorld(nodes);
        _key = DelegationKey.Open(_folder);
        Delegations = DelegationStore.Open(_folder, Clock);
        var sender = new DelegationSender(Delegations, new DelegationIssuer(Delegations, _key, Clock), Give, () => Engines.Hub);
        Delegations.Changed = sender.SendChanged;
        _hub = new Side(this, null);
        _node = new Side(this, "a");
        foreach (var node in nodes)
        {
            sender.Send(new NodeId(node));
        }
    }

    public AppWorld Engines { get; }

    public SteppedClock Clock { get; } = new();

    public DelegationStore Delegations { get; }

    public static async Task<EdgeWorld> StartAsync(params string[] nodes)
    {
        var world = new EdgeWorld(nodes);
        await world._hub.StartAsync();
        await world._node.StartAsync();
        return world;
    }

    /// <summary>Asks the hub, or node a when the path begins with <c>a:</c>.</summary>
    public async Task<(int Status, JsonElement Json)> SendAsync(string method, string path, string? body = null)
    {
        using var response = await RawAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length > 0 ? text : "null");
        return ((int)response.StatusCode, document.RootElement.Clone());
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var (status, json) = await SendAsync("GET", path);
        Assert.True(status == 200, $"{path}: {status} {json}");
        return json;
    }

    public async Task<HttpResponseMessage> RawAsync(string method, string path, string? body = null)
    {
        var side = path.StartsWith("a:", StringComparison.Ordinal) ? _node : _hub;
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(side.Address, "/edge/v1" + path.Replace("a:", "")));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        var response = await client.SendAsync(request);
        await response.Content.LoadIntoBufferAsync();
        return response;
    }

    /// <summary>Opens an event stream of the hub.</summary>
    public async Task<StreamReader> ListenAsync(HttpClient client, string query = "", string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_hub.Address, "/edge/v1/events" + query));
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Hands what the hub's engine has announced to its event stream.</summary>
    public void Tell()
    {
        for (; _told < Engines.Events.Count; _told++)
        {
            _hub.Events.Publish(Engines.Events[_told]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _hub.DisposeAsync();
        await _node.DisposeAsync();
        _key.Dispose();
        _stopping.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Over the wire's bytes, as in life.</summary>
    private void Give(NodeId node, DownMessage message) =>
        Engines.Do(node.Value, new HubMessage(SyncMapping.DecodeDown(SyncMapping.Encode(message), TaskMapping.FromWire)!));

    private sealed class Side(EdgeWorld world, string? node) : IClusterGateway
    {
        private readonly AuditLog _audit = new(world.Clock);
        private readonly EventFeed _feed = new(world.Clock);
        private LoopbackServer? _server;
        private EdgeEvents? _events;

        public Uri Address => _server!.Address;

        public EdgeEvents Events => _events ??= new EdgeEvents(_feed, _audit);

        public ClusterState Snapshot => node is null ? world.Engines.Hub : world.Engines[node];

        public ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken)
        {
            var reply = world.Engines.Do(node, command);
            world.Tell();
            return ValueTask.FromResult(reply);
        }

        public async Task StartAsync() => _server = await LoopbackServer.StartAsync(app => app.MapEdge(
            new EdgeHost(new AuditedGateway(this, _audit), _feed, _audit, () => world.Engines.Context())
            {
                Delegations = node is null ? world.Delegations : null,
                HubUrl = () => node is null ? null : "http://hub.test:5050",
            },
            world._stopping.Token));

        public ValueTask DisposeAsync() => _server!.DisposeAsync();
    }
}
