using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Tasks;
using Edge.Daemon.Mapping;

namespace Edge.Tests.Simulation;

/// <summary>Watches every commit, every start and every event, and knows what must never happen. Source: SYNC, invariants.</summary>
internal sealed partial class SimOracle(SimWorld world)
{
    private readonly Dictionary<Guid, (TaskKey Task, TaskState State)> _uuids = [];
    private readonly SortedDictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<TaskKey, HashSet<string>> _alive = [];
    private readonly HashSet<string> _forgetful = [];
    private readonly HashSet<FrameworkId> _gone = [];
    private bool _hubRestored;

    /// <summary>What happened to one run of one task, as each of the three saw it.</summary>
    private sealed class Run
    {
        public TaskKey Task { get; init; }

        public string Node { get; set; } = string.Empty;

        public List<StatusUpdate> Accepted { get; } = [];

        public List<StatusUpdate> Applied { get; } = [];

        public List<StatusUpdate> Seen { get; } = [];

        public bool Uncertain { get; set; }
    }

    public bool IsHubRestored => _hubRestored;

    /// <summary>How often each thing happened.</summary>
    public SortedDictionary<SimEvent, int> Happened { get; } = [];

    public bool IsForgetful(SimAgent agent) => _forgetful.Contains(agent.Name);

    public bool AnyForgetful => _forgetful.Count > 0;

    /// <summary>False when a history was lost: hub and nodes then need not agree on every instance of an app.</summary>
    public bool IsWhole => !_hubRestored && _forgetful.Count == 0;

    public void Count(SimEvent what) => Happened[what] = Happened.GetValueOrDefault(what) + 1;

    /// <summary>The hub's history is not the one that the nodes and frameworks have seen.</summary>
    public void HubRestored() => _hubRestored = true;

    /// <summary>Statuses of a node may be gone, and what it ran may start again.</summary>
    public void DatabaseLost(SimAgent agent)
    {
        _forgetful.Add(agent.Name);
        foreach (var update in agent.Journal.Tasks.Values)
        {
            RunOf(update.Container, update.Key).Uncertain = true;
        }
    }

    /// <summary>A process was started.</summary>
    public void Started(SimAgent agent, ClusterTask task, int startsOfThisBoot)
    {
        if (!_alive.TryGetValue(task.Key, out var alive))
        {
            _alive[task.Key] = alive = [];
        }

        Count(SimEvent.Started);
        alive.Add(task.Container.Value);
        var excused = _hubRestored || _forgetful.Contains(agent.Name);
        Require(alive.Count == 1 || excused, () => $"{task.Key} has {alive.Count} live processes: {string.Join(", ", alive)}");
        Require(startsOfThisBoot == 1 || excused, () => $"{task.Key} was started {startsOfThisBoot} times as {task.Container}");
    }

    /// <summary>A node gave a container up that runs; only a journal from the past can be so wrong.</summary>
    public void RunningForgotten(SimAgent agent, TaskKey task) =>
        Require(_forgetful.Contains(agent.Name), () => $"{agent.Name} forgets the container of {task}, which runs");

    /// <summary>A process is gone.</summary>
    public void Ended(TaskKey task, ContainerId container)
    {
        if (_alive.TryGetValue(task, out var alive))
        {
            alive.Remove(container.Value);
        }
    }

    public void AgentCommitted(SimAgent agent, SimJournal before, SimJournal after, Decision decision)
    {
        foreach (var row in decision.Rows)
        {
            switch (row)
            {
                case RowChange.TaskRow { Value: { } task }:
                    CheckLadder(agent.Name, before.Tasks.GetValueOrDefault(task.Key), task);
                    break;
                case RowChange.OutboxRow { Value: { } update }:
                    Accept(update);
                    break;
                case RowChange.SelfRow { Value: { } self } when before.Self is { } old && old.HubEpoch == self.HubEpoch:
                    Require(
                        self.HeldRevision >= old.HeldRevision || _forgetful.Contains(agent.Name),
                        () => $"{agent.Name} holds revision {self.HeldRevision} after {old.HeldRevision}");
                    break;
            }
        }
    }

    public void HubCommitted(SimJournal before, SimJournal after, Decision decision)
    {
        foreach (var row in decision.Rows)
        {
            switch (row)
            {
                case RowChange.TaskRow { Value: { } task } change:
                    var old = before.Tasks.GetValueOrDefault(task.Key);
                    CheckLadder("hub", old, task);
                    Apply(old?.Container == task.Container ? old : null, task);
                    break;
                case RowChange.FrameworkRow { Value.Phase: FrameworkPhase.Completed } gone:
                    Count(SimEvent.FrameworkRemoved);
                    _gone.Add(gone.Key);
                    break;
            }
        }

        foreach (var node in decision.State.Nodes.Values)
        {
            var fault = NodeLedger.Audit(
                node, node.Tasks.Select(k => decision.State.Tasks[k]), node.Offers.Select(o => decision.State.Offers[o]));
            Require(fault is null, () => fault!);
        }

        if (world.Random.Next(64) == 0)
        {
            CheckRestart(after, decision.State);
        }
    }

    /// <summary>The hub says a status of its own.</summary>
    public void HubSays(StatusUpdate status)
    {
        if (status.State == TaskState.Unreachable)
        {
            Count(SimEvent.Unreachable);
        }

        var lives = _alive.TryGetValue(status.Task, out var alive) && alive.Count > 0;
        var certain = status.State is TaskState.Gone or TaskState.Unknown or TaskState.Dropped or TaskState.Finished or TaskState.Failed;
        Require(
            !(lives && certain) || status.Uuid is not null || _hubRestored || _forgetful.Count > 0,
            () => $"{status.Task} lives, and the framework is told {status.State}");
    }

    /// <summary>A framework received a status.</summary>
    public void FrameworkSaw(SimFramework framework, bool wantsKilling, bool partitionAware, StatusUpdate status)
    {
        if (status.Uuid is not { } uuid)
        {
            return;
        }

        var run = RunOf(status.Container!.Value, status.Task);
        Require(status.State != TaskState.Killing || wantsKilling, () => $"{status.Task}: KILLING to a framework that does not want it");
        if (run.Seen.Exists(s => s.Uuid == uuid))
        {
            Count(SimEvent.Redelivered);
            return;
        }

        var last = run.Seen.LastOrDefault();
        if (IsTurn(status))
        {
            Count(SimEvent.HealthTold);
        }

        Require(
            _hubRestored || last is null || (IsTurn(status) && last.State == TaskState.Running)
                || TaskStateMachine.Observe(status.State) > TaskStateMachine.Observe(last.State)
                || status.State == TaskState.Lost,
            () => $"{status.Task}: the framework sees {status.State} after {last!.State}");
        run.Seen.Add(status);
    }

    private static void Require(bool holds, Func<string> fault)
    {
        if (!holds)
        {
            throw new SimulationFaultException(fault());
        }
    }

    private Run RunOf(ContainerId container, TaskKey task)
    {
        if (!_runs.TryGetValue(container.Value, out var run))
        {
            _runs[container.Value] = run = new Run { Task = task };
        }

        return run;
    }

    private void Accept(StatusUpdate update)
    {
        var uuid = update.Uuid!.Value;
        Require(
            _uuids.TryAdd(uuid, (update.Task, update.State)) || _uuids[uuid] == (update.Task, update.State),
            () => $"The uuid {uuid} names two statuses.");
        if (update is { State: TaskState.Killed, Cause: EndCause.HealthCheck })
        {
            Count(SimEvent.EndedForHealth);
        }

        var run = RunOf(update.Container!.Value, update.Task);
        run.Node = update.Node!.Value.Value;
        if (!run.Accepted.Exists(s => s.Uuid == uuid))
        {
            run.Accepted.Add(update);
        }
    }

    private void Apply(ClusterTask? old, ClusterTask task)
    {
        var run = RunOf(task.Container, task.Key);
        var known = old is null ? [] : old.History.Select(u => u.Uuid).ToHashSet();
        foreach (var update in task.History.Where(u => u.Uuid is not null && !known.Contains(u.Uuid)))
        {
            var twice = run.Applied.Exists(s => s.Uuid == update.Uuid);

            // Of turns the hub keeps the newest: one that an old copy of a node's database says again is not known any more.
            var again = IsTurn(update) && _forgetful.Contains(run.Node);
            Require(!twice || _hubRestored || again, () => $"{task.Key}: {update.State} was applied twice");
            Require(
                run.Accepted.Exists(s => s.Uuid == update.Uuid),
                () => $"{task.Key}: the hub applied {update.State}, which its node has not committed");
            if (!twice)
            {
                ApplyReplaced(run, update);
                run.Applied.Add(update);
            }
        }
    }

    /// <summary>A turn takes the place of the RUNNING before it, which may have come in the same batch.</summary>
    private static void ApplyReplaced(Run run, StatusUpdate update)
    {
        if (IsTurn(update) && !run.Applied.Exists(s => s.State == TaskState.Running)
            && run.Accepted.Find(s => s.State == TaskState.Running) is { } first && first.Uuid != update.Uuid)
        {
            run.Applied.Add(first);
        }
    }

    private static bool IsTurn(StatusUpdate update) => update is { State: TaskState.Running, Healthy: not null };

    private void CheckLadder(string who, ClusterTask? old, ClusterTask task)
    {
        if (old is null || old.Container != task.Container)
        {
            return;
        }

        Require(
            task.Observed == old.Observed || (task.Observed > old.Observed && !old.IsTerminal),
            () => $"{who}: {task.Key} goes from {old.Observed} to {task.Observed}");
        Require(
            old.Desired == DesiredState.Run || task.Desired == DesiredState.Kill || task.Slot is not null,
            () => $"{who}: {task.Key} was to be killed and is wanted again");
        Require(!old.Completed || task.Completed || _hubRestored || _forgetful.Count > 0,
            () => $"{who}: {task.Key} was history and is not");
    }

    private void CheckRestart(SimJournal journal, ClusterState live)
    {
        var context = new DecisionContext(DateTimeOffset.UnixEpoch, TimeSpan.Zero, 1, world.Limits) { Apps = AppMapping.Instance };
        var again = Restoration.RestoreHub(journal.ToRows(), "again", context).State;
        Require(again.HubEpoch == live.HubEpoch, () => "A restart changes the epoch.");
        Require(again.Tasks.Count == live.Tasks.Count, () => $"A restart keeps {again.Tasks.Count} of {live.Tasks.Count} tasks.");
        foreach (var task in live.Tasks.Values)
        {
            var other = again.Tasks[task.Key];
            var same = other with { Deliveries = task.Deliveries, RedeliverAt = task.RedeliverAt };
            if (task.Slot is not null && other.Desired == DesiredState.Kill)
            {
                // The scheduler looks at every app again, and may want something else by now.
                same = same with { Desired = task.Desired, Revision = task.Revision, KillGrace = task.KillGrace };
            }

            // Of the health only the verdict is kept: times and causes are of this run.
            Require(other.Health?.Healthy == task.Health?.Healthy, () => $"A restart changes the health of {task.Key}.");
            Require(same with { Health = task.Health } == task, () => $"A restart changes the task {task.Key}.");
        }

        foreach (var node in live.Nodes.Values)
        {
            var other = again.Nodes[node.Id];
            Require(
                other.Used.Equals(node.Used) && other.Tasks.SetEquals(node.Tasks) && other.DesiredRevision >= node.DesiredRevision
                    && other.HeldRevision == node.HeldRevision && other.AppliedSequence == node.AppliedSequence
                    && other.Identity == node.Identity,
                () => $"A restart changes the node {node.Id}.");
        }

        foreach (var framework in live.Frameworks.Values)
        {
            var other = again.Frameworks[framework.Id];
            Require(
                other.Tasks.SetEquals(framework.Tasks) && other.CompletedTasks.ToHashSet().SetEquals(framework.CompletedTasks)
                    && other.SuppressedRoles.SetEquals(framework.SuppressedRoles) && other.Spec == framework.Spec,
                () => $"A restart changes the framework {framework.Id}.");
        }
    }
}
