namespace Edge.Core.Resources;

/// <summary>Where disk space comes from when it is not the work folder. Source: Mesos Resource.DiskInfo.Source.</summary>
/// <param name="Kind">How it is presented.</param>
/// <param name="Root">The folder or mount point; null for block and raw, or when the node decides.</param>
/// <param name="Id">The volume's id at its provider, or null.</param>
/// <param name="Profile">The storage profile, or null.</param>
/// <param name="Vendor">The vendor of the storage, or null.</param>
public sealed record DiskSource(
    DiskSourceKind Kind, string? Root = null, string? Id = null, string? Profile = null, string? Vendor = null);
