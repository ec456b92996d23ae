using System.Globalization;
using System.Text.Json;

namespace Edge.Daemon.Api.Edge;

/// <summary><c>/edge/v1/audit</c>: the newest changes with their authors, newest first.</summary>
internal static class AuditEndpoint
{
    private const string Note = "Kept in memory since the daemon's start: a restart begins anew, and only the newest entries are kept. "
        + "What lasts is in the journal: versions of apps, changes of sites and conflicts with their authors.";

    private const int Default = 100;

    public static Task HandleAsync(EdgeRequest request)
    {
        if (!request.IsRead)
        {
            return request.NotAllowedAsync("GET", "HEAD");
        }

        var limit = Default;
        if (request.Text("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > AuditLog.EntriesMax))
        {
            return request.BadValueAsync("limit", text, $"Allowed is a whole number from 1 to {AuditLog.EntriesMax}.");
        }

        return request.ObjectAsync(json =>
        {
            EdgeJson.WriteList(json, "entries", request.Host.Audit.Newest(limit), Write);
            EdgeJson.WriteTime(json, "since", request.Host.Audit.Since);
            json.WriteNumber("capacity", AuditLog.EntriesMax);
            json.WriteBoolean("durable", false);
            json.WriteString("note", Note);
        });
    }

    private static void Write(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteNumber("number", entry.Number);
        EdgeJson.WriteTime(json, "at", entry.At);
        json.WriteString("author", entry.Author);
        json.WriteString("action", entry.Action);
        json.WriteString("node", entry.Node);
        EdgeJson.WriteTexts(json, "apps", entry.Apps);
        EdgeJson.WriteTexts(json, "subjects", entry.Subjects);
        json.WriteString("outcome", entry.Refusal is null ? "done" : "refused");
        json.WriteString("reason", entry.Refusal);
    }
}
