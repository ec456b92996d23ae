using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Daemon.Api.Edge;

/// <summary>A site's change of an app of the hub, as the hub or the node itself knows it.</summary>
/// <param name="State">On a hub held, settled or conflict; on a node unreported or reported.</param>
/// <param name="Open">Fields of it that are not settled.</param>
internal sealed record OverrideView(NodeId Node, AppId App, string State, AppOverride Change, ImmutableArray<string> Open, bool Adopted)
{
    /// <summary>True while it is not settled.</summary>
    public bool IsOpen => State != "settled";

    /// <summary>All changes that a state knows, by node and app.</summary>
    public static IEnumerable<OverrideView> All(ClusterState state) => state.Self is { } self
        ? state.Apps.Values.Where(a => a.Override is not null).OrderBy(a => a.Id).Select(a => Of(self, a, a.Override!))
        : state.Overrides.Values.OrderBy(o => new SiteKey(o.Node, o.App)).Select(Of);

    private static OverrideView Of(SelfState self, App app, AppOverride change) => new(
        self.Id, app.Id, app.ReportRevision > self.ReportedRevision ? "unreported" : "reported", change, [.. change.Fields.Keys], false);

    private static OverrideView Of(SiteOverride change) => new(
        change.Node, change.App, change.State.ToString().ToLowerInvariant(), change.Change,
        change.State == OverrideState.Held ? [.. change.Change.Fields.Keys] : change.Open, change.Adopted);
}
