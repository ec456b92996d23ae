namespace Edge.Agent.Profiles;

/// <summary>The timer that resets the board when nobody feeds it.</summary>
/// <param name="Device">Its device file.</param>
/// <param name="Driver">The kernel module behind it; empty when the profile does not say.</param>
/// <param name="TimeoutSeconds">The time to set, within what the hardware can count.</param>
internal sealed record BoardWatchdog(string Device, string Driver, int TimeoutSeconds);
