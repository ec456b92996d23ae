using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>A node's half of shared ownership: its operator's changes, its own apps, and what the hub says to them.</summary>
/// <remarks>Source: ARCHITECTURE, "Ownership".</remarks>
internal static class SiteDecisions
{
    /// <summary>Why the operator may not change an app of the hub now, as a sentence; null when he may.</summary>
    public static string? RefuseOverride(Transition transition, App app, AppChange change)
    {
        if (change.Definition is not { } definition)
        {
            return $"App '{app.Id}' belongs to the hub, which is out of reach; it cannot be deleted here. Scale it to 0 instead.";
        }

        var effective = AppConfig.Effective(app.Definition, app.Override);
        var fields = AppConfig.Differences(effective, definition).ToImmutableArray();
        return Ownership.DelegationRules.RefuseChange(
            transition.Self!.Delegation, app.Id, fields, change.Restart, transition.Context.Monotonic);
    }

    /// <summary>Why the operator may not make or change an app of the site's own, as a sentence; null when he may.</summary>
    public static string? RefuseOwn(Transition transition, AppChange change)
    {
        if (change.Definition is not { } definition)
        {
            return null;
        }

        if (transition.Self!.Outbox.Count >= transition.Limits.Outbox)
        {
            return $"The node holds {transition.Limits.Outbox} statuses that no hub has taken, which is the limit: new work is refused, "
                + "what runs goes on.";
        }

        var spec = transition.Context.Apps.Read(definition);
        var others = transition.Apps.Apps.Where(a => a.Owner is not null && !a.Deleted && a.Id != change.App).Select(a => a.Spec);
        return Ownership.DelegationRules.RefuseOwn(
            transition.Self.Delegation, change.App, [.. others, spec], transition.Context.Monotonic);
    }

    /// <summary>Stores the operator's change of an app of the hub beside the hub's definition.</summary>
    public static App Override(Transition transition, App app, AppChange change, string author)
    {
        var effective = AppConfig.Effective(app.Definition, app.Override);
        var live = transition.Apps.Of(AppTables.KeyOf(app)).Count(i => i.Wanted);
        var before = app.Override?.Base ?? AppDefinition.Empty.Fields;
        var fields = app.Override?.Fields ?? AppDefinition.Empty.Fields;
        foreach (var field in AppConfig.Differences(effective, change.Definition!))
        {
            var basis = field == AppConfig.Instances
                ? before.GetValueOrDefault(field, live.ToString(System.Globalization.CultureInfo.InvariantCulture))
                : app.Definition[field] ?? string.Empty;
            var value = change.Definition![field] ?? string.Empty;
            before = value == basis ? before.Remove(field) : before.SetItem(field, basis);
            fields = value == basis ? fields.Remove(field) : fields.SetItem(field, value);
        }

        if (change.Restart)
        {
            RestartInPlace(transition, app);
        }

        if (fields.IsEmpty && app.Override is null)
        {
            return app;
        }

        // A change that was taken back stays as an empty one, until what ran under it is exchanged and the hub has heard of it.
        var changed = new AppOverride(app.Override?.BaseGeneration ?? app.Generation, before, fields, author, transition.Context.Now)
        {
            LocalInstances = app.Override?.LocalInstances ?? live,
        };

        app = MarkReport(transition, AppConfig.Derive(transition, app with { Override = changed, Failures = 0, LaunchAfter = null }));
        transition.Apps.Put(app);
        transition.Apps.MarkDirty(AppTables.KeyOf(app));
        return app;
    }

    /// <summary>The app has something that the hub does not know.</summary>
    public static App MarkReport(Transition transition, App app)
    {
        var self = transition.Self!;
        transition.Put(self with { ReportRevision = self.ReportRevision + 1 });
        return app with { ReportRevision = self.ReportRevision + 1 };
    }

    /// <summary>Everything is to be reported again, under numbers above one that the hub has heard.</summary>
    public static void ReportAll(Transition transition, long above)
    {
        transition.Put(transition.Self! with { ReportRevision = above, ReportedRevision = above });
        var told = transition.Apps.Apps.Where(a => a.Owner is not null || a.Override is not null);
        foreach (var app in told.OrderBy(a => a.ReportRevision).ToArray())
        {
            transition.Apps.Put(MarkReport(transition, app));
        }
    }

    /// <summary>Sends what the hub has not committed of the node's own apps and changes; before statuses, which speak of them.</summary>
    public static void SendReport(Transition transition)
    {
        if (transition.Self is not { Welcomed: true } self || self.SentReport >= self.ReportRevision)
        {
            return;
        }

        var items = transition.Apps.Apps.Where(a => a.ReportRevision > self.ReportedRevision).OrderBy(a => a.ReportRevision)
            .Select(ToItem).ToImmutableArray();
        transition.Send(new Dispatch.ToHub(new UpMessage.SiteReport(self.Identity.AgentEpoch, self.ReportRevision, items)
        {
            Sequence = self.NextSequence - 1,
            HeldRevision = self.HeldRevision,
        }));
        var due = transition.Context.Monotonic
            + TaskDecisions.Backoff(transition.Limits.SyncRetryMin, transition.Limits.SyncRetryMax, self.Resends);
        transition.Put(self with { SentReport = self.ReportRevision, ResendAt = due }, durable: false);
        transition.Schedule(due, TimerKind.OutboxResend, self.Id.Value);
    }

    /// <summary>The hub has committed the report: tombstones that only it had to hear of may go.</summary>
    public static void Reported(Transition transition, DownMessage.Reported message)
    {
        var self = transition.Self!;
        if (message.AgentEpoch != self.Identity.AgentEpoch || message.Revision <= self.ReportedRevision)
        {
            return;
        }

        self = self with { ReportedRevision = Math.Min(message.Revision, self.ReportRevision) };
        transition.Put(self);
        WakeTombstones(transition);
    }

    /// <summary>The hub may have heard of them by now.</summary>
    public static void WakeTombstones(Transition transition)
    {
        foreach (var app in transition.Apps.Apps.Where(a => a.Deleted).ToArray())
        {
            transition.Apps.MarkDirty(AppTables.KeyOf(app));
        }
    }

    /// <summary>The hub tells what an app of it is, and what became of the site's change.</summary>
    public static void Take(Transition transition, AppShare share)
    {
        if (share.Own)
        {
            GetBack(transition, share);
            return;
        }

        var key = new AppKey(string.Empty, share.Id);
        var known = transition.Apps.App(key);
        if (share.Adopted && transition.Apps.App(new AppKey(transition.Self!.Id.Value, share.Id)) is { } own)
        {
            known = Hand(transition, own, share) ?? known;
        }

        if (share.Definition.Fields.IsEmpty)
        {
            if (known is { Override: not null } && share.SettledReport >= known.ReportRevision)
            {
                transition.Apps.Put(AppConfig.Derive(transition, known with { Override = null }));
                transition.Apps.MarkDirty(key);
            }

            return;
        }

        var remaining = Remaining(known, share);
        var app = ToApp(transition, share) with
        {
            Override = remaining,
            ReportRevision = remaining is null ? 0 : known?.ReportRevision ?? 0,
            LastFailure = known?.LastFailure,
            Failures = known?.Failures ?? 0,
            Versions = known?.Versions ?? [],
        };
        if (known is null || known.Generation != share.Generation)
        {
            var version = new AppVersion(share.Version, share.Generation, share.Definition);
            app = app with { Versions = AppConfig.Remember(app.Versions, version, transition.Limits.AppVersions) };
        }

        transition.Apps.Put(AppConfig.Derive(transition, app));
        transition.Apps.MarkDirty(key);
    }

    /// <summary>An app of the hub that has no instance here any more, and no change of the operator, is not this node's business.</summary>
    public static void DropUnused(Transition transition, App app)
    {
        var key = AppTables.KeyOf(app);
        if (transition.Self is not null && app is { Owner: null, Override: null } && transition.Apps.Of(key).Length == 0)
        {
            transition.Apps.RemoveApp(key);
        }
    }

    /// <summary>The node lost its journal, or has an old one: an app of the site's own that it does not know any more comes back.</summary>
    private static void GetBack(Transition transition, AppShare share)
    {
        var key = new AppKey(transition.Self!.Id.Value, share.Id);
        if (transition.Apps.App(key) is null)
        {
            transition.Apps.Put(AppConfig.Derive(transition, ToApp(transition, share) with { Owner = transition.Self!.Id }));
            transition.Apps.MarkDirty(key);
        }
    }

    private static App ToApp(Transition transition, AppShare share) => new()
    {
        Id = share.Id,
        Definition = share.Definition,
        Spec = transition.Context.Apps.Read(share.Definition),
        Generation = share.Generation,
        Version = share.Version,
        LastScalingAt = share.LastScalingAt,
        LastConfigChangeAt = share.LastConfigChangeAt,
        Restarts = share.Restarts,
        ConfigHash = string.Empty,
        Versions = [new AppVersion(share.Version, share.Generation, share.Definition)],
    };

    private static AppOverride? Remaining(App? known, AppShare share)
    {
        if (known?.Override is not { } change || share.SettledReport < known.ReportRevision)
        {
            return known?.Override;
        }

        return share.Open.IsEmpty
            ? null
            : change with
            {
                Fields = change.Fields.RemoveRange(change.Fields.Keys.Where(f => !share.Open.Contains(f)).ToArray()),
                Base = change.Base.RemoveRange(change.Base.Keys.Where(f => !share.Open.Contains(f)).ToArray()),
            };
    }

    /// <summary>The hub took over an app of the site's own: its instances go on under the hub's name.</summary>
    /// <returns>The app with what the site changed after the hub had looked; null when the hub has none of that name any more.</returns>
    private static App? Hand(Transition transition, App app, AppShare share)
    {
        var own = AppTables.KeyOf(app);
        var key = new AppKey(string.Empty, app.Id);
        foreach (var instance in transition.Apps.Of(own))
        {
            transition.Apps.Put(instance with { App = key, Slot = instance.Slot with { Owner = null } });
            if (transition.Task(instance.Task) is { Slot: { } slot } task)
            {
                transition.Put(task with { Slot = slot with { Owner = null } });
            }
        }

        transition.Apps.RemoveApp(own);
        var handed = app with
        {
            Owner = null,
            Generation = share.Generation,
            ReportRevision = 0,
            Deleted = false,
            Definition = share.Definition,
        };
        if (share.Definition.Fields.IsEmpty || app.Deleted || app.ReportRevision <= share.SettledReport)
        {
            return share.Definition.Fields.IsEmpty ? null : handed;
        }

        // It is a change of an app of the hub now, and is reported as one, even if nothing but a restart is left of it.
        var fields = AppConfig.Differences(share.Definition, app.Definition).ToArray();
        return MarkReport(transition, handed with
        {
            Override = new AppOverride(
                share.Generation,
                Pick(share.Definition, fields),
                Pick(app.Definition, fields),
                transition.Self!.Id.Value,
                transition.Context.Now)
            {
                LocalInstances = transition.Apps.Of(key).Count(i => i.Wanted),
            },
        });
    }

    private static ImmutableSortedDictionary<string, string> Pick(AppDefinition definition, IEnumerable<string> fields) =>
        AppDefinition.Empty.Fields.AddRange(fields.Select(f => KeyValuePair.Create(f, definition[f] ?? string.Empty)));

    private static void RestartInPlace(Transition transition, App app)
    {
        foreach (var instance in transition.Apps.Of(AppTables.KeyOf(app)).Where(i => i.Wanted))
        {
            if (transition.Task(instance.Task) is { IsTerminal: false } task)
            {
                HoldDecisions.End(transition, task, null);
            }
        }
    }

    private static SiteItem ToItem(App app) => new()
    {
        Id = app.Id,
        Revision = app.ReportRevision,
        Own = app.Owner is not null,
        Definition = app.Owner is not null && !app.Deleted ? app.Definition : null,
        Override = app.Override,
        Generation = app.Generation,
        Version = app.Version,
        LastScalingAt = app.LastScalingAt,
        LastConfigChangeAt = app.LastConfigChangeAt,
        Restarts = app.Restarts,
    };
}
