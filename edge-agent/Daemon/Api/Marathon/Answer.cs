using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>Sends Marathon's answers.</summary>
internal static class Answer
{
    /// <summary>The header that every change carries.</summary>
    public const string DeploymentHeader = "Marathon-Deployment-Id";

    /// <summary>Names the fields of a body that Marathon does not know, and dropped.</summary>
    public const string UnknownHeader = "X-Edge-Unknown-Fields";

    public static Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write) =>
        ResponseBody.SendAsync(context, status, MediaTypes.Json, MarathonJson.ToUtf8(write));

    public static Task MessageAsync(HttpContext context, int status, string message) =>
        JsonAsync(context, status, w => MarathonJson.WriteMessage(w, message));

    public static Task ErrorAsync(HttpContext context, MarathonError error) =>
        JsonAsync(context, StatusCodes.Status422UnprocessableEntity, w => MarathonJson.WriteError(w, error));

    /// <summary>Says <c>{"version","deploymentId"}</c>.</summary>
    public static Task DeployedAsync(HttpContext context, CommandReply.Deployed deployed, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers[DeploymentHeader] = deployed.Id;
        return JsonAsync(context, status, w => MarathonJson.WriteDeploymentResult(w, deployed.Id, deployed.Version));
    }

    /// <summary>Says why a change was not made.</summary>
    public static Task RefusedAsync(MarathonRequest request, CommandReply reply)
    {
        var context = request.Context;
        switch (reply)
        {
            case CommandReply.Locked locked:
                return JsonAsync(context, StatusCodes.Status409Conflict, w => MarathonJson.WriteLocked(w, locked.Deployments));
            case CommandReply.TooMany many:
                return MessageAsync(
                    context, StatusCodes.Status403Forbidden, $"Max number ({many.Limit}) of running deployments is achieved.");
            case CommandReply.Elsewhere elsewhere when request.Host.HubUrl() is { } hub:
                context.Response.Headers.Location = hub + context.Request.PathBase + RawTarget(context);
                return MessageAsync(
                    context, StatusCodes.Status307TemporaryRedirect,
                    $"App '{elsewhere.App}' belongs to the hub, which is in reach at {hub}.");
            case CommandReply.Elsewhere elsewhere:
                return MessageAsync(
                    context, StatusCodes.Status409Conflict,
                    $"App '{elsewhere.App}' belongs to the hub, which is in reach: change it there.");
            case CommandReply.Forbidden forbidden:
                return MessageAsync(context, StatusCodes.Status409Conflict, forbidden.Reason);
            case CommandReply.Stale stale:
                return MessageAsync(
                    context, StatusCodes.Status409Conflict, $"App '{stale.App}' is being changed by many at once; try again.");
            case CommandReply.Rejected rejected:
                return MessageAsync(context, StatusCodes.Status503ServiceUnavailable, rejected.Reason);
            default:
                return MessageAsync(context, StatusCodes.Status500InternalServerError, $"Unexpected reply {reply.GetType().Name}.");
        }
    }

    private static string RawTarget(HttpContext context) =>
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>() is { RawTarget: { Length: > 0 } target }
            ? target
            : context.Request.Path + context.Request.QueryString;
}
