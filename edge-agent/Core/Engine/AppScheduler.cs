using Edge.Core.Deployments;
using Edge.Core.Model;
using Edge.Core.Placement;

namespace Edge.Core.Engine;

/// <summary>Keeps as many instances of each app as are wanted, of the version that is wanted.</summary>
/// <remarks>Level-triggered: it compares what is wanted with what is, and does the next step, however it came to be so. It is the
/// cluster's own framework: what it places is offered and accepted within one decision. Source: Marathon; ARCHITECTURE, "The
/// engine".</remarks>
internal static class AppScheduler
{
    /// <summary>Looks at every app that something happened to.</summary>
    public static void Run(Transition transition)
    {
        var map = new PlacementMap(transition);
        while (transition.Apps.TakeDirty() is { } key)
        {
            if (transition.Apps.App(key) is { } app)
            {
                if (Manages(transition, app))
                {
                    Step(transition, map, app);
                }

                SiteDecisions.DropUnused(transition, app);
                DeploymentDecisions.Advance(transition, app.Id);
            }
        }
    }

    /// <summary>How many instances there should be; a node keeps what the hub placed there unless its operator said otherwise.</summary>
    public static int WantedCount(Transition transition, App app, IReadOnlyCollection<Instance> live)
    {
        if (transition.Self is null || app.Owner is not null || app.Override?.Fields.ContainsKey(AppConfig.Instances) == true)
        {
            return app.Spec.Instances;
        }

        // An upgrade of the operator's exchanges as many as stood here; otherwise the hub adds and takes away.
        return app.Override is { } change && DeploymentDecisions.Gate(transition, app.Id) == DeploymentGate.Exchange
            ? change.LocalInstances
            : live.Count;
    }

    /// <summary>True for apps that this side schedules: the hub its own; a node its own and those that its operator changed.</summary>
    private static bool Manages(Transition transition, App app) => transition.Self is { } self
        ? app.Owner == self.Id || app.Override is not null
        : app.Owner is null;

    private static void Step(Transition transition, PlacementMap map, App app)
    {
        var key = AppTables.KeyOf(app);
        var all = transition.Apps.Of(key);
        if (app.Deleted)
        {
            Remove(transition, app, all);
            return;
        }

        var gate = DeploymentDecisions.Gate(transition, app.Id);
        if (gate == DeploymentGate.Later || ReportDecisions.IsBehind(transition, app, all))
        {
            return;
        }

        (all, var wanted) = OpenOverrides.Without(transition, app, all, l => WantedCount(transition, app, l));
        if (gate == DeploymentGate.Exchange)
        {
            all = AwayInstances.Dismiss(transition, app, all);
        }

        if (app.Spec.Disconnect == DisconnectPolicy.SiteDecides)
        {
            wanted = Math.Max(0, wanted - AwayInstances.Count(transition, app, all));
        }

        var live = all.Where(i => i.Wanted && i.InactiveSince is null).ToArray();
        if (gate == DeploymentGate.Open && live.Length <= wanted && NeedsExchange(transition, app, live))
        {
            DeploymentDecisions.BeginExchange(transition, app);
            return;
        }

        var exchange = gate == DeploymentGate.Exchange && live.Any(i => i.Slot.ConfigHash != app.ConfigHash);
        var start = exchange ? Exchange(transition, app, all, live, wanted) : wanted - live.Length;
        if (start > 0 && IsNeverTwo(app))
        {
            // One that is to end may still run, and one that has ended may be started again by a node that was not told yet.
            start = Math.Min(start, wanted - all.Length);
        }

        if (start < 0)
        {
            Surplus(transition, app, live, -start);
        }

        Launch(transition, map, app, Math.Max(0, start));
    }

    /// <summary>True when something runs otherwise than its owner wants, however it came to be so (a merge that changed nothing, a node
    /// that was away, a change that was cancelled half-way), and nobody said that it should stay so.</summary>
    /// <remarks>Asked when there are not too many: what a hub from an old backup believes to run, and does not, goes first.</remarks>
    private static bool NeedsExchange(Transition transition, App app, Instance[] live) =>
        app.Owner == transition.Self?.Id && app.LeftAt != app.ConfigHash
        && live.Any(i => i.Slot.ConfigHash != app.ConfigHash)
        && transition.Apps.DeploymentCount < transition.Limits.Deployments
        && !transition.Apps.Deployments.Any(d => d.Affects(app.Id));

    private static void Remove(Transition transition, App app, Instance[] all)
    {
        foreach (var instance in OpenOverrides.Without(transition, app, all, _ => 0).Managed.Where(i => i.Wanted))
        {
            InstanceDecisions.End(transition, instance);
        }

        if (transition.Apps.Of(AppTables.KeyOf(app)).Length > 0 || !OpenOverrides.Of(transition, app).IsEmpty)
        {
            return;
        }

        transition.Announce(new ClusterEvent.AppTerminated(transition.Context.Now, app.Id));
        if (transition.Self is not { } self || app.Owner is null || self.Standalone || app.ReportRevision <= self.ReportedRevision)
        {
            // A tombstone until everybody who has to hear of it has.
            transition.Apps.RemoveApp(AppTables.KeyOf(app));
        }
    }

    private static void Surplus(Transition transition, App app, Instance[] live, int count)
    {
        var order = KillOrder.Sort(live, i => InstanceDecisions.IsReachable(transition, i), app.Spec.KillOldestFirst);
        foreach (var instance in order.Take(count).ToArray())
        {
            InstanceDecisions.End(transition, instance);
        }
    }

    /// <summary>One step of a rolling upgrade.</summary>
    /// <returns>How many instances may start.</returns>
    private static int Exchange(Transition transition, App app, Instance[] all, Instance[] live, int wanted)
    {
        var old = live.Where(i => i.Slot.ConfigHash != app.ConfigHash).ToArray();
        var current = live.Where(i => i.Slot.ConfigHash == app.ConfigHash).ToArray();
        var serving = old.Where(i => InstanceDecisions.Serves(transition, i)).ToArray();
        var counts = new UpgradeCounts(
            wanted, old.Length, serving.Length,
            all.Length - current.Length,
            current.Length, current.Count(i => InstanceDecisions.Serves(transition, i)));
        var step = RollingUpgrade.Next(counts, app.Spec.MinimumHealthCapacity, app.Spec.MaximumOverCapacity, IsNeverTwo(app));
        var order = KillOrder.Sort(serving, _ => true, app.Spec.KillOldestFirst);
        foreach (var instance in old.Except(serving).Concat(order.Take(step.KillServing)).ToArray())
        {
            InstanceDecisions.End(transition, instance);
        }

        if (current.Length > wanted)
        {
            Surplus(transition, app, current, current.Length - wanted);
        }

        return step.Start;
    }

    private static bool IsNeverTwo(App app) => app.Spec.SingleInstance || app.Spec.Disconnect == DisconnectPolicy.NeverTwo;

    private static void Launch(Transition transition, PlacementMap map, App app, int count)
    {
        var key = AppTables.KeyOf(app);
        if (count == 0)
        {
            if (app.Refusals is not null || app.QueuedSince is not null)
            {
                transition.Apps.Put(app with { Refusals = null, QueuedSince = null }, durable: false);
            }

            return;
        }

        app = app with { QueuedSince = app.QueuedSince ?? transition.Context.Now };
        if (app.LaunchAfter is { } after && after > transition.Context.Monotonic)
        {
            transition.Apps.Put(app, durable: false);
            transition.Schedule(after, TimerKind.AppWake, key.Owner, key.Id.Value);
            return;
        }

        // Those of another version are about to leave: UNIQUE on as many nodes as instances must not stop an upgrade for ever.
        var placed = map.Of(transition.Apps.Of(key)
            .Where(x => x.Wanted && x.InactiveSince is null && x.Slot.ConfigHash == app.ConfigHash));
        for (var i = 0; i < count; i++)
        {
            var seed = BitConverter.ToUInt64(transition.NextGuid().ToByteArray());
            var context = new PlacementContext(transition.Context.Now, seed, transition.Limits.RefusalSamples);
            var result = Placer.Place(app.Spec, OpenOverrides.Close(transition, app, map.Nodes), placed, context);
            if (result.Node is not { } node)
            {
                transition.Apps.Put(app with { Refusals = result.Refusals }, durable: false);
                return;
            }

            InstanceDecisions.Launch(transition, app, node, result.Ports);
            map.Refresh(node.Id);
            placed.Add(node);
        }

        transition.Apps.Put(app with { Refusals = null, QueuedSince = null }, durable: false);
    }
}
