using System.Collections.Immutable;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>/v2/groups</c>: a group is what its apps' paths make it, and its own dependencies. Source: Marathon,
/// GroupsResource.</summary>
internal static class GroupsEndpoint
{
    public static Task HandleAsync(MarathonRequest request, ImmutableArray<string> rest)
    {
        var word = rest.LastIndexOf("versions");
        if (word >= 0 && word >= rest.Length - 2)
        {
            return VersionsAsync(request, MarathonRequest.Id(rest[..word]), rest[(word + 1)..]);
        }

        if (rest.Length > 0 && rest[^1] == "apps" && request.Method is "GET" or "HEAD" && rest is [.., "apps"])
        {
            return AppsAsync(request, MarathonRequest.Id(rest[..^1]));
        }

        var id = MarathonRequest.Id(rest);
        return request.Method switch
        {
            "GET" or "HEAD" => GetAsync(request, id),
            "POST" => WriteAsync(request, id, create: true),
            "PUT" => WriteAsync(request, id, create: false),
            "DELETE" => DeleteAsync(request, id),
            _ => AppsEndpoint.NotAllowedAsync(request),
        };
    }

    private static AppView View(MarathonRequest request) => new(request.State, request.Host.Time.GetUtcNow());

    private static Task NoGroupAsync(MarathonRequest request, AppId id) =>
        Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoGroup(id.Value));

    private static Task GetAsync(MarathonRequest request, AppId id)
    {
        var tree = new GroupTree(request.State, request.Host.Time.GetUtcNow());
        var embeds = GroupEmbeds.Of([.. request.Texts("embed")]);
        return tree.Exists(id)
            ? Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteGroup(w, tree.Show(id, embeds)))
            : NoGroupAsync(request, id);
    }

    private static Task AppsAsync(MarathonRequest request, AppId id)
    {
        var view = View(request);
        var embeds = AppEmbeds.List.With(request.Texts("embed"));
        return Answer.JsonAsync(
            request.Context, StatusCodes.Status200OK,
            w => MarathonJson.WriteList(
                w, "apps", view.Apps.Where(a => a.Id.IsWithin(id)).Select(a => view.Show(a, embeds)), MarathonJson.WriteApp));
    }

    private static Task VersionsAsync(MarathonRequest request, AppId id, ImmutableArray<string> rest)
    {
        if (!request.IsRead)
        {
            return AppsEndpoint.NotAllowedAsync(request);
        }

        var view = View(request);
        if (!new GroupTree(request.State, request.Host.Time.GetUtcNow()).Exists(id))
        {
            return NoGroupAsync(request, id);
        }

        var apps = view.Apps.Where(a => a.Id.IsWithin(id)).ToArray();
        if (rest.IsEmpty)
        {
            var versions = apps.SelectMany(a => a.Versions).Select(v => v.Version).Append(request.State.LastVersion).Distinct()
                .OrderDescending();
            return Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteGroupVersions(w, versions));
        }

        if (MarathonTime.Parse(rest[0]) is not { } version)
        {
            return Answer.ErrorAsync(request.Context, MarathonError.Of($"Invalid format: \"{rest[0]}\" is malformed"));
        }

        var shown = new MarathonGroupInfo
        {
            Id = id.Value,
            Version = version,
            Apps =
            [
                .. apps.Select(a => a.Versions.FirstOrDefault(v => v.Version <= version)).Where(v => v is not null)
                    .Select(v => new MarathonAppInfo { Fields = v!.Definition.Fields, Version = v.Version }),
            ],
        };
        return Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteGroup(w, shown));
    }

    private static async Task WriteAsync(MarathonRequest request, AppId id, bool create)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return;
        }

        if (request.Flag("dryRun"))
        {
            await DryRunAsync(request, GroupChanges.Read(request, request.State, id, body, create));
            return;
        }

        var group = id;
        var deployed = await AppChanger.SubmitAsync(request, state =>
        {
            var wish = GroupChanges.Read(request, state, id, body, create);
            group = wish.Refuse is null && MarathonAppReader.IdOf(body, id.Value) is { } named ? new AppId(named) : id;
            return wish;
        });
        if (deployed is null)
        {
            return;
        }

        if (create)
        {
            request.Context.Response.Headers.Location = $"/v2/groups{group.Value}";
        }

        await Answer.DeployedAsync(request.Context, deployed, create ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Decides the change on a copy of the state, which is what makes the engine pure good for.</summary>
    private static Task DryRunAsync(MarathonRequest request, AppChanger.Wish wish)
    {
        if (wish.Refuse is { } refuse)
        {
            return refuse(request.Context);
        }

        var context = new DecisionContext(request.Host.Time.GetUtcNow(), request.Host.Monotonic(), 1, ClusterLimits.Default)
        {
            Apps = AppMapping.Instance,
        };
        var decision = EngineCore.Process(request.State, [new ChangeApps(wish.Changes, wish.Groups, Force: true, request.Author)], context);
        var planned = decision.Dispatches.OfType<Dispatch.Announce>().Select(a => a.Event).OfType<ClusterEvent.DeploymentInfo>()
            .Select(e => DeploymentsEndpoint.Plan(e.Deployment).Steps).FirstOrDefault();
        return Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteSteps(w, planned ?? []));
    }

    private static async Task DeleteAsync(MarathonRequest request, AppId id)
    {
        var tree = new GroupTree(request.State, request.Host.Time.GetUtcNow());
        if (!tree.Exists(id))
        {
            await NoGroupAsync(request, id);
            return;
        }

        if (id.Value == "/" && !request.Force)
        {
            await Answer.MessageAsync(
                request.Context, StatusCodes.Status409Conflict, "This would remove every app of the cluster. Say so with '?force=true'.");
            return;
        }

        var deployed = await AppChanger.SubmitAsync(request, state => new AppChanger.Wish(
            [.. GroupChanges.Own(state).Where(a => a.Id.IsWithin(id)).Select(a => new AppChange(a.Id, null, a.Generation))],
            [.. state.Groups.Keys.Where(g => g.IsWithin(id)).Select(g => new GroupChange(g, null))],
            [], null));
        if (deployed is not null)
        {
            await Answer.DeployedAsync(request.Context, deployed);
        }
    }
}

/// <summary>What the query wants embedded in groups; without any word, groups, apps and pods.</summary>
internal sealed record GroupEmbeds(bool Groups, bool Apps, bool Pods, AppEmbeds OfApps)
{
    public static GroupEmbeds Of(string[] names) => names.Length == 0
        ? new GroupEmbeds(true, true, true, new AppEmbeds())
        : new GroupEmbeds(
            names.Contains("group.groups"),
            names.Any(n => n.StartsWith("group.apps", StringComparison.Ordinal)),
            names.Contains("group.pods"),
            new AppEmbeds().With(names.Where(n => n.StartsWith("group.apps.", StringComparison.Ordinal))));
}
