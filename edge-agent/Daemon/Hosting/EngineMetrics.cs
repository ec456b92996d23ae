using Edge.Daemon.Api.Mesos;

namespace Edge.Daemon.Hosting;

/// <summary>What an engine loop counts, as lines of <c>/metrics</c>.</summary>
public static class EngineMetrics
{
    /// <summary>Adds the lines.</summary>
    public static void Write(MetricsText text, EngineLoop engine)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(engine);
        text.Gauge("edge_engine_commands_waiting", "Commands that wait for the engine.", engine.Waiting)
            .Gauge(
                "edge_engine_journal_failing", "1 while the newest commit failed, a full disk for example.",
                engine.CommitFailure is null ? 0 : 1)
            .Counter("edge_engine_commit_failures_total", "Batches that the journal refused; each is tried again.", engine.CommitFailures)
            .Counter("edge_engine_commands_faulty_total", "Commands that the engine could not decide.", engine.CommandsFaulty)
            .Counter(
                "edge_engine_assignments_refused_total", "Sets of work not taken because the outbox is full.",
                engine.Snapshot.Counters.AssignmentsRefused);
    }
}
