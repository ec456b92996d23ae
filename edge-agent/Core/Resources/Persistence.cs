namespace Edge.Core.Resources;

/// <summary>Makes disk space a persistent volume. Source: Mesos Resource.DiskInfo.Persistence.</summary>
/// <param name="Id">The volume's id, unique per role and node.</param>
/// <param name="Principal">Who created it; null when unknown.</param>
public sealed record Persistence(string Id, string? Principal = null);
