using System.Net;
using System.Security.Cryptography.X509Certificates;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>What is known of a client that wants to connect.</summary>
/// <param name="ClientId">Never empty: the broker has already made one up for a client that sent none.</param>
/// <param name="UserName">Null when absent.</param>
/// <param name="Password">Empty when absent.</param>
/// <param name="ClientCertificate">The verified TLS certificate; null without one.</param>
/// <param name="RemoteEndPoint">Null when it is not known any more.</param>
/// <param name="Version">The protocol version.</param>
public sealed record MqttConnectingContext(
    string ClientId,
    string? UserName,
    ReadOnlyMemory<byte> Password,
    X509Certificate2? ClientCertificate,
    EndPoint? RemoteEndPoint,
    MqttProtocolVersion Version);

/// <summary>Who wants to publish to a topic or to subscribe to a filter.</summary>
/// <param name="ClientId">The client's identifier.</param>
/// <param name="UserName">The name it was admitted with; null when absent.</param>
/// <param name="Topic">The topic name, or the filter.</param>
public readonly record struct MqttAuthorizationContext(string ClientId, string? UserName, string Topic);

/// <summary>A client that was admitted.</summary>
/// <param name="SessionPresent">True: it found its earlier session.</param>
public sealed record MqttBrokerClientConnectedEventArgs(string ClientId, string? UserName, EndPoint? RemoteEndPoint, bool SessionPresent);

/// <summary>A client whose connection ended.</summary>
/// <param name="ReasonCode">What ended it: <c>Success</c> after a DISCONNECT, <c>UnspecifiedError</c> after a bare close, else the broker's
/// reason.</param>
public sealed record MqttBrokerClientDisconnectedEventArgs(string ClientId, MqttReasonCode ReasonCode);

/// <summary>A message as an in-process subscriber sees it.</summary>
/// <param name="Topic">The topic name.</param>
/// <param name="Payload">The content; valid only during the call.</param>
/// <param name="ClientId">Who published it; null when the process itself did.</param>
/// <param name="QualityOfServiceLevel">How it came.</param>
/// <param name="Retain">The retain flag as published.</param>
public readonly record struct MqttBrokerMessage(
    string Topic,
    ReadOnlyMemory<byte> Payload,
    string? ClientId,
    MqttQualityOfServiceLevel QualityOfServiceLevel,
    bool Retain);

/// <summary>Takes a message in the process of the broker, on the thread that received it: be quick, never wait for the broker.</summary>
/// <returns>True: taken, the publisher gets its acknowledgement. False or an exception: not taken; the message goes no further, an MQTT 5
/// publisher is told
/// <c>ImplementationSpecificError</c>, a 3.1.1 publisher of QoS 1 or 2 is disconnected, so that it sends the message again.</returns>
public delegate bool MqttBrokerMessageHandler(in MqttBrokerMessage message);

/// <summary>What a broker has counted since it was made, and holds now.</summary>
public sealed record MqttBrokerStatistics
{
    /// <summary>Clients connected now.</summary>
    public int Connections { get; init; }

    /// <summary>Sessions now, connected or not.</summary>
    public int Sessions { get; init; }

    /// <summary>Subscriptions now.</summary>
    public int Subscriptions { get; init; }

    /// <summary>Retained messages now.</summary>
    public int RetainedMessages { get; init; }

    /// <summary>CONNECTs admitted.</summary>
    public long Connects { get; init; }

    /// <summary>PUBLISH packets received.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>PUBLISH packets sent.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Bytes received, without TLS and WebSocket frames.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes sent, without TLS and WebSocket frames.</summary>
    public long BytesSent { get; init; }

    /// <summary>Messages that a session should have got and did not: queue full, expired, too large for the client.</summary>
    public long MessagesDropped { get; init; }

    /// <summary>Messages refused: not authorized, or a quota.</summary>
    public long MessagesRefused { get; init; }

    /// <summary>Connections cut because they read too slowly.</summary>
    public long SlowConsumersCut { get; init; }

    /// <summary>Connections cut for malformed or forbidden packets.</summary>
    public long ProtocolErrors { get; init; }
}
