namespace Edge.Agent.Sync;

/// <summary>When a node that lost its hub tries again: spread over the fleet, and slower with each failure.</summary>
/// <remarks>Pure. The hub announces how many slots of which length its fleet needs; a node's slot is a hash of its name, so that it is the
/// same every time and no two floods meet. Source: SYNC, "Budgets", reconnect storm.</remarks>
internal static class ReconnectSchedule
{
    /// <summary>First wait after a failed attempt.</summary>
    public static TimeSpan FirstWait { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts. Reason: a hub that is back is found within a minute.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that ends sooner counts as a failed attempt. Reason: whatever ends it will end the next one too.</summary>
    public static TimeSpan ShortConnection { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for a slot. Reason: the largest fleet of a hub is back within minutes; more is nonsense.</summary>
    public static TimeSpan LongestSlot { get; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the next attempt may take, from its first packet to the broker's answer: longer with each failure, so that a good
    /// link is found quickly, and one of 80 % loss and 2.5 s round trip at all.</summary>
    /// <param name="failures">Attempts that failed since the last connection.</param>
    public static TimeSpan Patience(int failures) => TimeSpan.FromSeconds(Math.Min(10 << Math.Clamp(failures, 0, 3), 60));

    /// <summary>The node's slot of a schedule.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="slots">How many there are; 0 or 1: no wait.</param>
    /// <param name="slotMillis">How long one is.</param>
    /// <returns>At most <see cref="LongestSlot"/>, whatever was announced.</returns>
    public static TimeSpan Slot(string node, uint slots, uint slotMillis) => slots <= 1
        ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(Math.Min((double)(Hash(node) % slots) * slotMillis, LongestSlot.TotalMilliseconds));

    /// <summary>FNV-1a, 32 bits: the same on every machine and in every version.</summary>
    internal static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return hash;
    }
}
