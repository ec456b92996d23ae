using System.Collections.Concurrent;
using System.Text.Json;
using Edge.Tests.Support;

namespace Edge.Tests.EndToEnd;

/// <summary>Proves the script around the npm scheduler against a scripted master: what it reports, and that it always comes back.</summary>
public sealed class MesosFrameworkProcessTests : IDisposable
{
    private const string OfferText = """
        {"type":"OFFERS","offers":{"offers":[{"id":{"value":"O-1"},"framework_id":{"value":"F-1"},"agent_id":{"value":"A-1"},
        "hostname":"node","url":{"scheme":"http","address":{"ip":"127.0.0.1","port":5051},"path":"/x"},"resources":[
        {"name":"cpus","type":"SCALAR","scalar":{"value":4}},{"name":"mem","type":"SCALAR","scalar":{"value":1024}}]}]}}
        """;

    // Generous: only a fault waits so long.
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly ConcurrentQueue<JsonElement> _calls = new();
    private readonly ConcurrentDictionary<string, string> _unacknowledged = new();
    private volatile ScriptedMaster.Exchange? _stream;
    private TaskCompletionSource _endOfStream = new();
    private readonly SemaphoreSlim _writing = new(1);
    private string _finalState = "TASK_FINISHED";
    private bool _offers = true;
    private int _uuids;

    public void Dispose()
    {
        _limit.Dispose();
        _writing.Dispose();
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task ShortTasks_AllFinished_LeavesWithZero()
    {
        await using var master = await ScriptedMaster.StartAsync(AnswerAsync);
        await using var scheduler = MesosFrameworkProcess.Start(master.Address, "--tasks", "3", "--command", "echo done", "--name", "e2e");
        Assert.True(await scheduler.WaitForExitAsync(_limit.Token) == 0, scheduler.Told());

        var finished = scheduler.Updates().Where(update => update.GetProperty("state").GetString() == "TASK_FINISHED").ToArray();
        Assert.Equal(3, finished.Select(update => update.GetProperty("task_id").GetString()).Distinct().Count());
        Assert.All(scheduler.Updates(), update =>
        {
            Assert.Equal("A-1", update.GetProperty("agent_id").GetString());
            Assert.Equal("SOURCE_EXECUTOR", update.GetProperty("source").GetString());
            Assert.Equal(1.5, update.GetProperty("timestamp").GetDouble());
        });
        Assert.Empty(_unacknowledged);
        Assert.Empty(master.Faults);
        Assert.Equal(2, Calls("ACCEPT").Length);
        Assert.NotEmpty(Calls("REVIVE"));
        Assert.Equal(JsonValueKind.Null, Calls("SUBSCRIBE").Single().GetProperty("framework_id").ValueKind);
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task ShortTasks_OneFails_LeavesWithOne()
    {
        _finalState = "TASK_FAILED";
        await using var master = await ScriptedMaster.StartAsync(AnswerAsync);
        await using var scheduler = MesosFrameworkProcess.Start(master.Address, "--tasks", "1");
        Assert.True(await scheduler.WaitForExitAsync(_limit.Token) == 1, scheduler.Told());
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task Stream_CutClosedOrRefused_IsTakenUpAgainWithTheSameId()
    {
        _finalState = "";
        var master = await ScriptedMaster.StartAsync(AnswerAsync);
        var port = master.Address.Port;
        await using var scheduler = MesosFrameworkProcess.Start(master.Address, "--long-task");
        await scheduler.WaitForStateAsync("TASK_RUNNING", _limit.Token);

        _stream!.Abort();
        Assert.Equal("script", (await scheduler.WaitForTypeAsync("CLOSED", _limit.Token)).GetProperty("resubscribed_by").GetString());
        await scheduler.WaitForTypeAsync("SUBSCRIBED", _limit.Token);
        await SentAsync(scheduler, "RECONCILE");

        _endOfStream.SetResult();
        Assert.Equal("package", (await scheduler.WaitForTypeAsync("CLOSED", _limit.Token)).GetProperty("resubscribed_by").GetString());
        await scheduler.WaitForTypeAsync("SUBSCRIBED", _limit.Token);
        await SentAsync(scheduler, "RECONCILE");

        await master.DisposeAsync();
        await scheduler.WaitForAsync(
            line => line.GetProperty("type").GetString() == "CLOSED" && line.GetProperty("why").GetString() == "ECONNREFUSED",
            _limit.Token);
        await using var next = await ScriptedMaster.StartAsync(AnswerAsync, port);
        var again = await scheduler.WaitForTypeAsync("SUBSCRIBED", _limit.Token);
        Assert.Equal("F-1", again.GetProperty("framework_id").GetString());
        await SentAsync(scheduler, "RECONCILE");
        await scheduler.TellAsync("stop");
        Assert.True(await scheduler.WaitForExitAsync(_limit.Token) == 0, scheduler.Told());

        var later = Calls("SUBSCRIBE").Skip(1).ToArray();
        Assert.True(later.Length >= 3, scheduler.Told());
        Assert.All(later, call =>
        {
            var info = call.GetProperty("subscribe").GetProperty("framework_info");
            Assert.Equal("F-1", call.GetProperty("framework_id").GetProperty("value").GetString());
            Assert.Equal("F-1", info.GetProperty("id").GetProperty("value").GetString());
        });

        // It asks for its running task each time it is back, and launches it only once.
        Assert.True(Calls("RECONCILE").Length >= 3, scheduler.Told());
        Assert.Single(Calls("ACCEPT"));
        Assert.Empty(master.Faults);
        Assert.Empty(next.Faults);
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task LongTask_ObeysItsStandardInput()
    {
        _finalState = "";
        await using var master = await ScriptedMaster.StartAsync(AnswerAsync);
        await using var scheduler = MesosFrameworkProcess.Start(master.Address, "--long-task", "--framework-id", "F-1");
        var running = await scheduler.WaitForStateAsync("TASK_RUNNING", _limit.Token);
        var id = running.GetProperty("task_id").GetString()!;
        Assert.Equal("F-1", Calls("SUBSCRIBE").Single().GetProperty("framework_id").GetProperty("value").GetString());

        await scheduler.TellAsync("fly");
        await scheduler.WaitForTypeAsync("REFUSED", _limit.Token);
        await scheduler.TellAsync("reconcile");
        await scheduler.TellAsync("reconcile " + id);
        await SentAsync(scheduler, "RECONCILE");
        await SentAsync(scheduler, "RECONCILE");
        await scheduler.TellAsync("kill");
        await scheduler.WaitForStateAsync("TASK_KILLED", _limit.Token);
        await scheduler.TellAsync("teardown");
        Assert.True(await scheduler.WaitForExitAsync(_limit.Token) == 0, scheduler.Told());

        // Each call is a connection of its own: they may overtake each other.
        Assert.Contains(Calls("RECONCILE"), call => call.GetProperty("reconcile").GetProperty("tasks").GetArrayLength() == 0);
        Assert.Contains(Calls("RECONCILE"), call => call.GetProperty("reconcile").GetProperty("tasks").GetArrayLength() == 1);
        Assert.Equal(id, Calls("KILL").Single().GetProperty("kill").GetProperty("task_id").GetProperty("value").GetString());
        Assert.Single(Calls("TEARDOWN"));
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task Silence_IsTakenForACutLink()
    {
        _offers = false;
        await using var master = await ScriptedMaster.StartAsync(AnswerAsync);
        await using var scheduler = MesosFrameworkProcess.Start(master.Address, "--long-task", "--silence-seconds", "1");
        await scheduler.WaitForTypeAsync("SUBSCRIBED", _limit.Token);
        await scheduler.WaitForTypeAsync("SILENCE", _limit.Token);
        await scheduler.WaitForTypeAsync("SUBSCRIBED", _limit.Token);
        Assert.Equal("F-1", Calls("SUBSCRIBE")[1].GetProperty("framework_id").GetProperty("value").GetString());
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task ErrorEvent_LeavesWithFourAndTheMessage()
    {
        await using var master = await ScriptedMaster.StartAsync(async call =>
        {
            await call.OpenStreamAsync("stream-1", "application/json");
            await call.WriteRecordAsync("""{"type":"ERROR","error":{"message":"Framework has been removed"}}""");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Context.RequestAborted);
        });
        await using var scheduler = MesosFrameworkProcess.Start(master.Address, "--long-task");
        Assert.True(await scheduler.WaitForExitAsync(_limit.Token) == 4, scheduler.Told());
        Assert.Contains("Framework has been removed", scheduler.Told(), StringComparison.Ordinal);
    }

    [RequiresNpmFact("mesos-framework")]
    public async Task WrongFlags_LeaveWithTwoAndNameThem()
    {
        await using var scheduler = MesosFrameworkProcess.Start(new Uri("http://127.0.0.1:1"), "--cpus", "many");
        Assert.Equal(2, await scheduler.WaitForExitAsync(_limit.Token));
        Assert.Contains("--cpus is 'many'", scheduler.Told(), StringComparison.Ordinal);
    }

    private JsonElement[] Calls(string type) => [.. _calls.Where(call => call.GetProperty("type").GetString() == type)];

    private async Task SentAsync(MesosFrameworkProcess scheduler, string call) => await scheduler.WaitForAsync(
        line => line.GetProperty("type").GetString() == "SENT" && line.GetProperty("call").GetString() == call, _limit.Token);

    // The script of the master: one agent, every task runs at once, and ends as soon as its TASK_RUNNING is acknowledged.
    private async Task AnswerAsync(ScriptedMaster.Exchange call)
    {
        using var document = JsonDocument.Parse(call.Body);
        var body = document.RootElement.Clone();
        _calls.Enqueue(body);
        var type = body.GetProperty("type").GetString();
        if (type == "SUBSCRIBE")
        {
            Assert.Null(call.StreamId);
            await StreamAsync(call);
            return;
        }

        call.Accept(call.StreamId == "stream-1" ? 202 : 400);
        if (type == "ACCEPT")
        {
            foreach (var task in body.GetProperty("accept").GetProperty("operations")[0].GetProperty("launch")
                .GetProperty("task_infos").EnumerateArray())
            {
                await UpdateAsync(task.GetProperty("task_id").GetProperty("value").GetString()!, "TASK_RUNNING");
            }
        }
        else if (type == "REVIVE")
        {
            await WriteAsync(OfferText);
        }
        else if (type == "KILL")
        {
            await UpdateAsync(body.GetProperty("kill").GetProperty("task_id").GetProperty("value").GetString()!, "TASK_KILLED");
        }
        else if (type == "ACKNOWLEDGE")
        {
            var acknowledge = body.GetProperty("acknowledge");
            var known = _unacknowledged.TryRemove(acknowledge.GetProperty("uuid").GetString()!, out var state);
            if (known && state == "TASK_RUNNING" && _finalState.Length > 0)
            {
                await UpdateAsync(acknowledge.GetProperty("task_id").GetProperty("value").GetString()!, _finalState);
            }
        }
    }

    private async Task StreamAsync(ScriptedMaster.Exchange call)
    {
        await call.OpenStreamAsync("stream-1", "application/json");
        _endOfStream = new TaskCompletionSource();
        _stream = call;
        await WriteAsync("""{"type":"SUBSCRIBED","subscribed":{"framework_id":{"value":"F-1"},"heartbeat_interval_seconds":15}}""");
        await WriteAsync("""{"type":"HEARTBEAT"}""");
        if (_offers)
        {
            await WriteAsync(OfferText);
        }

        await _endOfStream.Task.WaitAsync(call.Context.RequestAborted);
    }

    private async Task UpdateAsync(string taskId, string state)
    {
        var uuid = Convert.ToBase64String(BitConverter.GetBytes(Interlocked.Increment(ref _uuids)));
        _unacknowledged[uuid] = state;
        await WriteAsync($$$"""
            {"type":"UPDATE","update":{"status":{"task_id":{"value":"{{{taskId}}}"},"state":"{{{state}}}","source":"SOURCE_EXECUTOR",
            "agent_id":{"value":"A-1"},"executor_id":{"value":"{{{taskId}}}"},"timestamp":1.5,"uuid":"{{{uuid}}}"} } }
            """);
    }

    private async Task WriteAsync(string text)
    {
        // One writer at a time; the package takes a line break within a record for the end of a length.
        await _writing.WaitAsync(_limit.Token);
        try
        {
            await _stream!.WriteRecordAsync(text.ReplaceLineEndings(""));
        }
        finally
        {
            _writing.Release();
        }
    }
}
