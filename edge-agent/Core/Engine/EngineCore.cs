using System.Collections.Immutable;
using System.Diagnostics;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>The engine's only decision: a state and a batch of commands become a new state, rows, acts and replies.</summary>
/// <remarks>Pure: the same arguments give the same result. Hub, agent and simulator all run this method.</remarks>
public static class EngineCore
{
    /// <summary>Decides a batch.</summary>
    /// <param name="state">The last committed state.</param>
    /// <param name="batch">Commands in the order they came; may be empty.</param>
    /// <param name="context">Now, the seed and the limits.</param>
    /// <returns>What to make durable and, after that, what to do. Throws only for bugs; then nothing has happened.</returns>
    public static Decision Process(ClusterState state, IReadOnlyList<ClusterCommand> batch, DecisionContext context)
    {
        var transition = new Transition(state, context);
        var replies = ImmutableArray.CreateBuilder<CommandReply>(batch.Count);
        foreach (var command in batch)
        {
            replies.Add(Decide(transition, command));
        }

        AppScheduler.Run(transition);
        AllocationDecisions.Allocate(transition);
        AssignmentDecisions.SendChanges(transition);
        SiteDecisions.SendReport(transition);
        SelfDecisions.SendOutbox(transition);
        return transition.Build(replies.MoveToImmutable());
    }

    /// <summary>The monotonic instant at which a <see cref="Tick"/> has something to do; null when nothing waits.</summary>
    public static TimeSpan? NextDue(ClusterState state) => state.Timers.IsEmpty ? null : state.Timers.Min.Due;

    private static CommandReply Decide(Transition transition, ClusterCommand command)
    {
        switch (command)
        {
            case Subscribe subscribe:
                return SubscriptionDecisions.Subscribe(transition, subscribe);
            case UpdateFramework update when IsCurrent(transition, update):
                return SubscriptionDecisions.Update(transition, update);
            case RemoveFramework remove:
                return SubscriptionDecisions.Remove(transition, remove.Framework);
            case FrameworkStreamClosed closed:
                SubscriptionDecisions.Close(transition, closed);
                break;
            case FrameworkCommand call when IsCurrent(transition, call):
                DecideCall(transition, call);
                break;
            case FrameworkCommand:
                return new CommandReply.Rejected("The stream is not the current one of the framework.");
            case NodeMessage message:
                NodeDecisions.Receive(transition, message.Node, message.Message);
                break;
            case NodeLinkLost lost:
                NodeDecisions.LinkLost(transition, lost);
                break;
            case Tick:
                TimerDecisions.Run(transition);
                break;
            case ChangeApps or KillAppTasks or ResetLaunchDelay or CancelDeployment:
            case ResolveConflict or ApproveOverride or AdoptApp or HoldNode:
                return DecideApps(transition, command);
            default:
                DecideSelf(transition, command);
                break;
        }

        return CommandReply.Accepted.Instance;
    }

    private static CommandReply DecideApps(Transition transition, ClusterCommand command) => command switch
    {
        ChangeApps change => AppDecisions.Change(transition, change),
        KillAppTasks kill => AppKillDecisions.Kill(transition, kill),
        ResetLaunchDelay reset => AppDecisions.ResetDelay(transition, reset),
        CancelDeployment cancel => DeploymentDecisions.Cancel(transition, cancel),
        ResolveConflict resolve => ReportDecisions.Resolve(transition, resolve),
        ApproveOverride approve => ReportDecisions.Approve(transition, approve),
        AdoptApp adopt => ReportDecisions.Adopt(transition, adopt),
        HoldNode hold => NodeDecisions.Hold(transition, hold),
        _ => CommandReply.Accepted.Instance,
    };

    private static void DecideCall(Transition transition, FrameworkCommand call)
    {
        switch (call)
        {
            case Teardown teardown:
                SubscriptionDecisions.Remove(transition, teardown.Framework);
                break;
            case AcceptOffers accept:
                OfferDecisions.Accept(transition, accept);
                break;
            case DeclineOffers decline:
                OfferDecisions.Decline(transition, decline);
                break;
            case ReviveOffers revive:
                OfferDecisions.Revive(transition, revive);
                break;
            case SuppressOffers suppress:
                OfferDecisions.Suppress(transition, suppress);
                break;
            case KillTask kill:
                TaskDecisions.Kill(transition, kill);
                break;
            case AcknowledgeStatus acknowledge:
                TaskDecisions.Acknowledge(transition, acknowledge);
                break;
            case ReconcileTasks reconcile:
                ReconcileDecisions.Reconcile(transition, reconcile);
                break;
            case DropMessage:
                transition.Counters = transition.Counters with { MessagesDropped = transition.Counters.MessagesDropped + 1 };
                break;
            default:
                throw new UnreachableException($"No decision for {call.GetType().Name}.");
        }
    }

    private static void DecideSelf(Transition transition, ClusterCommand command)
    {
        switch (command)
        {
            case HubLinkOpened:
                SelfDecisions.LinkOpened(transition);
                break;
            case HubLinkClosed:
                SelfDecisions.LinkClosed(transition);
                break;
            case HubMessage message:
                SelfDecisions.Receive(transition, message.Message);
                break;
            case ResumeTasks:
                SelfDecisions.Resume(transition);
                break;
            case OrphansFound found:
                SelfDecisions.FindOrphans(transition, found);
                break;
            case ContainerObserved observed:
                SelfDecisions.Observe(transition, observed);
                break;
            case HealthObserved observed:
                HealthDecisions.Observe(transition, observed);
                break;
            case ReadinessObserved observed:
                ReadinessDecisions.Observe(transition, observed);
                break;
            case DescribeSelf describe:
                SelfDecisions.Describe(transition, describe.Description);
                break;
            default:
                throw new UnreachableException($"No decision for {command.GetType().Name}.");
        }
    }

    private static bool IsCurrent(Transition transition, FrameworkCommand call) =>
        transition.Framework(call.Framework) is { Phase: FrameworkPhase.Connected } framework && framework.Stream == call.Stream;
}
