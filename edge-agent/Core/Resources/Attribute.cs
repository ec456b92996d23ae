namespace Edge.Core.Resources;

/// <summary>A fact about a node that is told to frameworks and never used up, such as its rack.</summary>
/// <param name="Name">The name; several attributes may have the same.</param>
/// <param name="Value">The value.</param>
public sealed record Attribute(string Name, AttributeValue Value)
{
    /// <summary>The form "rack:r1".</summary>
    public override string ToString() => $"{Name}:{Value}";
}
