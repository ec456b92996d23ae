using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>/v2/pods</c> and what lies below a pod. Source: Marathon, PodsResource.</summary>
internal static class PodsEndpoint
{
    private const string Mark = "::";

    /// <summary>Leads on: a pod's path ends where <c>::status</c>, <c>::versions</c> or <c>::instances</c> begins.</summary>
    public static Task HandleAsync(MarathonRequest request, ImmutableArray<string> rest)
    {
        var path = string.Join('/', rest);
        var mark = path.LastIndexOf(Mark, StringComparison.Ordinal);
        var id = new AppId("/" + (mark < 0 ? path : path[..mark]).Trim('/'));
        ImmutableArray<string> words = mark < 0 ? [] : [.. path[(mark + Mark.Length)..].Split('/')];
        var isAll = id.Value == "/";
        return words switch
        {
            [] when isAll => request.Method switch
            {
                "HEAD" => Task.CompletedTask,
                "GET" => Answer.JsonAsync(
                    request.Context, StatusCodes.Status200OK,
                    w => MarathonJson.WritePods(w, View(request) is var view ? view.Pods.Select(view.Show) : [])),
                "POST" => CreateAsync(request),
                _ => AppsEndpoint.NotAllowedAsync(request),
            },
            [] => request.Method switch
            {
                "GET" or "HEAD" => ShowAsync(request, id, (view, pod) => w => MarathonJson.WritePod(w, view.Show(pod))),
                "PUT" => ChangeAsync(request, id),
                "DELETE" => DeleteAsync(request, id),
                _ => AppsEndpoint.NotAllowedAsync(request),
            },
            ["status"] when !request.IsRead => AppsEndpoint.NotAllowedAsync(request),
            ["status"] when isAll => Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK,
                w => MarathonJson.WritePodStatuses(w, View(request) is var view ? view.Pods.Select(view.ShowStatus) : [])),
            ["status"] => ShowAsync(request, id, (view, pod) => w => MarathonJson.WritePodStatus(w, view.ShowStatus(pod))),
            ["versions", .. var version] when !isAll && request.IsRead => VersionsAsync(request, id, version),
            ["instances", .. var instance] when !isAll && request.Method == "DELETE" =>
                PodInstancesEndpoint.DeleteAsync(request, id, instance),
            ["versions" or "instances", ..] when !isAll => AppsEndpoint.NotAllowedAsync(request),
            _ => Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoRoute),
        };
    }

    public static PodView View(MarathonRequest request) => View(request, request.Host.Gateway.Snapshot);

    public static Task NoPodAsync(MarathonRequest request, AppId id) =>
        Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoPod(id.Value));

    private static PodView View(MarathonRequest request, ClusterState state)
    {
        var now = request.Host.Time.GetUtcNow();
        return new PodView(state, new AppView(state, now), now);
    }

    private static Task ShowAsync(MarathonRequest request, AppId id, Func<PodView, App, Action<Utf8JsonWriter>> write)
    {
        var view = View(request);
        return view.Find(id) is { } pod
            ? Answer.JsonAsync(request.Context, StatusCodes.Status200OK, write(view, pod))
            : NoPodAsync(request, id);
    }

    private static Task VersionsAsync(MarathonRequest request, AppId id, ImmutableArray<string> rest)
    {
        if (View(request).Find(id) is not { } pod)
        {
            return NoPodAsync(request, id);
        }

        if (rest.IsEmpty)
        {
            return Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteGroupVersions(w, pod.Versions.Select(v => v.Version)));
        }

        if (rest.Length > 1 || MarathonTime.Parse(rest[0]) is not { } version)
        {
            return Answer.ErrorAsync(request.Context, MarathonError.Of($"Invalid format: \"{rest[0]}\" is malformed"));
        }

        return pod.Versions.FirstOrDefault(v => v.Version == version) is { } found
            ? Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WritePod(w, PodView.Show(found)))
            : Answer.MessageAsync(
                request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoPodVersion(id.Value, MarathonTime.Format(version)));
    }

    private static async Task CreateAsync(MarathonRequest request)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        var id = new AppId("/");
        var deployed = await AppChanger.SubmitAsync(request, state =>
        {
            var wish = Read(request, body, null);
            id = wish.Refuse is null ? wish.Changes[0].App : id;
            return wish.Refuse is null && new AppView(state, default).FindAny(id) is { } there
                ? AppChanger.Wish.Refused(
                    StatusCodes.Status409Conflict,
                    AppView.IsPod(there) ? MarathonTexts.PodExists(id.Value) : MarathonTexts.AppExists(id.Value))
                : wish;
        });
        if (deployed is not null)
        {
            request.Context.Response.Headers.Location = $"/v2/pods{id.Value}";
            await SendAsync(request, deployed, id, StatusCodes.Status201Created);
        }
    }

    private static async Task ChangeAsync(MarathonRequest request, AppId id)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        if (MarathonAppReader.IdOf(body) is { } named && named != id.Value)
        {
            await Answer.MessageAsync(
                request.Context, StatusCodes.Status400BadRequest, $"'{id}' does not match definition's id of '{named}'");
            return;
        }

        var deployed = await AppChanger.SubmitAsync(request, state => View(request, state).Find(id) is not { } pod
            ? AppChanger.Wish.Refused(StatusCodes.Status404NotFound, MarathonTexts.NoPod(id.Value))
            : AppsEndpoint.Elsewhere(state, pod) ?? Read(request, body, pod));
        if (deployed is not null)
        {
            await SendAsync(request, deployed, id, StatusCodes.Status200OK);
        }
    }

    private static async Task DeleteAsync(MarathonRequest request, AppId id)
    {
        var deployed = await AppChanger.SubmitAsync(request, state => View(request, state).Find(id) is not { } pod
            ? AppChanger.Wish.Refused(StatusCodes.Status404NotFound, MarathonTexts.NoPod(id.Value))
            : AppsEndpoint.Elsewhere(state, pod) ?? AppChanger.Wish.Of(new AppChange(id, null, pod.Generation), []));
        if (deployed is not null)
        {
            request.Context.Response.Headers[Answer.DeploymentHeader] = deployed.Id;
            request.Context.Response.Headers.Location = $"/v2/deployments/{deployed.Id}";
            request.Context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    private static AppChanger.Wish Read(MarathonRequest request, JsonElement body, App? pod)
    {
        var reading = new MarathonReading
        {
            Mode = pod is null ? MarathonReadMode.Create : MarathonReadMode.Replace,
            Strict = request.Strict,
            Stored = pod?.Definition.Fields,
        };
        return MarathonPodReader.Read(body, reading) switch
        {
            MarathonAppResult.Defined defined => AppChanger.Wish.Of(
                new AppChange(new AppId(defined.App.Id), new AppDefinition(defined.App.Fields), pod?.Generation ?? 0),
                defined.App.UnknownFields),
            MarathonAppResult.Refused refused => AppChanger.Wish.Refused(refused.Error),
            _ => AppChanger.Wish.Refused(StatusCodes.Status500InternalServerError, "Unexpected result of reading."),
        };
    }

    private static Task SendAsync(MarathonRequest request, CommandReply.Deployed deployed, AppId id, int status)
    {
        var view = View(request);
        request.Context.Response.Headers[Answer.DeploymentHeader] = deployed.Id;
        return view.Find(id) is { } pod
            ? Answer.JsonAsync(request.Context, status, w => MarathonJson.WritePod(w, view.Show(pod)))
            : Answer.DeployedAsync(request.Context, deployed, status);
    }
}
