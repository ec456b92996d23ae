using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Daemon.Gateway;

/// <summary>The one way from the outside to the engine: read a snapshot, or send a command.</summary>
public interface IClusterGateway
{
    /// <summary>The last committed state; safe from any thread, never locked.</summary>
    ClusterState Snapshot { get; }

    /// <summary>Sends a command and waits until what it led to is durable.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Gives up waiting; the command may still be carried out.</param>
    /// <returns>The engine's reply. Rejected with a sentence when the engine is stopping or its queue is full.</returns>
    ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken);
}

/// <summary>Where events for frameworks go: open streams by id.</summary>
/// <remarks>Called by the engine loop only, after the commit; never blocks.</remarks>
public interface IFrameworkStreams
{
    /// <summary>Queues an event; an unknown or closed stream is ignored, a full one is cut.</summary>
    void Send(StreamId stream, FrameworkEvent happened);

    /// <summary>Ends a stream behind everything that was queued.</summary>
    void Close(StreamId stream);
}
