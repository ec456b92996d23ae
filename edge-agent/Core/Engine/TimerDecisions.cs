using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Does what has fallen due. A timer whose owner no longer waits for that instant is ignored.</summary>
internal static class TimerDecisions
{
    public static void Run(Transition transition)
    {
        while (transition.TakeDue() is { } timer)
        {
            Fire(transition, timer);
        }
    }

    private static void Fire(Transition transition, EngineTimer timer)
    {
        switch (timer.Kind)
        {
            case TimerKind.FrameworkFailover:
                if (transition.Framework(new FrameworkId(timer.First)) is { RemoveAt: { } removeAt } framework && removeAt <= timer.Due)
                {
                    SubscriptionDecisions.Remove(transition, framework.Id);
                }

                break;
            case TimerKind.NodeUnreachable:
                if (transition.Node(new NodeId(timer.First)) is { UnreachableAt: { } unreachableAt } node && unreachableAt <= timer.Due)
                {
                    NodeDecisions.Unreach(transition, node);
                }

                break;
            case TimerKind.NodeResend:
                NodeDecisions.Resend(transition, new NodeId(timer.First), timer.Due);
                break;
            case TimerKind.FilterExpiry:
                Expire(transition, new FrameworkId(timer.First), new NodeId(timer.Second));
                break;
            case TimerKind.StatusRedelivery:
                Redeliver(transition, new TaskKey(new FrameworkId(timer.First), new TaskId(timer.Second)), timer.Due);
                break;
            case TimerKind.OutboxResend:
                SelfDecisions.Resend(transition, timer.Due);
                break;
            case TimerKind.AppWake:
                transition.Apps.MarkDirty(new AppKey(timer.First, new AppId(timer.Second)));
                break;
            case TimerKind.Relaunch:
                InstanceDecisions.Relaunch(transition, new InstanceId(timer.First), timer.Due);
                break;
            case TimerKind.InstanceLost:
                var since = long.Parse(timer.Second, System.Globalization.CultureInfo.InvariantCulture);
                CutDecisions.Lose(transition, new InstanceId(timer.First), new TimeSpan(since));
                break;
            case TimerKind.DelegationUse:
                DelegationDecisions.Count(transition, timer.Due);
                break;
        }
    }

    private static void Expire(Transition transition, FrameworkId id, NodeId node)
    {
        if (transition.Framework(id) is { } framework)
        {
            var over = framework.Filters.Where(f => f.Key.Node == node && f.Value.Until <= transition.Context.Monotonic);
            transition.Put(framework with { Filters = framework.Filters.RemoveRange(over.Select(f => f.Key).ToArray()) }, durable: false);
        }

        if (transition.Node(node) is { Connected: true })
        {
            transition.MarkAllocatable(node);
        }
    }

    private static void Redeliver(Transition transition, TaskKey key, TimeSpan due)
    {
        if (transition.Task(key) is { RedeliverAt: { } redeliverAt } task && redeliverAt <= due
            && transition.Framework(key.Framework) is { } framework)
        {
            TaskDecisions.Deliver(transition, framework, task with { RedeliverAt = null });
        }
    }
}
