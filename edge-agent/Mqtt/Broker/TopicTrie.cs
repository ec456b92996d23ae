using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>One level of a filter: what hangs below it and who subscribed exactly here.</summary>
internal sealed class TopicNode(TopicNode? parent, string level)
{
    private Dictionary<string, TopicNode>? _children;
    private TopicNode? _only;

    public TopicNode? Parent { get; } = parent;

    public string Level { get; } = level;

    public SubscriberList? Subscribers { get; set; }

    /// <summary>The shared groups of this filter; null when there is none.</summary>
    public List<SubscriberList>? Groups { get; set; }

    public bool IsEmpty => _only is null && _children is null && Subscribers is null && Groups is null;

    /// <summary>The child of that name. One child is held directly: most levels have one, and a dictionary costs ten times as
    /// much.</summary>
    public TopicNode? Find(ReadOnlySpan<char> level)
    {
        if (_children is not null)
        {
            return _children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(level, out var child) ? child : null;
        }

        return _only is not null && level.SequenceEqual(_only.Level) ? _only : null;
    }

    public TopicNode FindOrAdd(ReadOnlySpan<char> level)
    {
        if (Find(level) is { } found)
        {
            return found;
        }

        var child = new TopicNode(this, level.ToString());
        if (_children is null && _only is null)
        {
            _only = child;
            return child;
        }

        if (_children is null)
        {
            _children = new Dictionary<string, TopicNode>(StringComparer.Ordinal) { [_only!.Level] = _only }; // _only: checked above
            _only = null;
        }

        _children.Add(child.Level, child);
        return child;
    }

    public void Remove(TopicNode child)
    {
        if (_only == child)
        {
            _only = null;
        }
        else if (_children is not null && _children.Remove(child.Level) && _children.Count == 0)
        {
            _children = null;
        }
    }
}

/// <summary>Every filter that somebody subscribed to, level by level. A message visits only the levels that its topic matches.</summary>
/// <remarks>Guarded by the broker's gate.</remarks>
internal sealed class TopicTrie
{
    private readonly TopicNode _root = new(null, string.Empty);

    /// <summary>The number of subscriptions.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a subscription whose filter is valid.</summary>
    public void Add(Subscription subscription)
    {
        var filter = subscription.Filter.Topic.AsSpan();
        string? group = null;
        if (MqttTopics.TrySplitShared(filter, out var name, out var inner))
        {
            group = name.ToString();
            filter = inner;
        }

        var node = _root;
        for (var more = true; more;)
        {
            node = node.FindOrAdd(MqttTopics.NextLevel(filter, out filter, out more));
        }

        ListOf(node, group).Add(subscription);
        Count++;
    }

    /// <summary>Removes a subscription that was added.</summary>
    public void Remove(Subscription subscription)
    {
        if (subscription.Home is not { } list)
        {
            return;
        }

        list.Remove(subscription);
        Count--;
        if (list.Count > 0)
        {
            return;
        }

        var node = list.Node;
        if (list.Group is null)
        {
            node.Subscribers = null;
        }
        else if (node.Groups is { } groups && groups.Remove(list) && groups.Count == 0)
        {
            node.Groups = null;
        }

        while (node is { IsEmpty: true, Parent: { } parent })
        {
            parent.Remove(node);
            node = parent;
        }
    }

    /// <summary>Adds every list whose filter matches the topic, shared groups too.</summary>
    public void Match(ReadOnlySpan<char> topic, List<SubscriberList> matches) =>
        Match(_root, topic, wildcards: !topic.StartsWith('$'), matches);

    private static void Match(TopicNode node, ReadOnlySpan<char> topic, bool wildcards, List<SubscriberList> matches)
    {
        if (wildcards && node.Find("#") is { } rest)
        {
            Take(rest, matches);
        }

        var level = MqttTopics.NextLevel(topic, out var below, out var more);
        if (wildcards && node.Find("+") is { } any)
        {
            Descend(any, below, more, matches);
        }

        if (node.Find(level) is { } exact)
        {
            Descend(exact, below, more, matches);
        }
    }

    private static void Descend(TopicNode node, ReadOnlySpan<char> below, bool more, List<SubscriberList> matches)
    {
        if (more)
        {
            Match(node, below, wildcards: true, matches);
            return;
        }

        Take(node, matches);
        if (node.Find("#") is { } parentToo)
        {
            Take(parentToo, matches);
        }
    }

    private static void Take(TopicNode node, List<SubscriberList> matches)
    {
        if (node.Subscribers is not null)
        {
            matches.Add(node.Subscribers);
        }

        if (node.Groups is not null)
        {
            matches.AddRange(node.Groups);
        }
    }

    private static SubscriberList ListOf(TopicNode node, string? group)
    {
        if (group is null)
        {
            return node.Subscribers ??= new SubscriberList(node, null);
        }

        node.Groups ??= [];
        var list = node.Groups.Find(g => g.Group == group);
        if (list is null)
        {
            list = new SubscriberList(node, group);
            node.Groups.Add(list);
        }

        return list;
    }
}
