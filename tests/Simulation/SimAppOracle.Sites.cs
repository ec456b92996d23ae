using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <content>Nothing that a site's operator changed is lost silently.</content>
internal sealed partial class SimAppOracle
{
    private readonly Dictionary<(NodeId Node, AppId App, string Field), (string Value, TimeSpan At)> _changes = [];
    private readonly HashSet<(NodeId Node, AppId App, string Field, string Value)> _received = [];
    private readonly HashSet<(NodeId Node, AppId App, string Field, string Value)> _conflicts = [];
    private readonly Dictionary<(AppId App, string Field, string Value), TimeSpan> _history = [];

    /// <summary>The hub's history is another one: what it had settled may be gone with it.</summary>
    public void HubRestored(SimJournal lost)
    {
        foreach (var (node, app, field) in _changes.Keys.ToArray())
        {
            if (_received.Contains((node, app, field, _changes[(node, app, field)].Value)))
            {
                _changes.Remove((node, app, field));
            }
        }

        foreach (var key in lost.Overrides.Values.Where(o => o.Adopted))
        {
            _own.Remove(new AppKey(key.Node.Value, key.App).ToString());
        }
    }

    /// <summary>The node's database is gone, or an old one.</summary>
    public void Forgot(SimAgent agent)
    {
        foreach (var key in _changes.Keys.Where(k => k.Node == agent.Id).ToArray())
        {
            _changes.Remove(key);
        }

        foreach (var key in _own.Keys.Where(k => k.StartsWith(agent.Name + ":", StringComparison.Ordinal)).ToArray())
        {
            _own.Remove(key);
        }
    }

    private void Note(SimAgent agent, App? before, App? after)
    {
        if (after is null || after.ReportRevision <= (before?.ReportRevision ?? 0))
        {
            return;
        }

        world.Oracle.Count(SimEvent.Overridden);
        foreach (var (field, value) in after.Override?.Fields ?? AppDefinition.Empty.Fields)
        {
            if (before?.Override?.Fields.GetValueOrDefault(field) != value)
            {
                _changes[(agent.Id, after.Id, field)] = (value, world.Time);
            }
        }

        foreach (var field in before?.Override?.Fields.Keys ?? [])
        {
            if (after.Override?.Fields.ContainsKey(field) != true)
            {
                // The operator took it back.
                _changes.Remove((agent.Id, after.Id, field));
            }
        }
    }

    private void Receive(SiteOverride change)
    {
        foreach (var (field, value) in change.Change.Fields)
        {
            _received.Add((change.Node, change.App, field, value));
        }
    }

    private void Stamp(App? app)
    {
        if (app is null)
        {
            return;
        }

        foreach (var (field, value) in app.Definition.Fields)
        {
            _history[(app.Id, field, value)] = world.Time;
        }

        foreach (var (_, wished, field) in _changes.Keys.Where(c => c.App == app.Id && app.Definition[c.Field] is null))
        {
            // An empty text is the wish to remove a field.
            _history[(wished, field, string.Empty)] = world.Time;
        }
    }

    private void CheckChanges()
    {
        var hub = world.Hub.State!;
        foreach (var ((node, app, field), (value, at)) in _changes)
        {
            Require(
                _received.Contains((node, app, field, value)),
                () => $"{node} changed {field} of {app} to {value} at {at.TotalSeconds:F1} s, and the hub never heard of it");
            Require(
                field == "instances"
                || hub.Overrides.GetValueOrDefault(new SiteKey(node, app)) is { State: OverrideState.Held }
                || (_history.TryGetValue((app, field, value), out var last) && last >= at)
                || hub.Apps.GetValueOrDefault(new AppKey(string.Empty, app))?.Definition[field] == (value.Length > 0 ? value : null)
                || _conflicts.Any(c => c.Node == node && c.App == app
                    && ((c.Field == field && c.Value == value)
                        || (c.Field == Conflict.WholeApp && c.Value.Contains($"\"{field}\":{value}", StringComparison.Ordinal)))),
                () => $"{node} changed {field} of {app} to {value} at {at.TotalSeconds:F1} s; it was neither merged nor shown");
        }

        foreach (var (key, definition) in _own)
        {
            var known = hub.Apps.Values.FirstOrDefault(a => AppTables.KeyOf(a).ToString() == key);
            Require(known is { Deleted: false }, () => $"The hub does not know the site's own app {key}");
            Require(known!.Definition.Equals(definition), () => $"The hub has an old definition of the site's own app {key}");
        }
    }
}
