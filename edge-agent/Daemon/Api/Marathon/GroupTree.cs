using Edge.Contracts.Marathon;
using Edge.Core.Model;

namespace Edge.Daemon.Api.Marathon;

/// <summary>The groups of one snapshot, as answers show them.</summary>
internal sealed class GroupTree(ClusterState state, AppView view, PodView pods)
{
    public GroupTree(ClusterState state, DateTimeOffset now)
        : this(state, new AppView(state, now), new PodView(state, new AppView(state, now), now))
    {
    }

    private readonly App[] _apps = [.. view.All];

    /// <summary>True for the root, and wherever an app or a group of its own lies at or below.</summary>
    public bool Exists(AppId id) => id.Value == "/"
        || _apps.Any(a => a.Id != id && a.Id.IsWithin(id))
        || state.Groups.Keys.Any(g => g.IsWithin(id));

    public MarathonGroupInfo Show(AppId id, GroupEmbeds embeds) => new()
    {
        Id = id.Value,
        Version = _apps.Where(a => a.Id.IsWithin(id)).Select(a => a.Version).DefaultIfEmpty(state.LastVersion).Max(),
        Apps = embeds.Apps
            ? [.. Below(id).Where(a => !AppView.IsPod(a)).Select(a => view.Show(a, embeds.OfApps))]
            : null,
        Groups = embeds.Groups ? [.. Children(id).Select(c => Show(new AppId(c), embeds))] : null,
        Pods = embeds.Pods ? [.. Below(id).Where(AppView.IsPod).Select(pods.ShowStatus)] : null,
        Dependencies = [.. (state.Groups.GetValueOrDefault(id)?.Dependencies ?? []).Select(d => d.Value)],
    };

    private IEnumerable<App> Below(AppId id) => _apps.Where(a => AppPath.Parent(a.Id.Value) == id.Value);

    private SortedSet<string> Children(AppId id)
    {
        var children = new SortedSet<string>(StringComparer.Ordinal);
        var paths = _apps.Select(a => AppPath.Parent(a.Id.Value)).Concat(state.Groups.Keys.Select(g => g.Value));
        foreach (var path in paths.Where(p => p != id.Value && new AppId(p).IsWithin(id)))
        {
            var depth = AppPath.Segments(id.Value).Length + 1;
            children.Add("/" + string.Join('/', AppPath.Segments(path).Take(depth)));
        }

        return children;
    }
}
