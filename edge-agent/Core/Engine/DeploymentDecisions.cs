using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Deployments begin, go on, end and are taken back.</summary>
/// <remarks>A deployment decides nothing by itself: it says which apps the scheduler may change now. So it survives a crash at any
/// step. Source: Marathon, /v2/deployments.</remarks>
internal static class DeploymentDecisions
{
    public static void Begin(Transition transition, Deployment deployment)
    {
        transition.Apps.Put(deployment);
        transition.Announce(new ClusterEvent.GroupChanged(transition.Context.Now, new AppId("/"), deployment.Version));
        transition.Announce(new ClusterEvent.DeploymentInfo(transition.Context.Now, deployment));
        Wake(transition, deployment);
    }

    /// <summary>What a deployment lets the scheduler do with an app.</summary>
    public static DeploymentGate Gate(Transition transition, AppId app)
    {
        foreach (var deployment in transition.Apps.Deployments.Where(d => d.Affects(app)))
        {
            for (var i = 0; i < deployment.Steps.Length; i++)
            {
                var action = deployment.Steps[i].Actions.FirstOrDefault(a => a.App == app);
                if (action is null || i < deployment.CurrentStep || action.Kind == DeploymentActionKind.StartApplication)
                {
                    continue;
                }

                return i > deployment.CurrentStep ? DeploymentGate.Later
                    : action.Kind == DeploymentActionKind.RestartApplication ? DeploymentGate.Exchange
                    : DeploymentGate.Open;
            }
        }

        return DeploymentGate.Open;
    }

    /// <summary>Goes on as far as what runs allows.</summary>
    public static void Advance(Transition transition, AppId app)
    {
        foreach (var deployment in transition.Apps.Deployments.Where(d => d.Affects(app)).ToArray())
        {
            Advance(transition, deployment);
        }
    }

    public static CommandReply Cancel(Transition transition, CancelDeployment command)
    {
        if (transition.Apps.Deployment(command.Id) is not { } deployment)
        {
            return new CommandReply.Rejected($"DeploymentPlan {command.Id} does not exist");
        }

        if (command.Force)
        {
            Leave(transition, deployment);
            Fail(transition, deployment, "Cancelled; it is left where it stands.");
            return CommandReply.Accepted.Instance;
        }

        var changes = deployment.Changes.Select(c => Reverse(transition, c)).Where(c => c is not null).Select(c => c!).ToImmutableArray();
        Fail(transition, deployment, "Cancelled; taken back by a new deployment.");
        return AppDecisions.Unlock(transition, [.. changes.Select(c => c.App)], force: true)
            ?? AppDecisions.Carry(transition, changes, [], command.Author);
    }

    /// <summary>Instances of another version are exchanged, although nobody changes the app.</summary>
    public static void BeginExchange(Transition transition, App app) => Begin(transition, new Deployment
    {
        Id = transition.NextGuid().ToString("D"),
        Version = app.Version,
        Steps = [new DeploymentStep([new DeploymentAction(DeploymentActionKind.RestartApplication, app.Id)])],
        Changes = [new DeploymentChange(app.Id, app.Definition, app.Definition)],
    });

    public static void Fail(Transition transition, Deployment deployment, string reason)
    {
        transition.Apps.RemoveDeployment(deployment.Id);
        transition.Announce(new ClusterEvent.DeploymentFailed(transition.Context.Now, deployment, reason));
        Wake(transition, deployment);
    }

    private static void Advance(Transition transition, Deployment deployment)
    {
        var start = deployment.CurrentStep;
        while (deployment.CurrentStep < deployment.Steps.Length
            && deployment.Steps[deployment.CurrentStep].Actions.All(a => IsDone(transition, a)))
        {
            transition.Announce(new ClusterEvent.DeploymentStepDone(transition.Context.Now, deployment));
            deployment = deployment with { CurrentStep = deployment.CurrentStep + 1 };
            if (deployment.CurrentStep < deployment.Steps.Length)
            {
                transition.Announce(new ClusterEvent.DeploymentInfo(transition.Context.Now, deployment));
            }
        }

        if (deployment.CurrentStep == start)
        {
            return;
        }

        if (deployment.CurrentStep < deployment.Steps.Length)
        {
            transition.Apps.Put(deployment);
            Wake(transition, deployment);
            return;
        }

        transition.Apps.RemoveDeployment(deployment.Id);
        transition.Announce(new ClusterEvent.DeploymentDone(transition.Context.Now, deployment));

        // One that only scaled may leave instances of another version.
        Wake(transition, deployment);
    }

    /// <summary>Whoever cancels with force wants it left as it stands, until the app is changed again. Source: Marathon,
    /// DELETE /v2/deployments/{id}?force=true.</summary>
    private static void Leave(Transition transition, Deployment deployment)
    {
        foreach (var change in deployment.Changes)
        {
            if (AppDecisions.Find(transition, change.App) is { } app)
            {
                transition.Apps.Put(app with { LeftAt = app.ConfigHash });
            }
        }
    }

    private static bool IsDone(Transition transition, DeploymentAction action)
    {
        if (action.Kind == DeploymentActionKind.StartApplication || AppDecisions.Find(transition, action.App) is not { } app)
        {
            return true;
        }

        var (instances, wanted) = OpenOverrides.Without(
            transition, app, transition.Apps.Of(AppTables.KeyOf(app)), l => AppScheduler.WantedCount(transition, app, l));
        if (instances.Any(i => !i.Wanted && InstanceDecisions.IsReachable(transition, i)))
        {
            return false;
        }

        if (app.Deleted)
        {
            return true;
        }

        var live = instances.Where(i => i.Wanted && i.InactiveSince is null).ToArray();
        return live.Length == wanted - AwayInstances.Count(transition, app, instances)
            && live.All(i => InstanceDecisions.Serves(transition, i))
            && (action.Kind != DeploymentActionKind.RestartApplication || live.All(i => i.Slot.ConfigHash == app.ConfigHash));
    }

    /// <summary>The way back of one change: only what this deployment changed, and nobody changed since.</summary>
    private static AppChange? Reverse(Transition transition, DeploymentChange change)
    {
        var now = AppDecisions.Find(transition, change.App) is { Deleted: false } app ? app : null;
        var generation = now?.Generation ?? 0;
        if (change.Before is null)
        {
            return now is null ? null : new AppChange(change.App, null, generation);
        }

        if (change.After is null || now is null)
        {
            return now is null ? new AppChange(change.App, change.Before, 0) : null;
        }

        var effective = AppConfig.Effective(now.Definition, now.Override);
        var back = AppConfig.Differences(change.Before, change.After)
            .Where(field => effective[field] == change.After[field])
            .Select(field => KeyValuePair.Create(field, change.Before[field] ?? string.Empty));
        return new AppChange(change.App, effective.With(back), generation);
    }

    private static void Wake(Transition transition, Deployment deployment)
    {
        foreach (var change in deployment.Changes)
        {
            if (AppDecisions.Find(transition, change.App) is { } app)
            {
                transition.Apps.MarkDirty(AppTables.KeyOf(app));
            }
        }
    }
}

/// <summary>What the scheduler may do with an app.</summary>
internal enum DeploymentGate
{
    /// <summary>Keep its number.</summary>
    Open,

    /// <summary>Keep its number, and exchange instances of another version.</summary>
    Exchange,

    /// <summary>Nothing yet: others come first.</summary>
    Later,
}
