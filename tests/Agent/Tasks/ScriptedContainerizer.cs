using System.Collections.Concurrent;
using System.Threading.Channels;
using Edge.Agent.Containerizer;

namespace Edge.Tests.Agent.Tasks;

/// <summary>A runtime in memory that can be out of reach, and whose containers end when they are told to.</summary>
internal sealed class ScriptedContainerizer : IContainerizer
{
    private readonly Channel<ContainerExit> _exits = Channel.CreateUnbounded<ContainerExit>();
    private int _attempts;

    public ConcurrentDictionary<string, ContainerState> Containers { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls that were carried out, in order, as <c>start t1</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Thrown by every call while it is there.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Calls that met the fault.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Containers that end as soon as they are started, before the launch returns.</summary>
    public bool EndsAtOnce { get; set; }

    /// <summary>The sentence with which every launch fails; null starts.</summary>
    public string? LaunchError { get; set; }

    public ChannelReader<ContainerExit> Exits => _exits.Reader;

    public static ContainerState Running(string id) => new(id, 42, DateTimeOffset.UnixEpoch, null);

    /// <summary>A container ends, and the runtime says so.</summary>
    public ContainerState End(string id, int? status = 0)
    {
        var exit = new ContainerExit(id, status, null, status is null ? "nobody saw it" : null, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        var state = Running(id) with { Exit = exit };
        Containers[id] = state;
        _exits.Writer.TryWrite(exit);
        return state;
    }

    public ValueTask<LaunchResult> LaunchAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        Reach($"start {spec.ContainerId}");
        if (LaunchError is { } error)
        {
            return ValueTask.FromResult(LaunchResult.Failed(error));
        }

        var state = EndsAtOnce ? End(spec.ContainerId) : Containers[spec.ContainerId] = Running(spec.ContainerId);
        return ValueTask.FromResult(LaunchResult.Started(state));
    }

    public ValueTask KillAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        Reach($"kill {containerId}");
        if (Containers.TryGetValue(containerId, out var state) && state.Exit is null)
        {
            End(containerId, 15);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ContainerState>> ListAsync(CancellationToken cancellationToken)
    {
        Reach(null);
        return ValueTask.FromResult<IReadOnlyList<ContainerState>>([.. Containers.Values]);
    }

    public ValueTask ForgetAsync(string containerId, CancellationToken cancellationToken)
    {
        Reach(null);
        if (Containers.TryGetValue(containerId, out var state) && state.Exit is null)
        {
            throw new InvalidOperationException("It still runs.");
        }

        Containers.TryRemove(containerId, out _);
        Calls.Enqueue($"forget {containerId}");
        return ValueTask.CompletedTask;
    }

    private void Reach(string? call)
    {
        if (Fault is { } fault)
        {
            Interlocked.Increment(ref _attempts);
            throw fault;
        }

        if (call is not null)
        {
            Calls.Enqueue(call);
        }
    }
}
