using System.Text.Json.Nodes;

namespace Edge.Tests.Scenarios;

/// <summary>Listens to Marathon's event stream and remembers all of it.</summary>
internal sealed class EventTap : IAsyncDisposable
{
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<JsonNode> _events = [];
    private Task _reading = Task.CompletedTask;

    private EventTap()
    {
    }

    /// <summary>Everything so far, in its order.</summary>
    public IReadOnlyList<JsonNode> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Listens from now on.</summary>
    public static async Task<EventTap> OpenAsync(Uri api, string type)
    {
        var tap = new EventTap();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api, $"v2/events?event_type={type}"));
        request.Headers.Accept.ParseAdd("text/event-stream");
        var response = await tap._client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        tap._reading = tap.ReadAsync(response);
        return tap;
    }

    /// <summary>What was told of a task.</summary>
    public IEnumerable<JsonNode> Of(string task) => Events.Where(e => (string?)e["taskId"] == task);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task ReadAsync(HttpResponseMessage response)
    {
        const string Data = "data:";
        using var _ = response;
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_stopping.Token));
            while (await reader.ReadLineAsync(_stopping.Token) is { } line)
            {
                if (line.StartsWith(Data, StringComparison.Ordinal))
                {
                    lock (_gate)
                    {
                        _events.Add(JsonNode.Parse(line[Data.Length..])!);
                    }
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // Whoever listens has heard enough, or the hub has ended.
        }
    }
}
