using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>What an event stream has told so far.</summary>
internal sealed class MarathonEventLog : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(string Type, JsonNode Data)> _events = [];
    private readonly Task _reading;

    private MarathonEventLog(HttpResponseMessage answer)
    {
        _answer = answer;
        _reading = ReadAsync();
    }

    /// <summary>The status and the headers of the answer.</summary>
    public HttpResponseMessage Answer => _answer;

    /// <summary>All events so far, in their order: the name of the "event:" line and the data.</summary>
    public IReadOnlyList<(string Type, JsonNode Data)> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public static async Task<MarathonEventLog> OpenAsync(HttpClient client, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/events" + query);
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        return new MarathonEventLog(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    /// <summary>Waits for an event of a type that fits.</summary>
    /// <exception cref="TimeoutException">None came in time; the message names those that did.</exception>
    public async Task<JsonNode> WaitForAsync(string type, Func<JsonNode, bool>? fits = null)
    {
        JsonNode? Find() => Events.FirstOrDefault(e => e.Type == type && (fits is null || fits(e.Data))).Data;
        try
        {
            await Cluster.UntilAsync(() => Find() is not null, 60, $"event {type}");
        }
        catch (TimeoutException failure)
        {
            throw new TimeoutException($"{failure.Message} Told: {string.Join('\n', Events.Select(e => e.Data.ToJsonString()))}", failure);
        }

        return Find()!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _answer.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(await _answer.Content.ReadAsStreamAsync(_stop.Token));
            var type = string.Empty;
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    type = line["event: ".Length..];
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    lock (_events)
                    {
                        _events.Add((type, JsonNode.Parse(line["data: ".Length..])!));
                    }
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or HttpRequestException)
        {
            // The test or the daemon has ended.
        }
    }
}
