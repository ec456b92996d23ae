namespace Edge.Agent.Profiles;

/// <summary>One bus that tasks may talk on.</summary>
/// <param name="Kind">i2c, spi, uart or can.</param>
/// <param name="Device">The device file below /dev; for can the name of the network interface.</param>
internal sealed record BoardBus(string Kind, string Device);
