using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>What must hold of apps at every step. Source: SYNC, invariants 4 and 6; ARCHITECTURE, "Ownership".</summary>
internal sealed partial class SimAppOracle(SimWorld world)
{
    private readonly Dictionary<string, AppDefinition> _own = new(StringComparer.Ordinal);

    /// <summary>A task of an app was started on a node.</summary>
    public void Started(SimAgent agent, ClusterTask task)
    {
        var slot = task.Slot!;
        if (slot.Incarnation > 1)
        {
            world.Oracle.Count(SimEvent.Relaunched);
        }

        var same = agent.Runtime.Containers.Count(c => c.Running && c.Slot?.Instance == slot.Instance);
        Require(
            same == 1 || world.Oracle.IsForgetful(agent),
            () => $"{agent.Name} runs {same} tasks of the instance {slot.Instance}");
        if (slot.Owner is not null || !SimApps.IsNeverTwo(slot.App) || world.Oracle.IsHubRestored || world.Oracle.AnyForgetful)
        {
            // A hub that forgot where an app stands, and a node that forgot what it runs, cannot be told from one that never knew.
            return;
        }

        world.Oracle.Count(SimEvent.NeverTwo);
        var live = world.Agents.SelectMany(a => a.Runtime.Containers)
            .Where(c => c.Running && c.Slot is { Owner: null } s && s.App == slot.App).ToArray();
        Require(live.Length == 1, () => $"{slot.App} runs {live.Length} times: {string.Join(", ", live.Select(c => c.Task.Task))}");
    }

    /// <summary>Whatever is wanted at a node runs, or is to be started again soon, whether the hub is in reach or not.</summary>
    public void CheckAutonomy(SimAgent agent)
    {
        var state = agent.State!;
        foreach (var instance in state.Instances.Values.Where(i => i.Wanted))
        {
            if (state.Tasks.GetValueOrDefault(instance.Task) is { IsTerminal: false })
            {
                continue;
            }

            var longest = state.Apps.GetValueOrDefault(instance.App)?.Spec.BackoffMax ?? TimeSpan.Zero;
            Require(
                instance.RelaunchAt is { } due && due <= agent.Monotonic + longest,
                () => $"{agent.Name} holds {instance.Id}, which neither runs nor starts again: {instance.RelaunchAt}");
        }
    }

    /// <summary>The daemon is back: what was wanted is started at once.</summary>
    public void Booted(SimAgent agent)
    {
        var wanted = agent.State!.Instances.Values.Where(i => i.Wanted).Select(i => i.Id).ToArray();
        var run = agent.Monotonic;
        world.After(TimeSpan.FromSeconds(1), () =>
        {
            if (agent.State is not { } state || agent.Monotonic - run != TimeSpan.FromSeconds(1) || agent.CommitsFailed)
            {
                return;
            }

            foreach (var instance in wanted.Where(i => state.Instances.GetValueOrDefault(i) is { Wanted: true }))
            {
                Require(agent.Runtime.Tried.Contains(instance), () => $"{agent.Name} has not started {instance} a second after its start");
            }
        });
    }

    /// <summary>A site's own app is nobody else's business: nothing that the hub says ends its tasks.</summary>
    public void CheckKills(SimAgent agent, IReadOnlyList<ClusterCommand> batch, Decision decision)
    {
        // A journal that was lost comes back from the hub, and with it what its operator had wanted last.
        if (world.Oracle.IsForgetful(agent) || !batch.All(c => c is HubMessage))
        {
            return;
        }

        foreach (var kill in decision.Dispatches.OfType<Dispatch.KillContainer>())
        {
            var slot = decision.State.Tasks.Values.FirstOrDefault(t => t.Container == kill.Container)?.Slot;
            var app = slot?.Owner is { } owner ? decision.State.Apps.GetValueOrDefault(new AppKey(owner.Value, slot.App)) : null;
            Require(
                app is null or { Deleted: true } || decision.State.Deployments.Values.Any(d => d.Affects(app.Id)),
                () => $"{agent.Name} ends a task of its own app {app!.Id}, because the hub said so");
        }
    }

    public void AgentCommitted(SimAgent agent, SimJournal before, Decision decision)
    {
        foreach (var row in decision.Rows.OfType<RowChange.AppRow>())
        {
            var old = before.Apps.GetValueOrDefault(row.Key);
            if (row.Key.Owner.Length == 0)
            {
                Note(agent, old, row.Value);
            }
            else if (row.Value is { Deleted: false } own && own.ReportRevision > (old?.ReportRevision ?? 0))
            {
                world.Oracle.Count(SimEvent.OwnApp);
                _own[row.Key.ToString()] = own.Definition;
            }
            else if (row.Value is not { Deleted: false })
            {
                // Its operator removed it, or the node has handed it over.
                _own.Remove(row.Key.ToString());
            }
        }
    }

    public void HubCommitted(SimJournal before, Decision decision)
    {
        foreach (var row in decision.Rows)
        {
            switch (row)
            {
                case RowChange.OverrideRow { Value: { } change }:
                    Receive(change);
                    if (change.Adopted && before.Overrides.GetValueOrDefault(new SiteKey(change.Node, change.App)) is not { Adopted: true })
                    {
                        world.Oracle.Count(SimEvent.Adopted);
                        _own.Remove(new AppKey(change.Node.Value, change.App).ToString());
                    }

                    break;
                case RowChange.ConflictRow { Value: { } conflict }:
                    world.Oracle.Count(SimEvent.Conflict);
                    _conflicts.Add((conflict.Node, conflict.App, conflict.Field, conflict.Site));
                    break;
                case RowChange.AppRow { Key.Owner.Length: 0 } app:
                    Stamp(before.Apps.GetValueOrDefault(app.Key));
                    Stamp(app.Value);
                    break;
            }
        }
    }

    public void Announced(ClusterEvent happened)
    {
        if (happened is ClusterEvent.DeploymentDone)
        {
            world.Oracle.Count(SimEvent.Deployed);
        }
    }

    private static void Require(bool holds, Func<string> fault)
    {
        if (!holds)
        {
            throw new SimulationFaultException(fault());
        }
    }
}
