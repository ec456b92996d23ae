using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Everything that a decision may know besides the state.</summary>
/// <param name="Now">Wall clock, UTC: shown, never compared.</param>
/// <param name="Monotonic">Time since some fixed instant of this run: every deadline counts it.</param>
/// <param name="Seed">Where ids come from; never the same twice.</param>
/// <param name="Limits">Bounds and delays.</param>
public sealed record DecisionContext(DateTimeOffset Now, TimeSpan Monotonic, ulong Seed, ClusterLimits Limits)
{
    /// <summary>What app definitions mean.</summary>
    public IAppMapping Apps { get; init; } = NoAppMapping.Instance;

    /// <summary>The monotonic instant after a wait; a wait beyond all time, which a framework may ask for, ends never.</summary>
    internal TimeSpan After(TimeSpan wait) => wait > TimeSpan.MaxValue - Monotonic ? TimeSpan.MaxValue : Monotonic + wait;
}

/// <summary>Ids drawn from a seed: the same seed gives the same ids in the same order.</summary>
/// <remarks>SplitMix64, whose outputs do not repeat within 2^64 draws.</remarks>
internal struct SeededIds(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Draws an id in the form of a version 4 UUID (RFC 9562, section 5.4).</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Next());
        BitConverter.TryWriteBytes(bytes[8..], Next());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var value = _state;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
