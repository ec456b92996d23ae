namespace Edge.Agent.Profiles;

/// <summary>What a board keeps from its tasks; null where the profile says nothing.</summary>
/// <param name="ReservedMemoryMb">Memory in MB that is never offered: the system's and the agent's own.</param>
/// <param name="MaxTasks">How many tasks at once.</param>
/// <param name="MaxProcessesPerTask">How many processes in one task.</param>
/// <param name="MaxOpenFilesPerTask">How many open files in each process of a task.</param>
internal sealed record BoardLimits(
    long? ReservedMemoryMb = null, int? MaxTasks = null, int? MaxProcessesPerTask = null, int? MaxOpenFilesPerTask = null);
