using System.Threading.Channels;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;
using Microsoft.Extensions.Logging;

namespace Edge.Daemon.Hosting;

/// <summary>Carries out what the engine decided; called by the loop only, after the commit; never blocks.</summary>
public interface IEngineActs
{
    /// <summary>Carries out one act; every one may come twice.</summary>
    void Carry(Dispatch dispatch);
}

/// <summary>The one writer: takes commands in batches, decides, commits, publishes the snapshot, acts, replies.</summary>
/// <remarks>A thin skin over <see cref="EngineCore.Process"/>. Between batches it sleeps until a command comes or something falls
/// due.</remarks>
public sealed partial class EngineLoop : IClusterGateway, IAsyncDisposable
{
    /// <summary>Commands that wait; a caller above it waits for room. Reason: a queue that is longer than what a second can decide only
    /// hides
    /// the load.</summary>
    private const int QueueMax = 10_000;

    /// <summary>Commands in one transaction: one fsync serves them all, and none waits long for the others.</summary>
    private const int BatchMax = 512;

    /// <summary>Pause before a batch that could not be committed is tried again.</summary>
    private static readonly TimeSpan s_commitRetry = TimeSpan.FromSeconds(1);

    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly IJournal _journal;
    private readonly IEngineActs _acts;
    private readonly EngineLoopOptions _options;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private ClusterState _state;
    private Task? _run;
    private int _tickQueued;
    private int _disposed;

    /// <summary>Makes a loop over a restored state; nothing happens before <see cref="Start"/>.</summary>
    public EngineLoop(ClusterState state, IJournal journal, IEngineActs acts, EngineLoopOptions options, ILogger<EngineLoop> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _state = state;
        _journal = journal;
        _acts = acts;
        _options = options;
        _logger = logger;
        _timer = options.Time.CreateTimer(_ => PostTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public ClusterState Snapshot => Volatile.Read(ref _state);

    /// <summary>Batches that could not be committed since the start.</summary>
    public long CommitFailures { get; private set; }

    /// <summary>Commands that the engine could not decide since the start; each is a fault of ours.</summary>
    public long CommandsFaulty { get; private set; }

    /// <summary>Commands that wait now.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Why the newest commit failed; null when it did not.</summary>
    public string? CommitFailure { get; private set; }

    /// <summary>Starts the loop.</summary>
    public void Start()
    {
        Arm(Snapshot);
        _run = RunAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public async ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken)
    {
        var entry = new Entry(command, new TaskCompletionSource<CommandReply>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _queue.Writer.WriteAsync(entry, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return new CommandReply.Rejected("The engine is stopping.");
        }

        return await entry.Reply!.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends a command without waiting for what it leads to.</summary>
    /// <returns>False when the queue is full or the engine is stopping: the sender says it again later.</returns>
    public bool TryPost(ClusterCommand command) => _queue.Writer.TryWrite(new Entry(command, null));

    /// <summary>Ends the loop behind what was queued before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        if (_run is not null)
        {
            await _run;
        }

        await _timer.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Entry>(BatchMax);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (batch.Count < BatchMax && _queue.Reader.TryRead(out var entry))
                {
                    batch.Add(entry);
                }

                await DecideAsync(batch, stoppingToken);
                batch.Clear();
            }
        }
        catch (Exception failure)
        {
            // A violated invariant stops the daemon, never the tasks: what is durable is whole, and a restart goes on from there.
            Log.Stopped(_logger, failure);
            Abandon(batch);
            _options.OnFatal(failure);
        }
    }

    /// <summary>Nobody waits for an engine that is gone.</summary>
    private void Abandon(List<Entry> batch)
    {
        _queue.Writer.TryComplete();
        while (_queue.Reader.TryRead(out var entry))
        {
            batch.Add(entry);
        }

        Refuse(batch, "The engine stopped on a fault of its own; its log says which.");
    }

    private async Task DecideAsync(List<Entry> batch, CancellationToken stoppingToken)
    {
        Interlocked.Exchange(ref _tickQueued, 0);
        while (true)
        {
            var decision = Decide(batch);
            CommitFailure = decision.Rows.IsEmpty ? null : _journal.Commit(decision.Rows);
            if (CommitFailure is null)
            {
                Publish(decision, batch);
                return;
            }

            // Nothing was committed, so nothing has happened: the same commands are decided again when there is room.
            CommitFailures++;
            Log.CommitFailed(_logger, CommitFailure);
            Refuse(batch, CommitFailure);
            if (batch.Count == 0 || stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(s_commitRetry, _options.Time, CancellationToken.None);
        }
    }

    /// <summary>Decides a batch without the commands that the engine cannot decide.</summary>
    /// <remarks>Deciding is pure, so a fault has changed nothing: the batch is decided again one by one, each on what those before it led
    /// to, to find who causes it. A command from outside is refused by itself, so that no caller can stop the daemon; a fault of the
    /// engine's own timers stops it.</remarks>
    private Decision Decide(List<Entry> batch)
    {
        try
        {
            return EngineCore.Process(_state, [.. batch.Select(e => e.Command)], Context());
        }
        catch (Exception failure) when (RefuseFaulty(batch))
        {
            Log.CommandsRefused(_logger, failure);
            return EngineCore.Process(_state, [.. batch.Select(e => e.Command)], Context());
        }
    }

    private bool RefuseFaulty(List<Entry> batch)
    {
        var trial = _state;
        return batch.RemoveAll(e => e.Command is not Tick && IsFaulty(e, ref trial)) > 0;
    }

    private bool IsFaulty(Entry entry, ref ClusterState trial)
    {
        try
        {
            trial = EngineCore.Process(trial, [entry.Command], Context()).State;
            return false;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            CommandsFaulty++;
            entry.Reply?.TrySetResult(new CommandReply.Rejected(
                $"The engine cannot decide {entry.Command.GetType().Name}: {failure.Message} That is a fault of ours; nothing changed."));
            return true;
        }
    }

    /// <summary>Callers who wait are told; what nobody waits for (a task has ended) is kept and tried again.</summary>
    private static void Refuse(List<Entry> batch, string reason)
    {
        foreach (var entry in batch.Where(e => e.Reply is not null))
        {
            entry.Reply!.TrySetResult(new CommandReply.Rejected(reason));
        }

        batch.RemoveAll(e => e.Reply is not null);
    }

    private void Publish(Decision decision, List<Entry> batch)
    {
        Volatile.Write(ref _state, decision.State);
        foreach (var dispatch in decision.Dispatches)
        {
            _acts.Carry(dispatch);
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Reply?.TrySetResult(decision.Replies[i]);
        }

        Arm(decision.State);
    }

    private void Arm(ClusterState state)
    {
        if (EngineCore.NextDue(state) is { } due)
        {
            var wait = due - _options.Monotonic();
            _timer.Change(wait > TimeSpan.Zero ? Min(wait, TimeSpan.FromDays(30)) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void PostTick()
    {
        if (Interlocked.Exchange(ref _tickQueued, 1) == 0 && !TryPost(new Tick()))
        {
            Interlocked.Exchange(ref _tickQueued, 0);
        }
    }

    private DecisionContext Context() => new(_options.Time.GetUtcNow(), _options.Monotonic(), _options.NextSeed(), _options.Limits)
    {
        Apps = _options.Apps,
    };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private readonly record struct Entry(ClusterCommand Command, TaskCompletionSource<CommandReply>? Reply);

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Error, "The journal refused a batch: {Reason}")]
        public static partial void CommitFailed(ILogger logger, string reason);

        [LoggerMessage(1003, LogLevel.Error, "The engine cannot decide a command, which was refused; nothing was changed by it")]
        public static partial void CommandsRefused(ILogger logger, Exception failure);

        [LoggerMessage(1002, LogLevel.Critical, "The engine stopped on a fault of its own; tasks go on")]
        public static partial void Stopped(ILogger logger, Exception failure);
    }
}

/// <summary>What an engine loop needs from its host.</summary>
/// <param name="Limits">Bounds and delays.</param>
/// <param name="Time">The clock of timers and of <see cref="DecisionContext.Now"/>.</param>
/// <param name="Monotonic">Time since the start of the host, counted by a clock that never jumps.</param>
/// <param name="NextSeed">A number that never comes twice.</param>
/// <param name="OnFatal">Called once when the loop stops on a fault of its own.</param>
public sealed record EngineLoopOptions(
    ClusterLimits Limits, TimeProvider Time, Func<TimeSpan> Monotonic, Func<ulong> NextSeed, Action<Exception> OnFatal)
{
    /// <summary>What app definitions mean.</summary>
    public IAppMapping Apps { get; init; } = AppMapping.Instance;
}
