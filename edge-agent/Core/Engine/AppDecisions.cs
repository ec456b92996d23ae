using System.Collections.Immutable;
using Edge.Core.Deployments;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Apps are made, changed, removed and restarted; each change is a deployment.</summary>
/// <remarks>Source: Marathon, /v2/apps, /v2/groups and /v2/deployments; ARCHITECTURE, "Ownership".</remarks>
internal static class AppDecisions
{
    public static CommandReply Change(Transition transition, ChangeApps command)
    {
        foreach (var change in command.Changes)
        {
            var app = Find(transition, change.App);
            if ((app is { Deleted: false } ? app.Generation : 0) != change.BaseGeneration)
            {
                return new CommandReply.Stale(change.App);
            }

            if (Refuse(transition, app, change) is { } refusal)
            {
                return refusal;
            }
        }

        if (transition.Apps.AppCount + command.Changes.Count(c => c.BaseGeneration == 0) > transition.Limits.Apps)
        {
            return new CommandReply.Rejected($"There are {transition.Limits.Apps} apps, which is the limit.");
        }

        return Unlock(transition, [.. command.Changes.Select(c => c.App)], command.Force)
            ?? Carry(transition, command.Changes, command.Groups, command.Author);
    }

    /// <summary>Finds an app by its path as people name it: the hub's before a site's own; on a node its own.</summary>
    public static App? Find(Transition transition, AppId id) =>
        transition.Apps.App(new AppKey(string.Empty, id))
        ?? (transition.Self is { } self ? transition.Apps.App(new AppKey(self.Id.Value, id)) : null);

    /// <summary>Makes the change without asking anybody: whoever calls has the right to.</summary>
    public static CommandReply.Deployed Carry(
        Transition transition, ImmutableArray<AppChange> changes, ImmutableArray<GroupChange> groups, string author)
    {
        var version = transition.Apps.NextVersion(transition.Context.Now);
        var planned = new List<PlannedChange>();
        var record = ImmutableArray.CreateBuilder<DeploymentChange>();
        foreach (var change in changes)
        {
            var known = Find(transition, change.App);
            var before = known is { Deleted: false } ? known : null;
            var left = known is null ? [] : Live(transition, known).ToArray();
            var count = before is null ? left.Length : Count(transition, before);
            var after = Put(transition, before, change, version, author);
            var next = after is null ? null : new PlannedApp(Count(transition, after), after.ConfigHash);

            // Of an app that comes back, instances may stand at sites that had changed it.
            var was = before is null && left.Length == 0 ? null : Describe(transition, known!, after, count);
            planned.Add(new PlannedChange(change.App, was, next));
            record.Add(new DeploymentChange(change.App, Wanted(before), Wanted(after)));
        }

        foreach (var group in groups)
        {
            Put(transition, group);
        }

        var steps = DeploymentPlanner.Plan(planned, id => Needed(transition, id));
        var deployment = new Deployment
        {
            Id = transition.NextGuid().ToString("D"),
            Version = version,
            Steps = steps,
            Changes = record.ToImmutable(),
        };
        if (!steps.IsEmpty)
        {
            DeploymentDecisions.Begin(transition, deployment);
        }

        return new CommandReply.Deployed(deployment.Id, version, []);
    }

    /// <summary>Cancels what is in the way, or says what is.</summary>
    public static CommandReply? Unlock(Transition transition, IReadOnlyCollection<AppId> apps, bool force)
    {
        var inTheWay = transition.Apps.Deployments.Where(d => apps.Any(d.Affects)).OrderBy(d => d.Id, StringComparer.Ordinal).ToArray();
        if (inTheWay.Length > 0 && !force)
        {
            return new CommandReply.Locked([.. inTheWay.Select(d => d.Id)]);
        }

        foreach (var deployment in inTheWay)
        {
            DeploymentDecisions.Fail(transition, deployment, "Cancelled by a newer change with force.");
        }

        return transition.Apps.DeploymentCount >= transition.Limits.Deployments
            ? new CommandReply.TooMany(transition.Limits.Deployments)
            : null;
    }

    public static CommandReply ResetDelay(Transition transition, ResetLaunchDelay command)
    {
        if (Find(transition, command.App) is not { Deleted: false } app)
        {
            return new CommandReply.Rejected($"Application {command.App} not found in tasks queue.");
        }

        var key = AppTables.KeyOf(app);
        var waiting = transition.Apps.Of(key).Where(i => i.Wanted && transition.Task(i.Task) is not { IsTerminal: false }).ToArray();
        if (waiting.Length == 0 && app.LaunchAfter is null && app.Refusals is null)
        {
            return new CommandReply.Rejected($"Application {command.App} not found in tasks queue.");
        }

        transition.Apps.Put(app with { Failures = 0, LaunchAfter = null });
        foreach (var instance in waiting)
        {
            InstanceDecisions.Hurry(transition, instance);
        }

        transition.Apps.MarkDirty(key);
        return CommandReply.Accepted.Instance;
    }

    /// <summary>What an app needs first: its own dependencies and those of its groups, groups resolved to their apps.</summary>
    public static IEnumerable<AppId> Needed(Transition transition, AppId id)
    {
        var own = Find(transition, id)?.Spec.Dependencies ?? [];
        var inherited = transition.Apps.Groups.Where(g => id.IsWithin(g.Id) && g.Id != id).SelectMany(g => g.Dependencies);
        foreach (var needed in own.Concat(inherited).Distinct())
        {
            foreach (var app in transition.Apps.Apps.Where(a => !a.Deleted && a.Id != id && a.Id.IsWithin(needed) && !id.IsWithin(needed)))
            {
                yield return app.Id;
            }
        }
    }

    private static CommandReply? Refuse(Transition transition, App? app, AppChange change)
    {
        if (transition.Self is not { } self)
        {
            return null;
        }

        if (app is { Owner: null, Deleted: false })
        {
            return self.Welcomed
                ? new CommandReply.Elsewhere(change.App)
                : SiteDecisions.RefuseOverride(transition, app, change) is { } sentence
                    ? new CommandReply.Forbidden(change.App, sentence)
                    : null;
        }

        return SiteDecisions.RefuseOwn(transition, change) is { } reason ? new CommandReply.Forbidden(change.App, reason) : null;
    }

    private static App? Put(Transition transition, App? before, AppChange change, DateTimeOffset version, string author)
    {
        if (transition.Self is not null && before is { Owner: null })
        {
            return SiteDecisions.Override(transition, before, change, author);
        }

        var app = change.Definition is { } definition
            ? Next(transition, Find(transition, change.App) ?? New(transition, change.App, definition, version), before, change, version)
            : before is null ? null : before with { Deleted = true, Generation = before.Generation + 1, Version = version };
        if (app is null)
        {
            return null;
        }

        app = transition.Self is null ? app : SiteDecisions.MarkReport(transition, app);
        transition.Apps.Put(app);
        transition.Apps.MarkDirty(AppTables.KeyOf(app));
        return app.Deleted ? null : app;
    }

    private static App New(Transition transition, AppId id, AppDefinition definition, DateTimeOffset version) => new()
    {
        Id = id,
        Owner = transition.Self?.Id,
        Definition = definition,
        Spec = transition.Context.Apps.Read(definition),
        Generation = 0,
        Version = version,
        LastScalingAt = version,
        LastConfigChangeAt = version,
        ConfigHash = string.Empty,
    };

    private static App Next(Transition transition, App app, App? before, AppChange change, DateTimeOffset version)
    {
        var definition = change.Definition!;
        var differences = AppConfig.Differences(app.Definition, definition).ToArray();
        if (before is not null && differences.Length == 0 && !change.Restart)
        {
            return before;
        }

        var configured = change.Restart || before is null || differences.Any(f => f != AppConfig.Instances);
        var next = AppConfig.Derive(transition, app with
        {
            Definition = definition,
            Generation = app.Generation + 1,
            Version = version,
            Restarts = change.Restart ? app.Restarts + 1 : app.Restarts,
            LastScalingAt = before is null || differences.Contains(AppConfig.Instances) ? version : app.LastScalingAt,
            LastConfigChangeAt = configured ? version : app.LastConfigChangeAt,
            Deleted = false,
            Failures = configured ? 0 : app.Failures,
            LaunchAfter = configured ? null : app.LaunchAfter,
            Refusals = null,
        });
        return next with
        {
            Versions = AppConfig.Remember(
                app.Versions, new AppVersion(version, next.Generation, definition), transition.Limits.AppVersions),
        };
    }

    private static void Put(Transition transition, GroupChange change)
    {
        if (change.Value is { Dependencies.IsEmpty: false } group)
        {
            transition.Apps.Put(group);
        }
        else
        {
            transition.Apps.RemoveGroup(change.Group);
        }
    }

    /// <summary>How many there are to be, and what runs: what an earlier deployment left behind when it was cancelled is exchanged by the
    /// next one, and what runs as it is to be is not.</summary>
    private static PlannedApp Describe(Transition transition, App app, App? after, int count)
    {
        var running = transition.Apps.Of(AppTables.KeyOf(app)).Where(i => i.Wanted).Select(i => i.Slot.ConfigHash).ToArray();
        var runs = running.Length == 0 || after is null
            ? app.ConfigHash
            : Array.Find(running, hash => hash != after.ConfigHash) ?? after.ConfigHash;
        return new PlannedApp(count, runs);
    }

    /// <summary>How many there are to be; of an app of the hub, a node counts what stands there.</summary>
    private static int Count(Transition transition, App app) => AppScheduler.WantedCount(transition, app, [.. Live(transition, app)]);

    private static IEnumerable<Instance> Live(Transition transition, App app) =>
        transition.Apps.Of(AppTables.KeyOf(app)).Where(i => i.Wanted && i.InactiveSince is null);

    private static AppDefinition? Wanted(App? app) => app is null ? null : AppConfig.Effective(app.Definition, app.Override);
}
