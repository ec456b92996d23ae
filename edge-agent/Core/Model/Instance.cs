using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>The id of an instance: <c>edge_web.instance-UUID</c>. Its tasks append <c>._app.N</c>.</summary>
public readonly record struct InstanceId(string Value) : IComparable<InstanceId>
{
    /// <inheritdoc/>
    public int CompareTo(InstanceId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Which instance of which app a task is; travels with the task.</summary>
public sealed record AppSlot
{
    /// <summary>The app.</summary>
    public required AppId App { get; init; }

    /// <summary>The node that owns the app; absent for the hub's.</summary>
    public NodeId? Owner { get; init; }

    /// <summary>The instance.</summary>
    public required InstanceId Instance { get; init; }

    /// <summary>Counts the tasks of one instance, from 1.</summary>
    public required int Incarnation { get; init; }

    /// <summary>What it runs: <see cref="App.ConfigHash"/>.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>The version that it runs, as the task's environment names it.</summary>
    public required DateTimeOffset Version { get; init; }

    /// <summary>Its host ports in the order of the app's port definitions.</summary>
    public ImmutableArray<int> Ports { get; init; } = [];
}

/// <summary>One place of an app on one node, held from launch until it is given up: its tasks follow each other in it.</summary>
/// <remarks>The node that holds it restarts it for ever without asking; nobody else may. Source: ARCHITECTURE, "Ownership".</remarks>
public sealed record Instance
{
    /// <summary>Its id.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>Its app.</summary>
    public required AppKey App { get; init; }

    /// <summary>Where it stands.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Its newest task.</summary>
    public required TaskKey Task { get; init; }

    /// <summary>As in the newest task's <see cref="AppSlot"/>.</summary>
    public required AppSlot Slot { get; init; }

    /// <summary>False when it is to end, and then to go.</summary>
    public bool Wanted { get; init; } = true;

    /// <summary>The node's desired revision at which its end was wanted, when it had no live task then.</summary>
    public long Revision { get; init; }

    /// <summary>When it was placed, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When its newest task began to run, UTC; absent before.</summary>
    public DateTimeOffset? RunningSince { get; init; }

    /// <summary>Since when its node is out of reach and it does not count any more; absent while it counts.</summary>
    public DateTimeOffset? InactiveSince { get; init; }

    /// <summary>Failures in a row at this place; set the wait before the next task.</summary>
    public int Failures { get; init; }

    /// <summary>Monotonic instant of the next task; only on the node that holds it, while it waits; not kept over a restart.</summary>
    public TimeSpan? RelaunchAt { get; init; }
}

/// <summary>An app among all that a cluster knows: a site's app may have the name of another's.</summary>
/// <param name="Owner">The node that owns it; empty for the hub's.</param>
/// <param name="Id">Its path.</param>
public readonly record struct AppKey(string Owner, AppId Id) : IComparable<AppKey>
{
    /// <inheritdoc/>
    public int CompareTo(AppKey other)
    {
        var byId = Id.CompareTo(other.Id);
        return byId != 0 ? byId : string.CompareOrdinal(Owner, other.Owner);
    }

    /// <inheritdoc/>
    public override string ToString() => Owner.Length == 0 ? Id.Value : $"{Owner}:{Id}";
}
