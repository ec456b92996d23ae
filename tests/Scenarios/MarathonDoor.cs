using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Edge.Tests.Scenarios;

/// <summary>A task as Marathon's API shows it.</summary>
internal sealed record SeenTask(string Id, string App, string Node, string State)
{
    /// <summary>How often its place was filled: 1 for the first task of an instance.</summary>
    public int Incarnation => int.Parse(Id[(Id.LastIndexOf('.') + 1)..], CultureInfo.InvariantCulture);
}

/// <summary>The Marathon API of a hub or of an agent, in the words of an operator.</summary>
internal sealed class MarathonDoor(Func<Uri> address) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Sends a request and takes whatever comes.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(address(), path));
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Sends a request that has to succeed.</summary>
    public async Task<JsonNode> MustAsync(HttpMethod method, string path, string? json = null)
    {
        var (status, body) = await SendAsync(method, path, json);
        return (int)status < 300
            ? body ?? new JsonObject()
            : throw new InvalidOperationException($"{method} {path}: {(int)status} {body?.ToJsonString()}");
    }

    /// <summary>Makes an app, with the fields that every small app has.</summary>
    /// <param name="fields">Further fields, as JSON without its braces.</param>
    public Task<JsonNode> CreateAsync(string app, string command, int instances = 1, string fields = "") => MustAsync(
        HttpMethod.Post, "v2/apps", Define(app, command, instances, fields));

    /// <summary>The definition that <see cref="CreateAsync"/> sends.</summary>
    public static string Define(string app, string command, int instances = 1, string fields = "") => $$"""
        {"id":"{{app}}","cmd":"{{command}}","instances":{{instances}},"cpus":0.1,"mem":16{{(fields.Length > 0 ? "," + fields : "")}}}
        """;

    /// <summary>Makes an app and waits until all of it runs and its deployment is over.</summary>
    /// <returns>Its tasks.</returns>
    public async Task<IReadOnlyList<SeenTask>> RunAsync(string app, string command, int instances = 1, string fields = "")
    {
        await CreateAsync(app, command, instances, fields);
        return await SettledAsync(app, instances, 30);
    }

    /// <summary>Waits until so many tasks run, no more than these live, and no deployment is under way.</summary>
    public async Task<IReadOnlyList<SeenTask>> SettledAsync(string app, int instances, int seconds)
    {
        IReadOnlyList<SeenTask> tasks = [];
        await UntilAsync(
            async () =>
            {
                tasks = await TasksAsync(app);
                return tasks.Count == instances && tasks.All(t => t.State == "TASK_RUNNING") && await DeploymentsAsync() == 0;
            },
            seconds,
            () => $"{instances} task(s) of {app} run, and nothing is deployed; there are {string.Join(", ", tasks)}");
        return tasks;
    }

    /// <summary>The live tasks of an app; none when there is no such app.</summary>
    public async Task<IReadOnlyList<SeenTask>> TasksAsync(string app)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, $"v2/apps{app}/tasks");
        return status == HttpStatusCode.NotFound ? [] : Read(body);
    }

    /// <summary>All live tasks.</summary>
    public async Task<IReadOnlyList<SeenTask>> TasksAsync() => Read(await MustAsync(HttpMethod.Get, "v2/tasks"));

    /// <summary>How many tasks of an app run.</summary>
    public async Task<int> RunningAsync(string app) => (await TasksAsync(app)).Count(t => t.State == "TASK_RUNNING");

    /// <summary>How many deployments are under way.</summary>
    public async Task<int> DeploymentsAsync() => (await MustAsync(HttpMethod.Get, "v2/deployments")).AsArray().Count;

    /// <summary>Waits until something holds.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task<TimeSpan> UntilAsync(Func<Task<bool>> holds, int seconds, string what) => UntilAsync(holds, seconds, () => what);

    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> holds, int seconds, Func<string> what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await HoldsAsync(holds))
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > seconds)
            {
                throw new TimeoutException($"Not within {seconds} s: {what()}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Fails when something stops to hold during a time.</summary>
    public static async Task WhileAsync(Func<Task<bool>> holds, TimeSpan time, Func<string> what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < time)
        {
            Assert.True(await holds(), $"After {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s it is not so: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<bool> HoldsAsync(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (HttpRequestException)
        {
            // Not up yet.
            return false;
        }
    }

    private static SeenTask[] Read(JsonNode? body) =>
    [
        .. body!["tasks"]!.AsArray().Select(t => new SeenTask(
            (string)t!["id"]!, (string)t["appId"]!, (string)t["slaveId"]!, (string)t["state"]!)),
    ];
}
