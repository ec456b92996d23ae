using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Simulation;

/// <summary>An agent's process, its machine and its database.</summary>
internal sealed class SimAgent : SimDaemon
{
    private int _database = 1;
    private int _boot = 1;
    private int _runs;
    private bool _resumed;
    private SimJournal _copy = SimJournal.Empty;

    public SimAgent(SimWorld world, string name)
        : base(world, name)
    {
        Id = new NodeId(name);
        Runtime = new SimRuntime(world, this);
        Link = new SimLink(world, this);
        Description = new NodeDescription
        {
            Hostname = name,
            Address = "192.0.2.1",
            Port = 5051,
            Version = "1.0.0",
            Resources = ResourceSet.Of(
                Resource.Of("cpus", 4), Resource.Of("mem", 4096), Resource.Of("ports", RangeSet.Of(new ValueRange(31000, 31099)))),
        };
    }

    public NodeId Id { get; }

    public SimRuntime Runtime { get; }

    public SimLink Link { get; }

    public NodeDescription Description { get; private set; }

    public NodeIdentity Identity => new($"instance-{Name}", $"{Name}-db{_database}", $"{Name}-boot{_boot}");

    public void Boot()
    {
        if (IsUp)
        {
            return;
        }

        _resumed = false;
        var self = new SelfState { Id = Id, Identity = Identity, Description = Description };
        Start(context => Restoration.RestoreNode(Journal.ToRows(), self, $"{Name}-run{_runs++}", context));
        var orphans = Runtime.List().Where(c => !Journal.Tasks.Values.Any(t => t.Container == c.Container)).ToImmutableArray();
        if (Run([new OrphansFound(orphans)]) && Run([new ResumeTasks()]))
        {
            _resumed = true;
            World.Apps.Booted(this);
            Link.Connect();
        }
    }

    public void TakeCopy() => _copy = Journal;

    /// <summary>The machine starts again: no process is left.</summary>
    public void Reboot()
    {
        World.Trace(Name, () => "REBOOT");
        World.Oracle.Count(SimEvent.Reboot);
        _boot++;
        Runtime.Reboot();
    }

    /// <summary>The database is gone while the process is down.</summary>
    public void LoseDatabase()
    {
        World.Trace(Name, () => "DATABASE lost");
        World.Oracle.Count(SimEvent.DatabaseLost);
        World.Apps.Forgot(this);
        World.Oracle.DatabaseLost(this);
        Journal = SimJournal.Empty;
        _copy = SimJournal.Empty;
        _database++;
    }

    /// <summary>Somebody puts an old copy of the database back while the process is down.</summary>
    public void RestoreCopy()
    {
        World.Trace(Name, () => "OLD DATABASE put back");
        World.Oracle.Count(SimEvent.DatabaseCopied);
        World.Apps.Forgot(this);
        World.Oracle.DatabaseLost(this);
        Journal = _copy;
        World.Oracle.DatabaseLost(this);
    }

    public void ChangeResources()
    {
        var cpus = World.Random.Next(2, 8);
        Description = Description with
        {
            Resources = ResourceSet.Of(Description.Resources.Items.Where(r => r.Name != "cpus").Append(Resource.Of("cpus", cpus))),
        };
        Post(new DescribeSelf(Description));
    }

    public override void Post(ClusterCommand command)
    {
        if (World.Bugs.HasFlag(SimBugs.SiteTasksUnnamed) && command is HubMessage { Message: DownMessage.Assignments { Full: true } set })
        {
            var own = Journal.Instances.Values.Where(i => i.App.Owner.Length > 0).Select(i => new SlotNotice(i.Id, Keep: false));
            command = new HubMessage(set with { Slots = [.. set.Slots, .. own] });
        }

        base.Post(command);
    }

    protected override void Carry(Dispatch dispatch)
    {
        switch (dispatch)
        {
            case Dispatch.ToHub hub:
                Link.SendUp(hub.Message);
                break;
            case Dispatch.StartContainer start:
                Runtime.Start(start.Task);
                break;
            case Dispatch.KillContainer kill:
                Runtime.Kill(kill.Container, kill.Grace);
                break;
            case Dispatch.ForgetContainer forget:
                Runtime.Forget(forget.Container);
                break;
            case Dispatch.Announce:
                break;
            default:
                throw new SimulationFaultException($"An agent cannot carry out {dispatch.GetType().Name}.");
        }
    }

    protected override void OnCrashed()
    {
        _resumed = false;
        Link.OnAgentCrashed();
        World.After(World.Between(0.5, World.Chance(0.2) ? 900 : 20), () =>
        {
            if (World.Chaotic && World.Chance(0.15))
            {
                Reboot();
            }

            if (World.Chaotic && World.Hostile && World.Chance(0.08))
            {
                LoseDatabase();
            }
            else if (World.Chaotic && World.Hostile && World.Chance(0.05))
            {
                RestoreCopy();
            }

            Boot();
        });
    }

    protected override void OnCommitted(SimJournal before, Decision decision)
    {
        World.Oracle.AgentCommitted(this, before, Journal, decision);
        World.Apps.AgentCommitted(this, before, decision);
        if (_resumed)
        {
            World.Apps.CheckAutonomy(this);
        }
    }

    protected override void OnDecided(IReadOnlyList<ClusterCommand> batch, Decision decision) =>
        World.Apps.CheckKills(this, batch, decision);

    protected override RowChange? Spoil(RowChange row) => row switch
    {
        RowChange.InstanceRow { Value.Slot.Incarnation: > 1 } when World.Bugs.HasFlag(SimBugs.RelaunchNotDurable) => null,
        RowChange.OutboxRow when World.Bugs.HasFlag(SimBugs.OutboxNotDurable) => null,
        RowChange.TaskRow { Value.Observed: <= ObservedState.Starting } when World.Bugs.HasFlag(SimBugs.AssignmentsNotDurable) => null,
        _ => row,
    };
}
