using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <content>What must hold of apps once nothing moves any more.</content>
internal sealed partial class SimAppOracle
{
    /// <summary>Hub and nodes agree on every instance, and nothing that a site did is lost.</summary>
    public void CheckAgreement()
    {
        var hub = world.Hub.State!;
        foreach (var agent in world.Agents)
        {
            var there = hub.Instances.Values.Where(i => i.Node == agent.Id).ToDictionary(i => i.Id);
            foreach (var (id, instance) in agent.State!.Instances)
            {
                Require(
                    there.TryGetValue(id, out var known) && known.Task == instance.Task && known.App == instance.App
                        && known.Wanted == instance.Wanted,
                    () => $"{agent.Name} holds {id} as {instance.Task.Task} of {instance.App}, wanted {instance.Wanted}; the hub has "
                        + (there.GetValueOrDefault(id) is { } k ? $"{k.Task.Task} of {k.App}, wanted {k.Wanted}" : "nothing"));
            }

            foreach (var (id, instance) in there)
            {
                Require(
                    agent.State.Instances.ContainsKey(id),
                    () => $"The hub has {id} on {agent.Name}, wanted {instance.Wanted}, which does not hold it");
            }
        }

        CheckChanges();
    }

    /// <summary>Everything is decided: what runs is what is wanted, and no deployment is left.</summary>
    public void CheckSettled()
    {
        var hub = world.Hub.State!;
        Require(hub.Deployments.IsEmpty, () => $"{hub.Deployments.Count} deployments never end: {Text(hub.Deployments.Values.First())}");
        foreach (var app in hub.Apps.Values.Where(a => a.Owner is null).OrderBy(a => a.Id))
        {
            Require(!app.Deleted, () => $"{app.Id} was deleted, and stays");
            CheckCount(app, world.Agents);
        }

        foreach (var agent in world.Agents)
        {
            var state = agent.State!;
            Require(
                state.Deployments.IsEmpty,
                () => $"{agent.Name}: {state.Deployments.Count} deployments never end: {Text(state.Deployments.Values.First())}; "
                    + string.Join(" | ", state.Apps.Values.Where(a => state.Deployments.Values.Any(d => d.Affects(a.Id))).Select(a =>
                        $"{AppTables.KeyOf(a)} n={a.Spec.Instances} refusals {a.Refusals?.Samples.FirstOrDefault()?.Sentence} "
                        + $"waits for {a.LaunchAfter - agent.Monotonic} runs "
                        + Text(state.Tasks.Values.Where(t => !t.IsTerminal && t.Slot?.App == a.Id)))));
            foreach (var app in state.Apps.Values)
            {
                Require(!app.Deleted, () => $"{agent.Name}: {app.Id} was deleted, and stays");
                Require(
                    app.Override is null,
                    () => $"{agent.Name} has an open change of {app.Id}, {string.Join(' ', app.Override!.Fields)} "
                        + $"in report {app.ReportRevision}, "
                        + $"although everything is decided; {Why(app)}");
                if (app.Owner is not null)
                {
                    CheckCount(app, [agent]);
                }
            }
        }
    }

    /// <summary>Everything was removed, and nothing is left of it.</summary>
    public void CheckGone()
    {
        CheckGone(world.Hub);
        foreach (var agent in world.Agents)
        {
            CheckGone(agent);
            Require(
                !agent.Runtime.Containers.Any(c => c.Running),
                () => $"{agent.Name} runs {agent.Runtime.Containers.First(c => c.Running).Task} of nobody");
        }
    }

    private static void CheckGone(SimDaemon daemon)
    {
        var state = daemon.State!;
        Require(state.Apps.IsEmpty, () => $"{daemon.Name} keeps {string.Join(", ", state.Apps.Keys)}");
        Require(state.Instances.IsEmpty, () => $"{daemon.Name} keeps {string.Join(", ", state.Instances.Keys)}");
        Require(state.Deployments.IsEmpty, () => $"{daemon.Name} keeps {state.Deployments.Count} deployments");
        var left = state.Tasks.Values.FirstOrDefault(t => t.Slot is not null && !t.Completed);
        Require(left is null, () => $"{daemon.Name} has not forgotten {left!.Key}");
    }

    private static string Text(Deployment deployment) =>
        $"step {deployment.CurrentStep} of {string.Join(" | ", deployment.Steps.Select(s => string.Join(", ", s.Actions)))}";

    private void CheckCount(App app, SimAgent[] agents)
    {
        // A task that the hub took over with its app runs on under another owner.
        var running = agents.SelectMany(a => a.Runtime.Containers).Where(c => c.Running).Select(c => c.Id).ToHashSet();
        var live = agents.SelectMany(a => a.State!.Tasks.Values)
            .Where(t => running.Contains(t.Container) && t.Slot is { } s && s.App == app.Id && s.Owner == app.Owner).ToArray();
        Require(
            live.Length == app.Spec.Instances,
            () => $"{AppTables.KeyOf(app)} wants {app.Spec.Instances}, {live.Length} run: {Text(live)}; {Why(app)}");
        var other = Array.Find(live, c => c.Slot!.ConfigHash != app.ConfigHash);
        Require(
            other is null,
            () => $"{AppTables.KeyOf(app)} is {app.ConfigHash}, but {other!.Key} runs {other.Slot!.ConfigHash}; {Why(app)}");
    }

    private static string Text(IEnumerable<ClusterTask> tasks) => string.Join(", ", tasks.Select(t => $"{t.Key.Task}@{t.Node}"));

    private string Why(App app)
    {
        var hub = world.Hub.State!;
        var instances = hub.Instances.Values.Where(i => i.App == AppTables.KeyOf(app)).Select(i => $"{i.Id}@{i.Node} wanted={i.Wanted} "
            + $"inactive={i.InactiveSince} task={hub.Tasks.GetValueOrDefault(i.Task)?.Observed}");
        var changes = hub.Overrides.Values.Where(o => o.App == app.Id).Select(o => $"{o.Node}:{o.State}:{o.Change.LocalInstances}");
        return $"the hub has [{string.Join(", ", instances)}], changes [{string.Join(", ", changes)}], "
            + $"refusals {app.Refusals?.Processed} {app.Refusals?.Samples.FirstOrDefault()?.Sentence}, failures {app.Failures}, "
            + $"waits for {app.LaunchAfter - world.Hub.Monotonic}, "
            + $"behind [{string.Join(", ", hub.Nodes.Values.Where(n => n.AwaitsReport).Select(n => n.Id))}]";
    }
}
