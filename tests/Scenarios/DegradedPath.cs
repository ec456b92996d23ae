namespace Edge.Tests.Scenarios;

/// <summary>How bad a link is; the default is a perfect one.</summary>
internal sealed record DegradedLinkOptions
{
    /// <summary>Propagation there and back.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>Of a hundred pings, how many stay unanswered: the loss of both directions together, as people measure and report
    /// it.</summary>
    public double LossPercent { get; init; }

    /// <summary>Of each direction; 0: as fast as the machine.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Of a hundred segments, how many end the connection instead of arriving.</summary>
    public double ResetPercent { get; init; }

    /// <summary>The same seed loses the same segments.</summary>
    public int Seed { get; init; }
}

/// <summary>One direction of a degraded link: when does a segment arrive?</summary>
/// <remarks>Pure but for its random source. Order is kept, as TCP does: a segment behind a lost one waits for it. A lost segment comes
/// again after a round trip and 200 ms, each time: the kernel's own time-out for a thin stream, without the doubling.</remarks>
internal sealed class DegradedPath(DegradedLinkOptions options, int seed)
{
    /// <summary>Bytes of TCP and IP headers around a segment.</summary>
    public const int HeaderBytes = 52;

    // The kernel's smallest retransmission time-out. Source: Linux, TCP_RTO_MIN.
    private static readonly TimeSpan s_minimumTimeout = TimeSpan.FromMilliseconds(200);

    private readonly Random _random = new(seed);

    // Both directions have to succeed for a ping to be answered.
    private readonly double _loss = 1 - Math.Sqrt(1 - Math.Clamp(options.LossPercent / 100, 0, 0.99));

    private TimeSpan _free;
    private TimeSpan _last;

    /// <summary>When a segment that is sent now arrives; null: the connection is reset instead.</summary>
    /// <param name="now">Monotonic; never less than before.</param>
    public TimeSpan? Send(TimeSpan now, int bytes)
    {
        if (_random.NextDouble() * 100 < options.ResetPercent)
        {
            return null;
        }

        var sent = now > _free ? now : _free;
        _free = sent + Airtime(bytes);
        var arrival = _free + (options.RoundTrip / 2);
        while (_random.NextDouble() < _loss)
        {
            arrival += options.RoundTrip + s_minimumTimeout;
        }

        _last = arrival > _last ? arrival : _last;
        return _last;
    }

    private TimeSpan Airtime(int bytes) => options.BitsPerSecond == 0
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds((bytes + HeaderBytes) * 8.0 / options.BitsPerSecond);
}
