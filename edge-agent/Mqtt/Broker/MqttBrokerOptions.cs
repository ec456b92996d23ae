using System.Net;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>How a broker listens, whom it admits, and where its bounds are.</summary>
public sealed record MqttBrokerOptions
{
    /// <summary>Where to listen; default plain TCP on loopback, port 1883. May be empty: then only the process itself uses the
    /// broker.</summary>
    public IReadOnlyList<MqttEndpoint> Endpoints { get; init; } = [new(MqttTransport.Tcp, IPAddress.Loopback, 1883)];

    /// <summary>The bounds.</summary>
    public MqttBrokerLimits Limits { get; init; } = new();

    /// <summary>The clock of keepalives, expiries and delays.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Threads that serve plain TCP on Linux; default 1, 1 to 64. TLS, WebSocket and other systems use the thread pool.</summary>
    public int IoThreads { get; init; } = 1;

    /// <summary>Decides about a client before its session is touched; null admits all. Success admits, a code of 0x80 or above refuses.
    /// Called from many threads at once; may wait. An exception refuses with <c>UnspecifiedError</c>.</summary>
    public Func<MqttConnectingContext, ValueTask<MqttReasonCode>>? Authenticate { get; init; }

    /// <summary>True: this client may publish to this topic; null allows all. Called for each message: answer fast, never wait.
    /// A refused MQTT 5 message is answered with <c>NotAuthorized</c>, a 3.1.1 one is acknowledged and dropped, as the protocol leaves no
    /// other word.</summary>
    public Func<MqttAuthorizationContext, bool>? AuthorizePublish { get; init; }

    /// <summary>True: this client may subscribe to this filter (the inner one of a shared subscription); null allows all.</summary>
    public Func<MqttAuthorizationContext, bool>? AuthorizeSubscribe { get; init; }

    /// <summary>Told of what the broker could not tell anyone else: a handler or hook that threw, a listener that failed. Null ignores
    /// it.</summary>
    public Action<Exception>? OnFault { get; init; }

    /// <exception cref="ArgumentException">A value is out of range; the message names all of them.</exception>
    internal void Validate()
    {
        var faults = Limits.Faults().ToList();
        if (IoThreads is < 1 or > 64)
        {
            faults.Add($"{nameof(IoThreads)} is {IoThreads}; allowed are 1 to 64.");
        }

        faults.AddRange(Endpoints
            .Where(e => e.IsSecure && e.ServerCertificate is null)
            .Select(e => $"The endpoint {e.Transport} {e.Address}:{e.Port} has no {nameof(MqttEndpoint.ServerCertificate)}; "
                + "TLS needs one."));
        faults.AddRange(Endpoints
            .Where(e => e.Port is < 0 or > ushort.MaxValue)
            .Select(e => $"The endpoint {e.Transport} {e.Address} has port {e.Port}; allowed are 0 to 65,535."));
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", faults));
        }
    }
}
