using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>One session's subscription; it sits at one node of the trie, or in one shared group.</summary>
internal sealed class Subscription(Session session, MqttTopicFilter filter, uint identifier)
{
    public Session Session { get; } = session;

    public MqttTopicFilter Filter { get; private set; } = filter;

    /// <summary>0 when the client gave none.</summary>
    public uint Identifier { get; private set; } = identifier;

    /// <summary>Where it stands in the list that holds it, so that it leaves without a search.</summary>
    public int Index { get; set; }

    /// <summary>The list that holds it.</summary>
    public SubscriberList? Home { get; set; }

    /// <summary>The same filter was subscribed to again: the new options take the place of the old ones.</summary>
    public void Replace(MqttTopicFilter filter, uint identifier)
    {
        Filter = filter;
        Identifier = identifier;
    }
}

/// <summary>Subscriptions in no order; adding and removing cost the same for one and for ten thousand.</summary>
internal sealed class SubscriberList(TopicNode node, string? group)
{
    private Subscription[] _items = new Subscription[1];

    /// <summary>The node this list belongs to.</summary>
    public TopicNode Node { get; } = node;

    /// <summary>The name of the shared group; null when every member gets every message.</summary>
    public string? Group { get; } = group;

    public int Count { get; private set; }

    public ReadOnlySpan<Subscription> Items => _items.AsSpan(0, Count);

    /// <summary>The member of a shared group whose turn is next.</summary>
    public int Turn { get; set; }

    public void Add(Subscription subscription)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        subscription.Index = Count;
        subscription.Home = this;
        _items[Count++] = subscription;
    }

    public void Remove(Subscription subscription)
    {
        var last = _items[--Count];
        _items[subscription.Index] = last;
        last.Index = subscription.Index;
        _items[Count] = null!; // The slot is free; only Items shows slots, and it ends before this one.
        subscription.Home = null;
        if (_items.Length > 16 && Count < _items.Length / 4)
        {
            Array.Resize(ref _items, _items.Length / 2);
        }
    }
}
