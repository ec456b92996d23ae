using Edge.Core.Model;
using Edge.Core.Reconciliation;

namespace Edge.Core.Engine;

/// <content>What the hub may conclude before it has heard everything of a site, and after the site has forgotten it.</content>
internal static partial class ReportDecisions
{
    /// <summary>The hub acts on what a site changed when it has heard what came of it there, too.</summary>
    public static void Settle(Transition transition, NodeId id)
    {
        if (transition.Node(id) is { AwaitsReport: true } node && node.ReportSequence <= node.AppliedSequence)
        {
            transition.Put(node with { AwaitsReport = false, ReportSequence = null }, durable: false);
            transition.MarkToSend(id);
            transition.MarkAllocatable(id);
            Wake(transition, id);
        }
    }

    /// <summary>The scheduler looks at what stands on a node, and at what its site changed.</summary>
    public static void Wake(Transition transition, NodeId id)
    {
        foreach (var instance in transition.Apps.On(id))
        {
            transition.Apps.MarkDirty(instance.App);
        }

        foreach (var change in transition.Apps.Overrides.Where(o => o.Node == id))
        {
            transition.Apps.MarkDirty(new AppKey(string.Empty, change.App));
        }
    }

    /// <summary>True when a site has changed an app, and the hub has not heard all of it.</summary>
    public static bool IsBehind(Transition transition, App app, IEnumerable<Instance> instances) =>
        transition.Self is null
        && (instances.Any(i => IsBehind(transition, i.Node))
            || (transition.Apps.HasOverrides && transition.Apps.Overrides.Any(o => o.App == app.Id && IsBehind(transition, o.Node))));

    private static bool IsBehind(Transition transition, NodeId id) => transition.Node(id) is { Connected: true, AwaitsReport: true };

    /// <summary>A task that a site started of an app of its own that was the hub's already, as a task of the hub's app.</summary>
    public static Assignment AsOwned(Transition transition, NodeId node, Assignment task) =>
        task.Slot is { Owner: { } owner } slot
        && transition.Apps.App(new AppKey(owner.Value, slot.App)) is null
        && transition.Apps.Override(new SiteKey(node, slot.App)) is { Adopted: true }
            ? task with { Slot = slot with { Owner = null } }
            : task;

    /// <summary>The node lost its database, and with it what its operator had changed: nothing there keeps it any more, so that the hub's
    /// definition runs; what is not decided stays shown.</summary>
    public static void Forget(Transition transition, NodeId node)
    {
        foreach (var change in transition.Apps.Overrides.Where(o => o.Node == node && o.State != OverrideState.Settled).ToArray())
        {
            var hub = transition.Apps.App(new AppKey(string.Empty, change.App))?.Definition ?? AppDefinition.Empty;
            foreach (var (field, value) in change.State == OverrideState.Held ? change.Change.Fields : AppDefinition.Empty.Fields)
            {
                var based = change.Change.Base.GetValueOrDefault(field, string.Empty);
                Open(transition, change, new MergedField(field, FieldOutcome.Both, based, hub[field] ?? string.Empty, value));
            }

            transition.Apps.Put(change with { State = OverrideState.Settled, Open = [] });
            transition.Apps.MarkDirty(new AppKey(string.Empty, change.App));
        }
    }
}
