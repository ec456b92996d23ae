using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Edge.Hub.Demo;

/// <summary>A small framework that speaks nothing but the public Mesos v1 HTTP API: what any customer could write.</summary>
internal sealed class DemoFramework(Func<string> hubUrl, TimeProvider time) : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, TaskView> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Wanted> _wanted = new();
    private string? _frameworkId;
    private string? _streamId;
    private Task? _run;

    /// <summary>What the framework has seen of one task.</summary>
    /// <param name="Node">Where it runs; empty before the launch.</param>
    /// <param name="States">States in the order seen.</param>
    /// <param name="LaunchedAt">Timestamp of the ACCEPT.</param>
    /// <param name="RunningAfter">From the ACCEPT to TASK_RUNNING as seen here.</param>
    public sealed record TaskView(string Node, IReadOnlyList<string> States, long LaunchedAt, TimeSpan? RunningAfter);

    private sealed record Wanted(string Id, string Command, string? Node);

    /// <summary>Subscriptions made; the first, and one after each loss of the hub.</summary>
    public int Subscriptions { get; private set; }

    /// <summary>Statuses that came twice with the same uuid and were not counted again.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Starts to subscribe, and does so again whenever the stream ends.</summary>
    public void Start() => _run = RunAsync(_stopping.Token);

    /// <summary>Asks for a task; it is launched on the next offer that fits.</summary>
    /// <param name="node">The node it has to run on; null for any.</param>
    public void Launch(string id, string command, string? node)
    {
        _tasks[id] = new TaskView(string.Empty, [], 0, null);
        _wanted.Enqueue(new Wanted(id, command, node));
        _ = CallAsync(new JsonObject { ["type"] = "REVIVE" });
    }

    /// <summary>What is known of a task.</summary>
    public TaskView this[string id] => _tasks[id];

    /// <summary>True when a task was seen in a state.</summary>
    public bool Saw(string id, string state) => _tasks[id].States.Contains(state);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_run is not null)
        {
            await _run;
        }

        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SubscribeAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or HttpIOException)
            {
                // The hub is away; a framework of any worth comes back.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SubscribeAsync(CancellationToken stoppingToken)
    {
        var info = new JsonObject { ["user"] = "", ["name"] = "edge-demo", ["failover_timeout"] = 3600.0, ["roles"] = new JsonArray("*") };
        info["capabilities"] = new JsonArray(Capability("MULTI_ROLE"), Capability("PARTITION_AWARE"));
        var call = new JsonObject { ["type"] = "SUBSCRIBE", ["subscribe"] = new JsonObject { ["framework_info"] = info } };
        if (_frameworkId is { } id)
        {
            info["id"] = Id(id);
            call["framework_id"] = Id(id);
        }

        using var request = Request(call);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stoppingToken);
        response.EnsureSuccessStatusCode();
        _streamId = response.Headers.GetValues("Mesos-Stream-Id").Single();
        Subscriptions++;
        await using var stream = await response.Content.ReadAsStreamAsync(stoppingToken);
        while (await ReadRecordAsync(stream, stoppingToken) is { } record)
        {
            await HearAsync(JsonNode.Parse(record)!);
        }
    }

    private async Task HearAsync(JsonNode happened)
    {
        switch ((string?)happened["type"])
        {
            case "SUBSCRIBED":
                _frameworkId = (string)happened["subscribed"]!["framework_id"]!["value"]!;
                break;
            case "OFFERS":
                foreach (var offer in happened["offers"]!["offers"]!.AsArray())
                {
                    await AnswerAsync(offer!);
                }

                break;
            case "UPDATE":
                await TakeAsync(happened["update"]!["status"]!);
                break;
        }
    }

    private async Task AnswerAsync(JsonNode offer)
    {
        var node = (string)offer["agent_id"]!["value"]!;
        var launches = new JsonArray();
        for (var left = _wanted.Count; left > 0 && _wanted.TryDequeue(out var wanted); left--)
        {
            if (wanted.Node is null || wanted.Node == node)
            {
                launches.Add(TaskInfo(wanted, node));
                _tasks[wanted.Id] = _tasks[wanted.Id] with { Node = node, LaunchedAt = time.GetTimestamp() };
            }
            else
            {
                _wanted.Enqueue(wanted);
            }
        }

        var accept = new JsonObject
        {
            ["offer_ids"] = new JsonArray(offer["id"]!.DeepClone()),
            ["filters"] = new JsonObject { ["refuse_seconds"] = 1.0 },
        };
        if (launches.Count > 0)
        {
            accept["operations"] = new JsonArray(new JsonObject
            {
                ["type"] = "LAUNCH",
                ["launch"] = new JsonObject { ["task_infos"] = launches },
            });
        }

        await CallAsync(new JsonObject { ["type"] = "ACCEPT", ["accept"] = accept });
    }

    private async Task TakeAsync(JsonNode status)
    {
        var id = (string)status["task_id"]!["value"]!;
        var state = (string)status["state"]!;
        if (_tasks.TryGetValue(id, out var view))
        {
            if (view.States.Contains(state) && status["uuid"] is not null)
            {
                Duplicates++;
            }
            else if (!view.States.Contains(state))
            {
                TimeSpan? after = state == "TASK_RUNNING" ? time.GetElapsedTime(view.LaunchedAt) : view.RunningAfter;
                _tasks[id] = view with { States = [.. view.States, state], RunningAfter = after };
            }
        }

        if (status["uuid"] is { } uuid)
        {
            await CallAsync(new JsonObject
            {
                ["type"] = "ACKNOWLEDGE",
                ["acknowledge"] = new JsonObject
                {
                    ["agent_id"] = status["agent_id"]!.DeepClone(),
                    ["task_id"] = status["task_id"]!.DeepClone(),
                    ["uuid"] = uuid.DeepClone(),
                },
            });
        }
    }

    private async Task CallAsync(JsonObject call)
    {
        if (_frameworkId is null || _streamId is null)
        {
            return;
        }

        call["framework_id"] = Id(_frameworkId);
        using var request = Request(call);
        request.Headers.Add("Mesos-Stream-Id", _streamId);
        try
        {
            using var response = await _http.SendAsync(request, _stopping.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            // The stream ends too, and the next subscription brings whatever this call was about again.
        }
    }

    private HttpRequestMessage Request(JsonObject call)
    {
        var content = new StringContent(call.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, $"{hubUrl()}/api/v1/scheduler") { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    private static JsonObject TaskInfo(Wanted wanted, string node) => new()
    {
        ["name"] = wanted.Id,
        ["task_id"] = Id(wanted.Id),
        ["agent_id"] = Id(node),
        ["command"] = new JsonObject { ["value"] = wanted.Command, ["shell"] = true },
        ["resources"] = new JsonArray(Resource("cpus", 0.1), Resource("mem", 32)),
    };

    private static JsonObject Resource(string name, double value) => new()
    {
        ["name"] = name,
        ["type"] = "SCALAR",
        ["scalar"] = new JsonObject { ["value"] = value },
    };

    private static JsonObject Id(string value) => new() { ["value"] = value };

    private static JsonObject Capability(string name) => new() { ["type"] = name };

    /// <summary>Reads one RecordIO record; null at the end of the stream.</summary>
    private static async Task<byte[]?> ReadRecordAsync(Stream stream, CancellationToken cancellationToken)
    {
        var digits = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            if (one[0] == (byte)'\n')
            {
                break;
            }

            digits.Append((char)one[0]);
        }

        var record = new byte[int.Parse(digits.ToString(), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(record, cancellationToken);
        return record;
    }
}
