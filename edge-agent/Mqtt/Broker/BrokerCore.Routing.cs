using System.Runtime.InteropServices;
using System.Text;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>From a message to the sessions that want it.</summary>
internal sealed partial class BrokerCore
{
    private readonly TopicTrie _trie = new();
    private readonly RetainedStore _retained;
    private readonly List<SubscriberList> _matches = [];
    private readonly List<Target> _targets = [];
    private readonly List<StoredMessage> _retainedMatches = [];
    private long _stamp;

    /// <summary>Publishes for the process itself, or a will for its session. Never called with the gate held.</summary>
    /// <returns>True when a session or, for a will, a handler wanted it.</returns>
    public bool PublishFrom(MqttMessage message, Session? publisher)
    {
        if (Local.Wants(message.Topic))
        {
            Local.Offer(new MqttBrokerMessage(
                message.Topic, message.Payload, publisher?.ClientId, message.QualityOfServiceLevel, message.Retain));
        }

        var properties = MessageMapper.ToProperties(message);
        var encoded = new ByteBuffer();
        var start = 0;
        if (properties != PacketProperties.None)
        {
            properties.Write(encoded);
            start = 1;
            while (encoded.Written[start - 1] >= 0x80)
            {
                start++;
            }
        }

        var routed = new RoutedMessage
        {
            Topic = Encoding.UTF8.GetBytes(message.Topic),
            TopicText = message.Topic,
            Properties = encoded.Written[start..],
            Payload = message.Payload.Span,
            Qos = message.QualityOfServiceLevel,
            Retain = message.Retain,
            ExpiresAt = message.MessageExpiryIntervalSeconds is { } seconds ? Now + Math.Max(1, seconds * 1000L) : 0,
            Publisher = publisher,
        };
        MqttReasonCode code;
        lock (Gate)
        {
            code = Route(ref routed);
        }

        encoded.Release();
        Settle();
        return code == MqttReasonCode.Success;
    }

    /// <summary>Retains the message if it asks for it and delivers it to every session that matches. With the gate held.</summary>
    /// <returns><c>Success</c>, <c>NoMatchingSubscribers</c>, or <c>QuotaExceeded</c> when it could not be retained.</returns>
    public MqttReasonCode Route(ref RoutedMessage message)
    {
        if (message.Retain && !_retained.Set(ref message))
        {
            Counters.Refused++;
            return MqttReasonCode.QuotaExceeded;
        }

        _matches.Clear();
        _trie.Match(message.TopicText, _matches);
        var delivered = _matches.Count == 1 && _matches[0].Group is null
            ? DeliverTo(_matches[0], ref message)
            : _matches.Count > 0 && DeliverMerged(ref message);
        return delivered ? MqttReasonCode.Success : MqttReasonCode.NoMatchingSubscribers;
    }

    /// <summary>Adds or replaces a subscription whose filter is valid. With the gate held.</summary>
    public MqttReasonCode Subscribe(Session session, MqttTopicFilter filter, uint identifier, out bool isNew)
    {
        var existing = session.Subscriptions.Find(s => s.Filter.Topic == filter.Topic);
        isNew = existing is null;
        if (existing is not null)
        {
            existing.Replace(filter, identifier);
        }
        else if (session.Subscriptions.Count >= Limits.MaximumSubscriptionsPerSession)
        {
            return MqttReasonCode.QuotaExceeded;
        }
        else
        {
            var subscription = new Subscription(session, filter, identifier);
            session.Subscriptions.Add(subscription);
            _trie.Add(subscription);
        }

        return (MqttReasonCode)filter.QualityOfServiceLevel;
    }

    /// <summary>Ends a subscription. With the gate held.</summary>
    public MqttReasonCode Unsubscribe(Session session, string filter)
    {
        var index = session.Subscriptions.FindIndex(s => s.Filter.Topic == filter);
        if (index < 0)
        {
            return MqttReasonCode.NoSubscriptionExisted;
        }

        _trie.Remove(session.Subscriptions[index]);
        session.Subscriptions.RemoveAt(index);
        return MqttReasonCode.Success;
    }

    /// <summary>Sends the retained messages that a new subscription asks for. With the gate held.</summary>
    public void SendRetained(Session session, MqttTopicFilter filter, uint identifier, bool isNew)
    {
        if (filter.Topic.StartsWith(MqttTopics.SharePrefix, StringComparison.Ordinal)
            || filter.RetainHandling == MqttRetainHandling.DoNotSendOnSubscribe
            || (filter.RetainHandling == MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly && !isNew))
        {
            return;
        }

        _retainedMatches.Clear();
        _retained.Match(filter.Topic, Now, _retainedMatches);
        foreach (var stored in _retainedMatches)
        {
            var view = stored.View();
            var qos = Lower(stored.Qos, filter.QualityOfServiceLevel);
            session.Deliver(ref view, qos, retain: true, SubscriptionIdentifiers.Of(identifier));
        }

        _retainedMatches.Clear();
    }

    /// <summary>The usual case: one filter matched, so no session can match twice.</summary>
    private static bool DeliverTo(SubscriberList list, ref RoutedMessage message)
    {
        var delivered = false;
        foreach (var subscription in list.Items)
        {
            if (subscription.Filter.NoLocal && subscription.Session == message.Publisher)
            {
                continue;
            }

            delivered = true;
            var retain = message.Retain && subscription.Filter.RetainAsPublished;
            var qos = Lower(message.Qos, subscription.Filter.QualityOfServiceLevel);
            subscription.Session.Deliver(ref message, qos, retain, SubscriptionIdentifiers.Of(subscription.Identifier));
        }

        return delivered;
    }

    /// <summary>Several filters matched: each session gets one copy, at the highest quality, with all its identifiers; each group one
    /// copy.</summary>
    private bool DeliverMerged(ref RoutedMessage message)
    {
        _stamp++;
        _targets.Clear();
        foreach (var list in _matches)
        {
            if (list.Group is not null)
            {
                if (Pick(list) is { } chosen)
                {
                    _targets.Add(Target.Of(chosen, in message));
                }

                continue;
            }

            foreach (var subscription in list.Items)
            {
                Merge(subscription, in message);
            }
        }

        foreach (var target in _targets)
        {
            target.Session.Deliver(ref message, target.Qos, target.Retain, target.Identifiers);
        }

        var any = _targets.Count > 0;
        _targets.Clear();
        return any;
    }

    private void Merge(Subscription subscription, in RoutedMessage message)
    {
        var session = subscription.Session;
        if (subscription.Filter.NoLocal && session == message.Publisher)
        {
            return;
        }

        if (session.Merge.Stamp != _stamp)
        {
            session.Merge = (_stamp, _targets.Count);
            _targets.Add(Target.Of(subscription, in message));
            return;
        }

        ref var target = ref CollectionsMarshal.AsSpan(_targets)[session.Merge.Index];
        var next = Target.Of(subscription, in message);
        target = target with
        {
            Qos = next.Qos > target.Qos ? next.Qos : target.Qos,
            Retain = target.Retain || next.Retain,
            Identifiers = target.Identifiers.With(subscription.Identifier),
        };
    }

    /// <summary>The group's next member that is connected; if none is, the next one.</summary>
    private static Subscription? Pick(SubscriberList group)
    {
        var members = group.Items;
        for (var i = 0; i < members.Length; i++)
        {
            var turn = (group.Turn + i) % members.Length;
            if (members[turn].Session.Connection is not null)
            {
                group.Turn = turn + 1;
                return members[turn];
            }
        }

        return members.IsEmpty ? null : members[group.Turn++ % members.Length];
    }

    private static MqttQualityOfServiceLevel Lower(MqttQualityOfServiceLevel a, MqttQualityOfServiceLevel b) => a < b ? a : b;

    private readonly record struct Target(
        Session Session, MqttQualityOfServiceLevel Qos, bool Retain, SubscriptionIdentifiers Identifiers)
    {
        public static Target Of(Subscription subscription, in RoutedMessage message) => new(
            subscription.Session,
            Lower(message.Qos, subscription.Filter.QualityOfServiceLevel),
            message.Retain && subscription.Filter.RetainAsPublished,
            SubscriptionIdentifiers.Of(subscription.Identifier));
    }
}
