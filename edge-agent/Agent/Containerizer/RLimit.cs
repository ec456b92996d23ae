namespace Edge.Agent.Containerizer;

/// <summary>A limit of the kernel on one process. The numbers are Linux's. Source: setrlimit(2), mesos.proto
/// RLimitInfo.RLimit.Type.</summary>
public enum RLimitKind
{
    Cpu = 0,
    FileSize = 1,
    Data = 2,
    Stack = 3,
    Core = 4,
    ResidentSet = 5,
    Processes = 6,
    OpenFiles = 7,
    LockedMemory = 8,
    AddressSpace = 9,
    Locks = 10,
    PendingSignals = 11,
    MessageQueue = 12,
    Nice = 13,
    RealTimePriority = 14,
    RealTimeMicroseconds = 15,
}

/// <summary>One limit for a container.</summary>
/// <param name="Soft">In the unit of the kind (bytes, seconds, count); null is unlimited.</param>
/// <param name="Hard">As <paramref name="Soft"/>.</param>
public sealed record RLimit(RLimitKind Kind, ulong? Soft, ulong? Hard);
