namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>A cluster that tests share; each test has app ids of its own.</summary>
/// <remarks>Nothing is started where the native agent is missing: all tests are skipped then.</remarks>
public abstract class MarathonCluster : IAsyncLifetime
{
    private static int s_number;

    private readonly Cluster _cluster = Cluster.New(new HubSettings());
    private MarathonApi? _api;

    /// <summary>What is tested.</summary>
    internal MarathonApi Api => _api ?? throw new InvalidOperationException("Nothing was started.");

    /// <summary>The processes.</summary>
    internal Cluster Processes => _cluster;

    /// <summary>What GET /v2/apps said before there was any app.</summary>
    internal MarathonReply Empty { get; private set; } = new("GET /v2/apps", 0, new Dictionary<string, string>(), string.Empty);

    /// <summary>A path for an app that no other test has.</summary>
    internal static string NewId() => $"/c{Interlocked.Increment(ref s_number)}/a";

    public Task InitializeAsync() => File.Exists(DaemonProgram.NativeAgent)
        ? _cluster.GuardAsync(async () =>
        {
            _api = await StartAsync(_cluster);
            Empty = await _api.GetAsync("/v2/apps");
        })
        : Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _api?.Dispose();
        await _cluster.DisposeAsync();
    }

    /// <summary>Runs a test; when it fails the message carries the ends of all logs.</summary>
    internal Task RunAsync(Func<MarathonApi, Task> test) => _cluster.GuardAsync(() => test(Api));

    private protected abstract Task<MarathonApi> StartAsync(Cluster cluster);
}

/// <summary>The hub's API, over two agents.</summary>
public sealed class HubCluster : MarathonCluster
{
    private protected override async Task<MarathonApi> StartAsync(Cluster cluster)
    {
        await cluster.StartAsync(
            new AgentSettings("one") { Attributes = "rack:r1;level:7" },
            new AgentSettings("two") { Attributes = "rack:r2;level:8" });
        return new MarathonApi(cluster.Api);
    }
}

/// <summary>The API of an agent that had a hub, and has it no more.</summary>
public sealed class CutAgent : MarathonCluster
{
    private protected override async Task<MarathonApi> StartAsync(Cluster cluster)
    {
        await cluster.StartAsync(new AgentSettings("one") { Attributes = "rack:r1;level:7" });
        await cluster.Hub.KillAsync();
        return new MarathonApi(cluster["one"].Endpoint("http"));
    }
}

/// <summary>The tests against the hub share one.</summary>
[CollectionDefinition(Name)]
public sealed class HubApi : ICollectionFixture<HubCluster>
{
    public const string Name = "Marathon on the hub";
}

/// <summary>The tests against an agent without a hub share one.</summary>
[CollectionDefinition(Name)]
public sealed class CutAgentApi : ICollectionFixture<CutAgent>
{
    public const string Name = "Marathon on a cut agent";
}
