using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>/v2/apps</c> and what lies below an app. Source: Marathon, AppsResource.</summary>
internal static class AppsEndpoint
{
    public static Task HandleAsync(MarathonRequest request, ImmutableArray<string> rest)
    {
        if (rest.IsEmpty)
        {
            return request.Method switch
            {
                "GET" or "HEAD" => ListAsync(request),
                "POST" => CreateAsync(request),
                "PUT" => ChangeManyAsync(request, mustExist: false),
                "PATCH" => ChangeManyAsync(request, mustExist: true),
                _ => NotAllowedAsync(request),
            };
        }

        var word = rest.LastIndexOf("tasks");
        if (word > 0 && word >= rest.Length - 2)
        {
            return AppTasksEndpoint.HandleAsync(request, rest[..word], rest[(word + 1)..]);
        }

        word = rest.LastIndexOf("versions");
        if (word > 0 && word >= rest.Length - 2)
        {
            return VersionsAsync(request, MarathonRequest.Id(rest[..word]), rest[(word + 1)..]);
        }

        if (rest.Length > 1 && rest[^1] == "restart" && request.Method == "POST")
        {
            return RestartAsync(request, MarathonRequest.Id(rest[..^1]));
        }

        return rest[^1] == "*" ? BelowAsync(request, MarathonRequest.Id(rest[..^1])) : OneAsync(request, MarathonRequest.Id(rest));
    }

    public static Task NotAllowedAsync(MarathonRequest request) =>
        Answer.MessageAsync(request.Context, StatusCodes.Status405MethodNotAllowed, MarathonTexts.MethodNotAllowed);

    private static Task OneAsync(MarathonRequest request, AppId id) => request.Method switch
    {
        "GET" or "HEAD" => GetAsync(request, id),
        "PUT" => ChangeAsync(request, id, mustExist: false),
        "PATCH" => ChangeAsync(request, id, mustExist: true),
        "DELETE" => DeleteAsync(request, id),
        _ => NotAllowedAsync(request),
    };

    private static AppView View(MarathonRequest request) => new(request.State, request.Host.Time.GetUtcNow());

    private static Task ListAsync(MarathonRequest request)
    {
        var view = View(request);
        var apps = view.Apps;
        if (request.Text("label") is { Length: > 0 } label)
        {
            if (LabelSelector.Parse(label, out var fault) is not { } selector)
            {
                return Answer.ErrorAsync(request.Context, MarathonError.Of(fault ?? "The label selector cannot be read."));
            }

            apps = apps.Where(a => selector.Matches(new AppFields(a.Definition).Texts("labels")));
        }

        if (request.Text("id") is { Length: > 0 } part)
        {
            apps = apps.Where(a => a.Id.Value.Contains(part, StringComparison.OrdinalIgnoreCase));
        }

        if (request.Text("cmd") is { Length: > 0 } cmd)
        {
            apps = apps.Where(a => new AppFields(a.Definition).Text("cmd")?.Contains(cmd, StringComparison.OrdinalIgnoreCase) == true);
        }

        return SendListAsync(request, view, "apps", apps);
    }

    private static Task BelowAsync(MarathonRequest request, AppId group)
    {
        if (!request.IsRead)
        {
            return NotAllowedAsync(request);
        }

        var view = View(request);
        return SendListAsync(request, view, "*", view.Apps.Where(a => a.Id.IsWithin(group)));
    }

    private static Task SendListAsync(MarathonRequest request, AppView view, string name, IEnumerable<App> apps)
    {
        var embeds = AppEmbeds.List.With(request.Texts("embed"));
        return Answer.JsonAsync(
            request.Context, StatusCodes.Status200OK,
            w => MarathonJson.WriteList(w, name, apps.Select(a => view.Show(a, embeds)), MarathonJson.WriteApp));
    }

    private static Task GetAsync(MarathonRequest request, AppId id)
    {
        var view = View(request);
        return view.Find(id) is { } app
            ? Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK,
                w => MarathonJson.WriteNamed(
                    w, "app", x => MarathonJson.WriteApp(x, view.Show(app, AppEmbeds.Single.With(request.Texts("embed"))))))
            : Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoApp(id.Value));
    }

    private static async Task CreateAsync(MarathonRequest request)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        var reading = new MarathonReading { Mode = MarathonReadMode.Create, Strict = request.Strict };
        AppId? id = null;
        var deployed = await AppChanger.SubmitAsync(request, state =>
        {
            var wish = AppChanger.Read(state, body, null, reading);
            if (wish.Refuse is not null)
            {
                return wish;
            }

            id = wish.Changes[0].App;
            return new AppView(state, default).FindAny(id.Value) is not { } there
                ? wish
                : AppChanger.Wish.Refused(
                    StatusCodes.Status409Conflict,
                    AppView.IsPod(there) ? MarathonTexts.PodExists(id.Value.Value) : MarathonTexts.AppExists(id.Value.Value));
        });
        if (deployed is null || id is not { } created)
        {
            return;
        }

        var state = request.Host.Gateway.Snapshot;
        var view = new AppView(state, request.Host.Time.GetUtcNow());
        request.Context.Response.Headers.Location = $"/v2/apps{created.Value}";
        request.Context.Response.Headers[Answer.DeploymentHeader] = deployed.Id;
        await (view.Find(created) is { } app
            ? Answer.JsonAsync(
                request.Context, StatusCodes.Status201Created,
                w => MarathonJson.WriteApp(w, view.Show(app, new AppEmbeds { Tasks = true }) with
                {
                    Counts = new MarathonCounts(0, 0, 0, 0),
                    Deployments = [deployed.Id],
                    Tasks = [],
                }))
            : Answer.DeployedAsync(request.Context, deployed, StatusCodes.Status201Created));
    }

    private static async Task ChangeAsync(MarathonRequest request, AppId id, bool mustExist)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        var created = false;
        var merge = mustExist || request.Flag("partialUpdate", missing: true);
        var deployed = await AppChanger.SubmitAsync(request, state =>
        {
            var app = new AppView(state, default).Find(id);
            created = app is null;
            return app is null && mustExist
                ? AppChanger.Wish.Refused(StatusCodes.Status404NotFound, MarathonTexts.NoApp(id.Value))
                : Elsewhere(state, app) ?? AppChanger.Read(state, body, app, new MarathonReading
                {
                    Mode = app is null ? MarathonReadMode.Create : merge ? MarathonReadMode.Merge : MarathonReadMode.Replace,
                    AppId = id.Value,
                    Strict = request.Strict,
                });
        });
        if (deployed is not null)
        {
            await Answer.DeployedAsync(request.Context, deployed, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }
    }

    /// <summary>An app of a site can be changed at that site only, until it is adopted.</summary>
    public static AppChanger.Wish? Elsewhere(ClusterState state, App? app) => state.Self is null && app is { Owner: { } owner }
        ? AppChanger.Wish.Refused(
            StatusCodes.Status409Conflict,
            $"App '{app.Id}' belongs to the site of node '{owner}'. Change it there, or adopt it: POST /edge/v1/nodes/{owner}/adopt"
            + $"?app={app.Id}.")
        : null;

    private static async Task ChangeManyAsync(MarathonRequest request, bool mustExist)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        if (body.ValueKind != JsonValueKind.Array)
        {
            await Answer.ErrorAsync(request.Context, new MarathonError(
                MarathonErrorKind.InvalidJson, MarathonTexts.InvalidJson, [new MarathonErrorDetail("/", ["error.expected.jsarray"])]));
            return;
        }

        var merge = mustExist || request.Flag("partialUpdate", missing: true);
        if (await AppChanger.SubmitAsync(request, state => ReadMany(request, state, body, merge, mustExist)) is { } deployed)
        {
            await Answer.DeployedAsync(request.Context, deployed);
        }
    }

    private static AppChanger.Wish ReadMany(MarathonRequest request, ClusterState state, JsonElement body, bool merge, bool mustExist)
    {
        var changes = ImmutableArray.CreateBuilder<AppChange>();
        var unknown = ImmutableArray.CreateBuilder<string>();
        foreach (var (element, index) in body.EnumerateArray().Select((e, i) => (e, i)))
        {
            var app = MarathonAppReader.IdOf(element) is { } id ? new AppView(state, default).Find(new AppId(id)) : null;
            if (app is null && mustExist)
            {
                return AppChanger.Wish.Refused(
                    StatusCodes.Status404NotFound, MarathonTexts.NoApp(MarathonAppReader.IdOf(element) ?? string.Empty));
            }

            var wish = Elsewhere(state, app) ?? AppChanger.Read(state, element, app, new MarathonReading
            {
                Mode = app is null ? MarathonReadMode.Create : merge ? MarathonReadMode.Merge : MarathonReadMode.Replace,
                PathPrefix = $"({index})",
                Strict = request.Strict,
            });
            if (wish.Refuse is not null)
            {
                return wish;
            }

            changes.AddRange(wish.Changes);
            unknown.AddRange(wish.Unknown);
        }

        return changes.DistinctBy(c => c.App).Count() == changes.Count
            ? new AppChanger.Wish(changes.ToImmutable(), [], unknown.ToImmutable(), null)
            : AppChanger.Wish.Refused(MarathonError.Of("The same app is named twice."));
    }

    private static async Task DeleteAsync(MarathonRequest request, AppId id)
    {
        // Marathon's own default of force is true here.
        var forced = request.Flag("force", missing: true);
        var reply = await SubmitOneAsync(
            request, id, forced, app => new AppChange(id, null, app.Generation));
        if (reply is not null)
        {
            await Answer.DeployedAsync(request.Context, reply);
        }
    }

    private static async Task RestartAsync(MarathonRequest request, AppId id)
    {
        var reply = await SubmitOneAsync(request, id, request.Force, app => new AppChange(
            id, app.Override is { } change ? app.Definition.With(change.Fields) : app.Definition, app.Generation, Restart: true));
        if (reply is not null)
        {
            await Answer.DeployedAsync(request.Context, reply);
        }
    }

    private static async Task<CommandReply.Deployed?> SubmitOneAsync(
        MarathonRequest request, AppId id, bool force, Func<App, AppChange> change)
    {
        var state = request.Host.Gateway.Snapshot;
        if (new AppView(state, default).Find(id) is not { } app)
        {
            await Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoApp(id.Value));
            return null;
        }

        if (Elsewhere(state, app)?.Refuse is { } elsewhere)
        {
            await elsewhere(request.Context);
            return null;
        }

        var reply = await request.Host.Gateway.SubmitAsync(
            new ChangeApps([change(app)], [], force, request.Author), request.Context.RequestAborted);
        if (reply is CommandReply.Deployed deployed)
        {
            return deployed;
        }

        await Answer.RefusedAsync(request, reply);
        return null;
    }

    private static Task VersionsAsync(MarathonRequest request, AppId id, ImmutableArray<string> rest)
    {
        if (!request.IsRead)
        {
            return NotAllowedAsync(request);
        }

        if (View(request).Find(id) is not { } app)
        {
            return Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoApp(id.Value));
        }

        if (rest.IsEmpty)
        {
            return Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteVersions(w, app.Versions.Select(v => v.Version)));
        }

        if (MarathonTime.Parse(rest[0]) is not { } version)
        {
            return Answer.ErrorAsync(request.Context, MarathonError.Of($"Invalid format: \"{rest[0]}\" is malformed"));
        }

        return app.Versions.FirstOrDefault(v => v.Version == version) is { } found
            ? Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK,
                w => MarathonJson.WriteApp(w, new MarathonAppInfo { Fields = found.Definition.Fields, Version = found.Version }))
            : Answer.MessageAsync(
                request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoAppVersion(id.Value, MarathonTime.Format(version)));
    }
}
