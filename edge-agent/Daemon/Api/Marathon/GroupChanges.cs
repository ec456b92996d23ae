using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Turns the body of a group into changes of its apps. Source: Marathon, GroupsResource, table "update semantics".</summary>
internal static class GroupChanges
{
    /// <summary>Apps and pods that this side may change: a hub its own; a node all that it shows.</summary>
    public static IEnumerable<App> Own(ClusterState state) =>
        new AppView(state, default).All.Where(a => state.Self is not null || a.Owner is null);

    public static AppChanger.Wish Read(MarathonRequest request, ClusterState state, AppId id, JsonElement body, bool create)
    {
        var reading = new MarathonGroupReading
        {
            GroupId = id.Value,
            Apps = new MarathonReading { Mode = MarathonReadMode.Create, Strict = request.Strict },
        };
        switch (MarathonGroupReader.Read(body, reading))
        {
            case MarathonGroupResult.Refused refused:
                return AppChanger.Wish.Refused(refused.Error);
            case MarathonGroupResult.Scale scale:
                return Each(state, new AppId(scale.Id), app => Scaled(app, scale.Factor));
            case MarathonGroupResult.Rollback rollback:
                return Each(
                    state, new AppId(rollback.Id),
                    app => app.Versions.FirstOrDefault(v => v.Version <= rollback.Version)?.Definition ?? app.Definition);
            case MarathonGroupResult.Defined defined:
                var tree = new GroupTree(state, default);
                return create && defined.Update.Id != "/" && tree.Exists(new AppId(defined.Update.Id))
                    ? AppChanger.Wish.Refused(StatusCodes.Status409Conflict, MarathonTexts.GroupExists(defined.Update.Id))
                    : Define(state, defined.Update);
            default:
                return AppChanger.Wish.Refused(StatusCodes.Status500InternalServerError, "Unexpected result of reading.");
        }
    }

    private static AppDefinition Scaled(App app, double factor)
    {
        var count = (int)Math.Min(int.MaxValue, Math.Ceiling(app.Spec.Instances * factor));
        return app.Definition.With([KeyValuePair.Create("instances", count.ToString(CultureInfo.InvariantCulture))]);
    }

    private static AppChanger.Wish Each(ClusterState state, AppId group, Func<App, AppDefinition> change) =>
        new GroupTree(state, default).Exists(group)
            ? new AppChanger.Wish(
                [.. Own(state).Where(a => a.Id.IsWithin(group)).Select(a => new AppChange(a.Id, change(a), a.Generation))], [], [], null)
            : AppChanger.Wish.Refused(StatusCodes.Status404NotFound, MarathonTexts.NoGroup(group.Value));

    private static AppChanger.Wish Define(ClusterState state, MarathonGroupUpdate update)
    {
        var own = Own(state).ToDictionary(a => a.Id);
        var taken = own.Values.Where(a => update.Apps.All(u => u.Id != a.Id.Value))
            .SelectMany(a => MarathonServicePorts.Of(a.Definition.Fields)).ToHashSet();
        var changes = ImmutableArray.CreateBuilder<AppChange>();
        foreach (var app in update.Apps)
        {
            var known = own.GetValueOrDefault(new AppId(app.Id));
            if (MarathonServicePorts.Assign(app, known?.Definition.Fields, taken) is not { } assigned)
            {
                return AppChanger.Wish.Refused(MarathonServicePorts.Exhausted());
            }

            taken.UnionWith(MarathonServicePorts.Of(assigned.Fields));
            changes.Add(new AppChange(new AppId(app.Id), new AppDefinition(assigned.Fields), known?.Generation ?? 0));
        }

        var named = update.Apps.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in own.Values.Where(a => !named.Contains(a.Id.Value) && update.Groups.Any(g => Removes(update, g, a))))
        {
            changes.Add(new AppChange(gone.Id, null, gone.Generation));
        }

        ImmutableArray<GroupChange> groups =
        [
            .. update.Groups.Where(g => g.Dependencies is not null).Select(g => new GroupChange(
                new AppId(g.Id), new AppGroup(new AppId(g.Id), [.. g.Dependencies!.Value.Select(d => new AppId(d))]))),
        ];
        return new AppChanger.Wish(changes.ToImmutable(), groups, update.UnknownFields, null);
    }

    /// <summary>A list that is given is the whole list: what is not in it goes; a list that is absent says nothing.</summary>
    private static bool Removes(MarathonGroupUpdate update, MarathonGroupDefinition group, App item)
    {
        var app = item.Id;
        var parent = AppPath.Parent(app.Value);
        if (parent == group.Id)
        {
            // The list of apps says nothing of pods.
            return group.HasApps && !AppView.IsPod(item);
        }

        if (!group.HasGroups || !app.IsWithin(new AppId(group.Id)))
        {
            return false;
        }

        var child = "/" + string.Join('/', AppPath.Segments(app.Value).Take(AppPath.Segments(group.Id).Length + 1));
        return update.Groups.All(g => g.Id != child);
    }
}
