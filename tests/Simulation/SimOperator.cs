using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>The people at the hub and at the sites: they make, change, restart, kill, remove and decide.</summary>
internal sealed class SimOperator(SimWorld world)
{
    private static readonly AppId[] s_shared = [new("/never1"), new("/never2"), new("/a1"), new("/a2"), new("/a3")];
    private static readonly AppId[] s_own = [new("/own1"), new("/own2"), new("/a2")];

    /// <summary>Somebody does something now and then, as long as things break.</summary>
    public void Plan() => world.After(world.Between(1, 25), () =>
    {
        if (!world.Launching)
        {
            return;
        }

        var agent = world.Agents[world.Random.Next(world.Agents.Length)];
        if (world.Chance(0.5))
        {
            ActAtHub(agent);
        }
        else
        {
            ActAtSite(agent);
        }

        Plan();
    });

    /// <summary>Nothing is on hold any more.</summary>
    public void ReleaseAll()
    {
        foreach (var agent in world.Agents)
        {
            world.Hub.Post(new HoldNode(agent.Id, false, "boss"));
        }
    }

    /// <summary>Everything that waits for an admin is decided, and what that leads to too.</summary>
    public void DecideAll()
    {
        for (var minute = 0; minute < 15; minute += 3)
        {
            world.After(TimeSpan.FromMinutes(minute), () =>
            {
                foreach (var held in Held())
                {
                    world.Hub.Post(new ApproveOverride(held.Node, held.App, "boss"));
                }

                foreach (var conflict in Open())
                {
                    world.Hub.Post(new ResolveConflict(conflict.Id, world.Chance(0.5), "boss"));
                }
            });
        }
    }

    /// <summary>Every app is removed by whom it belongs to.</summary>
    public void DeleteAll()
    {
        Remove(world.Hub, null);
        world.After(TimeSpan.FromMinutes(5), () =>
        {
            // A name means the hub's app, as long as there is one.
            foreach (var agent in world.Agents)
            {
                Remove(agent, agent.Id);
            }
        });
    }

    private static void Remove(SimDaemon daemon, NodeId? owner)
    {
        foreach (var app in daemon.State!.Apps.Values.Where(a => a.Owner == owner && !a.Deleted).OrderBy(a => a.Id))
        {
            daemon.Post(new ChangeApps([new AppChange(app.Id, null, app.Generation)], [], Force: true, "boss"));
        }
    }

    private Conflict[] Open() =>
        [.. world.Hub.State!.Conflicts.Values.Where(c => c.Resolution is null).OrderBy(c => c.Id, StringComparer.Ordinal)];

    private SiteOverride[] Held() =>
    [
        .. world.Hub.State!.Overrides.Values.Where(o => o.State == OverrideState.Held).OrderBy(o => o.Node).ThenBy(o => o.App),
    ];

    private void ActAtHub(SimAgent agent)
    {
        if (world.Hub.State is not { } state)
        {
            return;
        }

        switch (world.Random.Next(20))
        {
            case < 13:
                Change(world.Hub, null, s_shared[world.Random.Next(s_shared.Length)]);
                break;
            case 13:
                Kill(world.Hub, state.Tasks.Values);
                break;
            case 14 when Pick(state.Deployments.Keys.Order(StringComparer.Ordinal)) is { } deployment:
                world.Oracle.Count(SimEvent.Cancelled);
                world.Hub.Post(new CancelDeployment(deployment, Force: false, "hub-admin"));
                break;
            case 15 or 16 when Pick(Open()) is { } conflict:
                world.Hub.Post(new ResolveConflict(conflict.Id, world.Chance(0.5), "hub-admin"));
                break;
            case 17 when Pick(Held()) is { } held:
                world.Hub.Post(new ApproveOverride(held.Node, held.App, "hub-admin"));
                break;
            case 18 when world.Chance(0.5) && Pick(state.Apps.Values.Where(a => a.Owner is not null).OrderBy(AppTables.KeyOf)) is { } own:
                world.Hub.Post(new AdoptApp(own.Owner!.Value, own.Id, "hub-admin"));
                break;
            case 19 when world.Chance(0.5):
                world.Hub.Post(new HoldNode(agent.Id, world.Chance(0.4), "hub-admin"));
                break;
        }
    }

    private void ActAtSite(SimAgent agent)
    {
        if (agent.State is not { } state)
        {
            return;
        }

        switch (world.Random.Next(10))
        {
            case < 3:
                Change(agent, agent.Id, s_own[world.Random.Next(s_own.Length)]);
                break;
            case < 9 when Pick(state.Apps.Values.Where(a => a.Owner is null).OrderBy(a => a.Id)) is { } app:
                Change(agent, null, app.Id);
                break;
            case 9:
                Kill(agent, state.Tasks.Values);
                break;
        }
    }

    private void Change(SimDaemon daemon, NodeId? owner, AppId id)
    {
        var state = daemon.State!;
        var known = state.Apps.GetValueOrDefault(new AppKey(string.Empty, id));
        if (known is not { Deleted: false } && owner is { } own)
        {
            known = state.Apps.GetValueOrDefault(new AppKey(own.Value, id)) ?? known;
        }

        if (known is not { Deleted: false } app)
        {
            Post(daemon, new AppChange(id, SimApps.Draw(world, id), 0));
            return;
        }

        var effective = app.Override is { } change ? app.Definition.With(change.Fields) : app.Definition;
        var changed = effective.With([SimApps.DrawChange(world, id)]);
        switch (world.Random.Next(12))
        {
            case 0:
                Post(daemon, new AppChange(id, null, app.Generation));
                break;
            case 1:
                Post(daemon, new AppChange(id, effective, app.Generation, Restart: true));
                break;
            case 2 when app.Override is { Fields.IsEmpty: false } taken:
                // The operator takes a field back.
                var field = taken.Fields.Keys.First();
                Post(daemon, new AppChange(id, effective.With([KeyValuePair.Create(field, taken.Base[field])]), app.Generation));
                break;
            case 3 when daemon == world.Hub
                && state.Apps.GetValueOrDefault(new AppKey(string.Empty, new AppId("/a1"))) is { Deleted: false } other
                && other.Id != id:
                var both = new AppChange(other.Id, other.Definition.With([SimApps.DrawChange(world, other.Id)]), other.Generation);
                Post(daemon, new AppChange(id, changed, app.Generation), both);
                break;
            default:
                Post(daemon, new AppChange(id, changed, app.Generation));
                break;
        }
    }

    private void Post(SimDaemon daemon, params AppChange[] changes) =>
        daemon.Post(new ChangeApps([.. changes], [], world.Chance(0.4), daemon == world.Hub ? "hub-admin" : daemon.Name));

    private void Kill(SimDaemon daemon, IEnumerable<ClusterTask> tasks)
    {
        var live = tasks.Where(t => t.Slot is not null && !t.IsTerminal).OrderBy(t => t.Key).ToArray();
        if (live.Length > 0)
        {
            var first = live[world.Random.Next(live.Length)];
            var chosen = world.Chance(0.3) ? live.Where(t => t.Slot!.App == first.Slot!.App) : [first];
            var scale = world.Chance(0.3) && !SimApps.IsNeverTwo(first.Slot!.App);
            daemon.Post(new KillAppTasks([.. chosen.Select(t => t.Key.Task)], scale, world.Chance(0.5), "killer"));
        }
    }

    private T? Pick<T>(IEnumerable<T> items)
        where T : class
    {
        var all = items.ToArray();
        return all.Length == 0 ? null : all[world.Random.Next(all.Length)];
    }
}
