using System.Text;
using Microsoft.AspNetCore.Http;

namespace Edge.Tests.EndToEnd;

public sealed class RawMesosClientTests : IDisposable
{
    // Generous: only a fault waits so long.
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Subscribe_ReadsRecordsAndTheStreamId()
    {
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            await call.OpenStreamAsync("stream-1", "application/json");
            await call.WriteRecordAsync("{\"type\":\"SUBSCRIBED\"}");
            await call.WriteRecordAsync("{\"type\":\"HEARTBEAT\"}");
        });
        var client = new RawMesosClient(master.Address);
        await using var stream = await client.SubscribeAsync("{}"u8.ToArray(), _limit.Token);

        Assert.Equal(200, stream.Answer.Status);
        Assert.Equal("stream-1", client.StreamId);
        Assert.Equal("application/json", stream.Answer.Header("content-type"));
        Assert.Equal("chunked", stream.Answer.Header("Transfer-Encoding"));
        Assert.Equal(["{\"type\":\"SUBSCRIBED\"}", "{\"type\":\"HEARTBEAT\"}"], await TextsAsync(stream));
        Assert.True(stream.OneRecordPerChunk);
        Assert.Equal(2, stream.Chunks);
    }

    [Fact]
    public async Task Subscribe_RecordsCutAnywhere_ComeWhole()
    {
        var all = ScriptedMaster.Record("first").Concat(ScriptedMaster.Record("")).Concat(ScriptedMaster.Record("third \u00fc")).ToArray();
        for (var cut = 1; cut < all.Length; cut++)
        {
            await using var master = await ScriptedMaster.StartAsync(async call =>
            {
                await call.OpenStreamAsync("s", "application/json");
                await call.WriteAsync(all[..cut]);
                await call.WriteAsync(all[cut..]);
            });
            await using var stream = await new RawMesosClient(master.Address).SubscribeAsync([], _limit.Token);
            Assert.Equal(["first", "", "third \u00fc"], await TextsAsync(stream));
            Assert.False(stream.OneRecordPerChunk);
        }
    }

    [Fact]
    public async Task Subscribe_BinaryRecords_AreKeptByteByByte()
    {
        var record = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7)).ToArray();
        byte[] framed = [.. "100000\n"u8, .. record];
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            Assert.Equal(record, call.Body);
            Assert.Equal("application/x-protobuf", call.Context.Request.ContentType);
            Assert.Equal("application/x-protobuf", call.Context.Request.Headers.Accept.ToString());
            await call.OpenStreamAsync("s", "application/x-protobuf");
            await call.WriteAsync(framed);
        });
        var client = new RawMesosClient(master.Address, RawMesosClient.Protobuf);
        await using var stream = await client.SubscribeAsync(record, _limit.Token);
        Assert.Equal(record, await stream.NextAsync(_limit.Token));
        Assert.Empty(master.Faults);
    }

    [Fact]
    public async Task Subscribe_Refused_CarriesTheAnswer()
    {
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            call.Context.Response.StatusCode = 400;
            await call.Context.Response.WriteAsync("Failed to parse body");
        });
        var client = new RawMesosClient(master.Address);
        await using var stream = await client.SubscribeAsync([], _limit.Token);
        Assert.Equal(400, stream.Answer.Status);
        Assert.Equal("Failed to parse body", stream.Answer.Text);
        Assert.Null(client.StreamId);
        Assert.Empty(await TextsAsync(stream));
    }

    [Fact]
    public async Task Subscribe_BrokenStreams_AreFaults()
    {
        foreach (var sent in new[] { "5\nab", "x\n", "-1\n", "123456789012345678901234567890" })
        {
            await using var master = await ScriptedMaster.StartAsync(async call =>
            {
                await call.OpenStreamAsync("s", "application/json");
                await call.WriteAsync(Encoding.ASCII.GetBytes(sent));
            });
            await using var stream = await new RawMesosClient(master.Address).SubscribeAsync([], _limit.Token);
            await Assert.ThrowsAsync<IOException>(() => TextsAsync(stream));
        }
    }

    [Fact]
    public async Task Subscribe_MasterKilled_IsAFaultAndNoEnd()
    {
        var seen = new TaskCompletionSource();
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            await call.OpenStreamAsync("s", "application/json");
            await call.WriteRecordAsync("{}");
            await seen.Task;
            call.Abort();
        });
        await using var stream = await new RawMesosClient(master.Address).SubscribeAsync([], _limit.Token);
        Assert.Equal("{}"u8.ToArray(), await stream.NextAsync(_limit.Token));
        seen.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => TextsAsync(stream));
    }

    [Fact]
    public async Task Call_SendsTheStreamIdAndReadsAnEmptyAnswer()
    {
        await using var master = await ScriptedMaster.StartAsync(call =>
        {
            call.Accept();
            return Task.CompletedTask;
        });
        var client = new RawMesosClient(master.Address) { StreamId = "stream-7" };
        var answer = await client.CallAsync("{\"type\":\"REVIVE\"}"u8.ToArray(), _limit.Token);
        Assert.Equal(202, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Null(answer.Header("Content-Type"));

        var call = await master.Calls.ReadAsync(_limit.Token);
        Assert.Equal("{\"type\":\"REVIVE\"}", call.Text);
        Assert.Equal("/api/v1/scheduler", call.Path);
        Assert.Equal("stream-7", call.StreamId);
    }

    [Fact]
    public async Task Call_HeadersOfTheTest_ReplaceOrRemoveTheOwn()
    {
        var seen = "";
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            var headers = call.Context.Request.Headers;
            seen = string.Join('|', headers.ContentType, headers.Accept, headers["mesos-stream-id"], headers.TransferEncoding, call.Text);
            await call.Context.Response.WriteAsync("chunked answer");
        });
        var client = new RawMesosClient(master.Address) { StreamId = "old" };
        var answer = await client.CallAsync(
            "body"u8.ToArray(),
            _limit.Token,
            new("Content-Type", "text/plain"),
            new("Accept", ""),
            new("mesos-stream-id", "new"),
            new("Transfer-Encoding", "chunked"));
        Assert.Equal("text/plain||new|chunked|body", seen);
        Assert.Equal("chunked answer", answer.Text);
    }

    [Fact]
    public async Task Get_ReadsABodyOfKnownLength()
    {
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            call.Context.Response.ContentLength = 4;
            await call.Context.Response.WriteAsync(call.Context.Request.QueryString.Value!);
        });
        var answer = await new RawMesosClient(master.Address).GetAsync("/tasks?a=b", _limit.Token);
        Assert.Equal("?a=b", answer.Text);
    }

    private async Task<List<string>> TextsAsync(RawMesosStream stream)
    {
        var texts = new List<string>();
        await foreach (var record in stream.ReadRecordsAsync(_limit.Token))
        {
            texts.Add(Encoding.UTF8.GetString(record));
        }

        return texts;
    }
}
