using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>The containers of one machine: they outlive the agent, not the machine.</summary>
internal sealed class SimRuntime(SimWorld world, SimAgent agent)
{
    private readonly SortedDictionary<string, Container> _containers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _startsOfThisBoot = new(StringComparer.Ordinal);

    /// <summary>One container's record.</summary>
    internal sealed class Container
    {
        public required ContainerId Id { get; init; }

        public required TaskKey Task { get; init; }

        public AppSlot? Slot { get; init; }

        public bool Running { get; set; } = true;

        public bool Endless { get; init; }

        public bool KillAsked { get; set; }

        public bool Healthy { get; set; }

        public ObservedState End { get; set; }

        public StatusReason? Reason { get; set; }
    }

    /// <summary>Instances that were tried to start since the machine did.</summary>
    public HashSet<InstanceId> Tried { get; } = [];

    public IReadOnlyCollection<Container> Containers => _containers.Values;

    public IEnumerable<OrphanContainer> List() => _containers.Values.Select(c => new OrphanContainer(c.Id, c.Running, null));

    /// <summary>Starts a task that was not started, and attaches to one that was.</summary>
    public void Start(ClusterTask task)
    {
        var known = _containers.GetValueOrDefault(task.Container.Value);
        if (task.Slot is { } slot && task.Observed <= ObservedState.Starting)
        {
            Tried.Add(slot.Instance);
        }

        if (known is not null && !world.Bugs.HasFlag(SimBugs.StartNotIdempotent))
        {
            Tell(known);
        }
        else if (known is null && task.Observed > ObservedState.Starting)
        {
            Post(new ContainerObserved(task.Container, ObservedState.Failed, StatusReason.ExecutorTerminated, "The process is gone."));
        }
        else if (world.Chance(0.05) && (task.Slot is null || world.Chaotic))
        {
            Post(new ContainerObserved(task.Container, ObservedState.Failed, StatusReason.ContainerLaunchFailed, "The image is missing."));
        }
        else
        {
            Launch(task);
        }
    }

    public void Kill(ContainerId id, TimeSpan grace)
    {
        if (!_containers.TryGetValue(id.Value, out var container))
        {
            return;
        }

        if (!container.Running)
        {
            Tell(container);
            return;
        }

        container.KillAsked = true;
        var wait = world.Chance(0.7) ? world.Between(0, grace.TotalSeconds) : grace;
        world.After(wait, () => End(container, ObservedState.Killed, null));
    }

    public void Forget(ContainerId id)
    {
        if (_containers.TryGetValue(id.Value, out var container) && container.Running)
        {
            world.Oracle.RunningForgotten(agent, container.Task);
            End(container, ObservedState.Killed, null);
        }

        _containers.Remove(id.Value);
    }

    public void Reboot()
    {
        foreach (var container in _containers.Values)
        {
            world.Oracle.Ended(container.Task, container.Id);
            container.Running = false;
        }

        _containers.Clear();
        _startsOfThisBoot.Clear();
        Tried.Clear();
    }

    /// <summary>Ends everything that would run for ever.</summary>
    public void EndEndless()
    {
        foreach (var container in _containers.Values.Where(c => c.Running && c.Slot is null).ToArray())
        {
            world.After(world.Between(0, 60), () => End(container, ObservedState.Finished, null));
        }
    }

    private void Launch(ClusterTask task)
    {
        var starts = _startsOfThisBoot.GetValueOrDefault(task.Container.Value) + 1;
        _startsOfThisBoot[task.Container.Value] = starts;
        world.Oracle.Started(agent, task, starts);
        var container = new Container
        {
            Id = task.Container,
            Task = task.Key,
            Slot = task.Slot,
            Endless = task.Slot is null ? world.Chance(0.3) : !world.Chaotic || world.Chance(0.6),
        };
        _containers[task.Container.Value] = container;
        if (task.Slot is not null)
        {
            world.Apps.Started(agent, task);
        }

        world.After(world.Between(0, 2), () => Tell(container));
        if (world.Chance(0.3))
        {
            world.After(world.Between(2, 30), () => Check(container));
        }

        if (!container.Endless)
        {
            var end = world.Chance(0.7) ? ObservedState.Finished : ObservedState.Failed;
            world.After(world.Between(0.01, world.Chance(0.5) ? 10 : 400), () => End(container, end, null));
        }
    }

    /// <summary>A health check and all that follow it; while nothing breaks they say what they said before.</summary>
    private void Check(Container container)
    {
        if (!container.Running || _containers.GetValueOrDefault(container.Id.Value) != container)
        {
            return;
        }

        if (world.Chaotic && world.Chance(0.4))
        {
            container.Healthy = !container.Healthy;
            world.Oracle.Count(SimEvent.HealthTurned);
        }

        var kill = world.Chaotic && !container.Healthy && world.Chance(0.02);
        agent.Post(new HealthObserved(container.Id, new TaskHealth { Healthy = container.Healthy }, kill));
        world.After(world.Between(5, world.Chaotic ? 60 : 600), () => Check(container));
    }

    private void End(Container container, ObservedState end, StatusReason? reason)
    {
        if (!container.Running)
        {
            return;
        }

        container.Running = false;
        container.End = container.KillAsked ? ObservedState.Killed : end;
        container.Reason = reason;
        world.Oracle.Ended(container.Task, container.Id);
        world.Trace(agent.Name, () => $"EXIT {SimText.Short(container.Id)} {container.End}");
        Tell(container);
    }

    private void Tell(Container container)
    {
        if (_containers.GetValueOrDefault(container.Id.Value) != container)
        {
            return;
        }

        var state = container.Running ? ObservedState.Running : container.End;
        Post(new ContainerObserved(container.Id, state, container.Running ? null : container.Reason, null));
        if (world.Chaotic && world.Chance(0.05))
        {
            // The keeper tells some things twice.
            world.After(world.Between(0, 5), () => Tell(container));
        }
    }

    private void Post(ContainerObserved observed) => agent.Post(observed);
}
