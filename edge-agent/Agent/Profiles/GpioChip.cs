using Edge.Core.Resources;

namespace Edge.Agent.Profiles;

/// <summary>One GPIO controller and the lines of it that tasks may have.</summary>
/// <param name="Chip">The label that the kernel gives it; the numbers of /dev/gpiochipN change from kernel to kernel.</param>
/// <param name="Lines">How many lines it has, 1 to 1024.</param>
/// <param name="Offered">The line offsets for tasks, each below <paramref name="Lines"/>.</param>
internal sealed record GpioChip(string Chip, int Lines, RangeSet Offered);
