using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>The process's own subscriptions: few, tested one by one without a lock.</summary>
internal sealed class LocalSubscriptions(MqttBrokerLimits limits, Action<Exception> report)
{
    private readonly Lock _gate = new();
    private volatile Entry[] _entries = [];

    /// <exception cref="ArgumentException">The filter is not valid, or shared.</exception>
    /// <exception cref="InvalidOperationException">There are too many.</exception>
    public IDisposable Add(string filter, MqttBrokerMessageHandler handler)
    {
        if (!MqttTopics.IsValidFilter(filter) || filter.StartsWith(MqttTopics.SharePrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{filter}' is not a plain topic filter.", nameof(filter));
        }

        var entry = new Entry(this, filter, handler);
        lock (_gate)
        {
            if (_entries.Length >= limits.MaximumInProcessSubscriptions)
            {
                throw new InvalidOperationException(
                    $"There are already {_entries.Length} in-process subscriptions, as many as the limits allow.");
            }

            _entries = [.. _entries, entry];
        }

        return entry;
    }

    /// <summary>True when some handler wants this topic.</summary>
    public bool Wants(ReadOnlySpan<char> topic)
    {
        foreach (var entry in _entries)
        {
            if (MqttTopics.Matches(entry.Filter, topic))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Calls every handler that wants the message; false when one did not take it.</summary>
    public bool Offer(in MqttBrokerMessage message)
    {
        var taken = true;
        foreach (var entry in _entries)
        {
            if (MqttTopics.Matches(entry.Filter, message.Topic))
            {
                taken &= Call(entry, in message);
            }
        }

        return taken;
    }

    private bool Call(Entry entry, in MqttBrokerMessage message)
    {
        try
        {
            return entry.Handler(in message);
        }
        catch (Exception fault)
        {
            report(fault);
            return false;
        }
    }

    private void Remove(Entry entry)
    {
        lock (_gate)
        {
            _entries = [.. _entries.Where(e => e != entry)];
        }
    }

    private sealed class Entry(LocalSubscriptions owner, string filter, MqttBrokerMessageHandler handler) : IDisposable
    {
        public string Filter { get; } = filter;

        public MqttBrokerMessageHandler Handler { get; } = handler;

        public void Dispose() => owner.Remove(this);
    }
}
