namespace Edge.Agent.Fingerprint;

/// <summary>Ports from the first to the last, both included.</summary>
public readonly record struct PortRange(int First, int Last);

/// <summary>Which ports tasks may use.</summary>
public static class PortProbe
{
    /// <summary>Below the ports that Linux hands out by itself (32768 and up).</summary>
    public static PortRange Default { get; } = new(31000, 32000);
}
