using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Hosting;
using Edge.Hub.Fleet;
using Edge.Mqtt.Broker;

namespace Edge.Hub;

/// <summary>The hub's own lines of <c>/metrics</c>: what its engine loop, its broker and its fleet link count.</summary>
internal sealed class HubMetrics(EngineLoop engine, MqttBroker broker, FleetLink fleet)
{
    /// <summary>Adds the lines.</summary>
    public void Write(MetricsText text)
    {
        EngineMetrics.Write(text, engine);
        var mqtt = broker.Statistics;
        text.Gauge("edge_mqtt_connections", "Open MQTT connections.", mqtt.Connections)
            .Gauge("edge_mqtt_sessions", "MQTT sessions, connected or kept.", mqtt.Sessions)
            .Counter("edge_mqtt_messages_received_total", "Messages published to the broker.", mqtt.MessagesReceived)
            .Counter("edge_mqtt_messages_sent_total", "Messages delivered by the broker.", mqtt.MessagesSent)
            .Counter("edge_mqtt_bytes_received_total", "Bytes read from sockets.", mqtt.BytesReceived)
            .Counter("edge_mqtt_bytes_sent_total", "Bytes written to sockets.", mqtt.BytesSent)
            .Counter("edge_mqtt_messages_dropped_total", "Messages that a limit dropped.", mqtt.MessagesDropped)
            .Counter("edge_mqtt_slow_consumers_total", "Connections that were cut because they read too slowly.", mqtt.SlowConsumersCut)
            .Counter("edge_mqtt_protocol_errors_total", "Connections that were closed for what they sent.", mqtt.ProtocolErrors)
            .Counter("edge_fleet_unreadable_total", "Sync messages that could not be read.", fleet.Unreadable)
            .Counter("edge_fleet_unsendable_total", "Sync messages that no packet can carry.", fleet.Unsendable)
            .Counter("edge_fleet_dropped_total", "Sync messages that the engine had no room for; they are sent again.", fleet.Dropped);
    }
}
