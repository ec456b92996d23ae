namespace Edge.Core.Resources;

/// <summary>What makes disk space more than an amount. Source: Mesos Resource.DiskInfo.</summary>
/// <param name="Persistence">Set for a persistent volume.</param>
/// <param name="Volume">Where it is mounted; set for a persistent volume.</param>
/// <param name="Source">Where the space comes from; null means the work folder.</param>
public sealed record DiskInfo(Persistence? Persistence = null, VolumeMount? Volume = null, DiskSource? Source = null)
{
    /// <summary>True when the space is taken as a whole or not at all.</summary>
    /// <remarks>Persistent volumes, mounts, block devices, raw space with an id.</remarks>
    public bool IsWhole => Persistence is not null || Source switch
    {
        null => false,
        { Kind: DiskSourceKind.Mount or DiskSourceKind.Block } => true,
        { Kind: DiskSourceKind.Raw } raw => raw.Id is not null,
        _ => false,
    };

    /// <summary>A total order that agrees with equality; absent comes first.</summary>
    internal static int Compare(DiskInfo? left, DiskInfo? right)
    {
        if (ReferenceEquals(left, right) || left is null || right is null)
        {
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        }

        var order = Compare(left.Persistence?.Id, right.Persistence?.Id);
        order = order != 0 ? order : Compare(left.Persistence?.Principal, right.Persistence?.Principal);
        order = order != 0 ? order : Compare(left.Volume?.ContainerPath, right.Volume?.ContainerPath);
        order = order != 0 ? order : Compare(left.Volume?.HostPath, right.Volume?.HostPath);
        order = order != 0 ? order : Nullable.Compare(left.Volume?.ReadOnly, right.Volume?.ReadOnly);
        order = order != 0 ? order : Nullable.Compare(left.Source?.Kind, right.Source?.Kind);
        order = order != 0 ? order : Compare(left.Source?.Root, right.Source?.Root);
        order = order != 0 ? order : Compare(left.Source?.Id, right.Source?.Id);
        order = order != 0 ? order : Compare(left.Source?.Profile, right.Source?.Profile);
        return order != 0 ? order : Compare(left.Source?.Vendor, right.Source?.Vendor);
    }

    private static int Compare(string? left, string? right) => string.CompareOrdinal(left, right);
}
