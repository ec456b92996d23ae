using System.Net;
using System.Net.Sockets;

namespace Edge.Tests.Scenarios;

/// <summary>The bad cable does what it says: delays, losses, throttling, resets and cuts, the same for the same seed.</summary>
public sealed class DegradedLinkTests
{
    private static readonly DegradedLinkOptions s_worst = new()
    {
        RoundTrip = TimeSpan.FromSeconds(2.5),
        LossPercent = 80,
        BitsPerSecond = 64_000,
        Seed = 1,
    };

    [Fact]
    public void Path_Perfect_ArrivesAtOnce() =>
        Assert.Equal(TimeSpan.FromSeconds(3), new DegradedPath(new DegradedLinkOptions(), 1).Send(TimeSpan.FromSeconds(3), 1000));

    [Fact]
    public void Path_Delay_IsHalfARoundTrip_AndRateAddsUp()
    {
        var path = new DegradedPath(new DegradedLinkOptions { RoundTrip = TimeSpan.FromSeconds(1), BitsPerSecond = 8_000 }, 1);
        const int Body = 1000 - DegradedPath.HeaderBytes;

        Assert.Equal(TimeSpan.FromSeconds(1.5), path.Send(TimeSpan.Zero, Body));
        Assert.Equal(TimeSpan.FromSeconds(2.5), path.Send(TimeSpan.Zero, Body));
    }

    [Fact]
    public void Path_Loss_StallsWhatIsBehind_NeverReorders_AndRepeatsBySeed()
    {
        TimeSpan[] Arrivals()
        {
            var path = new DegradedPath(s_worst, 7);
            return [.. Enumerable.Range(0, 2000).Select(i => path.Send(TimeSpan.FromSeconds(i * 60), 100)!.Value)];
        }

        var arrivals = Arrivals();
        Assert.Equal(arrivals, Arrivals());
        Assert.Equal(arrivals.Order(), arrivals);
        var atOnce = arrivals.Index().Count(a => a.Item - TimeSpan.FromSeconds(a.Index * 60) < TimeSpan.FromSeconds(1.3));

        // 45 % of each direction: 20 % of the round trips.
        Assert.InRange(atOnce / 2000.0, 0.40, 0.50);
    }

    [Fact]
    public Task Link_Perfect_CarriesBothWays() => WithEchoAsync(new DegradedLinkOptions(), async (link, stream) =>
    {
        var sent = new byte[300_000];
        new Random(3).NextBytes(sent);
        var writing = stream.WriteAsync(sent).AsTask();
        var got = new byte[sent.Length];
        await stream.ReadExactlyAsync(got);
        await writing;
        Assert.Equal(sent, got);
        Assert.Equal((sent.Length, sent.Length), link.Bytes);
    });

    [Fact]
    public Task Link_RoundTrip_IsFelt() =>
        WithEchoAsync(new DegradedLinkOptions { RoundTrip = TimeSpan.FromMilliseconds(200) }, async (_, stream) =>
        {
            await EchoAsync(stream);
            var started = TimeProvider.System.GetTimestamp();
            await EchoAsync(stream);
            Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.19, 5);
        });

    [Fact]
    public Task Link_SilencedOneWay_HoldsOnlyThatWay_UntilHealed() => WithEchoAsync(new DegradedLinkOptions(), async (link, stream) =>
    {
        await EchoAsync(stream);
        link.Silence(up: false, down: true);
        await stream.WriteAsync(new byte[] { 42 });
        var reading = stream.ReadExactlyAsync(new byte[1]).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.False(reading.IsCompleted);
        Assert.Equal(2, link.Bytes.Up);
        link.Heal();
        await reading;
    });

    [Fact]
    public Task Link_Cut_ResetsWhatIsOpen_AndWhatComes() => WithEchoAsync(new DegradedLinkOptions(), async (link, stream) =>
    {
        await EchoAsync(stream);
        link.Cut();
        await BreaksAsync(() => EchoAsync(stream));
        await BreaksAsync(() => ConnectAsync(link));
    });

    [Fact]
    public Task Link_Resets_EndConnections() => WithEchoAsync(new DegradedLinkOptions(), (link, _) =>
    {
        link.Degrade(new DegradedLinkOptions { ResetPercent = 100 });
        return BreaksAsync(() => ConnectAsync(link));
    });

    /// <summary>Wherever the reset catches it: while it connects, or later.</summary>
    private static async Task BreaksAsync(Func<Task> act)
    {
        var failure = await Record.ExceptionAsync(act);
        Assert.True(failure is IOException or SocketException, $"It went through, or failed as {failure}");
    }

    private static async Task ConnectAsync(DegradedLink link)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, link.Port);
        await EchoAsync(client.GetStream());
    }

    private static async Task EchoAsync(NetworkStream stream)
    {
        await stream.WriteAsync(new byte[] { 1 });
        await stream.ReadExactlyAsync(new byte[1]);
    }

    private static async Task WithEchoAsync(DegradedLinkOptions options, Func<DegradedLink, NetworkStream, Task> test)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var echo = EchoOnceAsync(server);
        await using (var link = new DegradedLink(() => ((IPEndPoint)server.LocalEndpoint).Port, options, TimeProvider.System))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, link.Port);
            await test(link, client.GetStream()).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        }

        server.Stop();
        await echo;
    }

    private static async Task EchoOnceAsync(TcpListener server)
    {
        try
        {
            using var client = await server.AcceptTcpClientAsync();
            await client.GetStream().CopyToAsync(client.GetStream());
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException)
        {
            // The link has ended it, or nobody came.
        }
    }
}
