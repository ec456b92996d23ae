using System.Collections.Immutable;

namespace Edge.Core.Model;

/// <summary>How a health check looks at a task. Source: mesos.proto, HealthCheck.Type.</summary>
public enum HealthCheckKind
{
    /// <summary>A command beside the task; exit status 0 passes.</summary>
    Command,

    /// <summary>GET; 200 to 399 passes.</summary>
    Http,

    /// <summary>A connection that opens passes.</summary>
    Tcp,
}

/// <summary>One health check, run by the node beside the task. Source: mesos.proto, HealthCheck.</summary>
public sealed record HealthCheck
{
    /// <summary>How.</summary>
    public required HealthCheckKind Kind { get; init; }

    /// <summary>The command; only for <see cref="HealthCheckKind.Command"/>.</summary>
    public CommandSpec? Command { get; init; }

    /// <summary>The port; only for HTTP and TCP.</summary>
    public int Port { get; init; }

    /// <summary>http or https; only for HTTP. Certificates are not verified.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>The path with its query; only for HTTP.</summary>
    public string Path { get; init; } = "/";

    /// <summary>True for IPv6 loopback.</summary>
    public bool Ipv6 { get; init; }

    /// <summary>Status codes that pass; empty means 200 to 399.</summary>
    public ImmutableArray<int> Statuses { get; init; } = [];

    /// <summary>Wait before the first check after the start.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From one check to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A check that takes longer has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Failures in a row that end the task; 0 never does.</summary>
    public int ConsecutiveFailures { get; init; } = 3;

    /// <summary>Failures before the first success are ignored for so long.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);
}
