using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Edge.Tests.Scenarios;

/// <summary>One connection over a degraded link.</summary>
internal sealed class DegradedConnection(TcpClient near, DegradedLinkOptions options, int seed, TimeProvider time) : IDisposable
{
    /// <summary>What one packet of Ethernet carries.</summary>
    private const int SegmentBytes = 1448;

    /// <summary>Segments under way in one direction: a window of about 64 KiB.</summary>
    private const int Window = 45;

    private readonly DegradedPath _up = new(options, seed);
    private readonly DegradedPath _down = new(options, seed + 1);
    private readonly TcpClient _far = new() { NoDelay = true };
    private readonly CancellationTokenSource _ending = new();
    private readonly long _started = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Relays until either end closes.</summary>
    public async Task RunAsync(int targetPort, LinkValve up, LinkValve down, CancellationToken stoppingToken)
    {
        near.NoDelay = true;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _ending.Token);

        // SYN and SYN-ACK cross the link before anything else: the near end believes that it is connected, and waits.
        await ArriveAsync(_up, 0, up, both.Token);
        await _far.ConnectAsync(IPAddress.Loopback, targetPort, both.Token);
        await ArriveAsync(_down, 0, down, both.Token);
        var there = CarryAsync(near.GetStream(), _far.GetStream(), _up, up, both.Token);
        var back = CarryAsync(_far.GetStream(), near.GetStream(), _down, down, both.Token);
        await Task.WhenAny(there, back);
        await both.CancelAsync();
        await Task.WhenAll(there, back);
    }

    /// <summary>Ends both halves without a farewell.</summary>
    public void Reset()
    {
        try
        {
            _ending.Cancel();
            near.Client?.Close(timeout: 0);
            _far.Client?.Close(timeout: 0);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        near.Dispose();
        _far.Dispose();
        _ending.Dispose();
    }

    private async Task CarryAsync(NetworkStream from, NetworkStream to, DegradedPath path, LinkValve valve, CancellationToken ending)
    {
        var segments = Channel.CreateBounded<(TimeSpan Due, byte[] Bytes)>(Window);
        var delivery = DeliverAsync(segments.Reader, to, valve, ending);
        try
        {
            var buffer = new byte[SegmentBytes];
            while (await from.ReadAsync(buffer, ending) is > 0 and var count
                && path.Send(Now, count) is { } due)
            {
                await segments.Writer.WriteAsync((due, buffer[..count]), ending);
            }
        }
        finally
        {
            segments.Writer.Complete();
        }

        await delivery;
    }

    private async Task DeliverAsync(
        ChannelReader<(TimeSpan Due, byte[] Bytes)> segments, NetworkStream to, LinkValve valve, CancellationToken ending)
    {
        await foreach (var (due, bytes) in segments.ReadAllAsync(ending))
        {
            await WaitAsync(due, ending);
            await valve.PassAsync(bytes.Length, ending);
            await to.WriteAsync(bytes, ending);
        }
    }

    private async Task ArriveAsync(DegradedPath path, int bytes, LinkValve valve, CancellationToken ending)
    {
        await WaitAsync(path.Send(Now, bytes) ?? throw new IOException("Reset by the link."), ending);
        await valve.PassAsync(0, ending);
    }

    private async Task WaitAsync(TimeSpan due, CancellationToken ending)
    {
        // Less than a millisecond is not worth a timer.
        if (due - Now > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(due - Now, time, ending);
        }
    }
}
