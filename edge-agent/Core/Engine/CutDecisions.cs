using System.Globalization;
using Edge.Core.Model;
using Edge.Core.Placement;

namespace Edge.Core.Engine;

/// <summary>What becomes of instances whose node is out of reach, and of them when it is back.</summary>
/// <remarks>Source: Marathon, unreachableStrategy; ARCHITECTURE, "Ownership".</remarks>
internal static class CutDecisions
{
    /// <summary>The node is out of reach: after the app's waits its instances count no more, and then are given up.</summary>
    public static void Unreach(Transition transition, NodeId node)
    {
        foreach (var instance in transition.Apps.On(node))
        {
            Lose(transition, instance.Id, transition.Context.Monotonic);
        }
    }

    /// <summary>One look at an instance on an unreachable node.</summary>
    /// <param name="since">Monotonic instant at which the node became unreachable, as far as this run knows.</param>
    public static void Lose(Transition transition, InstanceId id, TimeSpan since)
    {
        if (transition.Apps.Instance(id) is not { Wanted: true } instance
            || transition.Node(instance.Node) is not { Reachability: Reachability.Unreachable }
            || transition.Apps.App(instance.App) is not { Owner: null } app
            || !IsReplaceable(app))
        {
            return;
        }

        var waited = transition.Context.Monotonic - since;
        if (app.Spec.InactiveAfter is { } inactive && instance.InactiveSince is null)
        {
            if (waited < inactive)
            {
                Wait(transition, instance.Id, since, since + inactive);
                return;
            }

            instance = instance with { InactiveSince = transition.Context.Now };
            transition.Apps.Put(instance);
            transition.Apps.MarkDirty(instance.App);
        }

        if (app.Spec.ExpungeAfter is { } expunge && app.Spec.Disconnect == DisconnectPolicy.PreferNewer)
        {
            if (waited < expunge)
            {
                Wait(transition, instance.Id, since, since + expunge);
                return;
            }

            InstanceDecisions.End(transition, instance);
        }
    }

    /// <summary>The node is back: its instances count again, or make room for their replacements.</summary>
    public static void Reach(Transition transition, NodeId node)
    {
        foreach (var instance in transition.Apps.On(node).Where(i => i.InactiveSince is not null))
        {
            var others = transition.Apps.Of(instance.App).Count(i => i.Wanted && i.InactiveSince is null);
            transition.Apps.Put(instance with { InactiveSince = null });
            if (transition.Apps.App(instance.App) is not { Deleted: false } app || !instance.Wanted)
            {
                continue;
            }

            if (app.Spec.Disconnect == DisconnectPolicy.PreferNewer && others >= app.Spec.Instances)
            {
                InstanceDecisions.End(transition, transition.Apps.Instance(instance.Id)!);
            }

            transition.Apps.MarkDirty(instance.App);
        }
    }

    /// <summary>The node lost its database: it will not start again what had ended there.</summary>
    public static void Forget(Transition transition, NodeId node)
    {
        foreach (var instance in transition.Apps.On(node))
        {
            if (transition.Task(instance.Task) is not { IsTerminal: false })
            {
                transition.Apps.RemoveInstance(instance.Id);
                transition.Apps.MarkDirty(instance.App);
            }
        }
    }

    /// <summary>False when the cut-off original has to be the only one. A pinned app could not run elsewhere anyway.</summary>
    private static bool IsReplaceable(App app) =>
        app.Spec.Disconnect is DisconnectPolicy.PreferNewer or DisconnectPolicy.PreferOriginal
        && !app.Spec.SingleInstance
        && !ConstraintRules.IsPinned(app.Spec);

    private static void Wait(Transition transition, InstanceId id, TimeSpan since, TimeSpan due) =>
        transition.Schedule(due, TimerKind.InstanceLost, id.Value, since.Ticks.ToString(CultureInfo.InvariantCulture));
}
