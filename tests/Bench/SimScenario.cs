using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Tests.Simulation;

namespace Edge.Bench;

/// <summary>Lives seeds of the simulated fleet: how many per second, how fast its time goes, and what did not hold.</summary>
/// <remarks>Options: <c>--seed</c> the first, 1; <c>--seeds</c> how many, 1; <c>--steps</c> events after which a life is cut off, 0 for
/// none; <c>--threads</c> 1; <c>--trace</c> last lines that are shown of the first seed that failed, or of a single seed, 40;
/// <c>--seconds</c> after which no new seed begins, 0 for none.</remarks>
internal static partial class SimScenario
{
    public static Task<BenchReport> RunAsync(BenchArguments arguments)
    {
        var first = arguments.Get("seed", 1);
        var count = arguments.Get("seeds", 1);
        var steps = arguments.Get("steps", 0);
        var limit = TimeSpan.FromSeconds(arguments.Get("seconds", 0));
        var faults = new ConcurrentDictionary<int, string>();
        var events = 0L;
        var simulated = 0L;
        var lived = 0;
        var watch = Stopwatch.StartNew();
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = arguments.Get("threads", 1) }, (seed, loop) =>
        {
            if (limit > TimeSpan.Zero && watch.Elapsed > limit)
            {
                loop.Stop();
                return;
            }

            var world = new SimWorld(seed) { StepsMax = steps };
            if (SimChaos.Find(world) is { } fault)
            {
                faults[seed] = (world.Hostile ? "Databases lost: " : string.Empty) + fault;
            }

            Interlocked.Add(ref events, world.Events);
            Interlocked.Add(ref simulated, world.Time.Ticks);
            Interlocked.Increment(ref lived);
        });
        var seconds = watch.Elapsed.TotalSeconds;
        var report = new BenchReport("sim", "seeds", "failed", "seconds", "seeds/s", "simulated s per s", "events", "events/s");
        report.Add(
            lived, faults.Count, Round(seconds), Round(lived / seconds), Round(new TimeSpan(simulated).TotalSeconds / seconds), events,
            Round(events / seconds));
        Explain(report, faults, first, count, steps, arguments.Get("trace", 40));
        return Task.FromResult(report);
    }

    private static void Explain(
        BenchReport report, ConcurrentDictionary<int, string> faults, int first, int count, int steps, int trace)
    {
        foreach (var kind in faults.GroupBy(f => Kind(f.Value))
            .OrderByDescending(g => g.Count()))
        {
            var least = kind.MinBy(f => f.Key);
            report.Note($"{kind.Count()} x seeds {string.Join(", ", kind.Select(f => f.Key).Order().Take(6))}: {least.Value}");
        }

        if (!faults.IsEmpty || count == 1)
        {
            var world = new SimWorld(faults.IsEmpty ? first : faults.Keys.Min(), SimBugs.None, trace) { StepsMax = steps };
            SimChaos.Find(world);
            report.Note($"The end of seed {world.Seed}:");
            foreach (var line in world.TraceLines)
            {
                report.Note(line);
            }
        }
    }

    /// <summary>What two faults of one cause have in common.</summary>
    private static string Kind(string fault)
    {
        var text = Names().Replace(fault.Split('\n')[0], string.Empty);
        return text[..Math.Min(60, text.Length)];
    }

    [GeneratedRegex("instance-[0-9a-f-]{36}|[0-9]+")]
    private static partial Regex Names();

    private static string Round(double value) => value.ToString(value < 100 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
