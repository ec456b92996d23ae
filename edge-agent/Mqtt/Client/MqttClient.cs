using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Client;

/// <summary>An MQTT 5.0 and 3.1.1 client: one connection at a time, made anew by each <see cref="ConnectAsync"/>.</summary>
/// <remarks>
/// Idle it holds no buffer and no timer but the keepalive's. It never reconnects by itself, and it keeps no message over a connection: a
/// publish
/// that was not acknowledged fails, and its caller sends it again. All members are safe from any thread; messages are handled one after the
/// other.
/// </remarks>
public sealed class MqttClient : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly HashSet<ushort> _incomingExactlyOnce = [];
    private volatile ClientLink? _link;

    /// <summary>Handles a message. QoS 1 and 2 are acknowledged when the task has ended; if it fails, MQTT 5 servers are told, 3.1.1
    /// servers
    /// get no acknowledgement and the connection is closed, so that they send the message again.</summary>
    public Func<MqttApplicationMessageReceivedEventArgs, Task>? ApplicationMessageReceivedAsync { get; set; }

    /// <summary>Called once for each connection that stood and ended, whoever ended it; it may connect again.</summary>
    public Func<MqttClientDisconnectedEventArgs, Task>? DisconnectedAsync { get; set; }

    /// <summary>True while a connection stands.</summary>
    public bool IsConnected => _link is { IsOpen: true };

    /// <summary>QoS 0 messages dropped because the handler was too slow, over all connections.</summary>
    public long DroppedMessages { get; private set; }

    /// <summary>Connects; an open connection is closed first.</summary>
    /// <returns>The server's answer, also when it refused.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="MqttProtocolException">No answer: no network, no TLS, a timeout, or something that is not MQTT.</exception>
    public async Task<MqttClientConnectResult> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            await CloseAsync(MqttReasonCode.Success);
            var link = new ClientLink(this, options, _incomingExactlyOnce);
            var result = await link.OpenAsync(cancellationToken);
            if (result.IsSuccess)
            {
                if (!result.IsSessionPresent)
                {
                    _incomingExactlyOnce.Clear();
                }

                _link = link;
                link.Start();
            }

            return result;
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Publishes a message.</summary>
    /// <returns>QoS 0: when the message was handed to the operating system. QoS 1 and 2: when the server has acknowledged it.</returns>
    /// <exception cref="ArgumentException">The topic is not a valid name, or the server accepts no packet that long.</exception>
    /// <exception cref="MqttProtocolException">There is no connection, or it ended before the acknowledgement.</exception>
    /// <exception cref="TimeoutException">No acknowledgement in time; whether the server has the message is not known.</exception>
    public Task<MqttClientPublishResult> PublishAsync(MqttMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!MqttTopics.IsValidName(message.Topic))
        {
            throw new ArgumentException(
                $"'{message.Topic}' is not a topic name: 1 to 65,535 bytes without '+', '#' or NUL.", nameof(message));
        }

        return Link().PublishAsync(message, cancellationToken);
    }

    /// <summary>Subscribes to all filters in one packet.</summary>
    /// <param name="identifier">1 to 268,435,455, comes back with each message; null none. MQTT 5 only.</param>
    /// <exception cref="ArgumentException">No filter, or one that is not valid.</exception>
    /// <exception cref="MqttProtocolException">There is no connection, or it ended before the answer.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public Task<MqttClientSubscribeResult> SubscribeAsync(
        IReadOnlyList<MqttTopicFilter> filters, uint? identifier = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filters);
        RequireFilters(filters.Select(f => f.Topic));
        if (identifier is 0 or > 268_435_455)
        {
            throw new ArgumentException($"The subscription identifier is {identifier}; allowed are 1 to 268,435,455.", nameof(identifier));
        }

        return Link().SubscribeAsync(filters, identifier, cancellationToken);
    }

    /// <summary>Subscribes to one filter.</summary>
    /// <exception cref="ArgumentException">The filter is not valid.</exception>
    /// <exception cref="MqttProtocolException">There is no connection, or it ended before the answer.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public Task<MqttClientSubscribeResult> SubscribeAsync(
        string filter,
        MqttQualityOfServiceLevel qualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce,
        CancellationToken cancellationToken = default) =>
        SubscribeAsync([new MqttTopicFilter(filter, qualityOfServiceLevel)], null, cancellationToken);

    /// <summary>Ends subscriptions.</summary>
    /// <exception cref="ArgumentException">No filter, or one that is not valid.</exception>
    /// <exception cref="MqttProtocolException">There is no connection, or it ended before the answer.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public Task<MqttClientSubscribeResult> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filters);
        RequireFilters(filters);
        return Link().UnsubscribeAsync(filters, cancellationToken);
    }

    /// <summary>Says goodbye and closes; does nothing without a connection.</summary>
    /// <param name="reasonCode">What an MQTT 5 server is told; <c>DisconnectWithWillMessage</c> lets it publish the will.</param>
    public async Task DisconnectAsync(
        MqttReasonCode reasonCode = MqttReasonCode.Success, CancellationToken cancellationToken = default)
    {
        if (ClientLink.IsInsideHandler && !await _connecting.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            // Somebody else connects or disconnects, and may be waiting for this very handler.
            return;
        }

        if (!ClientLink.IsInsideHandler)
        {
            await _connecting.WaitAsync(cancellationToken);
        }

        try
        {
            await CloseAsync(reasonCode);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Disconnects and frees everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _connecting.Dispose();
    }

    internal void CountDropped() => DroppedMessages++;

    private async Task CloseAsync(MqttReasonCode reasonCode)
    {
        if (_link is { } link)
        {
            _link = null;
            await link.CloseAsync(reasonCode);
        }
    }

    private ClientLink Link() =>
        _link is { IsOpen: true } link
            ? link
            : throw new MqttProtocolException(MqttReasonCode.ServerUnavailable, "There is no connection.");

    private static void RequireFilters(IEnumerable<string> filters)
    {
        var any = false;
        foreach (var filter in filters)
        {
            any = true;
            if (!MqttTopics.IsValidFilter(filter))
            {
                throw new ArgumentException($"'{filter}' is not a topic filter.", nameof(filters));
            }
        }

        if (!any)
        {
            throw new ArgumentException("There is no filter.", nameof(filters));
        }
    }
}
