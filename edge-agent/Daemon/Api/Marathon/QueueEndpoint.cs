using System.Collections.Immutable;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>/v2/queue</c>: what is still to be launched, and why it is not. Source: Marathon, QueueResource.</summary>
internal static class QueueEndpoint
{
    public static Task HandleAsync(MarathonRequest request, ImmutableArray<string> rest) => (request.Method, rest) switch
    {
        ("GET" or "HEAD", []) => ListAsync(request),
        ("DELETE", [.. var app, "delay"]) when app.Length > 0 => ResetAsync(request, MarathonRequest.Id(app)),
        _ => AppsEndpoint.NotAllowedAsync(request),
    };

    private static Task ListAsync(MarathonRequest request)
    {
        var embed = request.Texts("embed").Any(e => e.EndsWith("lastUnusedOffers", StringComparison.Ordinal));
        var view = new AppView(request.State, request.Host.Time.GetUtcNow());
        var items = view.All.Select(a => Show(request, view, a, embed)).Where(i => i is not null).Select(i => i!);
        return Answer.JsonAsync(
            request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteList(w, "queue", items, MarathonJson.WriteQueueItem));
    }

    private static MarathonQueueItem? Show(MarathonRequest request, AppView view, App app, bool embed)
    {
        var instances = view.Instances(app).Where(i => i.Wanted && i.InactiveSince is null).ToArray();
        var waiting = instances.Where(i => request.State.Tasks.GetValueOrDefault(i.Task) is not { IsTerminal: false }).ToArray();
        var wanted = request.State.Self is not null && app.Owner is null ? instances.Length : app.Spec.Instances;
        var count = Math.Max(0, wanted - instances.Length) + waiting.Length;
        if (count == 0)
        {
            return null;
        }

        var now = request.Host.Monotonic();
        var due = waiting.Select(i => i.RelaunchAt).Append(app.LaunchAfter).Where(t => t is not null).Select(t => t!.Value - now);
        var summary = app.Refusals;
        var declines = summary is null ? [] : Declines(summary);
        return new MarathonQueueItem
        {
            App = view.Show(app, new AppEmbeds()),
            IsPod = AppView.IsPod(app),
            Count = count,
            Delay = due.DefaultIfEmpty().Max(),
            Since = app.QueuedSince ?? waiting.Select(i => i.Since).DefaultIfEmpty(request.Host.Time.GetUtcNow()).Min(),
            ProcessedOffers = summary?.Processed ?? 0,
            UnusedOffers = summary?.Processed ?? 0,
            LastUnusedOfferAt = summary?.At,
            LastOffers = declines,
            LaunchAttempt = declines,
            LastUnusedOffers = embed ? [.. (summary?.Samples ?? []).Select(s => Show(request.State, s, summary!.At))] : null,
        };
    }

    /// <summary>How many nodes came to each stage of the funnel, and how many ended there.</summary>
    private static List<MarathonDecline> Declines(PlacementSummary summary)
    {
        var result = new List<MarathonDecline>();
        var left = summary.Processed;
        foreach (var (reason, declined) in summary.Declined)
        {
            result.Add(new MarathonDecline(reason.ToString(), declined, left));
            left -= declined;
        }

        return result;
    }

    /// <summary>A refused node in the form of an offer that was not used; the sentence stands behind the reason's name.</summary>
    private static MarathonUnusedOffer Show(ClusterState state, PlacementRefusal refusal, DateTimeOffset at)
    {
        var self = state.Self is { } me && me.Id == refusal.Node ? me.Description : null;
        var node = state.Nodes.GetValueOrDefault(refusal.Node);
        var resources = node?.Free ?? self?.Resources ?? ResourceSet.Empty;
        return new MarathonUnusedOffer(
            $"{refusal.Node}-free",
            (node?.Description ?? self)?.Hostname ?? refusal.Node.Value,
            refusal.Node.Value,
            [.. resources.Select(Show)],
            [.. ((node?.Description ?? self)?.Attributes ?? []).Select(a => new MarathonOfferValue(a.Name, Text: a.Value.ToString()))],
            [refusal.Reason.ToString(), refusal.Sentence],
            at);
    }

    private static MarathonOfferValue Show(Resource resource) => resource.Kind == ResourceKind.Ranges
        ? new MarathonOfferValue(
            resource.Name, "*", Ranges: [.. resource.Ranges.Ranges.Select(r => new MarathonRange((long)r.Begin, (long)r.End))])
        : new MarathonOfferValue(resource.Name, "*", Scalar: resource.Scalar.ToDouble());

    private static async Task ResetAsync(MarathonRequest request, AppId id)
    {
        var reply = await request.Host.Gateway.SubmitAsync(new ResetLaunchDelay(id), request.Context.RequestAborted);
        if (reply is CommandReply.Rejected rejected)
        {
            await Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, rejected.Reason);
            return;
        }

        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
