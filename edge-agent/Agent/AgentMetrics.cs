using Edge.Agent.Sync;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Hosting;

namespace Edge.Agent;

/// <summary>The agent's own lines of <c>/metrics</c>: what its engine loop and its link count.</summary>
internal sealed class AgentMetrics(EngineLoop engine, Func<HubLink?> link)
{
    /// <summary>Adds the lines.</summary>
    public void Write(MetricsText text)
    {
        EngineMetrics.Write(text, engine);
        var self = engine.Snapshot.Self;
        text.Gauge("edge_outbox_statuses", "Statuses that the hub has not committed.", self?.Outbox.Count ?? 0)
            .Gauge("edge_hub_session", "1 while the hub has welcomed this node.", self is { Welcomed: true } ? 1 : 0)
            .Gauge("edge_hub_connected", "1 while the connection to the broker is open.", link() is { IsConnected: true } ? 1 : 0)
            .Counter("edge_hub_connects_total", "Connections to the broker.", link()?.Connects ?? 0)
            .Counter(
                "edge_hub_messages_dropped_total", "Messages for the hub that were dropped; they are sent again.", link()?.Dropped ?? 0);
    }
}
