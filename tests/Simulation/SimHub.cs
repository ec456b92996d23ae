using Edge.Core.Engine;

namespace Edge.Tests.Simulation;

/// <summary>The hub's process.</summary>
internal sealed class SimHub(SimWorld world) : SimDaemon(world, "hub")
{
    private int _runs;
    private SimJournal _backup = SimJournal.Empty;

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

    public void TakeBackup() => _backup = Journal;

    /// <summary>Somebody puts an old copy of the database back while the process is down.</summary>
    public void RestoreBackup()
    {
        World.Trace(Name, () => "BACKUP put back");
        Journal = _backup;
        World.Oracle.Count(SimEvent.HubRestored);
        World.Oracle.HubRestored();
    }

    protected override void Carry(Dispatch dispatch)
    {
        switch (dispatch)
        {
            case Dispatch.ToNode node:
                World.Agents.Single(a => a.Id == node.Node).Link.SendDown(node.Message);
                break;
            case Dispatch.ToFramework framework:
                Array.Find(World.Frameworks, f => f.Stream == framework.Stream)?.Send(framework.Event);
                break;
            case Dispatch.CloseStream close:
                Array.Find(World.Frameworks, f => f.Stream == close.Stream)?.EndStream();
                break;
            default:
                throw new SimulationFaultException($"The hub cannot carry out {dispatch.GetType().Name}.");
        }
    }

    protected override void OnCrashed()
    {
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

    protected override void OnCommitted(SimJournal before, Decision decision) => World.Oracle.HubCommitted(before, Journal, decision);

    protected override RowChange? Spoil(RowChange row) => row switch
    {
        RowChange.TaskRow { Value: { } task } when World.Bugs.HasFlag(SimBugs.PendingNotDurable) =>
            new RowChange.TaskRow(task.Key, task with { Pending = [] }),
        _ => row,
    };
}
