using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>A node takes over instances that the hub placed there, and gives them up when it is told to.</summary>
internal static class SlotDecisions
{
    /// <summary>Takes over the instance of an assignment.</summary>
    /// <returns>False when the assignment is of the instance's past: the node has started it again since.</returns>
    public static bool Hold(Transition transition, Assignment item)
    {
        if (item.Slot is not { } slot)
        {
            return true;
        }

        var known = transition.Apps.Instance(slot.Instance);
        if (item.Desired == DesiredState.Kill)
        {
            GiveUp(transition, slot.Instance, except: item.Key);
            return known is null || known.Task == item.Key || transition.Task(item.Key) is not null;
        }

        if (known is not null)
        {
            return slot.Incarnation >= known.Slot.Incarnation;
        }

        if (transition.Task(item.Key) is null)
        {
            transition.Apps.Put(new Instance
            {
                Id = slot.Instance,
                App = new AppKey(slot.Owner?.Value ?? string.Empty, slot.App),
                Node = transition.Self!.Id,
                Task = item.Key,
                Slot = slot,
                Since = item.LaunchedAt,
            });
        }

        return true;
    }

    /// <summary>The instance is not wanted any more: its task ends, and is not started again.</summary>
    /// <param name="except">A task that the caller ends itself.</param>
    public static void GiveUp(Transition transition, InstanceId id, TaskKey? except = null)
    {
        if (transition.Apps.Instance(id) is not { } instance)
        {
            return;
        }

        if (transition.Task(instance.Task) is not { IsTerminal: false } task)
        {
            transition.Apps.RemoveInstance(id);
            transition.Apps.MarkDirty(instance.App);
            return;
        }

        transition.Apps.Put(instance with { Wanted = false, RelaunchAt = null });
        if (task.Key != except)
        {
            HoldDecisions.End(transition, task, null);
        }
    }

    /// <summary>Instances that stay after a full set: those that it names, and those that the hub cannot know of yet.</summary>
    public static HashSet<InstanceId> Kept(Transition transition, DownMessage.Assignments message)
    {
        var kept = message.Slots.Where(s => s.Keep).Select(s => s.Instance).ToHashSet();
        kept.UnionWith(message.Items.Where(i => i is { Slot: not null, Desired: DesiredState.Run }).Select(i => i.Slot!.Instance));
        kept.UnionWith(transition.Self!.Outbox.Values.Where(u => u.Launch?.Slot is not null).Select(u => u.Launch!.Slot!.Instance));
        return kept;
    }

    /// <summary>Instances of the hub's apps that wait for a start, and that the hub does not name, are given up.</summary>
    public static void DropUnnamed(Transition transition, HashSet<InstanceId> kept)
    {
        foreach (var instance in transition.Apps.Instances.Where(i => i.App.Owner.Length == 0 && !kept.Contains(i.Id)).ToArray())
        {
            if (transition.Task(instance.Task) is not { IsTerminal: false })
            {
                transition.Apps.RemoveInstance(instance.Id);
                transition.Apps.MarkDirty(instance.App);
            }
        }
    }
}
