namespace Edge.Agent.Profiles;

/// <summary>What one kind of board is and what of it is offered to tasks. Schema: firmware-profiles/profile.schema.json.</summary>
/// <param name="Board">"raspberry-pi-4".</param>
/// <param name="Architecture">In the words of OCI images: amd64, arm64 or arm.</param>
/// <param name="Attributes">Attributes of the node, in the order of the file.</param>
/// <param name="Gpio">The chips whose lines are offered; empty when there are none.</param>
/// <param name="Watchdog">Null when the board has none.</param>
public sealed record FirmwareProfile(
    string Board,
    string Architecture,
    ProfileResources Resources,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    IReadOnlyList<ProfileGpioChip> Gpio,
    ProfileBuses Buses,
    ProfileLimits Limits,
    ProfileWatchdog? Watchdog);

/// <summary>What tasks may use, the reserve of the operating system taken off.</summary>
public sealed record ProfileResources(double Cpus, long MemoryMib, long? DiskMib, int FirstPort, int LastPort);

/// <summary>A GPIO chip of the kernel: its device, how many lines it has, and the numbers of those that tasks may take.</summary>
public sealed record ProfileGpioChip(string Device, int LineCount, IReadOnlyList<int> Offered);

/// <summary>Device files of buses that tasks may be given.</summary>
public sealed record ProfileBuses(IReadOnlyList<string> I2c, IReadOnlyList<string> Spi, IReadOnlyList<string> Uart);

/// <param name="MaxTasks">How many tasks at once.</param>
/// <param name="SandboxMaxMib">When old sandboxes are removed sooner.</param>
public sealed record ProfileLimits(int MaxTasks, long SandboxMaxMib);

public sealed record ProfileWatchdog(string Device, int TimeoutSeconds);

/// <summary>A profile, or every mistake of its file; exactly one of them.</summary>
/// <param name="Errors">Ascending by line; each names file, line, key, value and what is allowed.</param>
public sealed record ProfileResult(FirmwareProfile? Profile, IReadOnlyList<string> Errors);
