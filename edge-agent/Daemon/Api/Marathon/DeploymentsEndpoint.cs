using System.Collections.Immutable;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary><c>/v2/deployments</c>. Source: Marathon, DeploymentsResource.</summary>
internal static class DeploymentsEndpoint
{
    public static Task HandleAsync(MarathonRequest request, ImmutableArray<string> rest) => (request.Method, rest) switch
    {
        ("GET" or "HEAD", []) => ListAsync(request),
        ("DELETE", [var id]) => DeleteAsync(request, id),
        _ => AppsEndpoint.NotAllowedAsync(request),
    };

    public static MarathonPlan Plan(Deployment deployment) => new(
        deployment.Id, deployment.Version, [.. deployment.Steps.Select(s => (IReadOnlyList<MarathonAction>)Actions(deployment, s))]);

    /// <summary>The actions of the step under way.</summary>
    public static IReadOnlyList<MarathonAction> Actions(Deployment deployment) =>
        deployment.CurrentStep < deployment.Steps.Length ? Actions(deployment, deployment.Steps[deployment.CurrentStep]) : [];

    private static Task ListAsync(MarathonRequest request)
    {
        var view = new AppView(request.State, request.Host.Time.GetUtcNow());
        var deployments = request.State.Deployments.Values.OrderBy(d => d.Version).ThenBy(d => d.Id, StringComparer.Ordinal);
        return Answer.JsonAsync(
            request.Context, StatusCodes.Status200OK, w => MarathonJson.WriteDeployments(w, deployments.Select(d => Show(d, view))));
    }

    private static MarathonDeploymentInfo Show(Deployment deployment, AppView view) => new(
        Plan(deployment),
        [.. deployment.Changes.Where(c => !IsPod(c)).Select(c => c.App.Value).Order(StringComparer.Ordinal)],
        [.. Actions(deployment).Select(a => a with { Readiness = [.. view.Readiness(new AppId(a.App))] })],
        deployment.CurrentStep + 1)
    {
        AffectedPods = [.. deployment.Changes.Where(IsPod).Select(c => c.App.Value).Order(StringComparer.Ordinal)],
    };

    private static MarathonAction[] Actions(Deployment deployment, DeploymentStep step) =>
        [.. step.Actions.Select(a => Show(a, deployment.Changes.Any(c => c.App == a.App && IsPod(c))))];

    private static MarathonAction Show(DeploymentAction action, bool isPod) => new(
        isPod ? action.Kind.ToString().Replace("Application", "Pod", StringComparison.Ordinal) : action.Kind.ToString(),
        action.App.Value,
        IsPod: isPod);

    private static bool IsPod(DeploymentChange change) => (change.After ?? change.Before) is { } definition && PodFields.IsPod(definition);

    private static async Task DeleteAsync(MarathonRequest request, string id)
    {
        var reply = await request.Host.Gateway.SubmitAsync(
            new CancelDeployment(id, request.Force, request.Author), request.Context.RequestAborted);
        switch (reply)
        {
            case CommandReply.Deployed deployed:
                await Answer.DeployedAsync(request.Context, deployed);
                break;
            case CommandReply.Accepted:
                request.Context.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            case CommandReply.Rejected when !request.State.Deployments.ContainsKey(id):
                await Answer.MessageAsync(request.Context, StatusCodes.Status404NotFound, MarathonTexts.NoDeployment(id));
                break;
            default:
                await Answer.RefusedAsync(request, reply);
                break;
        }
    }
}
