using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Reconciliation;

namespace Edge.Core.Engine;

/// <summary>The hub's half of shared ownership: what sites report is taken over, merged, or shown as a conflict.</summary>
/// <remarks>Source: ARCHITECTURE, "Ownership". Nothing that a site said is dropped: what is not taken is a conflict object.</remarks>
internal static partial class ReportDecisions
{
    public static void Receive(Transition transition, Node node, UpMessage.SiteReport report)
    {
        if (report.AgentEpoch != node.Identity.AgentEpoch)
        {
            NodeDecisions.SayAgain(transition, node.Id);
            return;
        }

        foreach (var item in report.Items.Where(i => i.Revision > node.ReportRevision).OrderBy(i => i.Revision))
        {
            if (item.Own)
            {
                TakeOwn(transition, node.Id, item, report.HeldRevision);
            }
            else
            {
                TakeOverride(transition, node.Id, item);
            }
        }

        var revision = Math.Max(node.ReportRevision, report.Revision);
        transition.Put(transition.Node(node.Id)! with
        {
            ReportRevision = revision,
            LastSeen = node.LastSeen,
            AwaitsReport = true,

            // One that was under way for long is not the one that the session waits for.
            ReportSequence = revision < node.ReportAwaited ? node.ReportSequence : report.Sequence,
        });
        transition.Send(new Dispatch.ToNode(node.Id, new DownMessage.Reported(report.AgentEpoch, revision)));
        Settle(transition, node.Id);
    }

    public static CommandReply Resolve(Transition transition, ResolveConflict command)
    {
        if (transition.Apps.Conflict(command.Id) is not { Resolution: null } conflict)
        {
            return new CommandReply.Rejected($"There is no open conflict '{command.Id}'.");
        }

        Close(transition, conflict, command.TakeSite, command.Author);
        var app = transition.Apps.App(new AppKey(string.Empty, conflict.App));
        if (transition.Apps.Override(new SiteKey(conflict.Node, conflict.App)) is { } change)
        {
            var open = change.Open.Remove(conflict.Field);
            Tell(transition, change with { Open = open, State = open.IsEmpty ? OverrideState.Settled : OverrideState.Conflict });
            if (conflict.Field == Conflict.WholeApp && command.TakeSite && app is { Deleted: true })
            {
                var definition = app.Definition.With(change.Change.Fields);
                AppDecisions.Carry(transition, [new AppChange(app.Id, definition, 0)], [], command.Author);
                return CommandReply.Accepted.Instance;
            }
        }

        if (app is { Deleted: false })
        {
            // Either way instances may have to be exchanged: the site's, or everybody else's.
            Update(transition, app, command.TakeSite ? Taken(transition, conflict) : [], command.Author);
        }
        else if (app is not null)
        {
            transition.Apps.MarkDirty(AppTables.KeyOf(app));
        }

        return CommandReply.Accepted.Instance;
    }

    /// <summary>What a decision for the site sets: the field, or all that the site had changed when the hub had deleted the app.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Taken(Transition transition, Conflict conflict) =>
        conflict.Field == Conflict.WholeApp
            ? transition.Apps.Override(new SiteKey(conflict.Node, conflict.App))?.Change.Fields
                ?? Enumerable.Empty<KeyValuePair<string, string>>()
            : [KeyValuePair.Create(conflict.Field, conflict.Site)];

    public static CommandReply Approve(Transition transition, ApproveOverride command)
    {
        if (transition.Apps.Override(new SiteKey(command.Node, command.App)) is not { State: OverrideState.Held } change)
        {
            return new CommandReply.Rejected($"Node '{command.Node}' has no held change of app '{command.App}'.");
        }

        Merge(transition, change, MergePolicy.Fields, command.Author);
        return CommandReply.Accepted.Instance;
    }

    public static CommandReply Adopt(Transition transition, AdoptApp command)
    {
        var own = new AppKey(command.Node.Value, command.App);
        var key = new AppKey(string.Empty, command.App);
        if (transition.Apps.App(own) is not { Deleted: false } app)
        {
            return new CommandReply.Rejected($"Node '{command.Node}' has no app '{command.App}' of its own.");
        }

        if (transition.Apps.App(key) is { Deleted: false })
        {
            return new CommandReply.Rejected($"The hub has an app '{command.App}' already; rename one of the two.");
        }

        var version = transition.Apps.NextVersion(transition.Context.Now);
        var adopted = app with { Owner = null, Generation = app.Generation + 1, Version = version };
        transition.Apps.Put(adopted with
        {
            Versions = AppConfig.Remember(
                app.Versions, new AppVersion(version, adopted.Generation, app.Definition), transition.Limits.AppVersions),
        });
        foreach (var instance in transition.Apps.Of(own))
        {
            transition.Apps.Put(instance with { App = key, Slot = instance.Slot with { Owner = null } });
            if (transition.Task(instance.Task) is { Slot: { } slot } task)
            {
                transition.Put(task with { Slot = slot with { Owner = null } });
            }
        }

        transition.Apps.RemoveApp(own);
        Tell(transition, new SiteOverride
        {
            Node = command.Node,
            App = command.App,
            Change = new AppOverride(
                app.Generation, AppDefinition.Empty.Fields, AppDefinition.Empty.Fields, command.Author, transition.Context.Now),
            ReportRevision = app.ReportRevision,
            State = OverrideState.Settled,
            Adopted = true,
        });
        transition.Apps.MarkDirty(key);
        return CommandReply.Accepted.Instance;
    }

    private static void TakeOwn(Transition transition, NodeId node, SiteItem item, long held)
    {
        var key = new AppKey(node.Value, item.Id);
        var known = transition.Apps.App(key);
        transition.Announce(new ClusterEvent.SiteAppSeen(transition.Context.Now, node, item.Id, item.Definition is null));
        if (known is null && transition.Apps.Override(new SiteKey(node, item.Id)) is { Adopted: true } taken && taken.Revision > held)
        {
            // The site did not know yet that it is the hub's. When it does, it says again what it changed, as a change of the hub's app.
            return;
        }

        if (item.Definition is not { } definition)
        {
            if (known is not null)
            {
                transition.Apps.Put(known with { Deleted = true, Version = item.Version, ReportRevision = item.Revision });
                DropIfGone(transition, key);
            }

            return;
        }

        var app = new App
        {
            Id = item.Id,
            Owner = node,
            Definition = definition,
            Spec = transition.Context.Apps.Read(definition),
            Generation = item.Generation,
            Version = item.Version,
            LastScalingAt = item.LastScalingAt,
            LastConfigChangeAt = item.LastConfigChangeAt,
            Restarts = item.Restarts,
            ConfigHash = string.Empty,
            ReportRevision = item.Revision,
            LastFailure = known?.LastFailure,
            Versions = AppConfig.Remember(
                known?.Versions ?? [], new AppVersion(item.Version, item.Generation, definition), transition.Limits.AppVersions),
        };
        transition.Apps.Put(AppConfig.Derive(transition, app));
    }

    /// <summary>An app that its site deleted goes when its last instance has.</summary>
    public static void DropIfGone(Transition transition, AppKey key)
    {
        if (transition.Self is null
            && transition.Apps.App(key) is { Deleted: true, Owner: not null }
            && transition.Apps.Of(key).Length == 0)
        {
            transition.Apps.RemoveApp(key);
        }
    }

    private static void TakeOverride(Transition transition, NodeId node, SiteItem item)
    {
        var key = new SiteKey(node, item.Id);
        if (item.Override is not { } change)
        {
            transition.Apps.RemoveOverride(key);
            return;
        }

        var known = transition.Apps.Override(key);
        var site = new SiteOverride
        {
            Node = node,
            App = item.Id,
            Change = change,
            ReportRevision = item.Revision,
            State = OverrideState.Held,
            Revision = known?.Revision ?? 0,
        };
        transition.Announce(new ClusterEvent.OverrideSeen(transition.Context.Now, site));
        var policy = transition.Apps.App(new AppKey(string.Empty, item.Id))?.Spec.Merge ?? MergePolicy.Fields;
        if (policy == MergePolicy.Hold && !change.Fields.IsEmpty)
        {
            transition.Apps.Put(site);
            OpenOverrides.Revive(transition, site);
            return;
        }

        Merge(transition, site, policy, change.Author);
    }

    private static void Merge(Transition transition, SiteOverride site, MergePolicy policy, string author)
    {
        if (transition.Apps.App(new AppKey(string.Empty, site.App)) is not { Deleted: false } app)
        {
            // The hub deleted what the site changed: what runs there stays until somebody decides.
            var wish = "{" + string.Join(',', site.Change.Fields.Select(f => Member(f.Key, f.Value))) + "}";
            Open(transition, site, new MergedField(Conflict.WholeApp, FieldOutcome.Both, string.Empty, string.Empty, wish));
            Tell(transition, site with { State = OverrideState.Conflict, Open = [Conflict.WholeApp] });
            OpenOverrides.Revive(transition, site);
            return;
        }

        var based = app.Versions.FirstOrDefault(v => v.Generation == site.Change.BaseGeneration)?.Definition;
        var merged = FieldMerge.Merge(site.Change, based, app.Definition);
        var open = ImmutableArray.CreateBuilder<string>();
        foreach (var field in merged.Where(m => m.Outcome == FieldOutcome.Both))
        {
            var conflict = Open(transition, site, field);
            if (policy == MergePolicy.Fields)
            {
                open.Add(field.Field);
            }
            else if (conflict.Resolution is null)
            {
                Close(transition, conflict, policy == MergePolicy.Site, "policy");
            }
        }

        Tell(transition, site with
        {
            Open = open.ToImmutable(),
            State = open.Count == 0 ? OverrideState.Settled : OverrideState.Conflict,
        });
        if (open.Count > 0)
        {
            OpenOverrides.Revive(transition, site);
        }

        var taken = merged
            .Where(m => m.Outcome == FieldOutcome.Site || (m.Outcome == FieldOutcome.Both && policy == MergePolicy.Site))
            .Select(m => KeyValuePair.Create(m.Field, m.Site)).ToArray();

        // Also when nothing is taken: what runs at the site lacks what the hub changed meanwhile.
        Update(transition, app, taken, author);
    }

    /// <summary>A field of a site is named by the site: not every name is one that JSON can hold as it is.</summary>
    private static string Member(string field, string value) =>
        $"\"{System.Text.Json.JsonEncodedText.Encode(field)}\":{(value.Length > 0 ? value : "null")}";

    /// <summary>Changes the hub's app as a deployment that also exchanges what runs otherwise; nothing can be in its way.</summary>
    private static void Update(Transition transition, App app, IEnumerable<KeyValuePair<string, string>> fields, string author)
    {
        var definition = app.Definition.With(fields);
        if (!definition.Equals(app.Definition))
        {
            AppDecisions.Unlock(transition, [app.Id], force: true);
            AppDecisions.Carry(transition, [new AppChange(app.Id, definition, app.Generation)], [], author);
            return;
        }

        // Instances of another version are exchanged, although nobody changes the app.
        transition.Apps.MarkDirty(AppTables.KeyOf(app));
    }

    private static Conflict Open(Transition transition, SiteOverride site, MergedField field)
    {
        var known = transition.Apps.Conflicts.FirstOrDefault(c =>
            c.Node == site.Node && c.App == site.App && c.Field == field.Field && c.Resolution is null);
        var conflict = new Conflict
        {
            Id = known?.Id ?? transition.NextGuid().ToString("D"),
            Node = site.Node,
            App = site.App,
            Field = field.Field,
            Base = field.Base,
            Hub = field.Hub,
            Site = field.Site,
            Author = site.Change.Author,
            ChangedAt = site.Change.At,
            FoundAt = known?.FoundAt ?? transition.Context.Now,
        };
        Put(transition, conflict);
        return conflict;
    }

    private static void Close(Transition transition, Conflict conflict, bool takeSite, string author) => Put(transition, conflict with
    {
        Resolution = takeSite ? "site" : "hub",
        ResolvedBy = author,
        ResolvedAt = transition.Context.Now,
    });

    private static void Put(Transition transition, Conflict conflict)
    {
        transition.Apps.Put(conflict);
        transition.Announce(new ClusterEvent.ConflictChanged(transition.Context.Now, conflict));
        var settled = transition.Apps.Conflicts.Where(c => c.Resolution is not null).OrderBy(c => c.ResolvedAt).ThenBy(c => c.Id).ToArray();
        foreach (var old in settled.Take(settled.Length - transition.Limits.SettledConflicts))
        {
            transition.Apps.RemoveConflict(old.Id);
        }
    }

    /// <summary>The node has to hear what became of its change.</summary>
    private static void Tell(Transition transition, SiteOverride change)
    {
        if (transition.Node(change.Node) is { } node)
        {
            node = node with { DesiredRevision = node.DesiredRevision + 1 };
            transition.Put(node);
            transition.MarkToSend(node.Id);
            change = change with { Revision = node.DesiredRevision };
        }

        // What stands at the site counts again, or does not any more.
        transition.Apps.Put(change);
        transition.Apps.MarkDirty(new AppKey(string.Empty, change.App));
    }
}
