using Edge.Core.Resources;

namespace Edge.Core.Model;

/// <summary>Free resources of one node, held for one framework in one role until it answers.</summary>
public sealed record Offer
{
    /// <summary>Its id.</summary>
    public required OfferId Id { get; init; }

    /// <summary>To whom.</summary>
    public required FrameworkId Framework { get; init; }

    /// <summary>Of which node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>In which role.</summary>
    public required string Role { get; init; }

    /// <summary>What is offered, allocated to the role; never empty.</summary>
    public required ResourceSet Resources { get; init; }
}
