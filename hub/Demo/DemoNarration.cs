using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Edge.Hub.Demo;

/// <summary>Tells the steps of the demonstration, and ends it when one does not hold.</summary>
internal sealed class DemoNarration(TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly TextWriter _out = Console.Out;
    private int _step;

    /// <summary>Begins a step.</summary>
    public void Step(string text) => _out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n[{++_step}] {text}"));

    /// <summary>Says what was seen.</summary>
    public void Say(string text) => _out.WriteLine("    " + text);

    /// <summary>A time as it is told.</summary>
    public static string Millis(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms");

    /// <exception cref="DemoFailedException">It does not hold.</exception>
    public void Ensure(bool holds, string what)
    {
        if (!holds)
        {
            throw new DemoFailedException(_step, $"it does not hold that {what}");
        }
    }

    /// <summary>Waits until something holds; an API that does not answer yet does not hold.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="DemoFailedException">It does not hold in time.</exception>
    public async Task<TimeSpan> UntilAsync(Func<Task<bool>> holds, int seconds, string what)
    {
        var started = time.GetTimestamp();
        while (!await TryAsync(holds))
        {
            if (time.GetElapsedTime(started) > TimeSpan.FromSeconds(seconds))
            {
                throw new DemoFailedException(_step, $"after {seconds} s it does not hold that {what}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        }

        return time.GetElapsedTime(started);
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, int, string)"/>
    public Task<TimeSpan> UntilAsync(Func<bool> holds, int seconds, string what) =>
        UntilAsync(() => Task.FromResult(holds()), seconds, what);

    /// <summary>Reads JSON.</summary>
    public async Task<JsonNode> GetAsync(Uri uri)
    {
        using var response = await _http.GetAsync(uri);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Sends JSON and expects a status of success.</summary>
    /// <exception cref="DemoFailedException">It was refused; the message holds the answer.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, Uri uri, string json)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? body.Length == 0 ? null : JsonNode.Parse(body)
            : throw new DemoFailedException(_step, $"{method} {uri} was answered with {(int)response.StatusCode}: {body}");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<bool> TryAsync(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>A step of the demonstration did not hold.</summary>
internal sealed class DemoFailedException(int step, string reason) : Exception($"Step {step} failed: {reason}.");
