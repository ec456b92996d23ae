using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>Sessions: who is here, who may come back, and what happens to a will. Everything here is called with the gate held.</summary>
internal sealed partial class BrokerCore
{
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private int _connected;
    private bool _stopped;

    /// <summary>The session's life beyond its connection, as far as the broker grants it.</summary>
    public uint CapExpiry(uint seconds) => (uint)Math.Min(seconds, (ulong)Limits.MaximumSessionExpiry.TotalSeconds);

    /// <summary>Finds or makes the session of a client that was admitted; null when there is no room.</summary>
    public Session? Attach(Connection connection, ConnectPacket packet, out bool present, out MqttReasonCode fault)
    {
        fault = MqttReasonCode.Success;
        if (_sessions.TryGetValue(packet.ClientId, out var session))
        {
            session.Connection?.Close(MqttReasonCode.SessionTakenOver, notify: true);
            if (packet.CleanStart || session.ExpirySeconds == 0)
            {
                End(session);
            }
        }

        present = _sessions.TryGetValue(packet.ClientId, out session);
        if (!present && (_stopped || _sessions.Count >= Limits.MaximumSessions))
        {
            fault = _stopped ? MqttReasonCode.ServerShuttingDown : MqttReasonCode.QuotaExceeded;
            return null;
        }

        if (session is null)
        {
            session = new Session(this, packet.ClientId);
            _sessions.Add(packet.ClientId, session);
        }

        Wheel.Cancel(session);
        session.Connection = connection;
        session.UserName = packet.UserName;
        session.Will = packet.Will;
        session.WillDelaySeconds = packet.WillDelaySeconds;
        session.WillDue = session.ExpiryDue = 0;
        var never = packet.Version == MqttProtocolVersion.V311 && !packet.CleanStart;
        session.ExpirySeconds = CapExpiry(never ? uint.MaxValue : packet.Properties.SessionExpiryInterval ?? 0);
        _connected++;
        Counters.Connects++;
        if (Broker?.WantsConnected != true)
        {
            return session;
        }

        var connected = new MqttBrokerClientConnectedEventArgs(
            packet.ClientId, packet.UserName, connection.Transport.RemoteEndPoint, present);
        Outside(() => Broker.RaiseConnected(connected));
        return session;
    }

    /// <summary>A client's connection was closed.</summary>
    public void Detach(Session session, Connection connection, MqttReasonCode reason)
    {
        if (session.Connection != connection)
        {
            return;
        }

        session.Connection = null;
        _connected--;
        Outside(() => Broker?.RaiseDisconnected(new MqttBrokerClientDisconnectedEventArgs(session.ClientId, reason)));
        if (_stopped)
        {
            session.Will = null;
        }

        if (session.ExpirySeconds == 0)
        {
            End(session);
            return;
        }

        var now = Now;
        session.ExpiryDue = now + session.ExpirySeconds * 1000L;
        var delay = Math.Min(session.WillDelaySeconds, session.ExpirySeconds);
        if (session.Will is not null && delay == 0)
        {
            PublishWill(session);
        }
        else if (session.Will is not null)
        {
            session.WillDue = now + delay * 1000L;
        }

        Wheel.Schedule(session, session.WillDue == 0 ? session.ExpiryDue : Math.Min(session.WillDue, session.ExpiryDue));
    }

    /// <summary>A will is due, or the session has expired.</summary>
    public void OnSessionDue(Session session, long now)
    {
        if (session.WillDue != 0 && session.WillDue <= now)
        {
            session.WillDue = 0;
            PublishWill(session);
        }

        if (session.ExpiryDue != 0 && session.ExpiryDue <= now)
        {
            End(session);
        }
        else if (session.ExpiryDue != 0)
        {
            Wheel.Schedule(session, session.WillDue == 0 ? session.ExpiryDue : Math.Min(session.WillDue, session.ExpiryDue));
        }
    }

    /// <summary>Ends a client's connection; false when it has none.</summary>
    public bool Disconnect(string clientId, MqttReasonCode reason)
    {
        if (!_sessions.TryGetValue(clientId, out var session) || session.Connection is not { } connection)
        {
            return false;
        }

        connection.Close(reason, notify: true);
        return true;
    }

    /// <summary>Closes every connection and admits no more.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (var connection in _connections.ToArray())
        {
            connection.Close(MqttReasonCode.ServerShuttingDown, notify: true);
        }
    }

    /// <summary>Drops every socket that is still open.</summary>
    public void AbortAll()
    {
        foreach (var connection in _connections)
        {
            connection.Transport.Abort();
        }
    }

    /// <summary>True when no socket is left.</summary>
    public bool IsDrained => _connections.Count == 0;

    private void End(Session session)
    {
        if (session.Will is not null)
        {
            PublishWill(session);
        }

        Wheel.Cancel(session);
        session.WillDue = session.ExpiryDue = 0;
        session.Clear();
        session.Subscriptions.ForEach(_trie.Remove);
        session.Subscriptions.Clear();
        _sessions.Remove(session.ClientId);
    }

    private void PublishWill(Session session)
    {
        if (session.Will is { } will)
        {
            session.Will = null;
            Outside(() => PublishFrom(will, session));
        }
    }
}
