using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Client;

/// <summary>Where a client connects, as whom, and within which bounds.</summary>
public sealed record MqttClientOptions
{
    /// <summary>A host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>1 to 65,535; default 0 means 1883, with TLS 8883.</summary>
    public int Port { get; init; }

    /// <summary>Null: plain TCP, and no TLS code is touched.</summary>
    public MqttClientTlsOptions? Tls { get; init; }

    /// <summary>The protocol version; default 5.0.</summary>
    public MqttProtocolVersion ProtocolVersion { get; init; } = MqttProtocolVersion.V500;

    /// <summary>The client identifier; empty lets the server choose one.</summary>
    public string ClientId { get; init; } = string.Empty;

    /// <summary>The longest silence of this client before it sends a ping; whole seconds up to 65,535; default 60 s; zero sends
    /// none.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>True: an earlier session is dropped; default true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the server keeps the session after the connection; whole seconds; default zero. In 3.1.1 <see cref="CleanStart"/>
    /// alone decides.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Null sends none.</summary>
    public string? UserName { get; init; }

    /// <summary>Null sends none.</summary>
    public byte[]? Password { get; init; }

    /// <summary>What the server publishes when this client is lost; null nothing.</summary>
    public MqttMessage? Will { get; init; }

    /// <summary>How long the server waits with the will; whole seconds; default zero. MQTT 5 only.</summary>
    public TimeSpan WillDelay { get; init; }

    /// <summary>Names and values sent with CONNECT. MQTT 5 only.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>From the first SYN to CONNACK; default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From a request (SUBSCRIBE, PUBLISH with QoS 1 or 2) to its answer; default 30 s.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From a ping to the next byte of the server; default 10 s; then the connection counts as lost.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>QoS 1 and 2 messages that the server may send before they are acknowledged; 1 to 65,535; default 64. In 3.1.1 the client
    /// stops reading instead.</summary>
    public ushort ReceiveMaximum { get; init; } = 64;

    /// <summary>QoS 0 messages that may wait for the handler; default 256; more are dropped and counted.</summary>
    public int MaximumPendingMessages { get; init; } = 256;

    /// <summary>The longest packet accepted, in bytes; default 1 MiB.</summary>
    public int MaximumPacketBytes { get; init; } = 1 << 20;

    /// <summary>Topic aliases that the server may set, and at most as many are set towards it; default 16.</summary>
    public ushort TopicAliasMaximum { get; init; } = 16;

    /// <summary>The clock of keepalive and timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal int EffectivePort => Port != 0 ? Port : Tls is null ? 1883 : 8883;

    /// <exception cref="ArgumentException">A value is out of range; the message names all of them.</exception>
    internal void Validate()
    {
        var faults = new List<string>();
        Check(faults, Host.Length > 0, $"{nameof(Host)} is empty.");
        Check(faults, Port is >= 0 and <= ushort.MaxValue, $"{nameof(Port)} is {Port}; allowed are 0 to 65,535.");
        Check(
            faults,
            KeepAlive.TotalSeconds is >= 0 and <= ushort.MaxValue,
            $"{nameof(KeepAlive)} is {KeepAlive}; allowed are 0 to 65,535 s.");
        Check(
            faults,
            SessionExpiry.TotalSeconds is >= 0 and <= uint.MaxValue,
            $"{nameof(SessionExpiry)} is {SessionExpiry}; it may not be negative.");
        Check(faults, WillDelay.TotalSeconds is >= 0 and <= uint.MaxValue, $"{nameof(WillDelay)} is {WillDelay}; it may not be negative.");
        Check(faults, ReceiveMaximum > 0, $"{nameof(ReceiveMaximum)} is 0; allowed are 1 to 65,535.");
        Check(
            faults,
            MaximumPacketBytes is >= 64 and <= 268_435_460,
            $"{nameof(MaximumPacketBytes)} is {MaximumPacketBytes}; allowed are 64 to 268,435,460.");
        Check(
            faults,
            MaximumPendingMessages >= 0,
            $"{nameof(MaximumPendingMessages)} is {MaximumPendingMessages}; it may not be negative.");
        Check(faults, Will is null || MqttTopics.IsValidName(Will.Topic), $"The will's topic '{Will?.Topic}' is not a topic name.");
        Check(
            faults, ProtocolVersion == MqttProtocolVersion.V500 || ClientId.Length > 0 || CleanStart,
            $"{nameof(ClientId)} is empty; MQTT 3.1.1 allows that only with {nameof(CleanStart)}.");
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", faults));
        }
    }

    private static void Check(List<string> faults, bool holds, string fault)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}

/// <summary>How a client speaks TLS.</summary>
public sealed record MqttClientTlsOptions
{
    /// <summary>The name that the server's certificate must carry; null means the host.</summary>
    public string? TargetHost { get; init; }

    /// <summary>The client's certificate and chain; null sends none.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>The authorities that the server's certificate must descend from; null: the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}
