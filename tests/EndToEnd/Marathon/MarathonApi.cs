using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Marathon's API of one daemon, spoken to byte by byte as it stands in the requests.</summary>
internal sealed class MarathonApi(Uri address) : IDisposable
{
    /// <summary>How long anything may take at most; the tests poll, so nothing takes longer than it has to.</summary>
    private const int Seconds = 60;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };

    /// <summary>Where it is.</summary>
    public Uri Address { get; } = address;

    public Task<MarathonReply> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, null, accept);

    public Task<MarathonReply> PostAsync(string path, string? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<MarathonReply> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<MarathonReply> PatchAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<MarathonReply> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public async Task<MarathonReply> SendAsync(HttpMethod method, string path, string? body = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var answer = await _client.SendAsync(request);
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new MarathonReply($"{method} {path}", (int)answer.StatusCode, headers, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="query">Such as <c>?event_type=deployment_success</c>.</param>
    public Task<MarathonEventLog> ListenAsync(string query = "") => MarathonEventLog.OpenAsync(_client, query);

    /// <summary>Asks until an answer fits.</summary>
    /// <exception cref="TimeoutException">None did in time; the message holds the last one.</exception>
    public async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> fits, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await GetAsync(path);
            if (reply.Status == 200 && fits(reply.Json))
            {
                return reply.Json;
            }

            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > Seconds)
            {
                throw new TimeoutException($"Not within {Seconds} s: {what}. {reply}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>The app as GET shows it.</summary>
    public async Task<JsonNode> AppAsync(string id) => (await GetAsync("/v2/apps" + id)).Expect(200).Json["app"]!;

    /// <summary>Waits until no deployment is left that touches an app or a group; others may be stuck.</summary>
    public Task SettleAsync(string id) => UntilAsync(
        "/v2/deployments",
        d => !d.AsArray().SelectMany(x => x!["affectedApps"]!.AsArray()).Any(a => ((string?)a)!.StartsWith(id, StringComparison.Ordinal)),
        $"no deployment of {id} is left");

    /// <summary>The deployment that touches an app.</summary>
    public async Task<JsonNode> DeploymentAsync(string id)
    {
        bool Touches(JsonNode? deployment) => deployment!["affectedApps"]!.AsArray().Any(a => (string?)a == id);
        var all = await UntilAsync("/v2/deployments", d => d.AsArray().Any(Touches), $"a deployment of {id}");
        return all.AsArray().First(Touches)!;
    }

    /// <summary>The item of the queue that an app has, once it fits.</summary>
    public async Task<JsonNode> QueuedAsync(string id, Func<JsonNode, bool> fits, string embed = "")
    {
        JsonNode? Find(JsonNode queue) => queue["queue"]!.AsArray().FirstOrDefault(i => (string?)i!["app"]!["id"] == id);
        var all = await UntilAsync("/v2/queue" + embed, q => Find(q) is { } item && fits(item), $"{id} is queued");
        return Find(all)!;
    }

    /// <summary>Waits until all tasks of an app run and nothing is deployed.</summary>
    /// <returns>The tasks.</returns>
    public async Task<JsonNode[]> RunAsync(string id, int count)
    {
        await SettleAsync(id);
        var tasks = await UntilAsync(
            $"/v2/apps{id}/tasks",
            t => t["tasks"]!.AsArray() is { } all && all.Count == count
                && all.All(x => (string?)x!["state"] == "TASK_RUNNING" && x["startedAt"] is not null),
            $"{count} tasks of {id} run");
        return [.. tasks["tasks"]!.AsArray().Select(t => t!)];
    }

    /// <summary>Makes an app and waits until it runs.</summary>
    /// <param name="more">Further fields, such as <c>"instances":2</c>.</param>
    /// <returns>Its tasks.</returns>
    public async Task<JsonNode[]> StartAsync(string id, string more = "", int count = 1)
    {
        (await PostAsync("/v2/apps", Body(id, more))).Expect(201);
        return await RunAsync(id, count);
    }

    /// <summary>Ends an app and waits until it is gone.</summary>
    public async Task RemoveAsync(string id)
    {
        (await DeleteAsync($"/v2/apps{id}?force=true")).Expect(200);
        await SettleAsync(id);
    }

    /// <summary>Does something while an app stands, and removes it.</summary>
    public async Task WithAppAsync(string id, string more, Func<JsonNode[], Task> test, int count = 1)
    {
        await test(await StartAsync(id, more, count));
        await RemoveAsync(id);
    }

    /// <summary>The ids of tasks.</summary>
    public static string[] Ids(IEnumerable<JsonNode?> tasks) => [.. tasks.Select(t => (string)t!["id"]!)];

    /// <summary>The JSON of a small app; a field of <paramref name="more"/> that is here too wins, as the last one does in JSON.</summary>
    public static string Body(string id, string more = "") =>
        $$"""{"id":"{{id}}","cmd":"exec sleep 1000","cpus":0.1,"mem":16{{(more.Length == 0 ? "" : "," + more)}}}""";

    public void Dispose() => _client.Dispose();
}

/// <summary>An answer.</summary>
/// <param name="Request">For messages.</param>
internal sealed record MarathonReply(string Request, int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException($"{this}: no JSON.");

    public string? Message => (string?)Json["message"];

    /// <summary>The paths and texts of what is wrong, as <c>path: text</c>.</summary>
    public IEnumerable<string> Details =>
        Json["details"]!.AsArray().SelectMany(d => d!["errors"]!.AsArray().Select(e => $"{(string?)d["path"]}: {(string?)e}"));

    /// <summary>Itself, when it has a status.</summary>
    public MarathonReply Expect(int status) => Status == status
        ? this
        : throw new InvalidOperationException($"Status {status} was expected. {this}");

    /// <summary>Itself, when it names a deployment in body and header.</summary>
    public MarathonReply ExpectDeployment(int status = 200)
    {
        Expect(status);
        Assert.True(Guid.TryParse((string?)Json["deploymentId"], out _), ToString());
        Assert.Equal((string?)Json["deploymentId"], Headers["Marathon-Deployment-Id"]);
        Assert.Matches(Times.Pattern, (string?)Json["version"]);
        return this;
    }

    public override string ToString() => $"{Request}: {Status} {Text}";
}

/// <summary>How Marathon writes times.</summary>
internal static class Times
{
    public const string Pattern = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$";
}
