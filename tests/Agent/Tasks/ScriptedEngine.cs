using System.Collections.Concurrent;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Gateway;

namespace Edge.Tests.Agent.Tasks;

/// <summary>An engine that remembers what it was told, and refuses as often as it is asked to.</summary>
internal sealed class ScriptedEngine : IClusterGateway
{
    private int _refusals;

    public ClusterState Snapshot { get; set; } = new() { MasterId = "m", HubEpoch = "", StartedAt = DateTimeOffset.UnixEpoch };

    /// <summary>Those that were accepted, in order.</summary>
    public ConcurrentQueue<ClusterCommand> Commands { get; } = new();

    /// <summary>How many were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>The observations among the commands.</summary>
    public IReadOnlyList<(string Container, ObservedState State)> Observed =>
        [.. Commands.OfType<ContainerObserved>().Select(c => (c.Container.Value, c.State))];

    /// <summary>Refuses the next commands, as with a full disk.</summary>
    public void RefuseNext(int count) => Volatile.Write(ref _refusals, count);

    public ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _refusals) > 0)
        {
            _refusals--;
            Refused++;
            return ValueTask.FromResult<CommandReply>(new CommandReply.Rejected("the disk is full"));
        }

        Commands.Enqueue(command);
        return ValueTask.FromResult<CommandReply>(CommandReply.Accepted.Instance);
    }
}
