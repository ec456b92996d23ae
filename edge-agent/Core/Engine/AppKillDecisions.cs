using System.Collections.Immutable;
using System.Globalization;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Tasks of apps are ended by hand.</summary>
/// <remarks>Source: Marathon, DELETE /v2/apps/{id}/tasks and POST /v2/tasks/delete.</remarks>
internal static class AppKillDecisions
{
    public static CommandReply Kill(Transition transition, KillAppTasks command)
    {
        var instances = command.Tasks.Distinct()
            .Select(id => transition.Task(new TaskKey(FrameworkId.Apps, id)))
            .Where(t => t?.Slot is not null)
            .Select(t => transition.Apps.Instance(t!.Slot!.Instance))
            .Where(i => i is { Wanted: true })
            .Select(i => i!)
            .DistinctBy(i => i.Id)
            .ToArray();
        foreach (var app in instances.Select(i => i.App).Distinct().Order())
        {
            if (Refuse(transition, app, command.Scale) is { } refusal)
            {
                return refusal;
            }
        }

        return command.Scale ? Scale(transition, command, instances) : Replace(transition, instances);
    }

    private static CommandReply? Refuse(Transition transition, AppKey key, bool scale)
    {
        if (transition.Apps.App(key) is not { } app)
        {
            return null;
        }

        if (transition.Self is not { } self)
        {
            return app.Owner is { } owner
                ? new CommandReply.Forbidden(app.Id, $"App '{app.Id}' belongs to the site of node '{owner}'; change it there, or adopt it.")
                : null;
        }

        if (app.Owner is not null)
        {
            // A change names an app by its path alone, and that is the hub's.
            return scale && AppDecisions.Find(transition, app.Id) is { Owner: null }
                ? new CommandReply.Forbidden(
                    app.Id, $"The site's own app '{app.Id}' cannot be scaled while the hub has one of that name here; kill without scale.")
                : null;
        }

        ImmutableArray<string> fields = scale ? [AppConfig.Instances] : [];
        return self.Welcomed
            ? new CommandReply.Elsewhere(app.Id)
            : Ownership.DelegationRules.RefuseChange(self.Delegation, app.Id, fields, restart: true, transition.Context.Monotonic)
                is { } reason ? new CommandReply.Forbidden(app.Id, reason) : null;
    }

    private static CommandReply.Deployed Replace(Transition transition, Instance[] instances)
    {
        var ended = instances.Select(i => i.Task).ToImmutableArray();
        foreach (var instance in instances)
        {
            // A node keeps the place that the hub gave it: the next task starts there.
            var isHubs = transition.Self is not null && instance.App.Owner.Length == 0;
            if (isHubs && transition.Task(instance.Task) is { IsTerminal: false } task)
            {
                HoldDecisions.End(transition, task, null);
            }
            else
            {
                InstanceDecisions.End(transition, instance);
            }

            transition.Apps.MarkDirty(instance.App);
        }

        return new CommandReply.Deployed(string.Empty, transition.Context.Now, ended);
    }

    private static CommandReply Scale(Transition transition, KillAppTasks command, Instance[] instances)
    {
        var groups = instances.GroupBy(i => i.App).OrderBy(g => g.Key).ToArray();
        if (AppDecisions.Unlock(transition, [.. groups.Select(g => g.Key.Id)], command.Force) is { } locked)
        {
            return locked;
        }

        var changes = ImmutableArray.CreateBuilder<AppChange>();
        foreach (var group in groups)
        {
            if (transition.Apps.App(group.Key) is not { } app)
            {
                continue;
            }

            var live = transition.Apps.Of(group.Key).Where(i => i.Wanted && i.InactiveSince is null).ToArray();
            var count = Math.Max(0, AppScheduler.WantedCount(transition, app, live) - group.Count());
            var definition = AppConfig.Effective(app.Definition, app.Override)
                .With([KeyValuePair.Create(AppConfig.Instances, count.ToString(CultureInfo.InvariantCulture))]);
            changes.Add(new AppChange(app.Id, definition, app.Generation));
        }

        // What is wanted is lowered first: then nothing replaces those that end.
        var deployed = AppDecisions.Carry(transition, changes.ToImmutable(), [], command.Author);
        foreach (var instance in instances)
        {
            InstanceDecisions.End(transition, transition.Apps.Instance(instance.Id) ?? instance);
        }

        return deployed with { Ended = [.. instances.Select(i => i.Task)] };
    }
}
