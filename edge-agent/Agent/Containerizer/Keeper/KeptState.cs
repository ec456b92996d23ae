namespace Edge.Agent.Containerizer.Keeper;

/// <summary>Where a container is in its life, as the keeper sees it. The numbers are on the wire.</summary>
internal enum KeptPhase : byte
{
    /// <summary>The trampoline is at work.</summary>
    Starting = 1,

    /// <summary>The task's program runs.</summary>
    Running = 2,

    /// <summary>The main process has ended, its leftovers are being killed.</summary>
    Ending = 3,

    /// <summary>Nothing of it runs any more.</summary>
    Exited = 4,
}

/// <summary>What the keeper tells about one container.</summary>
/// <param name="Status">As wait(2) encodes it; only meaningful when <paramref name="IsStatusKnown"/>.</param>
/// <param name="StartedAtUnixMs">Milliseconds of Unix time.</param>
/// <param name="ExitedMonotonicMs">CLOCK_MONOTONIC, milliseconds after boot.</param>
/// <param name="Problem">Why it could not be started, or why its status is unknown; empty otherwise.</param>
internal sealed record KeptState(
    string ContainerId,
    KeptPhase Phase,
    int Pid,
    ulong StartTicks,
    long StartedAtUnixMs,
    bool IsStatusKnown,
    bool IsLaunchFailure,
    int Status,
    long ExitedAtUnixMs,
    long ExitedMonotonicMs,
    string Problem);
