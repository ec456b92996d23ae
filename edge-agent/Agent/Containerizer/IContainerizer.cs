using System.Threading.Channels;

namespace Edge.Agent.Containerizer;

/// <summary>The port behind which tasks run as containers: a process tree with a sandbox, limits and an exit status.</summary>
/// <remarks>Every call may be repeated. Throws <see cref="IOException"/> when the runtime cannot be reached; the same call may then be
/// tried again. Safe from any thread.</remarks>
public interface IContainerizer
{
    /// <summary>Ends of containers, each once per life of this object until it is forgotten, those included that happened while the agent
    /// was away. A container whose program could not be started is announced here too.</summary>
    ChannelReader<ContainerExit> Exits { get; }

    /// <summary>Starts a container and returns when its program runs. The same container id again starts nothing.</summary>
    ValueTask<LaunchResult> LaunchAsync(ContainerSpec spec, CancellationToken cancellationToken);

    /// <summary>Sends SIGTERM to the whole tree at once and SIGKILL after the grace. The end comes through <see cref="Exits"/>. A second
    /// call
    /// can only shorten the grace; an unknown or ended container is no error.</summary>
    ValueTask KillAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Every container that is known and not forgotten; a snapshot, no order.</summary>
    ValueTask<IReadOnlyList<ContainerState>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes what is recorded about an ended container; its sandbox stays. An unknown one is no error.</summary>
    /// <exception cref="InvalidOperationException">It still runs.</exception>
    ValueTask ForgetAsync(string containerId, CancellationToken cancellationToken);
}
