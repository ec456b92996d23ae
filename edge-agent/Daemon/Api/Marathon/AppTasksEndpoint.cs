using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Tasks of one app, of a group, and of all: <c>/v2/apps/{id}/tasks</c>, <c>/v2/tasks</c>. Source: Marathon,
/// AppTasksResource, TasksResource.</summary>
internal static class AppTasksEndpoint
{
    /// <summary><c>/v2/apps/{id}/tasks[/{task}]</c>.</summary>
    public static Task HandleAsync(MarathonRequest request, ImmutableArray<string> app, ImmutableArray<string> rest)
    {
        var view = new AppView(request.State, request.Host.Time.GetUtcNow());
        if (app[^1] == "*")
        {
            var group = MarathonRequest.Id(app[..^1]);
            return request.Method is "GET" or "HEAD"
                ? SendAsync(request, view.Apps.Where(a => a.Id.IsWithin(group)).SelectMany(view.Tasks))
                : AppsEndpoint.NotAllowedAsync(request);
        }

        var id = MarathonRequest.Id(app);
        if (view.Find(id) is not { } found)
        {
            return Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoApp(id.Value));
        }

        return request.Method switch
        {
            "GET" or "HEAD" when rest.IsEmpty => SendAsync(request, view.Tasks(found)),
            "DELETE" when rest.IsEmpty => KillAsync(request, [.. view.Tasks(found).Where(t => OnHost(request, t))], null),
            "DELETE" => view.Tasks(found).FirstOrDefault(t => t.Id == rest[0]) is { } task
                ? KillAsync(request, [task], "task")
                : Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoTask(rest[0])),
            _ => AppsEndpoint.NotAllowedAsync(request),
        };
    }

    /// <summary><c>/v2/tasks</c> and <c>/v2/tasks/delete</c>.</summary>
    public static Task HandleAllAsync(MarathonRequest request, ImmutableArray<string> rest) => (request.Method, rest) switch
    {
        ("GET" or "HEAD", []) => ListAsync(request),
        ("POST", ["delete"]) => DeleteAsync(request),
        _ => AppsEndpoint.NotAllowedAsync(request),
    };

    private static Task ListAsync(MarathonRequest request)
    {
        var view = new AppView(request.State, request.Host.Time.GetUtcNow());
        var states = request.Texts("status").ToArray();
        var tasks = view.Apps.SelectMany(view.Tasks).Where(t => states.Length == 0
            || (states.Contains("running") && t.State == "TASK_RUNNING")
            || (states.Contains("staging") && t.State is "TASK_STAGING" or "TASK_STARTING"));
        return WantsText(request) ? SendTextAsync(request, view) : SendAsync(request, tasks);
    }

    private static bool WantsText(MarathonRequest request) =>
        request.Context.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.OrdinalIgnoreCase);

    /// <summary>One line per service port: the app, the port, host:port of each task. Source: Marathon, EndpointsHelper.</summary>
    private static Task SendTextAsync(MarathonRequest request, AppView view)
    {
        var text = new StringBuilder();
        foreach (var app in view.Apps)
        {
            var tasks = view.Tasks(app).Where(t => t.State == "TASK_RUNNING").ToArray();
            var services = tasks.FirstOrDefault()?.ServicePorts ?? [];
            var name = app.Id.Value.Trim('/').Replace('/', '_');
            for (var i = 0; i < Math.Max(1, services.Count); i++)
            {
                text.Append(name).Append('\t').Append(services.Count == 0 ? " " : services[i].ToString("D", null)).Append('\t');
                text.AppendJoin('\t', tasks.Select(t => i < t.Ports.Count ? $"{t.Host}:{t.Ports[i]}" : t.Host)).Append("\t\n");
            }
        }

        return ResponseBody.SendAsync(
            request.Context, StatusCodes.Status200OK, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static async Task DeleteAsync(MarathonRequest request)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("ids", out var ids) || ids.ValueKind != JsonValueKind.Array
            || ids.EnumerateArray().Any(i => i.ValueKind != JsonValueKind.String))
        {
            await Answer.ErrorAsync(request.Context, new MarathonError(
                MarathonErrorKind.InvalidJson, MarathonTexts.InvalidJson, [new MarathonErrorDetail("/ids", ["error.expected.jsarray"])]));
            return;
        }

        var view = new AppView(request.State, request.Host.Time.GetUtcNow());
        ImmutableArray<MarathonTaskInfo> tasks =
            [.. ids.EnumerateArray().Select(i => view.FindTask(i.GetString()!)?.Task).Where(t => t is not null).Select(t => t!)];
        await KillAsync(request, tasks, null);
    }

    private static async Task KillAsync(MarathonRequest request, ImmutableArray<MarathonTaskInfo> tasks, string? single)
    {
        var scale = request.Flag("scale");
        if (scale && request.Flag("wipe"))
        {
            await Answer.MessageAsync(request.Context, StatusCodes.Status400BadRequest, MarathonTexts.ScaleAndWipe);
            return;
        }

        var command = new KillAppTasks([.. tasks.Select(t => new TaskId(t.Id))], scale, request.Force, request.Author);
        var reply = await request.Host.Gateway.SubmitAsync(command, request.Context.RequestAborted);
        if (reply is not CommandReply.Deployed deployed)
        {
            await Answer.RefusedAsync(request, reply);
            return;
        }

        if (scale)
        {
            await Answer.DeployedAsync(request.Context, deployed);
        }
        else if (single is not null)
        {
            await Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK,
                w => MarathonJson.WriteNamed(w, single, x => MarathonJson.WriteTask(x, tasks[0])));
        }
        else
        {
            await SendAsync(request, tasks);
        }
    }

    private static bool OnHost(MarathonRequest request, MarathonTaskInfo task) =>
        request.Text("host") is not { Length: > 0 } host || host == "*" || task.Host == host;

    private static Task SendAsync(MarathonRequest request, IEnumerable<MarathonTaskInfo> tasks) => Answer.JsonAsync(
        request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteList(w, "tasks", tasks, MarathonJson.WriteTask));
}
