using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Mqtt.Broker;

/// <summary>What a listener speaks below MQTT.</summary>
public enum MqttTransport
{
    /// <summary>Plain TCP.</summary>
    Tcp,

    /// <summary>TCP with TLS.</summary>
    Tls,

    /// <summary>WebSocket, subprotocol <c>mqtt</c>.</summary>
    WebSocket,

    /// <summary>WebSocket with TLS.</summary>
    SecureWebSocket,
}

/// <summary>One address on which a broker listens.</summary>
/// <param name="Transport">What is spoken there.</param>
/// <param name="Address">The local address; <see cref="IPAddress.Any"/> for all.</param>
/// <param name="Port">0 to 65,535; 0 takes a free port, which <see cref="MqttBroker.Endpoints"/> then names.</param>
public sealed record MqttEndpoint(MqttTransport Transport, IPAddress Address, int Port)
{
    /// <summary>The server's certificate and chain; demanded with TLS. Create it once: connections that share it can resume TLS
    /// sessions.</summary>
    public SslStreamCertificateContext? ServerCertificate { get; init; }

    /// <summary>True: a TLS client without a certificate is refused.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>The authorities that client certificates must descend from (no names or revocation lists are checked);
    /// null: the system's.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>Where WebSocket clients knock; default <c>/mqtt</c>.</summary>
    public string Path { get; init; } = "/mqtt";

    /// <summary>The number of connections the kernel may hold before they are accepted; default 4,096, so that a reconnect storm loses no
    /// SYN.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>True when this endpoint uses TLS.</summary>
    public bool IsSecure => Transport is MqttTransport.Tls or MqttTransport.SecureWebSocket;
}
