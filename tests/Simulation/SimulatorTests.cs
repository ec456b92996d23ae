using System.Collections.Concurrent;
using System.Globalization;
using Edge.Tests.Support;
using Xunit.Abstractions;

namespace Edge.Tests.Simulation;

/// <summary>Hub, agents, links, runtimes and frameworks live through seeded faults, and the invariants hold.</summary>
/// <remarks><c>EDGE_SIM_SEED</c> replays one seed with its whole trace, <c>EDGE_SIM_SEEDS</c> sets how many are tried.</remarks>
[Collection(nameof(Alone))]
public sealed class SimulatorTests(ITestOutputHelper output)
{
    /// <summary>Seeds that fail before the others are left alone.</summary>
    private const int FaultsMax = 40;

    [Fact]
    public void EverySeed_KeepsTheInvariants()
    {
        if (Environment.GetEnvironmentVariable("EDGE_SIM_SEED") is { Length: > 0 } one)
        {
            Replay(int.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        var count = int.Parse(Environment.GetEnvironmentVariable("EDGE_SIM_SEEDS") ?? "2000", CultureInfo.InvariantCulture);
        var started = TimeProvider.System.GetTimestamp();
        var faults = LiveAll(count);
        output.WriteLine($"{count} seeds in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s");
        if (!faults.IsEmpty)
        {
            var first = faults.Keys.Min();
            Assert.Fail($"{faults.Count} seeds failed: {string.Join("; ", faults.OrderBy(f => f.Key).Select(f => $"{f.Key}: {f.Value}"))}\n"
                + $"The end of seed {first} (EDGE_SIM_SEED={first} shows all of it):\n{Tail(first)}");
        }
    }

    [Fact]
    public void OneSeed_TwiceTheSame()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            Assert.Equal(Tail(seed), Tail(seed));
        }
    }

    [Fact]
    public void Faults_AllHappen()
    {
        var happened = new Dictionary<SimEvent, int>();
        for (var seed = 1; seed <= 60; seed++)
        {
            var world = new SimWorld(seed);
            SimChaos.Live(world);
            foreach (var (what, count) in world.Oracle.Happened)
            {
                happened[what] = happened.GetValueOrDefault(what) + count;
            }
        }

        foreach (var what in Enum.GetValues<SimEvent>())
        {
            output.WriteLine($"{what}: {happened.GetValueOrDefault(what)}");
        }

        Assert.All(Enum.GetValues<SimEvent>(), what => Assert.True(happened.GetValueOrDefault(what) > 0, $"{what} never happened"));
    }

    [Theory]
    [InlineData(nameof(SimBugs.DispatchBeforeCommit), 200)]
    [InlineData(nameof(SimBugs.AckBeforeCommit), 300)]
    [InlineData(nameof(SimBugs.OutboxNotDurable), 100)]
    [InlineData(nameof(SimBugs.StatusSwallowed), 100)]
    [InlineData(nameof(SimBugs.StartNotIdempotent), 100)]
    [InlineData(nameof(SimBugs.PendingNotDurable), 100)]
    [InlineData(nameof(SimBugs.AssignmentsNotDurable), 100)]
    [InlineData(nameof(SimBugs.RelaunchNotDurable), 100)]
    [InlineData(nameof(SimBugs.ReportAppliedTwice), 100)]
    [InlineData(nameof(SimBugs.SiteTasksUnnamed), 100)]
    [InlineData(nameof(SimBugs.ReportNotAwaited), 100)]
    public void PlantedMistake_IsFound(string name, int seeds)
    {
        var bug = Enum.Parse<SimBugs>(name);
        for (var seed = 1; seed <= seeds; seed++)
        {
            if (Find(seed, bug) is { } fault)
            {
                output.WriteLine($"{bug}: seed {seed}: {fault}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found within {seeds} seeds.");
    }

    /// <summary>Lives seeds on threads of their own: the pool's are for tests that wait for answers.</summary>
    private static ConcurrentDictionary<int, string> LiveAll(int count)
    {
        var faults = new ConcurrentDictionary<int, string>();
        var last = 0;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (Interlocked.Increment(ref last) is var seed && seed <= count && faults.Count < FaultsMax)
            {
                if (Find(seed, SimBugs.None) is { } fault)
                {
                    faults[seed] = fault;
                }
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return faults;
    }

    private static string? Find(int seed, SimBugs bugs) => SimChaos.Find(new SimWorld(seed, bugs));

    private static string Tail(int seed)
    {
        var world = new SimWorld(seed, SimBugs.None, traceMax: 40);
        try
        {
            SimChaos.Live(world);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return string.Join('\n', world.TraceLines.Append(fault.Message));
        }

        return string.Join('\n', world.TraceLines);
    }

    private void Replay(int seed)
    {
        var world = new SimWorld(seed, SimBugs.None, traceMax: 1_000_000);
        try
        {
            SimChaos.Live(world);
        }
        finally
        {
            File.WriteAllLines(Path.Combine(Path.GetTempPath(), $"edge-sim-{seed}.txt"), world.TraceLines);
            output.WriteLine(string.Join('\n', world.TraceLines.TakeLast(400)));
        }
    }
}
