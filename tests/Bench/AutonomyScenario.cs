using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Edge.Tests.EndToEnd;

namespace Edge.Bench;

/// <summary>The plug-pull table of GOALS: what a site does while it is cut off, measured on native binaries.</summary>
/// <remarks>A hub and a native agent on the loopback; being cut off is a hub that is not there. <c>--tasks N</c> (10), <c>--launches N</c>
/// (50).</remarks>
internal static class AutonomyScenario
{
    private static readonly HttpClient s_http = new();

    public static async Task<BenchReport> RunAsync(BenchArguments arguments)
    {
        var report = new BenchReport("autonomy", "while cut off from the hub", "goal", "measured");
        var tasks = arguments.Get("tasks", 10);
        await Cluster.RunAsync(new HubSettings(), [new AgentSettings("one")], async cluster =>
        {
            await MeasureLaunchesAsync(cluster, arguments.Get("launches", 50), report);
            await DeployAsync(cluster.Api, "web", tasks);
            await UntilAsync(async () => await RunningAsync(Agent(cluster), "web") == tasks, 60);
            await MeasureAgentKillAsync(cluster, tasks, report);
            await cluster.Hub.KillAsync();
            await MeasurePowerCutAsync(cluster, tasks, report);
            await MeasureOfflinePostAsync(cluster, report);
        });
        OfflineYears.Measure(report);
        report.Note("Connected rows: one POST at a time, to TASK_RUNNING as the API shows it, polled each 2 ms.");
        return report;
    }

    private static async Task MeasureLaunchesAsync(Cluster cluster, int launches, BenchReport report)
    {
        var millis = new List<double>();
        for (var i = 0; i < launches; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await DeployAsync(cluster.Api, $"one-{i}", 1);
            await UntilAsync(async () => await RunningAsync(cluster.Api, $"one-{i}") == 1, 30);
            millis.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            await s_http.DeleteAsync(new Uri(cluster.Api, $"v2/apps/one-{i}"));
        }

        millis.Sort();
        report.Add(
            "(connected) POST /v2/apps to RUNNING", "p50 <= 50 ms, p99 <= 250 ms",
            string.Create(
                CultureInfo.InvariantCulture,
                $"p50 {millis[millis.Count / 2]:F0} ms, p99 {millis[Math.Min(millis.Count - 1, millis.Count * 99 / 100)]:F0} ms"));
    }

    private static async Task MeasureAgentKillAsync(Cluster cluster, int tasks, BenchReport report)
    {
        var before = await TaskIdsAsync(Agent(cluster), "web");
        await cluster["one"].KillAsync();
        var took = await cluster.RestartAgentAsync("one");
        await UntilAsync(async () => await RunningAsync(Agent(cluster), "web") == tasks, 30);
        var same = before.SetEquals(await TaskIdsAsync(Agent(cluster), "web"));
        report.Add(
            $"agent killed (-9) with {tasks} tasks", "tasks never notice; back <= 0.5 s",
            $"{(same ? "same tasks" : "TASKS CHANGED")}; back in {Millis(took)}");
    }

    private static async Task MeasurePowerCutAsync(Cluster cluster, int tasks, BenchReport report)
    {
        var data = cluster["one"].Data;
        await cluster["one"].KillAsync();
        await ProcessScan.EndAsync(data);
        var started = TimeProvider.System.GetTimestamp();
        await cluster.RestartAgentAsync("one");
        await UntilAsync(async () => await RunningAsync(Agent(cluster), "web") == tasks, 60);
        report.Add(
            $"power comes back: {tasks} native tasks running, from agent process start", "<= 1.0 s",
            Millis(TimeProvider.System.GetElapsedTime(started)));
    }

    private static async Task MeasureOfflinePostAsync(Cluster cluster, BenchReport report)
    {
        var started = TimeProvider.System.GetTimestamp();
        await DeployAsync(Agent(cluster), "kiosk", 1);
        await UntilAsync(async () => await RunningAsync(Agent(cluster), "kiosk") == 1, 30);
        var running = TimeProvider.System.GetElapsedTime(started);
        await cluster.StartHubAsync();
        var back = TimeProvider.System.GetTimestamp();
        await UntilAsync(async () => await RunningAsync(cluster.Api, "kiosk") == 1, 90);
        report.Add(
            "new app POSTed on the node's own Marathon API", "running <= 500 ms, merged later",
            $"{Millis(running)}; the hub shows it {Millis(TimeProvider.System.GetElapsedTime(back))} after it is back");
    }

    private static Uri Agent(Cluster cluster) => cluster["one"].Endpoint("http");

    private static async Task DeployAsync(Uri api, string id, int instances)
    {
        var json = $$"""{"id":"/{{id}}","cmd":"sleep 100000","cpus":0.01,"mem":4,"instances":{{instances}},"portDefinitions":[]}""";
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await s_http.PostAsync(new Uri(api, "v2/apps"), content);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    private static async Task<int> RunningAsync(Uri api, string id) =>
        (int?)JsonNode.Parse(await s_http.GetStringAsync(new Uri(api, $"v2/apps/{id}")))?["app"]?["tasksRunning"] ?? 0;

    private static async Task<HashSet<string>> TaskIdsAsync(Uri api, string id)
    {
        var tasks = JsonNode.Parse(await s_http.GetStringAsync(new Uri(api, $"v2/apps/{id}/tasks")))!["tasks"]!.AsArray();
        return [.. tasks.Select(t => (string)t!["id"]!)];
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, int seconds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await TryAsync(holds))
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > seconds)
            {
                throw new TimeoutException($"Not within {seconds} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

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

    private static string Millis(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms");
}
