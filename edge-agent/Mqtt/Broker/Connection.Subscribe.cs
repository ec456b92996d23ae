using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>SUBSCRIBE and UNSUBSCRIBE.</summary>
internal sealed partial class Connection
{
    private void HandleSubscribe(ReadOnlySpan<byte> body)
    {
        var fault = PacketDecoder.Subscribe(body, Version, out var packet);
        if (fault == MqttReasonCode.Success && packet.Filters.Any(f =>
            f.NoLocal && f.Topic.StartsWith(MqttTopics.SharePrefix, StringComparison.Ordinal)))
        {
            fault = MqttReasonCode.ProtocolError;
        }

        if (fault != MqttReasonCode.Success || Session is not { } session)
        {
            Fail(fault);
            return;
        }

        var codes = packet.Filters.Select(f => JudgeFilter(session, f.Topic)).ToArray();
        lock (_core.Gate)
        {
            if (_closed)
            {
                return;
            }

            var fresh = new List<(MqttTopicFilter Filter, bool IsNew)>(codes.Length);
            for (var i = 0; i < codes.Length; i++)
            {
                var filter = packet.Filters[i];
                if (codes[i] == MqttReasonCode.Success)
                {
                    codes[i] = _core.Subscribe(session, filter, packet.Identifier ?? 0, out var isNew);
                    if (codes[i] < MqttReasonCode.UnspecifiedError)
                    {
                        fresh.Add((filter, isNew));
                    }
                }
            }

            PacketEncoder.SubAck(_output, PacketType.SubAck, Version, packet.PacketId, codes);
            Touch();
            foreach (var (filter, isNew) in fresh)
            {
                _core.SendRetained(session, filter, packet.Identifier ?? 0, isNew);
            }
        }
    }

    private void HandleUnsubscribe(ReadOnlySpan<byte> body)
    {
        var fault = PacketDecoder.Unsubscribe(body, Version, out var packet);
        if (fault != MqttReasonCode.Success)
        {
            Fail(fault);
            return;
        }

        lock (_core.Gate)
        {
            if (Session is { } session)
            {
                var codes = packet.Filters.Select(f => MqttTopics.IsValidFilter(f)
                    ? _core.Unsubscribe(session, f)
                    : MqttReasonCode.TopicFilterInvalid).ToArray();
                PacketEncoder.SubAck(_output, PacketType.UnsubAck, Version, packet.PacketId, codes);
                Touch();
            }
        }
    }

    private MqttReasonCode JudgeFilter(Session session, string filter)
    {
        var inner = MqttTopics.TrySplitShared(filter, out _, out var rest) ? rest.ToString() : filter;
        if (!MqttTopics.IsValidFilter(filter) || MqttTopics.CountLevels(inner) > _core.Limits.MaximumTopicLevels)
        {
            return MqttReasonCode.TopicFilterInvalid;
        }

        return _core.Allows(_core.Options.AuthorizeSubscribe, new MqttAuthorizationContext(session.ClientId, session.UserName, inner))
            ? MqttReasonCode.Success
            : MqttReasonCode.NotAuthorized;
    }
}
