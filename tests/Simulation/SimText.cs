using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>Commands, messages and acts as short words for a trace.</summary>
internal static class SimText
{
    public static bool IsAcknowledgement(Dispatch dispatch) => dispatch is Dispatch.ToNode { Message: DownMessage.Acknowledged };

    /// <summary>True for commands whose caller waits for the reply.</summary>
    public static bool IsCall(ClusterCommand command) => command is ChangeApps or KillAppTasks or CancelDeployment
        or ResolveConflict or ApproveOverride or AdoptApp or HoldNode;

    public static string Of(ClusterCommand command) => command switch
    {
        NodeMessage message => $"{message.Node}: {Of(message.Message)}",
        HubMessage message => Of(message.Message),
        NodeLinkLost lost => $"LinkLost {lost.Node}",
        AcceptOffers accept => $"Accept {string.Join(",", accept.Offers)} ["
            + string.Join(",", accept.Operations.OfType<OfferOperation.Launch>().SelectMany(l => l.Tasks).Select(t => t.Id)) + "]",
        KillTask kill => $"Kill {kill.Task}",
        AcknowledgeStatus ack => $"Ack {ack.Task} {Short(ack.Uuid)}",
        HealthObserved health => $"Health {Short(health.Container)} {health.Health.Healthy}{(health.Kill ? " KILL" : "")}",
        ContainerObserved observed => $"Observed {Short(observed.Container)} {observed.State}",
        OrphansFound found => $"Orphans {string.Join(",", found.Orphans.Select(o => $"{Short(o.Container)}:{o.Running}"))}",
        Subscribe subscribe => $"Subscribe {subscribe.Spec.Id}",
        ChangeApps change => "Change " + string.Join(",", change.Changes.Select(Of)) + (change.Force ? " force" : ""),
        KillAppTasks kill => $"KillTasks {string.Join(",", kill.Tasks)} scale={kill.Scale}",
        ResolveConflict resolve => $"Resolve {Short(resolve.Id)} site={resolve.TakeSite}",
        AdoptApp adopt => $"Adopt {adopt.Node}:{adopt.App}",
        ApproveOverride approve => $"Approve {approve.Node}:{approve.App}",
        HoldNode hold => $"Hold {hold.Node} {hold.Hold}",
        DeclineOffers decline => $"Decline {string.Join(",", decline.Offers)}",
        _ => command.GetType().Name,
    };

    public static string Of(Dispatch dispatch) => dispatch switch
    {
        Dispatch.ToNode node => $"to {node.Node}: {Of(node.Message)}",
        Dispatch.ToHub hub => $"to hub: {Of(hub.Message)}",
        Dispatch.StartContainer start => $"start {start.Task.Key.Task} {Short(start.Task.Container)} ({start.Task.Observed})",
        Dispatch.KillContainer kill => $"kill {Short(kill.Container)}",
        Dispatch.ForgetContainer forget => $"forget {Short(forget.Container)}",
        Dispatch.ToFramework framework => $"to framework: {Of(framework.Event)}",
        _ => dispatch.GetType().Name,
    };

    private static string Of(AppChange change) => $"{change.App}@{change.BaseGeneration}"
        + (change.Definition is { } d ? $"(cmd={d["cmd"]} env={d["env"]} mem={d["mem"]} n={d["instances"]})" : "(gone)")
        + (change.Restart ? " restart" : "");

    public static string Of(UpMessage message) => message switch
    {
        UpMessage.Hello hello =>
            $"Hello db={hello.Identity.AgentEpoch} epoch={Short(hello.HubEpoch)} held={hello.HeldRevision} head={hello.OutboxHead} "
            + $"report={hello.ReportRevision}",
        UpMessage.Inventory inventory => $"Inventory head={inventory.OutboxHead} "
            + string.Join(",", inventory.Tasks.Select(t => $"{t.Assignment.Key.Task}:{t.Assignment.Observed}")),
        UpMessage.Statuses statuses => $"Statuses {statuses.FirstSequence}: "
            + string.Join(",", statuses.Items.Select(s => $"{s.Task.Task}:{s.State}")),
        UpMessage.SiteReport report => $"SiteReport {report.Revision}: " + string.Join(",", report.Items.Select(i =>
            $"{i.Id}@{i.Revision} own={i.Own} "
            + string.Join(' ', (i.Override?.Fields ?? AppDefinition.Empty.Fields).Select(f => f.Key + "=" + f.Value)))),
        UpMessage.Held held => $"Held {held.Revision}{(held.Gap ? " GAP" : "")}",
        _ => message.GetType().Name,
    };

    public static string Of(DownMessage message) => message switch
    {
        DownMessage.Welcome welcome =>
            $"Welcome epoch={Short(welcome.HubEpoch)} applied={welcome.AppliedSequence} inventory={welcome.WantsInventory}",
        DownMessage.Assignments assignments =>
            $"Assignments {(assignments.Full ? "FULL " : "")}{assignments.AppliesTo}->{assignments.ResultsIn} "
            + string.Join(",", assignments.Items.Select(i => $"{i.Key.Task}:{i.Desired}:{i.Observed}"))
            + string.Concat(assignments.Slots.Select(s => $" {s.Instance}:{(s.Keep ? "keep" : "drop")}"))
            + string.Concat(assignments.Apps.Select(a =>
                $" {a.Id}@{a.Generation} settled={a.SettledReport} open={string.Join('+', a.Open)}")),
        DownMessage.Acknowledged acknowledged => $"Acknowledged {acknowledged.Sequence}",
        DownMessage.Refused refused => $"Refused {refused.Reason}",
        _ => message.GetType().Name,
    };

    public static string Of(FrameworkEvent happened) => happened switch
    {
        FrameworkEvent.Update update =>
            $"Update {update.Status.Task.Task} {update.Status.State} {update.Status.Reason} {Short(update.Status.Uuid)}",
        FrameworkEvent.Offers offers => $"Offers {string.Join(",", offers.Items.Select(o => $"{o.Id}@{o.Node}"))}",
        FrameworkEvent.Error error => $"Error {error.Message}",
        _ => happened.GetType().Name,
    };

    public static string Short(object? id) => id?.ToString() is { Length: > 0 } text ? text[..Math.Min(6, text.Length)] : "-";
}
