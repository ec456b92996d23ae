using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Edge.Daemon.Hosting;

/// <summary>Where a host's engine gets its times and seeds from.</summary>
public sealed class HostClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The clock itself.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Time since this object was made, by a clock that never jumps.</summary>
    public TimeSpan Monotonic() => Time.GetElapsedTime(_start);

    /// <summary>A number that nobody can guess and that does not come twice.</summary>
    public ulong NextSeed()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
