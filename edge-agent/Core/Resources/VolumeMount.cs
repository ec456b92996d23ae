namespace Edge.Core.Resources;

/// <summary>Where a volume appears in a task's sandbox.</summary>
/// <param name="ContainerPath">The path as the task sees it.</param>
/// <param name="HostPath">The path on the node, or null when the node decides.</param>
/// <param name="ReadOnly">True when the task may not write.</param>
public sealed record VolumeMount(string ContainerPath, string? HostPath = null, bool ReadOnly = false);
