using Edge.Core.Model;
using Edge.Core.Offers;

namespace Edge.Tests.Simulation;

/// <content>What must hold once nothing moves any more.</content>
internal sealed partial class SimOracle
{
    /// <summary>Hub and agents agree on everything that lives.</summary>
    public void CheckAgreement()
    {
        var hub = world.Hub.State!;
        foreach (var agent in world.Agents)
        {
            var self = agent.State!.Self!;
            var node = hub.Nodes[agent.Id];
            Require(node is { Connected: true, AwaitsInventory: false, Reachability: Reachability.Reachable },
                () => $"{agent.Name} has no session: {self.Refusal}");
            Require(self.Welcomed && self.HubEpoch == hub.HubEpoch, () => $"{agent.Name} is not welcome");
            Require(self.Outbox.IsEmpty, () => $"{agent.Name} has {self.Outbox.Count} statuses left in its outbox");
            Require(
                node.HeldRevision == node.DesiredRevision && self.HeldRevision == node.DesiredRevision,
                () => $"{agent.Name} holds {self.HeldRevision}, the hub believes {node.HeldRevision} and wants {node.DesiredRevision}");
            Require(
                node.AppliedSequence == self.NextSequence - 1,
                () => $"{agent.Name} gave {self.NextSequence - 1} statuses, the hub applied {node.AppliedSequence}");
            CheckNode(hub, agent);
        }
    }

    /// <summary>Everything has ended, and everybody knows.</summary>
    public void CheckEnd()
    {
        CheckAgreement();
        foreach (var framework in world.Frameworks)
        {
            Require(!framework.Open.Any(), () => $"{framework.Id} never saw the end of {string.Join(", ", framework.Open)}");
        }

        // A framework that ended in a history that was lost stays, until its failover timeout, in the one that was put back.
        var present = world.Frameworks.Select(f => f.Id).ToHashSet();
        var tasks = world.Hub.State!.Tasks.Values
            .Where(t => t.Slot is null && (!_hubRestored || present.Contains(t.Key.Framework)));
        foreach (var task in tasks.OrderBy(t => t.Key))
        {
            Require(
                task.Completed && task.Pending.IsEmpty,
                () => $"{task.Key} is {task.Observed} with {task.Pending.Length} unacknowledged statuses at the end");
        }

        foreach (var agent in world.Agents)
        {
            var left = agent.State!.Tasks.Values.Where(t => !t.Completed && t.Slot is null).Select(t => t.Key).Order();
            Require(!left.Any(), () => $"{agent.Name} has not forgotten {string.Join(", ", left)}");
            Require(
                agent.Runtime.Containers.All(c => c.Slot is not null),
                () => $"{agent.Name} keeps records of {string.Join(", ", agent.Runtime.Containers.Select(c => $"{c.Task}={c.Id}"))}");
        }

        CheckStatuses();
    }

    private void CheckNode(ClusterState hub, SimAgent agent)
    {
        var onHub = hub.Tasks.Values.Where(t => t.Node == agent.Id && !t.IsTerminal && (IsWhole || t.Slot is null))
            .ToDictionary(t => t.Container);
        var onNode = agent.State!.Tasks.Values.Where(t => !t.IsTerminal && (IsWhole || t.Slot is null)).ToDictionary(t => t.Container);
        foreach (var (container, task) in onHub)
        {
            Require(
                onNode.TryGetValue(container, out var mine) && mine.Observed == task.Observed,
                () => $"The hub has {task.Key} as {task.Observed}, {agent.Name} as {mine?.Observed.ToString() ?? "nothing"}");
            Require(
                task.Observed != ObservedState.Running || mine!.Health?.Healthy == task.Health?.Healthy,
                () => $"The hub has {task.Key} as healthy {task.Health?.Healthy}, {agent.Name} as {mine!.Health?.Healthy}");
        }

        foreach (var (container, task) in onNode)
        {
            Require(onHub.ContainsKey(container), () => $"{agent.Name} has {task.Key} as {task.Observed}, the hub has not");
            Require(
                agent.Runtime.Containers.Any(c => c.Id == container && c.Running),
                () => $"{agent.Name} has {task.Key} as {task.Observed}, and no process");
        }

        foreach (var container in agent.Runtime.Containers.Where(c => c.Running && (IsWhole || c.Slot is null)))
        {
            Require(onNode.ContainsKey(container.Id), () => $"{agent.Name} runs {container.Task} as {container.Id} for nobody");
        }

        var node = hub.Nodes[agent.Id];
        Require(node.Description.Resources.Equals(agent.Description.Resources), () => $"The hub has the wrong resources of {agent.Name}");
        var live = hub.Tasks.Values.Where(t => t.Node == agent.Id && !t.IsTerminal);
        var fault = NodeLedger.Audit(node, live, node.Offers.Select(o => hub.Offers[o]));
        Require(fault is null, () => fault!);
    }

    /// <summary>Every status that a node committed was applied once and in order, and every one of those was seen.</summary>
    private void CheckStatuses()
    {
        foreach (var (container, run) in _runs.Where(r => !r.Value.Uncertain && !_hubRestored))
        {
            if (!IsWhole && run.Task.Framework == FrameworkId.Apps)
            {
                continue;
            }

            // A node that lost its database may have to say everything at once: then only the last of each task counts.
            var strict = !_forgetful.Contains(run.Node);
            Require(
                strict
                    ? run.Applied.Where(s => !IsTurn(s)).Select(s => s.Uuid).SequenceEqual(
                        run.Accepted.Where(s => !IsTurn(s)).Select(s => s.Uuid))
                    : run.Applied.LastOrDefault()?.Uuid == run.Accepted.LastOrDefault()?.Uuid,
                () => $"{run.Task} as {container}: committed [{States(run.Accepted)}], applied [{States(run.Applied)}]");
            if (_gone.Contains(run.Task.Framework) || run.Task.Framework == FrameworkId.Apps)
            {
                continue;
            }

            Require(
                run.Seen.Where(IsToBeSeen).Select(s => s.Uuid).SequenceEqual(run.Applied.Where(IsToBeSeen).Select(s => s.Uuid)),
                () => $"{run.Task} as {container}: applied [{States(run.Applied)}], the framework saw [{States(run.Seen)}]");
        }
    }

    /// <summary>Not every framework wants to see KILLING; turns of health may give way to newer ones.</summary>
    private static bool IsToBeSeen(StatusUpdate update) => update.State != TaskState.Killing && !IsTurn(update);

    private static string States(IEnumerable<StatusUpdate> updates) => string.Join(", ", updates.Select(u => u.State));
}
