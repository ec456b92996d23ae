namespace Edge.Core.Model;

/// <summary>Instants and spans as microseconds, as they are stored and sent; out of range becomes the nearest that exists.</summary>
public static class EpochMicros
{
    private static readonly long s_min = From(DateTimeOffset.MinValue);
    private static readonly long s_max = From(DateTimeOffset.MaxValue);

    /// <summary>Microseconds since 1970 UTC; negative before.</summary>
    public static long From(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The instant of a number of microseconds since 1970 UTC, any number.</summary>
    public static DateTimeOffset ToTime(long micros) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(micros, s_min, s_max) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds of a span.</summary>
    public static long From(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The span of a number of microseconds, any number.</summary>
    public static TimeSpan ToSpan(long micros) => TimeSpan.FromTicks(Math.Clamp(
        micros, long.MinValue / TimeSpan.TicksPerMicrosecond, long.MaxValue / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond);
}
