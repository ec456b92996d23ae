namespace Edge.Agent.Containerizer.Keeper;

/// <summary>What the keeper holds in memory about one container. Touched by the keeper's one thread only.</summary>
internal sealed class KeptContainer(KeptState state)
{
    public const long Never = long.MaxValue;

    public KeptState State { get; set; } = state;

    /// <summary>The channel to its trampoline, or -1.</summary>
    public int Channel { get; set; } = -1;

    /// <summary>True once the trampoline has said that it is about to exec.</summary>
    public bool IsReady { get; set; }

    /// <summary>The process descriptor of a process that is not our child, or -1.</summary>
    public int Pidfd { get; set; } = -1;

    /// <summary>Monotonic milliseconds at which the tree is killed, or <see cref="Never"/>.</summary>
    public long KillAt { get; set; } = Never;

    /// <summary>How often SIGKILL was sent; the pauses grow with it.</summary>
    public int Kills { get; set; }

    /// <summary>Who waits to hear that it runs: client and request.</summary>
    public List<(KeeperConnection Client, uint RequestId)> Waiters { get; } = [];
}
