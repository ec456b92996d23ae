using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Edge.Daemon.Api.Mesos.State;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Mesos;

/// <summary>The old read endpoints of a master: each answers from one snapshot and never asks the engine.</summary>
/// <remarks>Source: apache/mesos src/master/readonly_handler.cpp.</remarks>
internal sealed class ReadEndpoints(MesosHost host)
{
    /// <summary>Tasks in one answer when the caller names no limit. Source: apache/mesos src/master/constants.hpp, TASK_LIMIT.</summary>
    private const int TaskLimitDefault = 100;

    public Task StateAsync(HttpContext context) =>
        SendAsync(context, json => MasterJson.WriteState(json, host.Gateway.Snapshot, host.Identity()));

    public Task SummaryAsync(HttpContext context) =>
        SendAsync(context, json => MasterJson.WriteSummary(json, host.Gateway.Snapshot, host.Identity()));

    public Task SlavesAsync(HttpContext context) =>
        SendAsync(context, json => MasterJson.WriteSlaves(json, host.Gateway.Snapshot, Query(context, "slave_id")));

    public Task FrameworksAsync(HttpContext context) =>
        SendAsync(context, json => MasterJson.WriteFrameworks(json, host.Gateway.Snapshot, Query(context, "framework_id")));

    public Task RolesAsync(HttpContext context) => SendAsync(context, json => MasterJson.WriteRoles(json, host.Gateway.Snapshot));

    public Task TasksAsync(HttpContext context)
    {
        var state = host.Gateway.Snapshot;
        var framework = Query(context, "framework_id");
        var task = Query(context, "task_id");
        var limit = Number(context, "limit", TaskLimitDefault);
        var offset = Math.Max(0, Number(context, "offset", 0));
        var found = state.Tasks.Values
            .Where(t => (framework is null || t.Key.Framework.Value == framework) && (task is null || t.Key.Task.Value == task));
        found = Query(context, "order") == "asc"
            ? found.OrderBy(t => t.LaunchedAt).ThenBy(t => t.Key)
            : found.OrderByDescending(t => t.LaunchedAt).ThenByDescending(t => t.Key);
        found = found.Skip(offset);
        return SendAsync(context, json => MasterJson.WriteTasks(json, state, limit < 0 ? found : found.Take(limit)));
    }

    public Task VersionAsync(HttpContext context) => SendAsync(context, json =>
    {
        json.WriteStartObject();
        BuildJson.Write(json, host.Identity());
        json.WriteEndObject();
    });

    public static Task FlagsAsync(HttpContext context) => SendAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("flags");
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Alive, whoever leads.</summary>
    public static Task HealthAsync(HttpContext context) => ResponseBody.SendEmptyAsync(context, StatusCodes.Status200OK);

    /// <summary>Leads to the leader, without a path; by its address, since names are often unknown at the edge.</summary>
    public Task RedirectAsync(HttpContext context)
    {
        context.Response.Headers.Location = "//" + host.Identity().Pid(string.Empty)[1..];
        return ResponseBody.SendEmptyAsync(context, StatusCodes.Status307TemporaryRedirect);
    }

    internal static async Task SendAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        await using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        await ResponseBody.SendJsonAsync(context, body.WrittenMemory);
    }

    private static string? Query(HttpContext context, string name)
    {
        string? value = context.Request.Query[name];
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>A number of the query; the default for none and for anything else.</summary>
    private static int Number(HttpContext context, string name, int otherwise) =>
        int.TryParse(Query(context, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
