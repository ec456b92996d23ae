namespace Edge.Core.Resources;

/// <summary>What shape the value of a resource has.</summary>
public enum ResourceKind
{
    /// <summary>An amount, such as cpus or mem.</summary>
    Scalar,

    /// <summary>Ranges of whole numbers, such as ports.</summary>
    Ranges,

    /// <summary>A set of names.</summary>
    Set,
}
