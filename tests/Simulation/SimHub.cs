using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>The hub's process.</summary>
internal sealed class SimHub(SimWorld world) : SimDaemon(world, "hub")
{
    private int _runs;
    private SimJournal _backup = SimJournal.Empty;
    private readonly Dictionary<NodeId, long> _reports = [];
    private HashSet<NodeId> _talking = [];

    public void Boot()
    {
        if (IsUp)
        {
            return;
        }

        var master = $"m{_runs++}";
        Start(context => Restoration.RestoreHub(Journal.ToRows(), master, context));
        foreach (var agent in World.Agents)
        {
            agent.Link.OnHubStarted();
        }
    }

    public override void Post(ClusterCommand command)
    {
        if (World.Bugs.HasFlag(SimBugs.ReportAppliedTwice) && command is NodeMessage { Message: UpMessage.SiteReport report } message)
        {
            var items = report.Items.Select(i => i with { Revision = i.Revision + 1 });
            var again = report with { Revision = report.Revision + 1, Items = [.. items] };
            World.After(TimeSpan.FromSeconds(30), () => base.Post(message with { Message = again }));
        }

        base.Post(command);
    }

    public void TakeBackup() => _backup = Journal;

    /// <summary>Somebody puts an old copy of the database back while the process is down.</summary>
    public void RestoreBackup()
    {
        World.Trace(Name, () => "BACKUP put back");
        World.Apps.HubRestored(Journal);
        Journal = _backup;
        World.Oracle.Count(SimEvent.HubRestored);
        World.Oracle.HubRestored();
    }

    protected override IReadOnlyList<ClusterCommand> Mangle(IReadOnlyList<ClusterCommand> batch) =>
        !World.Bugs.HasFlag(SimBugs.ReportNotAwaited) ? batch : [.. batch.Select(command =>
            command is NodeMessage { Message: UpMessage.Hello hello } m
                ? m with { Message = hello with { ReportRevision = 0 } }
                : command)];

    protected override void OnDecided(IReadOnlyList<ClusterCommand> batch, Decision decision)
    {
        // What went out before a hello of the same batch knew nothing of it.
        _talking = batch.OfType<NodeMessage>().GroupBy(m => m.Node).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        foreach (var message in batch.OfType<NodeMessage>())
        {
            if (message.Message is UpMessage.Hello hello && State!.Nodes[message.Node].Identity == hello.Identity)
            {
                _reports[message.Node] = hello.ReportRevision;
            }
        }
    }

    protected override void Carry(Dispatch dispatch)
    {
        switch (dispatch)
        {
            case Dispatch.ToNode { Message: DownMessage.Assignments } early
                when World.Oracle.IsWhole && !_talking.Contains(early.Node)
                    && State!.Nodes[early.Node].ReportRevision < _reports.GetValueOrDefault(early.Node):
                throw new SimulationFaultException($"The hub tells {early.Node} what to run before it has heard what its site changed.");
            case Dispatch.ToNode node:
                World.Agents.Single(a => a.Id == node.Node).Link.SendDown(node.Message);
                break;
            case Dispatch.ToFramework framework:
                Array.Find(World.Frameworks, f => f.Stream == framework.Stream)?.Send(framework.Event);
                break;
            case Dispatch.CloseStream close:
                Array.Find(World.Frameworks, f => f.Stream == close.Stream)?.EndStream();
                break;
            case Dispatch.Announce announced:
                World.Apps.Announced(announced.Event);
                break;
            default:
                throw new SimulationFaultException($"The hub cannot carry out {dispatch.GetType().Name}.");
        }
    }

    protected override void OnCrashed()
    {
        _reports.Clear();
        foreach (var framework in World.Frameworks)
        {
            framework.OnHubCrashed();
        }

        foreach (var agent in World.Agents)
        {
            agent.Link.OnHubCrashed();
        }

        World.After(World.Between(0.5, World.Chance(0.2) ? 900 : 30), () =>
        {
            if (World.Chaotic && World.Hostile && World.Chance(0.15))
            {
                RestoreBackup();
            }

            Boot();
        });
    }

    protected override void OnCommitted(SimJournal before, Decision decision)
    {
        World.Oracle.HubCommitted(before, Journal, decision);
        World.Apps.HubCommitted(before, decision);
    }

    protected override RowChange? Spoil(RowChange row) => row switch
    {
        RowChange.TaskRow { Value: { } task } when World.Bugs.HasFlag(SimBugs.PendingNotDurable) =>
            new RowChange.TaskRow(task.Key, task with { Pending = [] }),
        _ => row,
    };
}
