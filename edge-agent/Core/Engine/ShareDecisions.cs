using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What a node has to know of the hub's apps besides their tasks: what to keep, what to give up, what the apps are.</summary>
internal static class ShareDecisions
{
    /// <summary>Instances of a node without a live task: given up since a revision; in a full set those that are kept too.</summary>
    public static ImmutableArray<SlotNotice> Slots(Transition transition, Node node, long above, long upTo) =>
    [
        .. transition.Apps.On(node.Id)
            .Where(i => transition.Task(i.Task) is not { IsTerminal: false }
                && (above == 0 || (!i.Wanted && i.Revision > above && i.Revision <= upTo)))
            .Select(i => new SlotNotice(i.Id, i.Wanted)),
    ];

    /// <summary>The apps of the hub that these tasks are of, and those whose change by the site was decided since a revision.</summary>
    public static ImmutableArray<AppShare> Apps(
        Transition transition, Node node, long above, long upTo, IEnumerable<Assignment> items)
    {
        var ids = new SortedSet<AppId>(items.Where(i => i.Slot is { Owner: null }).Select(i => i.Slot!.App));
        ids.UnionWith(transition.Apps.Overrides
            .Where(o => o.Node == node.Id && o.Revision > above && o.Revision <= upTo)
            .Select(o => o.App));
        if (above == 0)
        {
            ids.UnionWith(transition.Apps.On(node.Id).Where(i => i.App.Owner.Length == 0).Select(i => i.App.Id));
        }

        var shares = ids.Select(id => Share(transition, node, id));
        var own = transition.Apps.Apps.Where(a => above == 0 && a.Owner == node.Id && !a.Deleted).OrderBy(a => a.Id);
        return [.. shares, .. own.Select(a => Share(a, null, false) with { Own = true })];
    }

    private static AppShare Share(Transition transition, Node node, AppId id)
    {
        var change = transition.Apps.Override(new SiteKey(node.Id, id));

        // Only until the node has taken it: it may have made another app of that name since.
        var adopted = change is { Adopted: true } && change.Revision > node.HeldRevision;
        return transition.Apps.App(new AppKey(string.Empty, id)) is { Deleted: false } app
            ? Share(app, change, adopted)
            : Gone(id, change, adopted);
    }

    /// <summary>The hub has no such app: an empty definition says so.</summary>
    private static AppShare Gone(AppId id, SiteOverride? change, bool adopted) => new()
    {
        Id = id,
        Definition = AppDefinition.Empty,
        Generation = 0,
        Version = DateTimeOffset.UnixEpoch,
        LastScalingAt = DateTimeOffset.UnixEpoch,
        LastConfigChangeAt = DateTimeOffset.UnixEpoch,
        SettledReport = change is { State: OverrideState.Settled } ? change.ReportRevision : 0,
        Adopted = adopted,
    };

    private static AppShare Share(App app, SiteOverride? change, bool adopted) => new()
    {
        Id = app.Id,
        Definition = app.Definition,
        Generation = app.Generation,
        Version = app.Version,
        LastScalingAt = app.LastScalingAt,
        LastConfigChangeAt = app.LastConfigChangeAt,
        Restarts = app.Restarts,
        SettledReport = change is { State: not OverrideState.Held } ? change.ReportRevision : 0,
        Open = change?.Open ?? [],
        Adopted = adopted,
    };
}
