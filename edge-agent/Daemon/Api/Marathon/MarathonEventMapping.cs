using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Marathon;

/// <summary>What the engine tells, in Marathon's words. Source: Marathon, core.event.</summary>
internal static class MarathonEventMapping
{
    /// <summary>The events of one happening; none for what Marathon has no word for.</summary>
    public static IEnumerable<MarathonEvent> Map(ClusterEvent happened, ClusterState state)
    {
        switch (happened)
        {
            case ClusterEvent.StatusUpdated updated when updated.Task.Slot is not null:
                yield return new MarathonEvent.StatusUpdate(
                    updated.At, StatusMapping.Name(updated.Status.State), updated.Status.Message ?? string.Empty, Show(updated, state));
                break;
            case ClusterEvent.InstanceChanged changed:
                yield return new MarathonEvent.InstanceChanged(
                    changed.At, changed.Instance.Id.Value, TaskStates.Condition(changed.Condition), changed.Instance.App.Id.Value,
                    changed.Instance.Node.Value, changed.Hostname, changed.Instance.Slot.Version);
                break;
            case ClusterEvent.HealthChanged health:
                foreach (var told in Show(health, state))
                {
                    yield return told;
                }

                break;
            case ClusterEvent.UnhealthyKilled killed:
                yield return Show(killed);
                break;
            case ClusterEvent.UnknownEnded ended:
                yield return new MarathonEvent.UnknownInstanceTerminated(
                    ended.At, ended.Slot.Instance.Value, ended.Slot.App.Value, TaskStates.Condition(ended.Condition));
                break;
            case ClusterEvent.AppTerminated terminated:
                yield return new MarathonEvent.AppTerminated(terminated.At, terminated.App.Value);
                break;
            case ClusterEvent.GroupChanged group:
                yield return new MarathonEvent.GroupChangeSuccess(group.At, group.Group.Value, group.Version);
                break;
            default:
                if (MapDeployment(happened) is { } deployment)
                {
                    yield return deployment;
                }

                break;
        }
    }

    private static MarathonEvent? MapDeployment(ClusterEvent happened) => happened switch
    {
        ClusterEvent.DeploymentInfo info => new MarathonEvent.DeploymentInfo(
            info.At, DeploymentsEndpoint.Plan(info.Deployment), DeploymentsEndpoint.Actions(info.Deployment)),
        ClusterEvent.DeploymentStepDone step => new MarathonEvent.DeploymentStepSuccess(
            step.At, DeploymentsEndpoint.Plan(step.Deployment), DeploymentsEndpoint.Actions(step.Deployment)),
        ClusterEvent.DeploymentDone done => new MarathonEvent.DeploymentSuccess(done.At, DeploymentsEndpoint.Plan(done.Deployment)),
        ClusterEvent.DeploymentFailed failed => new MarathonEvent.DeploymentFailed(
            failed.At, DeploymentsEndpoint.Plan(failed.Deployment), failed.Reason),
        _ => null,
    };

    /// <summary>A node tells only turns, so a check that goes on failing is told once.</summary>
    private static IEnumerable<MarathonEvent> Show(ClusterEvent.HealthChanged health, ClusterState state)
    {
        var instance = health.Instance;
        var app = instance.App.Id.Value;
        if (!health.Healthy && FailedCheck(instance, state) is { } check)
        {
            yield return new MarathonEvent.FailedHealthCheck(health.At, app, instance.Id.Value, check);
        }

        yield return new MarathonEvent.InstanceHealthChanged(health.At, instance.Id.Value, app, health.Healthy, instance.Slot.Version);
        yield return new MarathonEvent.HealthStatusChanged(health.At, app, instance.Id.Value, instance.Slot.Version, health.Healthy);
    }

    /// <summary>The check that a node runs: the first one. Null when the app is gone, or has none any more.</summary>
    private static string? FailedCheck(Instance instance, ClusterState state)
    {
        if (state.Apps.GetValueOrDefault(instance.App) is not { } app)
        {
            return null;
        }

        var definition = app.Override is { } change ? app.Definition.With(change.Fields) : app.Definition;
        var check = new AppFields(definition).Items("healthChecks").FirstOrDefault();
        return check.ValueKind == JsonValueKind.Object ? check.GetRawText() : null;
    }

    private static MarathonEvent.UnhealthyInstanceKill Show(ClusterEvent.UnhealthyKilled killed) => new(
        killed.At, killed.Instance.App.Id.Value, killed.Instance.Task.Task.Value, killed.Instance.Id.Value, killed.Instance.Slot.Version,
        killed.Reason, killed.Hostname, killed.Instance.Node.Value);

    private static MarathonTaskInfo Show(ClusterEvent.StatusUpdated updated, ClusterState state)
    {
        var task = updated.Task;
        var description = state.Self is { } self && self.Id == task.Node
            ? self.Description
            : state.Nodes.GetValueOrDefault(task.Node)?.Description;
        var address = description?.Address;
        return new MarathonTaskInfo
        {
            AppId = task.Slot!.App.Value,
            Id = task.Key.Task.Value,
            Host = updated.Hostname,
            SlaveId = task.Node.Value,
            State = StatusMapping.Name(updated.Status.State),
            Ports = task.Slot.Ports,
            IpAddresses = address is null ? [] : [new MarathonIpAddress(address)],
            Version = task.Slot.Version,
        };
    }
}
