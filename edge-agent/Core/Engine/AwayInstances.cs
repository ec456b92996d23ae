using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Instances that are to end, on nodes that cannot be told, of apps whose original has to be the only one: each keeps its place,
/// and nobody waits for it.</summary>
/// <remarks>When the node is back it ends there, and only then another takes the place. So an upgrade of a fleet ends although a node is
/// away, and that node is brought up to date when it returns.</remarks>
internal static class AwayInstances
{
    /// <summary>How many places of an app they keep.</summary>
    /// <param name="instances">All of the app.</param>
    public static int Count(Transition transition, App app, IEnumerable<Instance> instances) =>
        KeepsItsPlace(app) ? instances.Count(i => !i.Wanted && !InstanceDecisions.IsReachable(transition, i)) : 0;

    /// <summary>Those of another version are to end before anything starts in their place: nothing can be gained by waiting for
    /// them.</summary>
    /// <returns>All instances as they are now.</returns>
    public static Instance[] Dismiss(Transition transition, App app, Instance[] instances)
    {
        if (!KeepsItsPlace(app))
        {
            return instances;
        }

        var dismissed = instances.Where(i => i.Wanted && i.Slot.ConfigHash != app.ConfigHash && IsAway(transition, i)).ToArray();
        foreach (var instance in dismissed)
        {
            InstanceDecisions.End(transition, instance);
        }

        return dismissed.Length == 0 ? instances : [.. instances.Select(i => transition.Apps.Instance(i.Id)).Where(i => i is not null)!];
    }

    private static bool IsAway(Transition transition, Instance instance) =>
        transition.Self is null && transition.Node(instance.Node) is { Reachability: Reachability.Unreachable };

    private static bool KeepsItsPlace(App app) =>
        app.Spec.SingleInstance || app.Spec.Disconnect is DisconnectPolicy.NeverTwo or DisconnectPolicy.SiteDecides;
}
