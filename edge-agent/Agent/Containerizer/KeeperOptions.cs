using Edge.Agent.Containerizer.Keeper;

namespace Edge.Agent.Containerizer;

/// <summary>Where the containers of an agent live and how its keeper is started.</summary>
public sealed record KeeperOptions
{
    /// <summary>The agent's data directory; its path must leave room for a socket's name (at most 95 bytes).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The agent's id: the first folder of every sandbox.</summary>
    public required string AgentId { get; init; }

    /// <summary>This program itself; tests name the one that they built.</summary>
    public AgentCommand Command { get; init; } = AgentCommand.Current;

    /// <summary>Pause between two tries to reach a keeper that died; default 1 s.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);
}
