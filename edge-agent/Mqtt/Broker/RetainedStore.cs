using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>The last retained message of each topic, level by level. Guarded by the broker's gate.</summary>
internal sealed class RetainedStore(MqttBrokerLimits limits)
{
    private readonly Node _root = new(null, string.Empty);
    private long _bytes;

    public int Count { get; private set; }

    /// <summary>Keeps the message, or removes the topic's one when the payload is empty; false when there is no room.</summary>
    public bool Set(ref RoutedMessage message)
    {
        if (message.Payload.IsEmpty)
        {
            Remove(Find(message.TopicText));
            return true;
        }

        var old = Find(message.TopicText)?.Message;
        var count = Count + (old is null ? 1 : 0);
        var bytes = _bytes + message.Size - (old?.Size ?? 0);
        if (count > limits.MaximumRetainedMessages || bytes > limits.MaximumRetainedBytes)
        {
            return false;
        }

        var node = FindOrAdd(message.TopicText);
        node.Message?.Release();
        node.Message = StoredMessage.Hold(ref message);
        Count = count;
        _bytes = bytes;
        return true;
    }

    /// <summary>Adds the messages that match an unshared filter and have not expired; the expired ones on the way are removed.</summary>
    public void Match(ReadOnlySpan<char> filter, long now, List<StoredMessage> matches)
    {
        var expired = new List<Node>(0);
        Match(_root, filter, now, matches, expired);
        expired.ForEach(Remove);
    }

    private static void Match(Node node, ReadOnlySpan<char> filter, long now, List<StoredMessage> matches, List<Node> expired)
    {
        var level = MqttTopics.NextLevel(filter, out var below, out var more);
        if (level is "#")
        {
            TakeAll(node, now, matches, expired);
            return;
        }

        if (level is "+")
        {
            foreach (var child in node.Children?.Values ?? Enumerable.Empty<Node>())
            {
                if (node.Parent is not null || !child.Level.StartsWith('$'))
                {
                    Step(child, below, more, now, matches, expired);
                }
            }
        }
        else if (node.Find(level) is { } exact)
        {
            Step(exact, below, more, now, matches, expired);
        }
    }

    private static void Step(Node node, ReadOnlySpan<char> below, bool more, long now, List<StoredMessage> matches, List<Node> expired)
    {
        if (more)
        {
            Match(node, below, now, matches, expired);
        }
        else
        {
            Take(node, now, matches, expired);
        }
    }

    private static void TakeAll(Node node, long now, List<StoredMessage> matches, List<Node> expired)
    {
        Take(node, now, matches, expired);
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<Node>())
        {
            if (node.Parent is not null || !child.Level.StartsWith('$'))
            {
                TakeAll(child, now, matches, expired);
            }
        }
    }

    private static void Take(Node node, long now, List<StoredMessage> matches, List<Node> expired)
    {
        if (node.Message is not { } message)
        {
            return;
        }

        if (message.ExpiresAt != 0 && message.ExpiresAt <= now)
        {
            expired.Add(node);
        }
        else
        {
            matches.Add(message);
        }
    }

    private void Remove(Node? node)
    {
        if (node?.Message is not { } message)
        {
            return;
        }

        Count--;
        _bytes -= message.Size;
        message.Release();
        node.Message = null;
        while (node is { Message: null, Children: null, Parent: { } parent })
        {
            parent.Children!.Remove(node.Level); // The parent has at least this child.
            parent.Children = parent.Children.Count == 0 ? null : parent.Children;
            node = parent;
        }
    }

    private Node? Find(ReadOnlySpan<char> topic)
    {
        var node = _root;
        for (var more = true; more && node is not null;)
        {
            node = node.Find(MqttTopics.NextLevel(topic, out topic, out more));
        }

        return node;
    }

    private Node FindOrAdd(ReadOnlySpan<char> topic)
    {
        var node = _root;
        for (var more = true; more;)
        {
            var level = MqttTopics.NextLevel(topic, out topic, out more);
            if (node.Find(level) is not { } child)
            {
                child = new Node(node, level.ToString());
                (node.Children ??= new Dictionary<string, Node>(StringComparer.Ordinal)).Add(child.Level, child);
            }

            node = child;
        }

        return node;
    }

    private sealed class Node(Node? parent, string level)
    {
        public Node? Parent { get; } = parent;

        public string Level { get; } = level;

        public Dictionary<string, Node>? Children { get; set; }

        public StoredMessage? Message { get; set; }

        public Node? Find(ReadOnlySpan<char> name) =>
            Children is not null && Children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var child) ? child : null;
    }
}
