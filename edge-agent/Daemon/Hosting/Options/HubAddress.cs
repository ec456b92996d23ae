namespace Edge.Daemon.Hosting.Options;

/// <summary>Where a hub's broker is.</summary>
/// <param name="Host">A name or an address, without brackets; a name is looked up at each connect.</param>
/// <param name="Port">From 1 to 65535.</param>
public sealed record HubAddress(string Host, int Port)
{
    /// <summary>MQTT without TLS. Source: IANA, service name mqtt.</summary>
    public const int DefaultPort = 1883;

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"mqtt://[{Host}]:{Port}" : $"mqtt://{Host}:{Port}";
}
