using System.Text.Json;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;

namespace Edge.Daemon.Api.Edge;

/// <summary>Tells what the engine did in words of our own, for which Marathon has none; in the same feed and under the same
/// numbers.</summary>
/// <remarks>What a site changed comes with its author: it goes into the audit too.</remarks>
public sealed class EdgeEvents(EventFeed feed, AuditLog audit)
{
    /// <summary>Tells what the engine did; called by its loop, after the commit; never blocks.</summary>
    public void Publish(ClusterEvent happened)
    {
        switch (happened)
        {
            case ClusterEvent.SiteAppSeen app:
                Publish("edge_site_app", app.At, json =>
                {
                    json.WriteString("node", app.Node.Value);
                    json.WriteString("app", app.App.Value);
                    json.WriteBoolean("deleted", app.Deleted);
                });
                break;
            case ClusterEvent.OverrideSeen { Override: var change } seen:
                audit.Add(new AuditEntry("site_changed_app", change.Change.Author, null)
                {
                    Node = change.Node.Value,
                    Apps = [change.App.Value],
                });
                Publish("edge_override", seen.At, json =>
                {
                    json.WriteString("node", change.Node.Value);
                    json.WriteString("app", change.App.Value);
                    EdgeJson.WriteFields(json, "fields", change.Change.Fields);
                    EdgeJson.WriteFields(json, "base", change.Change.Base);
                    json.WriteString("author", change.Change.Author);
                    EdgeJson.WriteTime(json, "changedAt", change.Change.At);
                });
                break;
            case ClusterEvent.ConflictChanged conflict:
                Publish("edge_conflict", conflict.At, json => ConflictsEndpoint.Write(json, conflict.Conflict));
                break;
        }
    }

    private void Publish(string type, DateTimeOffset at, Action<Utf8JsonWriter> write) => feed.Publish(type, EdgeJson.ToUtf8(json =>
    {
        json.WriteStartObject();
        json.WriteString("eventType", type);
        EdgeJson.WriteTime(json, "timestamp", at);
        write(json);
        json.WriteEndObject();
    }));
}
