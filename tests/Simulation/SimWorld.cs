using System.Globalization;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>One fleet on one thread: everything that happens is an event at an instant, drawn from one seed.</summary>
internal sealed class SimWorld
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Number)> _events = new();
    private readonly Queue<string>? _trace;
    private readonly int _traceMax;
    private long _number;

    public SimWorld(int seed, SimBugs bugs = SimBugs.None, int traceMax = 0)
    {
        Seed = seed;
        Bugs = bugs;
        Random = new Random(seed);
        _traceMax = traceMax;
        _trace = traceMax > 0 ? new Queue<string>() : null;
        ExternalBroker = Chance(0.4);
        Hostile = Chance(0.6);
        CrashRate = Chance(0.2) ? 0.02 : 0.004;
        Wired = Chance(0.3);
        Oracle = new SimOracle(this);
        Apps = new SimAppOracle(this);
        Operator = new SimOperator(this);
        Hub = new SimHub(this);
        Agents = [.. Enumerable.Range(1, Random.Next(2, 4)).Select(i => new SimAgent(this, $"n{i}"))];
        Frameworks = [.. Enumerable.Range(1, Chance(0.5) ? 0 : Random.Next(1, 3)).Select(i => new SimFramework(this, i))];
    }

    public int Seed { get; }

    public SimBugs Bugs { get; }

    /// <summary>Events after which the world ends, whatever state it is in; 0 for none.</summary>
    public int StepsMax { get; init; }

    public Random Random { get; }

    /// <summary>Time since the start of the world; it never jumps.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>True when the connections of nodes survive a crash of the hub.</summary>
    public bool ExternalBroker { get; }

    /// <summary>True in worlds where databases are lost or put back from copies; the others are judged more strictly.</summary>
    public bool Hostile { get; }

    /// <summary>How probably a process ends in the middle of a batch.</summary>
    public double CrashRate { get; }

    /// <summary>True while things break.</summary>
    public bool Chaotic { get; set; }

    /// <summary>True while frameworks start new work.</summary>
    public bool Launching { get; set; }

    public SimOracle Oracle { get; }

    /// <summary>What must hold of apps.</summary>
    public SimAppOracle Apps { get; }

    /// <summary>Who makes and changes apps.</summary>
    public SimOperator Operator { get; }

    /// <summary>True when messages go over the wire's encoding.</summary>
    public bool Wired { get; }

    public SimHub Hub { get; }

    public SimAgent[] Agents { get; }

    public SimFramework[] Frameworks { get; }

    public ClusterLimits Limits { get; } = ClusterLimits.Default;

    /// <summary>Events so far.</summary>
    public long Events => _number - _events.Count;

    public IEnumerable<string> TraceLines => _trace ?? [];

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public TimeSpan Between(double minSeconds, double maxSeconds) =>
        TimeSpan.FromTicks((long)((minSeconds + (Random.NextDouble() * (maxSeconds - minSeconds))) * TimeSpan.TicksPerSecond));

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public void After(TimeSpan delay, Action act) => At(Time + delay, act);

    public void At(TimeSpan instant, Action act) => _events.Enqueue(act, (instant < Time ? Time : instant, _number++));

    /// <summary>Lets time pass.</summary>
    public void RunFor(TimeSpan duration)
    {
        var end = Time + duration;
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            var act = _events.Dequeue();
            Time = next.At;
            if (StepsMax > 0 && Events > StepsMax)
            {
                throw new OperationCanceledException("So many steps were asked for.");
            }

            if (_number > 2_000_000)
            {
                throw new SimulationFaultException("The world does not come to rest: two million events.");
            }

            act();
        }

        Time = end;
    }

    public void Trace(string who, Func<string> what)
    {
        if (_trace is null)
        {
            return;
        }

        _trace.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds,10:F3} {who,-6} {what()}"));
        if (_trace.Count > _traceMax)
        {
            _trace.Dequeue();
        }
    }
}
