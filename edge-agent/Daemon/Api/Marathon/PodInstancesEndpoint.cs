using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>DELETE /v2/pods/{id}::instances</c>: ends instances, which are started anew. Source: Marathon, PodsResource.</summary>
internal static class PodInstancesEndpoint
{
    public static async Task DeleteAsync(MarathonRequest request, AppId id, ImmutableArray<string> rest)
    {
        var view = PodsEndpoint.View(request);
        if (view.Find(id) is not { } pod)
        {
            await PodsEndpoint.NoPodAsync(request, id);
            return;
        }

        if (rest.Length > 1)
        {
            await Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoRoute);
            return;
        }

        if ((rest.IsEmpty ? await ReadIdsAsync(request) : [rest[0]]) is not { } ids)
        {
            return;
        }

        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        var state = request.Host.Gateway.Snapshot;
        var instances = new AppView(state, request.Host.Time.GetUtcNow()).Instances(pod).Where(i => wanted.Contains(i.Id.Value)).ToArray();
        if (!rest.IsEmpty && instances.Length == 0)
        {
            await Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoInstance(rest[0]));
            return;
        }

        var shown = instances.Select(i => view.ShowEnded(pod, i)).ToArray();
        var command = new KillAppTasks([.. instances.Select(i => i.Task.Task)], false, request.Force, request.Author);
        var reply = await request.Host.Gateway.SubmitAsync(command, request.Context.RequestAborted);
        await (reply is not CommandReply.Deployed ? Answer.RefusedAsync(request, reply)
            : rest.IsEmpty ? Answer.JsonAsync(
                request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteEndedInstances(w, shown))
            : Answer.JsonAsync(request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteEndedInstance(w, shown[0])));
    }

    /// <summary>The ids of the body; null when the answer has been sent.</summary>
    private static async Task<string[]?> ReadIdsAsync(MarathonRequest request)
    {
        if (await request.ReadJsonAsync() is not { } body)
        {
            return null;
        }

        if (body.ValueKind == JsonValueKind.Array && body.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String))
        {
            return [.. body.EnumerateArray().Select(i => i.GetString()!)];
        }

        await Answer.ErrorAsync(request.Context, new MarathonError(
            MarathonErrorKind.InvalidJson, MarathonTexts.InvalidJson, [new MarathonErrorDetail("/", ["error.expected.jsarray"])]));
        return null;
    }
}
