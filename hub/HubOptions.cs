using System.Net;
using Microsoft.Extensions.Logging;

namespace Edge.Hub;

/// <summary>How a hub runs. Source: the options of <c>edge-hub serve</c>.</summary>
public sealed record HubOptions
{
    /// <summary>Where the API listens; port 0 takes a free one. Default 127.0.0.1:5050.</summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 5050);

    /// <summary>Where agents connect; port 0 takes a free one. Default 127.0.0.1:1883.</summary>
    public IPEndPoint Mqtt { get; init; } = new(IPAddress.Loopback, 1883);

    /// <summary>Where artifacts, logs and exec will be served; accepted, nothing listens there yet. Default 127.0.0.1:5052.</summary>
    public IPEndPoint Bulk { get; init; } = new(IPAddress.Loopback, 5052);

    /// <summary>The data folder; made when it is not there.</summary>
    public required string Data { get; init; }

    /// <summary>A cut that lasts this long makes a node unreachable. Default 75 s.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>What is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
