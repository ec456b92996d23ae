using System.Threading.Channels;
using Edge.Core.Engine;
using Edge.Core.Health;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Health;

/// <summary>Carries out the health and readiness checks of all tasks that run here, and tells the engine what they show.</summary>
/// <remarks>A readiness check ends when it has passed once. One loop, one queue of instants and one timer, which is armed only while
/// something waits: a node without checks does nothing. Checks under way are tasks, not threads.</remarks>
internal sealed partial class HealthChecker(
    IClusterGateway engine, Probe health, Probe readiness, TimeProvider time, ILogger<HealthChecker> logger)
{
    /// <summary>Checks under way at once. Each is a connection or a process on a small machine, whose tasks need it more; a check that
    /// hangs holds its place until its time is up, and the others are late, not lost.</summary>
    public const int ConcurrentMax = 16;

    /// <summary>An interval of 0 would be a loop without a rest.</summary>
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A time limit of 0 means none, and a check that never ends would hold its place for ever.</summary>
    private static readonly TimeSpan s_longestCheck = TimeSpan.FromHours(1);

    // Unbounded in form only: at most two starts, one stop and two ends per task wait, and a node holds few thousand tasks.
    private readonly Channel<Note> _notes = Channel.CreateUnbounded<Note>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PriorityQueue<WatchedTask, TimeSpan> _due = new();
    private readonly Dictionary<CheckKey, WatchedTask> _watched = [];
    private readonly HashSet<WatchedTask> _flying = [];
    private readonly long _start = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Begins the checks of a task that runs; one without a check, or one that is watched already, is left alone, and so is the
    /// readiness of one that was ready before.</summary>
    public void Watch(ClusterTask task)
    {
        if (task.Spec is { Health: { } check, CustomExecutor: null })
        {
            // What was told before a restart of the daemon goes on; only a task of which nothing is known gets its delay and its grace.
            Watch(new WatchedTask(task, check, HealthRules.Begin(task.Health, Now), readiness: false));
        }

        if (task is { Slot: not null, Spec.Readiness.Check: { } untilReady, Readiness: not { Ready: true } })
        {
            Watch(new WatchedTask(task, untilReady, HealthRules.Begin(null, Now), readiness: true));
        }
    }

    /// <summary>Ends the checks of a task that has ended; an unknown one is no error.</summary>
    public void Stop(ContainerId container) => _notes.Writer.TryWrite(new Note(container, null, false));

    /// <summary>Works until it is stopped; checks under way are ended then, and say nothing.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var timer = time.CreateTimer(
            _ => _notes.Writer.TryWrite(default), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            while (await _notes.Reader.WaitToReadAsync(ending.Token))
            {
                while (_notes.Reader.TryRead(out var note))
                {
                    await TakeAsync(note);
                }

                StartDue(ending.Token);
                Arm(timer);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(_flying.Select(w => w.Flight));
        }
    }

    private void Watch(WatchedTask watched) => _notes.Writer.TryWrite(new Note(watched.Task.Container, watched, false));

    private async ValueTask TakeAsync(Note note)
    {
        if (note.IsEnd)
        {
            await LandAsync(note.Watched!); // An end always names whose.
        }
        else if (note.Watched is { } watched)
        {
            if (_watched.TryAdd(watched.Key, watched))
            {
                var wait = watched.State.Fresh ? watched.Check.Delay : IntervalOf(watched);
                _due.Enqueue(watched, watched.State.StartedAt + wait);
            }
        }
        else
        {
            await EndAsync(new CheckKey(note.Container, Readiness: false));
            await EndAsync(new CheckKey(note.Container, Readiness: true));
        }
    }

    private async ValueTask EndAsync(CheckKey key)
    {
        if (_watched.Remove(key, out var ended))
        {
            _ = _due.Remove(ended, out _, out _);
            if (ended.Stopping is { } stopping)
            {
                await stopping.CancelAsync();
            }
        }
    }

    /// <summary>A check is over: the next one is due one interval after its end, as Mesos counts.</summary>
    private async ValueTask LandAsync(WatchedTask watched)
    {
        await watched.Flight;
        _flying.Remove(watched);
        watched.Stopping!.Dispose(); // Made with the flight.
        watched.Stopping = null;
        if (watched.Done)
        {
            _watched.Remove(watched.Key);
        }
        else if (_watched.GetValueOrDefault(watched.Key) == watched)
        {
            _due.Enqueue(watched, Now + IntervalOf(watched));
        }
    }

    private void StartDue(CancellationToken ending)
    {
        while (_flying.Count < ConcurrentMax && _due.TryPeek(out var watched, out var at) && at <= Now)
        {
            _ = _due.Dequeue();
            if (!Runs(watched))
            {
                // It is about to end, or has.
                _watched.Remove(watched.Key);
                continue;
            }

            watched.Stopping = CancellationTokenSource.CreateLinkedTokenSource(ending);
            _flying.Add(watched);
            watched.Flight = FlyAsync(watched, watched.Stopping.Token);
        }
    }

    private bool Runs(WatchedTask watched) =>
        engine.Snapshot.Tasks.TryGetValue(watched.Task.Key, out var task)
        && task.Container == watched.Task.Container && task.Observed == ObservedState.Running;

    private void Arm(ITimer timer)
    {
        var waits = _flying.Count < ConcurrentMax && _due.TryPeek(out _, out var at)
            ? at > Now ? at - Now : TimeSpan.Zero
            : Timeout.InfiniteTimeSpan;
        timer.Change(waits < TimeSpan.FromDays(30) ? waits : TimeSpan.FromDays(30), Timeout.InfiniteTimeSpan);
    }

    private async Task FlyAsync(WatchedTask watched, CancellationToken stopping)
    {
        try
        {
            await CheckAsync(watched, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The task has ended, or the daemon ends.
        }
        finally
        {
            _notes.Writer.TryWrite(new Note(watched.Task.Container, watched, true));
        }
    }

    private async Task CheckAsync(WatchedTask watched, CancellationToken stopping)
    {
        var container = watched.Task.Container;
        var result = await LimitAsync(watched, stopping);
        if (result.Outcome == ProbeOutcome.NotRun)
        {
            Log.NotRun(logger, container.Value, result.Cause);
            return;
        }

        watched.First = false;
        await (watched.Key.Readiness ? TellReadinessAsync(watched, result, stopping) : TellHealthAsync(watched, result, stopping));
    }

    private async Task TellHealthAsync(WatchedTask watched, ProbeResult result, CancellationToken stopping)
    {
        var container = watched.Task.Container;
        var passed = result.Outcome == ProbeOutcome.Passed;
        var observed = new HealthResult(passed, passed ? null : result.Cause, time.GetUtcNow());
        var next = HealthRules.Apply(watched.State, watched.Check, observed, Now);
        watched.State = next.State;
        if (!next.Counts)
        {
            Log.Ignored(logger, container.Value, result.Cause);
            return;
        }

        if (next.Changed)
        {
            Log.Turned(logger, container.Value, passed ? "healthy" : "unhealthy", result.Cause);
        }

        // What counts is in the state: a result that the engine cannot commit now (a full disk, say) is told with the next one.
        var command = new HealthObserved(container, next.State.Health!, next.Kill); // A result that counts leaves one.
        if (await engine.SubmitAsync(command, stopping) is CommandReply.Rejected rejected)
        {
            Log.NotDurable(logger, container.Value, rejected.Reason);
        }
    }

    private async Task TellReadinessAsync(WatchedTask watched, ProbeResult result, CancellationToken stopping)
    {
        var container = watched.Task.Container;
        var shown = new TaskReadiness(result.Outcome == ProbeOutcome.Passed, result.Response);
        if (shown == watched.Told)
        {
            return;
        }

        if (shown.Ready != watched.Told?.Ready)
        {
            Log.Turned(logger, container.Value, shown.Ready ? "ready" : "not ready", result.Cause);
        }

        // What the engine cannot commit now is told with the next result: only what it has taken ends the check.
        var command = new ReadinessObserved(container, shown, shown.Ready ? null : result.Cause);
        if (await engine.SubmitAsync(command, stopping) is CommandReply.Rejected rejected)
        {
            Log.NotDurable(logger, container.Value, rejected.Reason);
            return;
        }

        watched.Told = shown;
    }

    private async Task<ProbeResult> LimitAsync(WatchedTask watched, CancellationToken stopping)
    {
        var limit = watched.Check.Timeout > TimeSpan.Zero && watched.Check.Timeout < s_longestCheck
            ? watched.Check.Timeout
            : s_longestCheck;
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            return await (watched.Key.Readiness ? readiness : health)(watched.Task, watched.First, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return ProbeResult.Failed(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"no result within {limit.TotalSeconds} s"));
        }
    }

    private static TimeSpan IntervalOf(WatchedTask watched) =>
        watched.Check.Interval > s_shortestInterval ? watched.Check.Interval : s_shortestInterval;

    /// <summary>What the loop is told: a task to watch, a task that has ended, a check that is over, or (all absent) that time has
    /// passed.</summary>
    private readonly record struct Note(ContainerId Container, WatchedTask? Watched, bool IsEnd);

    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Information, "Container {Container} is {Verdict} {Cause}")]
        public static partial void Turned(ILogger logger, string container, string verdict, string cause);

        [LoggerMessage(2302, LogLevel.Warning, "A check of container {Container} could not be carried out: {Reason}")]
        public static partial void NotRun(ILogger logger, string container, string reason);

        [LoggerMessage(2303, LogLevel.Debug, "Container {Container} fails within its grace: {Cause}")]
        public static partial void Ignored(ILogger logger, string container, string cause);

        [LoggerMessage(2304, LogLevel.Error, "What a check of container {Container} shows is not durable yet: {Reason}")]
        public static partial void NotDurable(ILogger logger, string container, string reason);
    }
}
