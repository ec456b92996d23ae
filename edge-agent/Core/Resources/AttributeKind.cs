namespace Edge.Core.Resources;

/// <summary>What shape the value of an attribute has.</summary>
public enum AttributeKind
{
    /// <summary>Free text.</summary>
    Text,

    /// <summary>A number.</summary>
    Scalar,

    /// <summary>Ranges of whole numbers.</summary>
    Ranges,
}
