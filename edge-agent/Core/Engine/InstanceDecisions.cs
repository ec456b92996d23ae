using System.Collections.Immutable;
using Edge.Core.Deployments;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Placement;
using Edge.Core.Resources;

namespace Edge.Core.Engine;

/// <summary>Instances are placed, observed, started again by the node that holds them, and given up.</summary>
/// <remarks>Source: ARCHITECTURE, "Ownership": whoever holds an instance restarts it for ever; SYNC, invariants 3 and 4.</remarks>
internal static class InstanceDecisions
{
    /// <summary>True when the instance runs, passes its health check and is ready. The checks are its own: those of a version that comes
    /// say nothing of one that goes.</summary>
    public static bool Serves(Transition transition, Instance instance) =>
        transition.Task(instance.Task) is { Observed: ObservedState.Running, Desired: DesiredState.Run } task
        && (task.Spec.Health is null || task.Health is { Healthy: true })
        && ReadinessDecisions.IsReady(task);

    /// <summary>True when its node can be told something.</summary>
    public static bool IsReachable(Transition transition, Instance instance) =>
        transition.Self is not null || transition.Node(instance.Node) is { Reachability: Reachability.Reachable, OnHold: false };

    /// <summary>Places a new instance and starts its first task.</summary>
    public static void Launch(Transition transition, App app, PlacementNode node, ImmutableArray<int> ports)
    {
        var instance = new InstanceId($"{AppConfig.IdPrefix(app.Id)}.instance-{transition.NextGuid():D}");
        var slot = new AppSlot
        {
            App = app.Id,
            Owner = app.Owner,
            Instance = instance,
            Incarnation = 1,
            ConfigHash = app.ConfigHash,
            Version = app.LastConfigChangeAt,
            Ports = ports,
        };
        var resources = ports.IsEmpty
            ? app.Spec.Resources
            : app.Spec.Resources + ResourceSet.Of(Resource.Of("ports", RangeSet.Of(ports.Select(p => new ValueRange((ulong)p, (ulong)p)))));
        var id = new TaskId($"{instance}._app.1");
        var spec = transition.Context.Apps.Build(new AppTaskRequest(
            AppConfig.Effective(app.Definition, app.Override), slot, id, node.Id, node.Description.Hostname, resources));
        transition.Apps.Put(new Instance
        {
            Id = instance,
            App = AppTables.KeyOf(app),
            Node = node.Id,
            Task = new TaskKey(FrameworkId.Apps, id),
            Slot = slot,
            Since = transition.Context.Now,
        });
        Start(transition, spec, slot, node.Id, app.Spec.Role);
    }

    /// <summary>A task of an instance has a new status.</summary>
    public static void Observed(Transition transition, ClusterTask task, StatusUpdate update)
    {
        var slot = task.Slot!;
        var hostname = Hostname(transition, task.Node);
        transition.Announce(new ClusterEvent.StatusUpdated(update.Timestamp, task, update, hostname));
        if (transition.Apps.Instance(slot.Instance) is not { } instance || instance.Task != task.Key)
        {
            return;
        }

        instance = instance with
        {
            RunningSince = task.Observed == ObservedState.Running ? instance.RunningSince ?? update.Timestamp : instance.RunningSince,
        };
        AnnounceChange(transition, task, instance, update, hostname);
        transition.Apps.MarkDirty(instance.App);
        if (!task.IsTerminal)
        {
            transition.Apps.Put(instance);
            return;
        }

        instance = instance with { RunningSince = null };
        CountFailure(transition, task, update);
        if (update.Released || IsNeverRetried(task.Observed) || (!instance.Wanted && transition.Self is not null))
        {
            transition.Apps.RemoveInstance(instance.Id);
            ReportDecisions.DropIfGone(transition, instance.App);
        }
        else if (!instance.Wanted)
        {
            // It ended by itself before the node heard that it should: the node starts it again, until it has.
            End(transition, instance);
        }
        else
        {
            transition.Apps.Put(transition.Self is null ? instance : Rest(transition, instance, task, update));
        }
    }

    /// <summary>True when the node gives the instance up with this status.</summary>
    public static bool IsReleased(Transition transition, ClusterTask task, ObservedState observed) =>
        task.Slot is { } slot
        && (IsNeverRetried(observed)
            || transition.Apps.Instance(slot.Instance) is not { Wanted: true } instance
            || instance.Task != task.Key);

    /// <summary>The instance ends, and is not started again.</summary>
    public static void End(Transition transition, Instance instance)
    {
        instance = instance with { Wanted = false, RelaunchAt = null };
        var task = transition.Task(instance.Task);
        if (task is { IsTerminal: false })
        {
            transition.Apps.Put(instance);
            if (transition.Self is null)
            {
                TaskDecisions.WantKilled(transition, task, null);
            }
            else
            {
                HoldDecisions.End(transition, task, null);
            }

            return;
        }

        if (transition.Self is not null || transition.Node(instance.Node) is not { } node)
        {
            transition.Apps.RemoveInstance(instance.Id);
            transition.Apps.MarkDirty(instance.App);
            if (transition.Self is not null && task?.Latest is { } latest)
            {
                // Its end was told before it was known that it stays one.
                SelfDecisions.Queue(transition, latest with { Released = true });
            }

            return;
        }

        // The node would start it again: it is told, and forgotten when the node has confirmed.
        node = node with { DesiredRevision = node.DesiredRevision + 1 };
        transition.Put(node);
        transition.Apps.Put(instance with { Revision = node.DesiredRevision });
        transition.MarkToSend(node.Id);
    }

    /// <summary>The node gives an instance up whose last task had ended before.</summary>
    public static void Released(Transition transition, NodeId node, TaskKey task)
    {
        foreach (var instance in transition.Apps.On(node).Where(i => i.Task == task))
        {
            transition.Apps.RemoveInstance(instance.Id);
            transition.Apps.MarkDirty(instance.App);
            ReportDecisions.DropIfGone(transition, instance.App);
        }
    }

    /// <summary>The node has confirmed a revision: instances that it was told to give up are gone.</summary>
    public static void Confirm(Transition transition, NodeId node, long held)
    {
        foreach (var instance in transition.Apps.On(node))
        {
            if (!instance.Wanted && instance.Revision > 0 && instance.Revision <= held
                && transition.Task(instance.Task) is not { IsTerminal: false })
            {
                transition.Apps.RemoveInstance(instance.Id);
                transition.Apps.MarkDirty(instance.App);
                ReportDecisions.DropIfGone(transition, instance.App);
            }
        }
    }

    /// <summary>Starts an ended instance at once: on its node by a new task, on the hub by another instance.</summary>
    public static void Hurry(Transition transition, Instance instance)
    {
        if (transition.Self is null)
        {
            End(transition, instance);
        }
        else
        {
            transition.Apps.Put(instance with { Failures = 0, RelaunchAt = transition.Context.Monotonic });
            Relaunch(transition, instance.Id, transition.Context.Monotonic);
        }
    }

    /// <summary>An ended instance starts again on its node, if it still waits for that instant.</summary>
    public static void Relaunch(Transition transition, InstanceId id, TimeSpan due)
    {
        if (transition.Apps.Instance(id) is not { Wanted: true, RelaunchAt: { } at } instance || at > due
            || transition.Task(instance.Task) is not { IsTerminal: true } previous)
        {
            return;
        }

        var slot = instance.Slot with { Incarnation = instance.Slot.Incarnation + 1 };
        var task = new TaskId($"{instance.Id}._app.{slot.Incarnation}");
        transition.Apps.Put(instance with
        {
            Task = new TaskKey(previous.Key.Framework, task),
            Slot = slot,
            RelaunchAt = null,
        });
        Start(transition, transition.Context.Apps.Again(previous.Spec, task), slot, previous.Node, previous.Role);
    }

    /// <summary>The daemon is back: what had ended and was to start again does so now.</summary>
    public static void Resume(Transition transition)
    {
        foreach (var instance in transition.Apps.Instances.OrderBy(i => i.Id).ToArray())
        {
            if (transition.Task(instance.Task) is { IsTerminal: true } && instance.Wanted)
            {
                Schedule(transition, instance, TimeSpan.Zero);
            }
        }
    }

    /// <summary>Takes over a task that a node started on its own.</summary>
    public static void Adopt(Transition transition, NodeId node, Assignment launch)
    {
        var slot = launch.Slot!;
        var key = new AppKey(slot.Owner?.Value ?? string.Empty, slot.App);
        var known = transition.Apps.Instance(slot.Instance);
        var instance = known is null
            ? new Instance
            {
                Id = slot.Instance,
                App = key,
                Node = node,
                Task = launch.Key,
                Slot = slot,
                Since = launch.LaunchedAt,
                Wanted = slot.Owner is not null
                    || transition.Apps.App(key) is { Deleted: false }
                    || transition.Apps.Override(new SiteKey(node, slot.App)) is { State: not OverrideState.Settled },
            }
            : slot.Incarnation >= known.Slot.Incarnation ? known with { Task = launch.Key, Slot = slot } : known;
        transition.Apps.Put(instance);
        transition.Apps.MarkDirty(key);
        if (!instance.Wanted && transition.Task(launch.Key) is { IsTerminal: false, Desired: DesiredState.Run } task)
        {
            TaskDecisions.WantKilled(transition, task, null);
        }
    }

    private static void AnnounceChange(
        Transition transition, ClusterTask task, Instance instance, StatusUpdate update, string hostname)
    {
        if (update.Reason == StatusReason.TaskHealthCheckStatusUpdated)
        {
            transition.Announce(new ClusterEvent.HealthChanged(update.Timestamp, instance, update.Healthy == true));
            return;
        }

        if (update.Reason == StatusReason.TaskCheckStatusUpdated)
        {
            // Its state is what it was.
            return;
        }

        if (task is { IsTerminal: true, EndCause: EndCause.HealthCheck })
        {
            transition.Announce(new ClusterEvent.UnhealthyKilled(update.Timestamp, instance, update.Message ?? string.Empty, hostname));
        }

        transition.Announce(new ClusterEvent.InstanceChanged(update.Timestamp, instance, update.State, hostname));
    }

    /// <summary>What the node itself refused is not tried there again.</summary>
    private static bool IsNeverRetried(ObservedState observed) =>
        observed is ObservedState.Dropped or ObservedState.Error or ObservedState.Gone;

    /// <summary>An ended instance waits for its next start.</summary>
    private static Instance Rest(Transition transition, Instance instance, ClusterTask task, StatusUpdate update)
    {
        // A reboot, a lost keeper or an operator's kill is nobody's fault.
        var innocent = update.Reason == StatusReason.ExecutorTerminated || task.Desired == DesiredState.Kill;
        if (innocent || transition.Apps.App(instance.App) is not { } app)
        {
            return Schedule(transition, instance, TimeSpan.Zero);
        }

        var ran = task.History.FirstOrDefault(s => s.State == TaskState.Running) is { } running
            ? update.Timestamp - running.Timestamp
            : TimeSpan.Zero;
        var failures = LaunchDelay.IsForgiven(app.Spec, instance.Failures, ran) ? 1 : instance.Failures + 1;
        return Schedule(transition, instance with { Failures = failures }, LaunchDelay.After(app.Spec, failures));
    }

    private static Instance Schedule(Transition transition, Instance instance, TimeSpan wait)
    {
        var due = transition.Context.Monotonic + wait;
        instance = instance with { RelaunchAt = due };
        transition.Apps.Put(instance);
        transition.Schedule(due, TimerKind.Relaunch, instance.Id.Value);
        return instance;
    }

    private static void CountFailure(Transition transition, ClusterTask task, StatusUpdate update)
    {
        var key = new AppKey(task.Slot!.Owner?.Value ?? string.Empty, task.Slot.App);
        if (transition.Apps.App(key) is not { } app
            || update.State is not (TaskState.Failed or TaskState.Error or TaskState.Finished or TaskState.Dropped))
        {
            return;
        }

        var failure = new AppFailure(
            task.Key.Task, task.Node, update.State, update.Message ?? string.Empty, update.Timestamp, task.Slot.Version);
        var counts = task.Slot.ConfigHash == app.ConfigHash && update.Reason != StatusReason.ExecutorTerminated;
        var failures = counts ? app.Failures + 1 : app.Failures;
        transition.Apps.Put(app with
        {
            LastFailure = update.State == TaskState.Finished ? app.LastFailure : failure,
            Failures = failures,
            LaunchAfter = counts ? transition.Context.After(LaunchDelay.After(app.Spec, failures)) : app.LaunchAfter,
        });
    }

    private static void Start(Transition transition, TaskSpec spec, AppSlot slot, NodeId node, string role)
    {
        var task = new ClusterTask
        {
            Key = new TaskKey(FrameworkId.Apps, spec.Id),
            Spec = spec,
            Node = node,
            Container = new ContainerId(transition.NextGuid().ToString("D")),
            Executor = new ExecutorId(spec.Id.Value),
            Resources = spec.Resources.Allocate(role),
            Role = role,
            User = string.Empty,
            LaunchedAt = transition.Context.Now,
            Slot = slot,
        };
        transition.Counters = transition.Counters with { TasksLaunched = transition.Counters.TasksLaunched + 1 };
        if (transition.Self is null)
        {
            Assign(transition, task);
            return;
        }

        // The intent is durable before the act; the first status tells the hub what it needs to know of the task.
        transition.Put(task);
        var starting = SelfDecisions.Draft(transition, task, TaskState.Starting, null, null);
        task = SelfDecisions.Report(transition, task, starting, AssignmentDecisions.ToAssignment(task));
        transition.Send(new Dispatch.StartContainer(task));
    }

    private static void Assign(Transition transition, ClusterTask task)
    {
        var node = transition.Node(task.Node)!;
        node = node with { DesiredRevision = node.DesiredRevision + 1, Tasks = node.Tasks.Add(task.Key) };
        transition.Put(NodeLedger.Use(node, task.Resources));
        transition.Put(task with { Revision = node.DesiredRevision });
        var framework = BuiltinFramework.Get(transition);
        transition.Put(
            TaskDecisions.Charge(framework, task.Resources, 1) with { Tasks = framework.Tasks.Add(task.Key.Task) }, durable: false);
        transition.MarkToSend(node.Id);
    }

    private static string Hostname(Transition transition, NodeId node) => transition.Self is { } self
        ? self.Description.Hostname
        : transition.Node(node)?.Description.Hostname ?? node.Value;
}
