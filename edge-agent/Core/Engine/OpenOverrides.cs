using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Placement;

namespace Edge.Core.Engine;

/// <summary>A site whose change of an app is not settled keeps what it runs of that app: the hub looks away, and counts as many instances
/// there as stood before the change.</summary>
internal static class OpenOverrides
{
    /// <summary>The open changes of an app of the hub; empty on a node, and for most apps.</summary>
    public static ImmutableArray<SiteOverride> Of(Transition transition, App app) =>
        transition.Self is not null || app.Owner is not null || !transition.Apps.HasOverrides
            ? []
            : [.. transition.Apps.Overrides.Where(o => o.App == app.Id && o.State != OverrideState.Settled)];

    /// <summary>The instances that this side manages, and how many of them there should be.</summary>
    /// <param name="instances">All of the app.</param>
    /// <param name="wanted">How many the app wants in all.</param>
    public static (Instance[] Managed, int Wanted) Without(
        Transition transition, App app, Instance[] instances, Func<IReadOnlyCollection<Instance>, int> wanted)
    {
        var open = Of(transition, app);
        var managed = open.IsEmpty ? instances : [.. instances.Where(i => !open.Any(o => o.Node == i.Node))];
        var live = managed.Where(i => i.Wanted && i.InactiveSince is null).ToArray();
        return (managed, Math.Max(0, wanted(live) - open.Sum(o => o.Change.LocalInstances)));
    }

    /// <summary>The nodes as placement of an app sees them: what would be started at a site with an open change would not count.</summary>
    public static IReadOnlyList<PlacementNode> Close(Transition transition, App app, IReadOnlyList<PlacementNode> nodes)
    {
        var open = Of(transition, app);
        return open.IsEmpty ? nodes : [.. nodes.Select(n => open.Any(o => o.Node == n.Id)
            ? n with { Closed = "the node's operator changed the app, and nobody has decided on it" }
            : n)];
    }

    /// <summary>The hub had decided against what runs at the site before it heard of the change, and could not tell it yet.</summary>
    public static void Revive(Transition transition, SiteOverride site)
    {
        foreach (var instance in transition.Apps.On(site.Node).Where(i => i.App == new AppKey(string.Empty, site.App) && !i.Wanted))
        {
            if (transition.Task(instance.Task) is not { IsTerminal: false } task || transition.Node(site.Node) is not { } node)
            {
                continue;
            }

            node = node with { DesiredRevision = node.DesiredRevision + 1 };
            transition.Put(node);
            transition.Put(task with { Desired = DesiredState.Run, KillGrace = null, Revision = node.DesiredRevision });
            transition.Apps.Put(instance with { Wanted = true, Revision = 0 });
            transition.MarkToSend(node.Id);
        }
    }
}
