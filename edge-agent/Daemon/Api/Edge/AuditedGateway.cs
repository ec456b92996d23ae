using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Gateway;

namespace Edge.Daemon.Api.Edge;

/// <summary>The way to the engine for people: writes down who asked for which change, and what came of it.</summary>
public sealed class AuditedGateway(IClusterGateway engine, AuditLog audit) : IClusterGateway
{
    /// <inheritdoc/>
    public ClusterState Snapshot => engine.Snapshot;

    /// <inheritdoc/>
    public async ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken)
    {
        var reply = await engine.SubmitAsync(command, cancellationToken);
        if (Describe(command, Refusal(reply)) is { } entry)
        {
            audit.Add(entry);
        }

        return reply;
    }

    private static AuditEntry? Describe(ClusterCommand command, string? refusal) => command switch
    {
        ChangeApps change => new AuditEntry(
            change.Changes.All(c => c.Definition is null) && change.Changes.Length > 0 ? "apps_deleted" : "apps_changed",
            change.Author, refusal)
        {
            Apps = [.. change.Changes.Select(c => c.App.Value).Concat(change.Groups.Select(g => g.Group.Value)).Distinct()],
        },
        KillAppTasks kill => new AuditEntry(kill.Scale ? "tasks_killed_and_scaled" : "tasks_killed", kill.Author, refusal)
        {
            Subjects = [.. kill.Tasks.Select(t => t.Value)],
        },
        CancelDeployment cancel => new AuditEntry("deployment_cancelled", cancel.Author, refusal) { Subjects = [cancel.Id] },
        ResolveConflict resolve => new AuditEntry(
            resolve.TakeSite ? "conflict_resolved_for_site" : "conflict_resolved_for_hub", resolve.Author, refusal)
        {
            Subjects = [resolve.Id],
        },
        ApproveOverride approve => new AuditEntry("override_approved", approve.Author, refusal)
        {
            Node = approve.Node.Value,
            Apps = [approve.App.Value],
        },
        AdoptApp adopt => new AuditEntry("app_adopted", adopt.Author, refusal) { Node = adopt.Node.Value, Apps = [adopt.App.Value] },
        HoldNode hold => new AuditEntry(hold.Hold ? "node_held" : "node_released", hold.Author, refusal) { Node = hold.Node.Value },
        _ => null,
    };

    private static string? Refusal(CommandReply reply) => reply switch
    {
        CommandReply.Accepted or CommandReply.Deployed or CommandReply.SubscribedAs => null,
        CommandReply.Rejected rejected => rejected.Reason,
        CommandReply.Forbidden forbidden => forbidden.Reason,
        CommandReply.Locked => "Other deployments were in the way.",
        CommandReply.Stale stale => $"App '{stale.App}' had changed meanwhile.",
        CommandReply.Elsewhere elsewhere => $"App '{elsewhere.App}' belongs to the hub, which is in reach.",
        _ => reply.GetType().Name,
    };
}
