using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Tests.Simulation;

/// <summary>A hub or an agent: the engine's loop over a journal that survives crashes, and nothing else that does.</summary>
internal abstract class SimDaemon(SimWorld world, string name)
{
    private static readonly DateTimeOffset s_epoch = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<ClusterCommand> _inbox = [];
    private bool _awake;
    private int _run;
    private TimeSpan _started;
    private TimeSpan _diskFullUntil;
    private TimeSpan? _tickAt;

    protected SimWorld World { get; } = world;

    public string Name { get; } = name;

    /// <summary>The live state; null while the process is down.</summary>
    public ClusterState? State { get; private set; }

    public SimJournal Journal { get; protected set; } = SimJournal.Empty;

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Skew { get; set; }

    public bool IsUp => State is not null;

    /// <summary>True while commits fail, or shortly after.</summary>
    public bool CommitsFailed => World.Time < _diskFullUntil + TimeSpan.FromSeconds(3);

    /// <summary>Now, by the clock of this run that never jumps.</summary>
    public TimeSpan Monotonic => World.Time - _started;

    /// <summary>No commit succeeds for a while.</summary>
    public void FillDisk(TimeSpan duration) => _diskFullUntil = World.Time + duration;

    /// <summary>Gives a command to the engine; a process that is down gets none.</summary>
    public virtual void Post(ClusterCommand command)
    {
        if (State is null)
        {
            return;
        }

        _inbox.Add(command);
        if (!_awake)
        {
            _awake = true;
            var run = _run;
            World.After(World.Between(0, 0.005), () => Step(run));
        }
    }

    /// <summary>The process ends at once; only the journal stays.</summary>
    public void Crash(string where)
    {
        World.Trace(Name, () => $"CRASH {where}");
        State = null;
        _run++;
        _inbox.Clear();
        _awake = false;
        _tickAt = null;
        OnCrashed();
    }

    protected void Start(Func<DecisionContext, Decision> restore)
    {
        _run++;
        _started = World.Time - World.Between(0, 100_000);
        var decision = restore(Context());
        Commit(decision);
        World.Trace(Name, () => "START");
        WatchTimers();
    }

    /// <summary>Carries out a batch at once, crash points included. False when the process ended on the way.</summary>
    protected bool Run(IReadOnlyList<ClusterCommand> batch)
    {
        var decision = EngineCore.Process(State!, Mangle(batch), Context());
        World.Trace(Name, () => "DECIDE " + string.Join(" | ", batch.Select(c => SimText.Of(c))));
        var crash = World.Chaotic && World.Chance(World.CrashRate)
            ? World.Random.Next(0, decision.Dispatches.Length + 2) - 1
            : int.MaxValue;
        var early = World.Bugs.HasFlag(SimBugs.DispatchBeforeCommit) ? decision.Dispatches
            : World.Bugs.HasFlag(SimBugs.AckBeforeCommit) ? [.. decision.Dispatches.Where(SimText.IsAcknowledgement)]
            : ImmutableArray<Dispatch>.Empty;
        foreach (var dispatch in early)
        {
            Carry(dispatch);
        }

        if (crash < 0)
        {
            World.Oracle.Count(SimEvent.CrashBeforeCommit);
            Crash("before the commit");
            return false;
        }

        Commit(decision);
        OnDecided(batch, decision);
        foreach (var (index, dispatch) in decision.Dispatches.Index())
        {
            if (crash == index)
            {
                World.Oracle.Count(SimEvent.CrashAfterCommit);
                Crash($"after the commit, {index} of {decision.Dispatches.Length} acts done");
                return false;
            }

            if (!early.Contains(dispatch))
            {
                World.Trace(Name, () => "  ACT " + SimText.Of(dispatch));
                Carry(dispatch);
            }
        }

        if (crash == decision.Dispatches.Length)
        {
            Crash("after all acts");
            return false;
        }

        WatchTimers();
        return true;
    }

    protected abstract void Carry(Dispatch dispatch);

    protected abstract void OnCrashed();

    protected abstract void OnCommitted(SimJournal before, Decision decision);

    /// <summary>What the engine gets of a batch; planted mistakes change it.</summary>
    protected virtual IReadOnlyList<ClusterCommand> Mangle(IReadOnlyList<ClusterCommand> batch) => batch;

    /// <summary>A batch was decided and is durable; its acts follow.</summary>
    protected virtual void OnDecided(IReadOnlyList<ClusterCommand> batch, Decision decision)
    {
    }

    /// <summary>What really becomes durable of a row; planted mistakes change it.</summary>
    protected virtual RowChange? Spoil(RowChange row) => row;

    protected DecisionContext Context() =>
        new(s_epoch + World.Time + Skew, World.Time - _started, (ulong)World.Random.NextInt64(), World.Limits)
        {
            Apps = AppMapping.Instance,
        };

    private void Commit(Decision decision)
    {
        var before = Journal;
        Journal = Journal.Apply(World.Bugs == SimBugs.None ? decision.Rows : decision.Rows.Select(Spoil).OfType<RowChange>());
        State = decision.State;
        OnCommitted(before, decision);
    }

    private void Step(int run)
    {
        if (run != _run || State is null)
        {
            return;
        }

        _awake = false;
        if (_inbox.Count == 0)
        {
            return;
        }

        var count = World.Chance(0.8) ? _inbox.Count : World.Random.Next(1, _inbox.Count + 1);
        var batch = _inbox.Take(count).ToArray();
        _inbox.RemoveRange(0, count);
        if (World.Time < _diskFullUntil && World.Chaotic && FailsToCommit(batch))
        {
            return;
        }

        if (Run(batch) && _inbox.Count > 0 && !_awake)
        {
            _awake = true;
            World.After(World.Between(0, 0.005), () => Step(run));
        }
    }

    /// <summary>The disk is full: callers are told, and what nobody waits for is decided again later.</summary>
    private bool FailsToCommit(IReadOnlyList<ClusterCommand> batch)
    {
        if (EngineCore.Process(State!, batch, Context()).Rows.IsEmpty)
        {
            return false;
        }

        World.Trace(Name, () => "COMMIT FAILED");
        World.Oracle.Count(SimEvent.CommitFailed);
        _inbox.InsertRange(0, batch.Where(c => !SimText.IsCall(c)));
        _awake = true;
        var run = _run;
        World.After(TimeSpan.FromSeconds(1), () => Step(run));
        return true;
    }

    private void WatchTimers()
    {
        if (State is null || EngineCore.NextDue(State) is not { } due)
        {
            return;
        }

        var at = _started + due;
        if (_tickAt is { } planned && planned <= at)
        {
            return;
        }

        _tickAt = at;
        var run = _run;
        World.At(at, () =>
        {
            if (run == _run && _tickAt == at)
            {
                _tickAt = null;
                Post(new Tick());
            }
        });
    }
}
