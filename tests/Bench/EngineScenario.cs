using System.Diagnostics;
using System.Globalization;
using Edge.Core.Model;

namespace Edge.Bench;

/// <summary>What the engine decides per second, without a network and without a database: offers, placements, statuses,
/// acknowledgements.</summary>
/// <remarks>Options: <c>--nodes</c> 10000, <c>--tasks</c> per offer 4, <c>--batch</c> commands per decision 64, <c>--runs</c> 5;
/// <c>--large</c> measures the memory of 100,000 nodes and 1,000,000 tasks instead.</remarks>
internal static class EngineScenario
{
    public static Task<BenchReport> RunAsync(BenchArguments arguments) =>
        Task.FromResult(arguments.Has("large") ? Large(arguments) : Rates(arguments));

    private static BenchReport Rates(BenchArguments arguments)
    {
        var nodes = arguments.Get("nodes", 10_000);
        var perOffer = arguments.Get("tasks", 4);
        var batch = arguments.Get("batch", 64);
        var runs = arguments.Get("runs", 5);
        var figures = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        for (var run = 0; run <= runs; run++)
        {
            var measured = Life(nodes, perOffer, batch);
            foreach (var (name, value) in run == 0 ? [] : measured)
            {
                // The first run warms the compiler up and does not count.
                figures.TryAdd(name, []);
                figures[name].Add(value);
            }
        }

        var report = new BenchReport("engine", "what", "median per s", "lowest", "highest");
        foreach (var (name, values) in figures)
        {
            values.Sort();
            report.Add(name, Whole(values[values.Count / 2]), Whole(values[0]), Whole(values[^1]));
        }

        report.Note($"{nodes} nodes, {perOffer} tasks per offer, {batch} commands per decision, {runs} runs, one thread.");
        report.Note("A life is ACCEPT, three statuses of the node and three acknowledgements of the framework.");
        return report;
    }

    /// <summary>Fills every node once and lets everything run to its end; returns rates per second.</summary>
    private static Dictionary<string, double> Life(int nodes, int perOffer, int batch)
    {
        var fleet = new EngineFleet(batch);
        var watch = Stopwatch.StartNew();
        fleet.Register(nodes);
        var registered = watch.Elapsed.TotalSeconds;
        watch.Restart();
        fleet.Subscribe();
        var offered = watch.Elapsed.TotalSeconds;
        watch.Restart();
        var placed = fleet.Accept(perOffer);
        var accepted = watch.Elapsed.TotalSeconds;
        foreach (var state in (TaskState[])[TaskState.Starting, TaskState.Running, TaskState.Finished])
        {
            fleet.Report(state);
            fleet.Acknowledge();
        }

        var lived = watch.Elapsed.TotalSeconds;
        return new Dictionary<string, double>
        {
            ["registrations"] = nodes / registered,
            ["offers"] = nodes / offered,
            ["placements (ACCEPT alone)"] = placed / accepted,
            ["placements (whole lives)"] = placed / lived,
            ["statuses and acknowledgements"] = 6.0 * placed / (lived - accepted),
        };
    }

    private static BenchReport Large(BenchArguments arguments)
    {
        var nodes = arguments.Get("nodes", 100_000);
        var perOffer = arguments.Get("tasks", 10);
        var report = new BenchReport("engine", "what", "count", "seconds", "MiB", "bytes each");
        var fleet = new EngineFleet(arguments.Get("batch", 256));
        var watch = Stopwatch.StartNew();
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        fleet.Register(nodes);
        Add("nodes", nodes, empty);
        fleet.Subscribe();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        watch.Restart();
        var placed = fleet.Accept(perOffer);
        fleet.Report(TaskState.Starting);
        fleet.Acknowledge();
        fleet.Report(TaskState.Running);
        fleet.Acknowledge();
        Add("tasks, running", placed, before);
        report.Note(
            $"{Whole(GC.GetTotalMemory(true) / 1048576.0)} MiB in all; every task has its own specification of 100 bytes on the wire.");
        return report;

        void Add(string what, int count, long since)
        {
            var seconds = watch.Elapsed.TotalSeconds;
            var bytes = GC.GetTotalMemory(forceFullCollection: true) - since;
            report.Add(
                what, count, seconds.ToString("F1", CultureInfo.InvariantCulture), Whole(bytes / 1048576.0), Whole((double)bytes / count));
        }
    }

    private static string Whole(double value) => value.ToString("F0", CultureInfo.InvariantCulture);
}
