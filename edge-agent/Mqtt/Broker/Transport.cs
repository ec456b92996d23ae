using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Mqtt.Broker;

/// <summary>The bytes below one connection.</summary>
internal abstract class Transport
{
    /// <summary>The verified certificate of a TLS client.</summary>
    public virtual X509Certificate2? ClientCertificate => null;

    /// <summary>The peer's address; null when it is not known any more.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Sends what the connection holds, and closes behind it if the connection is closed. From any thread, never with the gate
    /// held.</summary>
    public abstract void Flush();

    /// <summary>Drops the socket at once. From any thread, also with the gate held.</summary>
    public abstract void Abort();
}
