using System.Globalization;
using System.Text;
using Edge.Core.Model;
using Edge.Daemon.Api.Mesos.State;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Mesos;

/// <summary><c>/metrics/snapshot</c> as Mesos has it, and <c>/metrics</c> for Prometheus.</summary>
internal sealed class MetricsEndpoint(MesosHost host)
{
    private static readonly string[] s_timeUnits = ["ns", "us", "ms", "secs", "mins", "hrs", "days", "weeks"];

    private static readonly TaskState[] s_liveStates =
        [TaskState.Staging, TaskState.Starting, TaskState.Running, TaskState.Killing, TaskState.Unreachable];

    public Task MasterSnapshotAsync(HttpContext context) => SnapshotAsync(context, MetricValues.OfMaster);

    public Task AgentSnapshotAsync(HttpContext context) => SnapshotAsync(context, MetricValues.OfAgent);

    public Task PrometheusAsync(HttpContext context)
    {
        var state = host.Gateway.Snapshot;
        var text = new MetricsText();
        WriteCluster(text, state);
        WriteCounters(text, state.Counters);
        text.Gauge("edge_streams_open", "Open event streams of frameworks.", host.Streams.Count)
            .Gauge("edge_streams_waiting_records", "Records that wait for their readers.", host.Streams.Waiting)
            .Counter("edge_streams_opened_total", "Event streams opened.", host.Streams.Opened)
            .Counter("edge_streams_cut_total", "Event streams cut because their reader was too slow.", host.Streams.Cut)
            .Gauge("process_resident_memory_bytes", "Resident memory of the process.", Environment.WorkingSet)
            .Gauge("process_managed_memory_bytes", "Managed heap of the process.", GC.GetTotalMemory(forceFullCollection: false));
        foreach (var source in host.Metrics)
        {
            source(text);
        }

        return ResponseBody.SendAsync(context, StatusCodes.Status200OK, MetricsText.ContentType, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private Task SnapshotAsync(HttpContext context, Func<ClusterState, DateTimeOffset, SortedDictionary<string, double>> values)
    {
        string? timeout = context.Request.Query["timeout"];
        if (timeout is not null && !IsDuration(timeout))
        {
            return ResponseBody.SendTextAsync(
                context,
                StatusCodes.Status400BadRequest,
                $"Invalid timeout '{timeout}': allowed is a number with one of {string.Join(", ", s_timeUnits)}, such as 100ms");
        }

        return ReadEndpoints.SendAsync(context, json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in values(host.Gateway.Snapshot, host.Time.GetUtcNow()))
            {
                json.WriteNumber(name, double.IsFinite(value) ? value : 0);
            }

            json.WriteEndObject();
        });
    }

    /// <summary>True for a number with a unit of time. Source: stout, Duration::parse.</summary>
    private static bool IsDuration(string text) => s_timeUnits.Any(unit => text.EndsWith(unit, StringComparison.Ordinal)
        && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _));

    private static void WriteCluster(MetricsText text, ClusterState state)
    {
        var nodes = state.Nodes.Values.CountBy(n => n.Reachability == Reachability.Unreachable ? "unreachable"
            : n.Recovered ? "recovered" : n.Connected ? "connected" : "cut").ToDictionary();
        var tasks = state.Tasks.Values.Where(t => !t.IsTerminal).CountBy(t => TaskJson.StateOf(state, t)).ToDictionary();
        var frameworks = state.Frameworks.Values.CountBy(f => f.Phase).ToDictionary();
        text.Gauge("edge_cluster_version", "Batches that changed the cluster.", state.Version)
            .Gauge("edge_nodes", "Nodes by what is known of them.", "state", Count(["connected", "cut", "unreachable", "recovered"], nodes))
            .Gauge("edge_tasks", "Live tasks by state.", "state", s_liveStates.Select(s =>
                KeyValuePair.Create(StatusMapping.Name(s), (double)tasks.GetValueOrDefault(s))))
            .Gauge("edge_tasks_kept", "Tasks that are kept, history included.", state.Tasks.Count)
            .Gauge("edge_frameworks", "Frameworks by phase.", "phase", Enum.GetValues<FrameworkPhase>().Select(p =>
                KeyValuePair.Create(p.ToString().ToLowerInvariant(), (double)frameworks.GetValueOrDefault(p))))
            .Gauge("edge_offers_open", "Open offers.", state.Offers.Count)
            .Gauge("edge_timers", "Instants that the engine waits for.", state.Timers.Count);
        if (state.Self is { } self)
        {
            text.Gauge("edge_outbox_statuses", "Statuses that the hub has not committed.", self.Outbox.Count)
                .Gauge("edge_hub_session", "1 while a session with the hub is open.", self.Welcomed ? 1 : 0);
        }
    }

    private static void WriteCounters(MetricsText text, ClusterCounters counters) => text
        .Counter("edge_tasks_launched_total", "Tasks accepted.", counters.TasksLaunched)
        .Counter("edge_tasks_finished_total", "Tasks that ended with exit status 0.", counters.TasksFinished)
        .Counter("edge_tasks_failed_total", "Tasks that ended otherwise.", counters.TasksFailed)
        .Counter("edge_tasks_killed_total", "Tasks that ended on request.", counters.TasksKilled)
        .Counter("edge_tasks_error_total", "Tasks refused before launch.", counters.TasksError)
        .Counter("edge_tasks_lost_total", "Tasks dropped, gone or lost.", counters.TasksLost)
        .Counter("edge_statuses_applied_total", "Statuses applied.", counters.StatusesApplied)
        .Counter("edge_statuses_ignored_total", "Statuses ignored: repeated, late, or of another run.", counters.StatusesIgnored)
        .Counter("edge_calls_invalid_total", "Calls of frameworks that named something invalid.", counters.InvalidCalls)
        .Counter("edge_sessions_refused_total", "Sessions of nodes refused.", counters.SessionsRefused)
        .Counter("edge_messages_dropped_total", "Messages of frameworks that could not be delivered.", counters.MessagesDropped)
        .Counter("edge_allocation_runs_total", "Allocation cycles.", counters.AllocationRuns)
        .Counter("edge_offers_made_total", "Offers made.", counters.OffersMade);

    private static IEnumerable<KeyValuePair<string, double>> Count(string[] names, Dictionary<string, int> counts) =>
        names.Select(name => KeyValuePair.Create(name, (double)counts.GetValueOrDefault(name)));
}
