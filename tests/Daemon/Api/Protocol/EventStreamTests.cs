using System.Net.Sockets;
using System.Text;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Builder;

namespace Edge.Tests.Daemon.Api.Protocol;

public sealed class EventStreamTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static byte[] Record(string text) => RecordIo.Frame(Encoding.UTF8.GetBytes(text));

    /// <summary>A server with one stream, and the promise of how it ended.</summary>
    private static async Task<(LoopbackServer Server, Task<EventStreamEnd> End)> ServeAsync(EventStream stream,
        EventStreamHeartbeat? heartbeat = null)
    {
        var end = new TaskCompletionSource<EventStreamEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = await LoopbackServer.StartAsync(app => app.MapPost("/stream", async context =>
        {
            context.Response.Headers["Mesos-Stream-Id"] = "1-2-3";
            end.SetResult(await stream.RunAsync(context, MediaTypes.Json, heartbeat));
        }));
        return (server, end.Task);
    }

    private static string Request(string connection) =>
        $"POST /stream HTTP/1.1\r\nHost: h\r\nConnection: {connection}\r\nContent-Length: 0\r\n\r\n";

    private static async Task<string> ReadUntilAsync(TcpClient client, string ending)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(s_patience);
        while (!text.ToString().EndsWith(ending, StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(buffer, patience.Token);
            Assert.True(count > 0, $"The stream ended; so far: {text}");
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    [Theory]
    [InlineData("close")]
    [InlineData("keep-alive")]
    public async Task Stream_IsChunked_OneChunkPerRecord_EvenWhenTheConnectionIsToClose(string connection)
    {
        var stream = new EventStream(new EventStreamLimits(), TimeProvider.System);
        var (server, end) = await ServeAsync(stream);
        await using var _ = server;
        using var client = await server.SendAsync(Request(connection));
        var head = await ReadUntilAsync(client, "\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/json\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nMesos-Stream-Id: 1-2-3\r\n", head, StringComparison.Ordinal);
        foreach (var text in new[] { "{\"type\":\"HEARTBEAT\"}", new string('x', 20_000) })
        {
            var framed = Record(text);
            Assert.True(stream.TryWrite(framed));
            var chunk = await ReadUntilAsync(client, text + "\r\n");
            Assert.Equal($"{framed.Length:x}\r\n{text.Length}\n{text}\r\n", chunk);
        }

        stream.Complete();
        Assert.Equal("0\r\n\r\n", await ReadUntilAsync(client, "0\r\n\r\n"));
        Assert.Equal(EventStreamEnd.Completed, await end.WaitAsync(s_patience));
        Assert.False(stream.TryWrite(Record("late")));
        Assert.Equal(0, stream.BytesWaiting);
    }

    [Fact]
    public async Task RecordsBeforeTheStart_AreKept_AndCompletionHandsThemOut()
    {
        var stream = new EventStream(new EventStreamLimits(), TimeProvider.System);
        Assert.True(stream.TryWrite(Record("a")));
        Assert.True(stream.TryWrite(Record("b")));
        stream.Complete();
        var (server, end) = await ServeAsync(stream);
        await using var _ = server;
        using var client = await server.SendAsync(Request("keep-alive"));
        Assert.EndsWith("\r\n\r\n3\r\n1\na\r\n3\r\n1\nb\r\n0\r\n\r\n", await ReadUntilAsync(client, "0\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(EventStreamEnd.Completed, await end.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Heartbeat_ComesEachInterval_OfTheGivenClock()
    {
        var time = new SteppedTime();
        var stream = new EventStream(new EventStreamLimits(), time);
        var (server, _) = await ServeAsync(stream, new EventStreamHeartbeat(Record("beat"), TimeSpan.FromSeconds(15)));
        await using var __ = server;
        using var client = await server.SendAsync(Request("keep-alive"));
        await ReadUntilAsync(client, "\r\n\r\n");
        Assert.Equal(TimeSpan.FromSeconds(15), time.Timers.Single().Period);
        for (var beats = 0; beats < 3; beats++)
        {
            time.Timers.Single().Fire();
            Assert.Equal("6\r\n4\nbeat\r\n", await ReadUntilAsync(client, "beat\r\n"));
        }

        stream.Complete();
        await ReadUntilAsync(client, "0\r\n\r\n");
    }

    [Theory]
    [InlineData(100_000, 1_000_000)]
    [InlineData(16, int.MaxValue)]
    public async Task ReaderThatDoesNotRead_IsCut(int recordsMax, int bytesMax)
    {
        var stream = new EventStream(new EventStreamLimits(recordsMax, bytesMax), TimeProvider.System);
        var (server, end) = await ServeAsync(stream);
        await using var _ = server;
        using var client = await server.SendAsync(Request("keep-alive"), receiveBytes: 4096);
        await ReadUntilAsync(client, "\r\n\r\n");
        var record = new byte[64 * 1024];
        var written = 0;
        while (stream.TryWrite(record))
        {
            Assert.True(stream.BytesWaiting <= bytesMax && stream.RecordsWaiting <= recordsMax);
            Assert.True(++written < 1_000_000);
        }

        Assert.Equal(EventStreamEnd.TooSlow, await end.WaitAsync(s_patience));
        Assert.False(stream.TryWrite(record));
    }

    [Fact]
    public async Task CompletedStream_WhoseReaderDoesNotRead_IsCutAfterTheTimeout()
    {
        var time = new SteppedTime();
        var stream = new EventStream(new EventStreamLimits(), time);
        for (var left = 200; left > 0; left--)
        {
            Assert.True(stream.TryWrite(new byte[64 * 1024]));
        }

        var (server, end) = await ServeAsync(stream);
        await using var _ = server;
        using var client = await server.SendAsync(Request("keep-alive"), receiveBytes: 4096);
        await ReadHeadAsync(client);
        stream.Complete();
        Assert.False(end.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(5), time.Timers.Single().DueTime);
        time.Timers.Single().Fire();
        Assert.Equal(EventStreamEnd.TooSlow, await end.WaitAsync(s_patience));
    }

    [Fact]
    public async Task ReaderThatLeaves_EndsTheStream()
    {
        var stream = new EventStream(new EventStreamLimits(), TimeProvider.System);
        var (server, end) = await ServeAsync(stream);
        await using var _ = server;
        using (var client = await server.SendAsync(Request("keep-alive")))
        {
            await ReadUntilAsync(client, "\r\n\r\n");
        }

        Assert.Equal(EventStreamEnd.ReaderGone, await end.WaitAsync(s_patience));
        Assert.False(stream.TryWrite(Record("late")));
    }

    /// <summary>Reads the headers and not one byte more.</summary>
    private static async Task ReadHeadAsync(TcpClient client)
    {
        var one = new byte[1];
        var text = string.Empty;
        using var patience = new CancellationTokenSource(s_patience);
        while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await client.GetStream().ReadAsync(one, patience.Token) == 1)
        {
            text += (char)one[0];
        }
    }

    /// <summary>A clock whose timers fire when they are told to.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public List<SteppedTimer> Timers { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SteppedTimer(callback, state, dueTime, period);
            Timers.Add(timer);
            return timer;
        }
    }

    private sealed record SteppedTimer(TimerCallback Callback, object? State, TimeSpan DueTime, TimeSpan Period) : ITimer
    {
        public void Fire() => Callback(State);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
