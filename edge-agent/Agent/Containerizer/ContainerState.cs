namespace Edge.Agent.Containerizer;

/// <summary>One container as the runtime knows it.</summary>
/// <param name="Pid">The main process; its number may be someone else's once <paramref name="Exit"/> is there.</param>
/// <param name="Exit">How it ended, or null while anything of it runs.</param>
public sealed record ContainerState(string ContainerId, int Pid, DateTimeOffset StartedAt, ContainerExit? Exit);
