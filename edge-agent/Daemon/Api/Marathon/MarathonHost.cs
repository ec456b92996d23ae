using Edge.Daemon.Gateway;

namespace Edge.Daemon.Api.Marathon;

/// <summary>What the Marathon endpoints need from the daemon that hosts them.</summary>
/// <param name="Gateway">The way to the engine.</param>
/// <param name="Events">The same object that the engine's events are carried to.</param>
/// <param name="Address">host:port of this API, asked for each answer; known once the server listens.</param>
/// <param name="Time">Drives heartbeats and the uptime of tasks.</param>
/// <param name="Monotonic">The engine's clock: waits are told relative to it.</param>
public sealed record MarathonHost(
    IClusterGateway Gateway, MarathonEvents Events, Func<string> Address, TimeProvider Time, Func<TimeSpan> Monotonic)
{
    /// <summary>The hub's API, such as <c>http://10.0.0.1:5050</c>: where writes to the hub's apps are sent while it is in reach.
    /// Null on a hub, and when the hub has not said.</summary>
    public Func<string?> HubUrl { get; init; } = () => null;

    /// <summary>Bytes of a body that are read at most. Reason: a group of some thousand apps, and not more.</summary>
    public int BodyMax { get; init; } = 8 * 1024 * 1024;
}
