using System.Buffers;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>A message on its way through the broker: views on wherever it lies, and its copy once somebody had to keep it.</summary>
internal ref struct RoutedMessage
{
    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<char> TopicText;

    /// <summary>The properties that travel on: without alias, expiry and identifiers.</summary>
    public ReadOnlySpan<byte> Properties;

    public ReadOnlySpan<byte> Payload;
    public MqttQualityOfServiceLevel Qos;
    public bool Retain;

    /// <summary>Broker milliseconds; 0 never.</summary>
    public long ExpiresAt;

    /// <summary>The session that published it, for no-local; null when the process itself did.</summary>
    public Session? Publisher;

    /// <summary>The copy, if there is one.</summary>
    public StoredMessage? Stored;

    public readonly int Size => Topic.Length + Properties.Length + Payload.Length;
}

/// <summary>A message in pooled memory, held by every queue, inflight window and retained topic that needs it.</summary>
/// <remarks>Guarded by the broker's gate. The last holder's <see cref="Release"/> returns memory and object to their pools.</remarks>
internal sealed class StoredMessage
{
    private const int PoolSize = 1024;
    private static readonly Stack<StoredMessage> s_pool = new();
    private byte[] _buffer = [];
    private int _topicLength;
    private int _propertiesLength;
    private int _references;

    private StoredMessage()
    {
    }

    public int Size { get; private set; }

    public MqttQualityOfServiceLevel Qos { get; private set; }

    public long ExpiresAt { get; private set; }

    public ReadOnlySpan<byte> Topic => _buffer.AsSpan(0, _topicLength);

    /// <summary>The message's copy, made at the first call; the caller holds one reference more.</summary>
    public static StoredMessage Hold(ref RoutedMessage message)
    {
        var stored = message.Stored ??= Copy(in message);
        stored._references++;
        return stored;
    }

    public void Release()
    {
        if (--_references > 0)
        {
            return;
        }

        ByteBuffer.Return(_buffer);
        _buffer = [];
        lock (s_pool)
        {
            if (s_pool.Count < PoolSize)
            {
                s_pool.Push(this);
            }
        }
    }

    /// <summary>The message as it came, without its publisher.</summary>
    public RoutedMessage View() => new()
    {
        Topic = Topic,
        Properties = _buffer.AsSpan(_topicLength, _propertiesLength),
        Payload = _buffer.AsSpan(_topicLength + _propertiesLength, Size - _topicLength - _propertiesLength),
        Qos = Qos,
        ExpiresAt = ExpiresAt,
        Stored = this,
    };

    private static StoredMessage Copy(in RoutedMessage message)
    {
        StoredMessage? stored;
        lock (s_pool)
        {
            if (!s_pool.TryPop(out stored))
            {
                stored = new StoredMessage();
            }
        }

        stored._buffer = ArrayPool<byte>.Shared.Rent(message.Size);
        stored._topicLength = message.Topic.Length;
        stored._propertiesLength = message.Properties.Length;
        stored._references = 0;
        stored.Size = message.Size;
        stored.Qos = message.Qos;
        stored.ExpiresAt = message.ExpiresAt;
        message.Topic.CopyTo(stored._buffer);
        message.Properties.CopyTo(stored._buffer.AsSpan(message.Topic.Length));
        message.Payload.CopyTo(stored._buffer.AsSpan(message.Topic.Length + message.Properties.Length));
        return stored;
    }
}
