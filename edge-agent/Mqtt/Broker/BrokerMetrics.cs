using System.Diagnostics.Metrics;

namespace Edge.Mqtt.Broker;

/// <summary>The broker's counters under the meter <c>Edge.Mqtt</c>; they are read when somebody collects, and cost nothing
/// before.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    private readonly Meter _meter = new("Edge.Mqtt");
    private readonly BrokerCore _core;

    public BrokerMetrics(BrokerCore core)
    {
        _core = core;
        Gauge("edge.mqtt.connections", "{connection}", "Clients connected now.", s => s.Connections);
        Gauge("edge.mqtt.sessions", "{session}", "Sessions now, connected or not.", s => s.Sessions);
        Gauge("edge.mqtt.subscriptions", "{subscription}", "Subscriptions now.", s => s.Subscriptions);
        Gauge("edge.mqtt.retained", "{message}", "Retained messages now.", s => s.RetainedMessages);
        Counter("edge.mqtt.connects", "{connection}", "CONNECTs admitted.", s => s.Connects);
        Counter("edge.mqtt.messages.received", "{message}", "PUBLISH packets received.", s => s.MessagesReceived);
        Counter("edge.mqtt.messages.sent", "{message}", "PUBLISH packets sent.", s => s.MessagesSent);
        Counter("edge.mqtt.bytes.received", "By", "Bytes received.", s => s.BytesReceived);
        Counter("edge.mqtt.bytes.sent", "By", "Bytes sent.", s => s.BytesSent);
        Counter("edge.mqtt.messages.dropped", "{message}", "Messages that a session should have got and did not.", s => s.MessagesDropped);
        Counter("edge.mqtt.messages.refused", "{message}", "Messages refused: not authorized, or a quota.", s => s.MessagesRefused);
        Counter("edge.mqtt.slow_consumers.cut", "{connection}", "Connections cut because they read too slowly.", s => s.SlowConsumersCut);
        Counter("edge.mqtt.protocol_errors", "{connection}", "Connections cut for malformed or forbidden packets.", s => s.ProtocolErrors);
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<MqttBrokerStatistics, long> read) =>
        _meter.CreateObservableUpDownCounter(name, () => read(_core.Snapshot()), unit, description);

    private void Counter(string name, string unit, string description, Func<MqttBrokerStatistics, long> read) =>
        _meter.CreateObservableCounter(name, () => read(_core.Snapshot()), unit, description);
}
