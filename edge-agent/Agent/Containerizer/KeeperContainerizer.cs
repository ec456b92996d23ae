using System.Collections.Concurrent;
using System.Threading.Channels;
using Edge.Agent.Containerizer.Keeper;
using Edge.Agent.Containerizer.Pods;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Agent.Containerizer;

/// <summary>Runs containers as plain process trees that belong to the keeper, and so outlive the agent.</summary>
/// <remarks>When the keeper dies it is started again at once; the new one adopts what runs.</remarks>
public sealed partial class KeeperContainerizer : IContainerizer, IAsyncDisposable
{
    private readonly KeeperOptions _options;
    private readonly ILogger<KeeperContainerizer> _logger;
    private readonly TimeProvider _time;
    private readonly SandboxMaker _sandboxes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, byte> _announced = new(StringComparer.Ordinal);

    // As many as the keeper holds containers at most: each end is written once until it is forgotten.
    private readonly Channel<ContainerExit> _exits = Channel.CreateUnbounded<ContainerExit>();
    private volatile KeeperClient _client;
    private Task _watching = Task.CompletedTask;

    private KeeperContainerizer(KeeperOptions options, KeeperClient client, TimeProvider time, ILogger<KeeperContainerizer> logger)
    {
        _options = options;
        _client = client;
        _time = time;
        _logger = logger;
        Paths = options.Paths;
        _sandboxes = new SandboxMaker(Paths, options.Command);
    }

    /// <summary>Keepers that are tried at the start. Reason: one that ends at once has a cause that trying does not mend.</summary>
    private const int OpenAttemptsMax = 5;

    /// <summary>The layout of the data directory.</summary>
    public ContainerPaths Paths { get; }

    public ChannelReader<ContainerExit> Exits => _exits.Reader;

    /// <summary>Reaches the keeper of the data directory, starting one if there is none, and reads what happened in the meantime.</summary>
    /// <exception cref="IOException">No keeper could be reached or started.</exception>
    public static async Task<KeeperContainerizer> OpenAsync(
        KeeperOptions options, TimeProvider time, ILogger<KeeperContainerizer> logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        for (var attempt = 1; ; attempt++)
        {
            var client = await KeeperProcess.EnsureRunningAsync(options.Paths, options.Command, cancellationToken);
            var containerizer = new KeeperContainerizer(options, client, time, logger);
            try
            {
                await containerizer.SubscribeAsync(client, cancellationToken);
                containerizer._watching = containerizer.WatchAsync(containerizer._stopping.Token);
                return containerizer;
            }
            catch (IOException e) when (attempt < OpenAttemptsMax)
            {
                // The keeper ended just after it was reached: a node must not stay down for that.
                Log.NoKeeper(logger, e.Message);
                await client.DisposeAsync();
                await Task.Delay(options.RetryPause, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc cref="OpenAsync(KeeperOptions, TimeProvider, ILogger{KeeperContainerizer}, CancellationToken)"/>
    public static Task<KeeperContainerizer> OpenAsync(ContainerPaths paths, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(new KeeperOptions { Paths = paths }, time, NullLogger<KeeperContainerizer>.Instance, cancellationToken);

    public async ValueTask<LaunchResult> LaunchAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problem = ContainerPaths.Validate("container", spec.ContainerId)
            ?? (File.Exists(Paths.RunFile(spec.ContainerId)) ? null : _sandboxes.Prepare(spec));
        if (problem is not null)
        {
            return LaunchResult.Failed(problem);
        }

        var reply = await _client.RequestAsync(KeeperVerb.Start, KeeperProtocol.IdPayload(spec.ContainerId), cancellationToken);
        if (reply.Code is not null)
        {
            return LaunchResult.Failed(reply.Error);
        }

        var state = reply.States[0];
        return state.IsLaunchFailure ? new LaunchResult(state.Problem, Translate(state)) : LaunchResult.Started(Translate(state));
    }

    public async ValueTask KillAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken) =>
        _ = await _client.RequestAsync(
            KeeperVerb.Kill, KeeperProtocol.IdPayload(containerId, (long)Math.Max(grace.TotalMilliseconds, 0)), cancellationToken);

    public async ValueTask<IReadOnlyList<ContainerState>> ListAsync(CancellationToken cancellationToken)
    {
        var reply = await _client.RequestAsync(KeeperVerb.List, [], cancellationToken);
        return [.. reply.States.Select(Translate)];
    }

    public async ValueTask ForgetAsync(string containerId, CancellationToken cancellationToken)
    {
        var reply = await _client.RequestAsync(KeeperVerb.Forget, KeeperProtocol.IdPayload(containerId), cancellationToken);
        if (reply.Code == KeeperErrorCode.StillRunning)
        {
            throw new InvalidOperationException(reply.Error);
        }

        if (reply.Code == KeeperErrorCode.Failed)
        {
            throw new IOException(reply.Error);
        }

        _ = _announced.TryRemove(containerId, out _);
    }

    /// <summary>Lets go of the keeper; no container is touched.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _client.DisposeAsync();
        await _watching;
        _stopping.Dispose();
        _exits.Writer.TryComplete();
    }

    private async Task SubscribeAsync(KeeperClient client, CancellationToken cancellationToken)
    {
        var reply = await client.RequestAsync(KeeperVerb.Subscribe, [], cancellationToken);
        foreach (var state in reply.States)
        {
            Announce(state);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await foreach (var state in _client.Pushed.ReadAllAsync(CancellationToken.None))
            {
                Announce(state);
            }

            if (!stoppingToken.IsCancellationRequested)
            {
                await ReconnectAsync(stoppingToken);
            }
        }
    }

    private async Task ReconnectAsync(CancellationToken stoppingToken)
    {
        Log.KeeperGone(_logger);
        await _client.DisposeAsync();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var client = await KeeperProcess.EnsureRunningAsync(_options.Paths, _options.Command, stoppingToken);
                _client = client;
                await SubscribeAsync(client, stoppingToken);
                return;
            }
            catch (IOException e)
            {
                Log.NoKeeper(_logger, e.Message);
                await Task.Delay(_options.RetryPause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Announce(KeptState state)
    {
        if (state.Phase == KeptPhase.Exited && _announced.TryAdd(state.ContainerId, 0))
        {
            _ = _exits.Writer.TryWrite(TranslateExit(state));
        }
    }

    private ContainerState Translate(KeptState state) => new(
        state.ContainerId,
        state.Pid,
        DateTimeOffset.FromUnixTimeMilliseconds(state.StartedAtUnixMs),
        state.Phase == KeptPhase.Exited ? TranslateExit(state) : null);

    private ContainerExit TranslateExit(KeptState state) => new(
        state.ContainerId,
        state.IsStatusKnown ? state.Status : null,
        state.IsLaunchFailure ? state.Problem : null,
        !state.IsLaunchFailure && !state.IsStatusKnown ? state.Problem : null,
        DateTimeOffset.FromUnixTimeMilliseconds(state.ExitedAtUnixMs),
        TimeSpan.FromMilliseconds(state.ExitedMonotonicMs))
    {
        PodSentence = PodFile.ReadEnd(Paths, state.ContainerId),
    };

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "The connection to the keeper ended; the tasks run on, a keeper is looked for or started")]
        public static partial void KeeperGone(ILogger logger);

        [LoggerMessage(2202, LogLevel.Error, "No keeper: {Reason}")]
        public static partial void NoKeeper(ILogger logger, string reason);
    }
}
