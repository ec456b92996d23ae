using Edge.Agent.Containerizer.Keeper;

namespace Edge.Agent.Containerizer;

/// <summary>Where the containers of an agent live and how its keeper is started.</summary>
public sealed record KeeperOptions
{
    /// <summary>The agent's data directory and its layout.</summary>
    public required ContainerPaths Paths { get; init; }

    /// <summary>This program itself; tests name the one that they built.</summary>
    public AgentCommand Command { get; init; } = AgentCommand.Current;

    /// <summary>Pause between two tries to reach a keeper that died; default 1 s.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);
}
