using System.Net;
using Microsoft.Extensions.Logging;

namespace Edge.Agent;

/// <summary>How an agent runs. Source: the options of <c>edge-agent run</c>.</summary>
public sealed record AgentOptions
{
    /// <summary>The hub's broker, as mqtt://HOST:PORT; absent for a node that stands alone.</summary>
    public Uri? Hub { get; init; }

    /// <summary>The data folder; made when it is not there.</summary>
    public required string Data { get; init; }

    /// <summary>The node's name in its fleet; it is also its Mesos agent id.</summary>
    public required string Node { get; init; }

    /// <summary>Where the node's own API listens; port 0 takes a free one. Default 127.0.0.1:5051.</summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 5051);

    /// <summary>The site it stands in; empty when nobody said.</summary>
    public string Site { get; init; } = string.Empty;

    /// <summary>Attributes as text, rack:r1;zone:eu; empty for none.</summary>
    public string Attributes { get; init; } = string.Empty;

    /// <summary>Resources as text, which replace what was found by name; absent for what was found.</summary>
    public string? Resources { get; init; }

    /// <summary>A firmware profile by name or path; absent for none.</summary>
    public string? Profile { get; init; }

    /// <summary>Of the connection to the broker. Default 60 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
