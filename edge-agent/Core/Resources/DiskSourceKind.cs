namespace Edge.Core.Resources;

/// <summary>How a disk is presented to tasks.</summary>
public enum DiskSourceKind
{
    /// <summary>A folder on a shared file system; can be divided.</summary>
    Path,

    /// <summary>A mounted file system of its own; used whole.</summary>
    Mount,

    /// <summary>A block device; used whole.</summary>
    Block,

    /// <summary>Storage not yet made into anything; a pool that can be divided unless it has an id.</summary>
    Raw,
}
