using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Makes changes: reads what is wanted against the newest state, and again when somebody was faster.</summary>
internal static class AppChanger
{
    /// <summary>How often a change is read again. Reason: more than this many at once on one app are better told so.</summary>
    private const int AttemptsMax = 5;

    /// <summary>What a body asks for, or the answer that refuses it.</summary>
    public sealed record Wish(
        ImmutableArray<AppChange> Changes,
        ImmutableArray<GroupChange> Groups,
        ImmutableArray<string> Unknown,
        Func<HttpContext, Task>? Refuse)
    {
        public static Wish Of(AppChange change, ImmutableArray<string> unknown) => new([change], [], unknown, null);

        public static Wish Refused(Func<HttpContext, Task> refuse) => new([], [], [], refuse);

        public static Wish Refused(int status, string message) => Refused(c => Answer.MessageAsync(c, status, message));

        public static Wish Refused(MarathonError error) => Refused(c => Answer.ErrorAsync(c, error));
    }

    /// <summary>Reads and submits.</summary>
    /// <param name="read">Reads the body against a state; called again when that state is outdated.</param>
    /// <returns>What stands now; null when the answer has been sent already.</returns>
    public static async Task<CommandReply.Deployed?> SubmitAsync(MarathonRequest request, Func<ClusterState, Wish> read)
    {
        CommandReply reply = new CommandReply.Rejected("Nothing was asked for.");
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var state = request.Host.Gateway.Snapshot;
            var wish = read(state);
            wish = wish.Refuse is null ? Checked(state, wish) : wish;
            if (wish.Refuse is { } refuse)
            {
                await refuse(request.Context);
                return null;
            }

            if (!wish.Unknown.IsEmpty)
            {
                request.Context.Response.Headers[Answer.UnknownHeader] = string.Join(", ", wish.Unknown.Select(Plain));
            }

            var command = new ChangeApps(wish.Changes, wish.Groups, request.Force, request.Author);
            reply = await request.Host.Gateway.SubmitAsync(command, request.Context.RequestAborted);
            if (reply is CommandReply.Deployed deployed)
            {
                Announce(request, wish, state);
                return deployed;
            }

            if (reply is not CommandReply.Stale)
            {
                break;
            }
        }

        await Answer.RefusedAsync(request, reply);
        return null;
    }

    /// <summary>Reads one app of a body.</summary>
    /// <param name="app">The app as it is; null when there is none.</param>
    /// <param name="reading">How; what is stored is filled in here.</param>
    public static Wish Read(ClusterState state, JsonElement body, App? app, MarathonReading reading)
    {
        var view = new AppView(state, DateTimeOffset.UnixEpoch);
        reading = app is null ? reading : reading with { Stored = view.Fields(app) };
        switch (MarathonAppReader.Read(body, reading))
        {
            case MarathonAppResult.Refused refused:
                return Wish.Refused(refused.Error);
            case MarathonAppResult.Rollback rollback:
                return app?.Versions.FirstOrDefault(v => v.Version == rollback.Version) is { } version
                    ? Wish.Of(new AppChange(app.Id, version.Definition, app.Generation), [])
                    : Wish.Refused(
                        StatusCodes.Status404NotFound,
                        MarathonTexts.NoAppVersion(rollback.Id, MarathonTime.Format(rollback.Version)));
            case MarathonAppResult.Defined defined:
                var taken = view.Apps.Where(a => a.Id.Value != defined.App.Id)
                    .SelectMany(a => MarathonServicePorts.Of(a.Definition.Fields)).ToHashSet();
                return MarathonServicePorts.Assign(defined.App, app?.Definition.Fields, taken) is { } assigned
                    ? Wish.Of(
                        new AppChange(new AppId(assigned.Id), new AppDefinition(assigned.Fields), app?.Generation ?? 0),
                        assigned.UnknownFields)
                    : Wish.Refused(MarathonServicePorts.Exhausted());
            default:
                return Wish.Refused(StatusCodes.Status500InternalServerError, "Unexpected result of reading.");
        }
    }

    /// <summary>What only the whole can tell: circles of dependencies, and an app where a group is.</summary>
    private static Wish Checked(ClusterState state, Wish wish)
    {
        var after = new AppView(state, DateTimeOffset.UnixEpoch).All.ToDictionary(a => a.Id.Value, a => a.Definition);
        if (Clash(after, wish) is { } clash)
        {
            return Wish.Refused(StatusCodes.Status409Conflict, clash);
        }

        foreach (var change in wish.Changes)
        {
            after.Remove(change.App.Value);
            if (change.Definition is { } definition)
            {
                after[change.App.Value] = definition;
            }
        }

        foreach (var change in wish.Changes.Where(c => c.Definition is not null && c.BaseGeneration == 0))
        {
            if (after.Keys.FirstOrDefault(id => new AppId(id).IsWithin(change.App) && id != change.App.Value) is not null)
            {
                return Wish.Refused(StatusCodes.Status409Conflict, MarathonTexts.PathExists(change.App.Value));
            }

            if (AppPath.Parents(change.App.Value).FirstOrDefault(after.ContainsKey) is { } parent)
            {
                return Wish.Refused(StatusCodes.Status409Conflict, MarathonTexts.PathExists(parent));
            }
        }

        var groups = state.Groups.ToDictionary(g => g.Key.Value, g => Texts(g.Value.Dependencies));
        foreach (var group in wish.Groups)
        {
            groups[group.Group.Value] = Texts(group.Value?.Dependencies ?? []);
        }

        var apps = after.ToDictionary(a => a.Key, a => Dependencies(a.Value));
        return DependencyCycles.Find(apps, groups).IsEmpty
            ? wish
            : Wish.Refused(new MarathonError(
                MarathonErrorKind.ObjectNotValid, "Object is not valid", [new MarathonErrorDetail("/", [DependencyCycles.Text])]));
    }

    /// <summary>An app cannot become a pod, nor a pod an app: the sentence that says so, or null.</summary>
    private static string? Clash(Dictionary<string, AppDefinition> before, Wish wish)
    {
        foreach (var change in wish.Changes)
        {
            if (change.Definition is { } definition && before.GetValueOrDefault(change.App.Value) is { } there
                && PodFields.IsPod(there) != PodFields.IsPod(definition))
            {
                return PodFields.IsPod(there) ? MarathonTexts.PodExists(change.App.Value) : MarathonTexts.AppExists(change.App.Value);
            }
        }

        return null;
    }

    private static IReadOnlyCollection<string> Texts(ImmutableArray<AppId> ids) => [.. ids.Select(i => i.Value)];

    private static IReadOnlyCollection<string> Dependencies(AppDefinition definition)
    {
        if (definition["dependencies"] is not { } json)
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(d => d.GetString() ?? string.Empty)];
    }

    private static void Announce(MarathonRequest request, Wish wish, ClusterState before)
    {
        var state = request.Host.Gateway.Snapshot;
        var view = new AppView(state, request.Host.Time.GetUtcNow());
        var earlier = new AppView(before, request.Host.Time.GetUtcNow());
        foreach (var change in wish.Changes)
        {
            var there = earlier.FindAny(change.App);
            if ((change.Definition ?? there?.Definition) is { } definition && PodFields.IsPod(definition))
            {
                request.Host.Events.Publish(new MarathonEvent.Pod(
                    request.Host.Time.GetUtcNow(),
                    change.Definition is null ? "deleted" : there is null ? "created" : "updated",
                    request.Context.Connection.RemoteIpAddress?.ToString() ?? string.Empty,
                    request.Context.Request.Path.Value ?? string.Empty));
            }
        }

        foreach (var change in wish.Changes.Where(c => c.Definition is not null))
        {
            if (view.Find(change.App) is { } app)
            {
                request.Host.Events.Publish(new MarathonEvent.ApiPost(
                    request.Host.Time.GetUtcNow(),
                    request.Context.Connection.RemoteIpAddress?.ToString() ?? string.Empty,
                    request.Context.Request.Path.Value ?? string.Empty,
                    view.Show(app, new AppEmbeds())));
            }
        }
    }

    /// <summary>A header carries printable ASCII; what is not is a question mark.</summary>
    private static string Plain(string path) => string.Concat(path.Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
