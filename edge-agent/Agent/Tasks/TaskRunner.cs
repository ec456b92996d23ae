using System.Threading.Channels;
using Edge.Agent.Containerizer;
using Edge.Agent.Health;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Tasks;

/// <summary>Turns the engine's acts on containers into calls of the runtime, and what the runtime sees into commands.</summary>
/// <remarks>One act at a time, in order; every act may be repeated. What is observed is offered to the engine until it is
/// durable.</remarks>
internal sealed partial class TaskRunner(
    IContainerizer containerizer,
    IClusterGateway engine,
    ContainerSpecs specs,
    HealthChecker health,
    TimeProvider time,
    ILogger<TaskRunner> logger)
    : IDisposable
{
    /// <summary>Pause before an observation is offered again to an engine that could not commit it (a full disk, say).</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    // Unbounded in form only: the engine sends one act per change of a task, and a node holds few thousand tasks.
    private readonly Channel<Dispatch> _acts = Channel.CreateUnbounded<Dispatch>(new UnboundedChannelOptions { SingleReader = true });

    // Whoever holds it tells one container's story: an end that was seen while its start is being told waits, or RUNNING would be left out.
    private readonly SemaphoreSlim _telling = new(1);

    /// <summary>Queues an act; called by the engine loop, never blocks.</summary>
    public void Carry(Dispatch dispatch) => _acts.Writer.TryWrite(dispatch);

    /// <inheritdoc/>
    public void Dispose() => _telling.Dispose();

    /// <summary>Works until it is stopped; a stop leaves every task as it is.</summary>
    /// <exception cref="Exception">A fault of its own in either loop; the other one is ended too.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops = [ActAsync(ending.Token), WatchAsync(ending.Token)];
        var first = await Task.WhenAny(loops);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException) when (first.IsCanceled)
        {
            // Stopped.
        }
    }

    private async Task ActAsync(CancellationToken stoppingToken)
    {
        await foreach (var act in _acts.Reader.ReadAllAsync(stoppingToken))
        {
            while (!await TryCarryAsync(act, stoppingToken))
            {
                // In its place, not behind the others: a start that came after its own kill would never be ended.
                await Task.Delay(s_retry, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TryCarryAsync(Dispatch act, CancellationToken stoppingToken)
    {
        try
        {
            await CarryAsync(act, stoppingToken);
            return true;
        }
        catch (IOException failure)
        {
            // The runtime is out of reach; the same act is asked for again when it is back.
            Log.ActFailed(logger, act.GetType().Name, failure.Message);
            return false;
        }
    }

    private Task CarryAsync(Dispatch act, CancellationToken cancellationToken) => act switch
    {
        Dispatch.StartContainer start => StartInOrderAsync(start.Task, cancellationToken),
        Dispatch.KillContainer kill => containerizer.KillAsync(kill.Container.Value, kill.Grace, cancellationToken).AsTask(),
        Dispatch.ForgetContainer forget => ForgetAsync(forget.Container.Value, cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>What the books say has ended and still runs (an older journal was put back) is ended, and forgotten later.</summary>
    private async Task ForgetAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            await containerizer.ForgetAsync(container, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            await containerizer.KillAsync(container, TimeSpan.Zero, cancellationToken);
            await Task.Delay(s_retry, time, cancellationToken);
            _acts.Writer.TryWrite(new Dispatch.ForgetContainer(new ContainerId(container)));
        }
    }

    private async Task StartInOrderAsync(ClusterTask task, CancellationToken cancellationToken)
    {
        await _telling.WaitAsync(cancellationToken);
        try
        {
            await StartAsync(task, cancellationToken);
        }
        finally
        {
            _telling.Release();
        }
    }

    private async Task StartAsync(ClusterTask task, CancellationToken cancellationToken)
    {
        var known = (await containerizer.ListAsync(cancellationToken)).FirstOrDefault(c => c.ContainerId == task.Container.Value);
        if (known is not null)
        {
            await ReattachAsync(task, known, cancellationToken);
            return;
        }

        if (task.Observed > ObservedState.Starting)
        {
            // A task is one-shot: what once ran and is gone is never started again under its name.
            await ObserveAsync(
                task.Container, ObservedState.Failed, StatusReason.ExecutorTerminated,
                "The task's process is gone, and nobody saw how it ended: the node was rebooted, or lost its keeper.", cancellationToken);
            return;
        }

        var result = await containerizer.LaunchAsync(specs.Build(task), cancellationToken);
        if (result.IsStarted)
        {
            await ObserveAsync(task.Container, ObservedState.Running, null, null, cancellationToken);
            health.Watch(task);
        }
        else
        {
            await ObserveAsync(
                task.Container, ObservedState.Failed, StatusReason.ContainerLaunchFailed, result.Error, cancellationToken);
        }
    }

    private async Task ReattachAsync(ClusterTask task, ContainerState known, CancellationToken cancellationToken)
    {
        await ObserveAsync(task.Container, ObservedState.Running, null, null, cancellationToken);
        if (known.Exit is { } exit)
        {
            await TellExitAsync(exit, cancellationToken);
        }
        else
        {
            health.Watch(task);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        await foreach (var exit in containerizer.Exits.ReadAllAsync(stoppingToken))
        {
            await _telling.WaitAsync(stoppingToken);
            try
            {
                await TellExitAsync(exit, stoppingToken);
            }
            finally
            {
                _telling.Release();
            }
        }
    }

    private async Task TellExitAsync(ContainerExit exit, CancellationToken cancellationToken)
    {
        var container = new ContainerId(exit.ContainerId);
        health.Stop(container);
        var killed = engine.Snapshot.Tasks.Values.Any(
            t => t.Container == container && (t.Desired == DesiredState.Kill || t.EndCause is not null));
        var state = killed ? ObservedState.Killed : exit.ExitStatus == 0 ? ObservedState.Finished : ObservedState.Failed;
        StatusReason? reason = exit.LaunchError is not null ? StatusReason.ContainerLaunchFailed
            : exit.ExitStatus is null ? StatusReason.ExecutorTerminated
            : null;
        await ObserveAsync(container, state, reason, exit.Message, cancellationToken);
    }

    /// <summary>Offers an observation until it is durable: a status that was seen is never lost to a full disk.</summary>
    private async Task ObserveAsync(
        ContainerId container, ObservedState state, StatusReason? reason, string? message, CancellationToken cancellationToken)
    {
        Log.Observed(logger, container.Value, state, message ?? string.Empty);
        var command = new ContainerObserved(container, state, reason, message);
        while (await engine.SubmitAsync(command, cancellationToken) is CommandReply.Rejected rejected)
        {
            Log.NotDurable(logger, container.Value, state, rejected.Reason);
            await Task.Delay(s_retry, time, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "Container {Container}: {State} {Message}")]
        public static partial void Observed(ILogger logger, string container, ObservedState state, string message);

        [LoggerMessage(2102, LogLevel.Error, "{Act} failed: {Reason}; it is tried again")]
        public static partial void ActFailed(ILogger logger, string act, string reason);

        [LoggerMessage(2103, LogLevel.Error, "Container {Container}: {State} is not durable yet: {Reason}")]
        public static partial void NotDurable(ILogger logger, string container, ObservedState state, string reason);
    }
}
