using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Daemon.Api.Edge;

/// <summary>One node as it is shown: by its hub, or by itself.</summary>
internal sealed record NodeView
{
    public required NodeId Id { get; init; }

    public required NodeDescription Description { get; init; }

    public required string Reachability { get; init; }

    /// <summary>True while its session with the hub is open.</summary>
    public required bool Connected { get; init; }

    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Its first session; absent on the node itself, which does not keep it.</summary>
    public DateTimeOffset? Registered { get; init; }

    public DateTimeOffset? Reregistered { get; init; }

    public DateTimeOffset? UnreachableSince { get; init; }

    public required ResourceSet Used { get; init; }

    public required ResourceSet Offered { get; init; }

    public required ResourceSet Free { get; init; }

    /// <summary>Tasks that have not ended.</summary>
    public required int Tasks { get; init; }

    /// <summary>What the hub wants; absent on the node, which does not know what it was not sent.</summary>
    public long? Desired { get; init; }

    public required long Held { get; init; }

    public required long Report { get; init; }

    public bool OnHold { get; init; }

    /// <summary>What the hub waits for before it sends anything: inventory, report; on a node what it waits for: welcome.</summary>
    public ImmutableArray<string> Awaiting { get; init; } = [];

    /// <summary>Statuses that the hub has not committed; absent on a hub, which cannot know.</summary>
    public int? OutboxDepth { get; init; }

    /// <summary>The newest status that the hub has committed.</summary>
    public required long AppliedStatus { get; init; }

    public TimeSpan? ClockOffset { get; init; }

    /// <summary>The site it stands in; a node that was not told is a site of its own.</summary>
    public string Site => Description.Site.Length > 0 ? Description.Site : Id.Value;

    /// <summary>All nodes that a state knows, by id; of a node's own state, itself.</summary>
    public static IEnumerable<NodeView> All(ClusterState state, DateTimeOffset now) =>
        state.Self is { } self ? [Of(state, self, now)] : state.Nodes.Values.OrderBy(n => n.Id).Select(Of);

    /// <summary>A node by its id; null when it is not known.</summary>
    public static NodeView? Find(ClusterState state, NodeId id, DateTimeOffset now) =>
        state.Self is { } self ? self.Id == id ? Of(state, self, now) : null
        : state.Nodes.GetValueOrDefault(id) is { } node ? Of(node) : null;

    private static NodeView Of(Node node) => new()
    {
        Id = node.Id,
        Description = node.Description,
        Reachability = node.Reachability.ToString().ToLowerInvariant(),
        Connected = node.Connected,
        LastSeen = node.LastSeen,
        Registered = node.RegisteredAt,
        Reregistered = node.ReregisteredAt,
        UnreachableSince = node.UnreachableSince,
        Used = node.Used.Unallocate(),
        Offered = node.Offered.Unallocate(),
        Free = node.Free.Unallocate(),
        Tasks = node.Tasks.Count,
        Desired = node.DesiredRevision,
        Held = node.HeldRevision,
        Report = node.ReportRevision,
        OnHold = node.OnHold,
        Awaiting = [.. node.AwaitsInventory ? (string[])["inventory"] : [], .. node.AwaitsReport ? (string[])["report"] : []],
        AppliedStatus = node.AppliedSequence,
        ClockOffset = node.ClockOffset,
    };

    private static NodeView Of(ClusterState state, SelfState self, DateTimeOffset now)
    {
        var live = state.Tasks.Values.Where(t => !t.IsTerminal).ToArray();
        var used = live.Aggregate(ResourceSet.Empty, (sum, task) => sum + task.Resources.Unallocate());
        return new NodeView
        {
            Id = self.Id,
            Description = self.Description,
            Reachability = nameof(Core.Model.Reachability.Reachable).ToLowerInvariant(),
            Connected = self.Welcomed,
            LastSeen = now,
            Used = used,
            Offered = ResourceSet.Empty,
            Free = self.Description.Resources.SubtractClamped(used),
            Tasks = live.Length,
            Held = self.HeldRevision,
            Report = self.ReportRevision,
            Awaiting = self is { Linked: true, Welcomed: false } ? ["welcome"] : [],
            OutboxDepth = self.Outbox.Count,
            AppliedStatus = self.OutboxHead - 1,
        };
    }
}
