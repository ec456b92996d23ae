using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>What a framework is told on its stream. Source: scheduler.proto, Event.</summary>
public abstract record FrameworkEvent
{
    private FrameworkEvent()
    {
    }

    /// <summary>The subscription stands.</summary>
    public sealed record Subscribed(FrameworkId Framework) : FrameworkEvent;

    /// <summary>New offers with the nodes they are of, in the same order; never empty.</summary>
    public sealed record Offers(ImmutableArray<Offer> Items, ImmutableArray<Node> Nodes, bool MultiRole) : FrameworkEvent;

    /// <summary>An offer is taken back.</summary>
    public sealed record Rescind(OfferId Offer) : FrameworkEvent;

    /// <summary>A status, already translated for the framework's capabilities.</summary>
    public sealed record Update(StatusUpdate Status) : FrameworkEvent;

    /// <summary>A node went out of reach.</summary>
    public sealed record Failure(NodeId Node) : FrameworkEvent;

    /// <summary>The subscription ends; the stream closes behind it.</summary>
    public sealed record Error(string Message) : FrameworkEvent;
}
