using System.Buffers.Binary;
using System.Text;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Client;

/// <summary>The sending half: packets out, answers back to their callers, keepalive.</summary>
internal sealed partial class ClientLink
{
    private const int MostBuffered = 1 << 20;
    private readonly Lock _gate = new();
    private readonly ByteBuffer _output = new();
    private readonly Dictionary<ushort, Pending> _pending = [];
    private Task _flushing = Task.CompletedTask;
    private bool _isFlushing;
    private ushort _lastId;
    private SemaphoreSlim _window = new(1, 1);
    private Dictionary<string, ushort>? _aliasesOut;
    private int _aliasRoom;
    private uint _maximumPacketBytes = uint.MaxValue;
    private TimeSpan _keepAlive;
    private ITimer? _timer;
    private long _lastSent;
    private bool _pinged;

    public async Task<MqttClientPublishResult> PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce)
        {
            Send(buffer => WritePublish(buffer, message, 0));
            await Flushed().WaitAsync(_options.OperationTimeout, Time, cancellationToken);
            return new MqttClientPublishResult(MqttReasonCode.Success);
        }

        if (!await _window.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            using var timeout = new CancellationTokenSource(_options.OperationTimeout, Time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token, timeout.Token);
            try
            {
                await _window.WaitAsync(any.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw IsOpen ? new TimeoutException("The server acknowledged no earlier message in time.") : Ended();
            }
        }

        var answer = await RequestAsync((buffer, id) => WritePublish(buffer, message, id), usesWindow: true, cancellationToken);
        return new MqttClientPublishResult(answer.ReasonCode, answer.ReasonString);
    }

    public async Task<MqttClientSubscribeResult> SubscribeAsync(
        IReadOnlyList<MqttTopicFilter> filters, uint? identifier, CancellationToken cancellationToken)
    {
        var answer = await RequestAsync(
            (buffer, id) => PacketEncoder.Subscribe(buffer, _version, new SubscribePacket(id, filters, identifier)),
            usesWindow: false,
            cancellationToken);
        return new MqttClientSubscribeResult(answer.ReasonCodes, answer.ReasonString);
    }

    public async Task<MqttClientSubscribeResult> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        var answer = await RequestAsync(
            (buffer, id) => PacketEncoder.Unsubscribe(buffer, _version, new UnsubscribePacket(id, filters)), false, cancellationToken);
        var codes = _version == MqttProtocolVersion.V311 ? [.. filters.Select(_ => MqttReasonCode.Success)] : answer.ReasonCodes;
        return new MqttClientSubscribeResult(codes, answer.ReasonString);
    }

    private void Adopt(MqttClientConnectResult result)
    {
        _window = new SemaphoreSlim(result.ReceiveMaximum, result.ReceiveMaximum);
        _aliasRoom = Math.Min(result.TopicAliasMaximum, _options.TopicAliasMaximum);
        _maximumPacketBytes = result.MaximumPacketBytes;
        _keepAlive = result.KeepAlive;
    }

    private async Task<Answer> RequestAsync(Action<ByteBuffer, ushort> write, bool usesWindow, CancellationToken cancellationToken)
    {
        var pending = new Pending(usesWindow);
        try
        {
            Send(buffer =>
            {
                var id = FreeId();
                write(buffer, id);
                _pending.Add(id, pending);
            });
        }
        catch when (usesWindow)
        {
            _window.Release();
            throw;
        }

        return await pending.Task.WaitAsync(_options.OperationTimeout, Time, cancellationToken);
    }

    private ushort FreeId()
    {
        if (_pending.Count == ushort.MaxValue)
        {
            throw new MqttProtocolException(MqttReasonCode.QuotaExceeded, "All 65,535 packet identifiers are in use.");
        }

        do
        {
            _lastId = (ushort)(_lastId == ushort.MaxValue ? 1 : _lastId + 1);
        }
        while (_pending.ContainsKey(_lastId));
        return _lastId;
    }

    private void Complete(ushort id, Answer answer)
    {
        Pending? pending;
        lock (_gate)
        {
            _pending.Remove(id, out pending);
        }

        if (pending is null)
        {
            return;
        }

        if (pending.UsesWindow)
        {
            _window.Release();
        }

        pending.TrySetResult(answer);
    }

    private void FailPending()
    {
        Pending[] left;
        lock (_gate)
        {
            left = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (var pending in left)
        {
            pending.TrySetException(Ended());
            // Somebody may have stopped waiting; the fault is known all the same.
            _ = pending.Task.Exception;
        }
    }

    private MqttProtocolException Ended() =>
        new(_endReason == MqttReasonCode.Success ? MqttReasonCode.UnspecifiedError : _endReason, "The connection ended.", _endFault);

    /// <summary>Appends what the callback writes, and sends it together with all that waits. What a failing callback wrote is taken
    /// back.</summary>
    private void Send(Action<ByteBuffer> write)
    {
        lock (_gate)
        {
            if (_ended)
            {
                throw Ended();
            }

            if (_output.Length > MostBuffered)
            {
                throw new MqttProtocolException(MqttReasonCode.QuotaExceeded, $"More than {MostBuffered} bytes wait to be sent.");
            }

            var before = _output.Length;
            var written = false;
            try
            {
                write(_output);
                written = true;
            }
            finally
            {
                _output.Truncate(written ? _output.Length : before);
            }

            _lastSent = Time.GetTimestamp();
            if (!_isFlushing)
            {
                _isFlushing = true;
                _flushing = FlushAsync(_stream!); // Nothing is sent before the stream is open.
            }
        }
    }

    private Task Flushed()
    {
        lock (_gate)
        {
            return _flushing;
        }
    }

    private async Task FlushAsync(Stream stream)
    {
        // The caller holds the gate; several packets written in one go leave in one system call.
        await Task.Yield();
        while (true)
        {
            byte[] bytes;
            int length;
            lock (_gate)
            {
                if (_output.Length == 0)
                {
                    _isFlushing = false;
                    return;
                }

                bytes = _output.Detach(out length);
            }

            try
            {
                await stream.WriteAsync(bytes.AsMemory(0, length));
            }
            catch (Exception fault) when (IsNetworkFault(fault))
            {
                End(MqttReasonCode.UnspecifiedError, fault);
                throw;
            }
            finally
            {
                ByteBuffer.Return(bytes);
            }
        }
    }

    private void WritePublish(ByteBuffer buffer, MqttMessage message, ushort id)
    {
        var before = buffer.Length;
        var scratch = new ByteBuffer();
        var packet = new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(message.Topic),
            Payload = message.Payload.Span,
            Qos = message.QualityOfServiceLevel,
            Retain = message.Retain,
            PacketId = id,
        };
        if (_version == MqttProtocolVersion.V500)
        {
            WriteProperties(scratch, message, ref packet);
        }

        PacketEncoder.Publish(buffer, _version, in packet, scratch.Written);
        scratch.Release();
        var length = buffer.Length - before;
        if (length > _maximumPacketBytes)
        {
            throw new ArgumentException(
                $"The message to '{message.Topic}' makes a packet of {length} bytes; the server accepts {_maximumPacketBytes}.",
                nameof(message));
        }
    }

    private void WriteProperties(ByteBuffer scratch, MqttMessage message, ref PublishPacket packet)
    {
        if (message.MessageExpiryIntervalSeconds is { } expiry)
        {
            scratch.WriteByte((byte)PropertyId.MessageExpiryInterval);
            scratch.WriteUInt32(expiry);
        }

        var properties = MessageMapper.ToProperties(message);
        if (properties != PacketProperties.None)
        {
            var body = new ByteBuffer();
            properties.Write(body);
            var skip = 1;
            while (body.Written[skip - 1] >= 0x80)
            {
                skip++;
            }

            scratch.WriteBytes(body.Written[skip..]);
            body.Release();
        }

        if (_aliasRoom > 0)
        {
            WriteAlias(scratch, message.Topic, ref packet);
        }
    }

    private void WriteAlias(ByteBuffer scratch, string topic, ref PublishPacket packet)
    {
        _aliasesOut ??= new Dictionary<string, ushort>(StringComparer.Ordinal);
        if (_aliasesOut.TryGetValue(topic, out var alias))
        {
            packet.Topic = default;
        }
        else if (_aliasesOut.Count < _aliasRoom && packet.Payload.Length < _maximumPacketBytes / 2)
        {
            // A packet that turns out too long is taken back, and the server would never learn its alias: long ones get none.
            alias = (ushort)(_aliasesOut.Count + 1);
            _aliasesOut.Add(topic, alias);
        }
        else
        {
            return;
        }

        scratch.WriteByte((byte)PropertyId.TopicAlias);
        BinaryPrimitives.WriteUInt16BigEndian(scratch.Append(2), alias);
    }

    private void StartKeepAlive()
    {
        _lastSent = Time.GetTimestamp();
        if (_keepAlive > TimeSpan.Zero)
        {
            _timer = Time.CreateTimer(_ => OnKeepAlive(), null, _keepAlive, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopKeepAlive() => _timer?.Dispose();

    /// <summary>Something came from the server.</summary>
    private void NoteHeard()
    {
        if (_pinged)
        {
            _pinged = false;
            _timer?.Change(_keepAlive, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnKeepAlive()
    {
        if (_pinged)
        {
            End(MqttReasonCode.KeepAliveTimeout, new TimeoutException($"The server did not answer a ping within {_options.PingTimeout}."));
            return;
        }

        var silent = Time.GetElapsedTime(_lastSent);
        if (silent < _keepAlive)
        {
            _timer?.Change(_keepAlive - silent, Timeout.InfiniteTimeSpan);
            return;
        }

        _pinged = true;
        _timer?.Change(_options.PingTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            Send(buffer => PacketEncoder.Ping(buffer, PacketEncoder.PingReqFirst));
        }
        catch (MqttProtocolException)
        {
            // It has ended: the reading half tells everyone.
        }
    }

    /// <summary>What came back for a packet identifier.</summary>
    private readonly record struct Answer(MqttReasonCode ReasonCode, string? ReasonString, IReadOnlyList<MqttReasonCode> ReasonCodes);

    /// <summary>A caller that waits for an answer; QoS 1 and 2 messages hold a place in the server's receive maximum until it
    /// comes.</summary>
    private sealed class Pending(bool usesWindow) : TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool UsesWindow { get; } = usesWindow;
    }
}
