using System.Buffers;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>Writes Marathon's answers.</summary>
/// <remarks>Keys are Marathon's, absent values and most empty lists are left out, text that is no ASCII is UTF-8. No key is written that
/// python3-marathon 0.13 refuses, except what was asked for by name: <c>enforceRole</c>, and the fields of a definition that its author
/// set (tty, check, executorResources, resourceLimits, linuxInfo, networkNames). Left out for it: <c>role</c> of a queue item,
/// <c>checkResult</c> of a task. <c>taskStats</c> has the name that every client reads; Marathon 1.10 itself writes
/// <c>tasksStats</c>. Source: Marathon 1.10 RAML.</remarks>
public static partial class MarathonJson
{
    /// <summary>How every writer here is to be made.</summary>
    public static JsonWriterOptions Options { get; } = Node.Canonical;

    /// <summary>The bytes of one value.</summary>
    public static byte[] ToUtf8(Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>{"name": value}</c>, as <c>{"app":{}}</c> and <c>{"task":{}}</c>.</summary>
    public static void WriteNamed(Utf8JsonWriter writer, string name, Action<Utf8JsonWriter> value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        writer.WritePropertyName(name);
        value(writer);
        writer.WriteEndObject();
    }

    /// <summary><c>{"name": [item, item]}</c>, as <c>{"apps":[]}</c>, <c>{"tasks":[]}</c>, <c>{"queue":[]}</c>.</summary>
    public static void WriteList<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        WriteArray(writer, name, items, write);
        writer.WriteEndObject();
    }

    /// <summary><c>{"versions":[...]}</c>.</summary>
    /// <param name="versions">Newest first.</param>
    public static void WriteVersions(Utf8JsonWriter writer, IEnumerable<DateTimeOffset> versions) =>
        WriteList(writer, "versions", versions, (w, v) => w.WriteStringValue(MarathonTime.Format(v)));

    /// <summary>The bare list that the versions of a group are.</summary>
    public static void WriteGroupVersions(Utf8JsonWriter writer, IEnumerable<DateTimeOffset> versions) =>
        WriteArray(writer, versions, (w, v) => w.WriteStringValue(MarathonTime.Format(v)));

    /// <summary>The answer of every change: <c>{"version":...,"deploymentId":...}</c>.</summary>
    public static void WriteDeploymentResult(Utf8JsonWriter writer, string deploymentId, DateTimeOffset version)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        WriteTime(writer, "version", version);
        writer.WriteString("deploymentId", deploymentId);
        writer.WriteEndObject();
    }

    /// <summary><c>{"message":...}</c>: errors without details, and some successes.</summary>
    public static void WriteMessage(Utf8JsonWriter writer, string message)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("message", message);
        writer.WriteEndObject();
    }

    /// <summary>400: the body is no JSON; the details are one text here.</summary>
    public static void WriteUnreadable(Utf8JsonWriter writer, string message, string details)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("message", message);
        writer.WriteString("details", details);
        writer.WriteEndObject();
    }

    /// <summary>422: everything that is wrong with a body.</summary>
    public static void WriteError(Utf8JsonWriter writer, MarathonError error)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(error);
        writer.WriteStartObject();
        writer.WriteString("message", error.Message);
        if (error.Kind != MarathonErrorKind.Message)
        {
            WriteArray(writer, "details", error.Details, (w, detail) =>
            {
                w.WriteStartObject();
                w.WriteString("path", detail.Path);
                WriteArray(w, "errors", detail.Errors, (x, text) => x.WriteStringValue(text));
                w.WriteEndObject();
            });
        }

        writer.WriteEndObject();
    }

    /// <summary>409: deployments are in the way.</summary>
    public static void WriteLocked(Utf8JsonWriter writer, IEnumerable<string> deploymentIds)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("message", MarathonTexts.Locked);
        WriteIds(writer, "deployments", deploymentIds);
        writer.WriteEndObject();
    }

    private static void WriteArray<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WritePropertyName(name);
        WriteArray(writer, items, write);
    }

    private static void WriteArray<T>(Utf8JsonWriter writer, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(writer, item);
        }

        writer.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts) =>
        WriteArray(writer, name, texts, (w, t) => w.WriteStringValue(t));

    private static void WriteIds(Utf8JsonWriter writer, string name, IEnumerable<string> ids) =>
        WriteArray(writer, name, ids, (w, id) => WriteNamed(w, "id", x => x.WriteStringValue(id)));

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? instant)
    {
        if (instant is { } value)
        {
            writer.WriteString(name, MarathonTime.Format(value));
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}
