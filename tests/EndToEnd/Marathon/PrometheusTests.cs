using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Edge.Tests.Support;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Debian's prometheus, unmodified, discovers tasks by its <c>marathon_sd_configs</c>: on the hub and on a cut agent.</summary>
public abstract class PrometheusTests(MarathonCluster cluster)
{
    [RequiresNativeFact("prometheus")]
    public Task Prometheus_DiscoversEveryPortOfEveryTask() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var more = """
            "instances":2,"labels":{"team":"x"},
            "portDefinitions":[{"port":0,"name":"web","labels":{"kind":"http"}},{"port":0,"name":"admin"}]
            """;
        await api.WithAppAsync(id, more, async tasks =>
        {
            await using var prometheus = await Prometheus.StartAsync(api.Address);
            var targets = await prometheus.TargetsAsync(id, 4);
            var ports = tasks.SelectMany(t => t["ports"]!.AsArray().Select(p => $"{(string?)t["host"]}:{(int)p!}"));
            Assert.Equal(ports.Order(StringComparer.Ordinal), targets.Select(t => (string)t["__address__"]!).Order(StringComparer.Ordinal));
            Assert.All(targets, t => Assert.Equal("x", (string?)t["__meta_marathon_app_label_team"]));
            Assert.Equal(
                MarathonApi.Ids(tasks).Order(StringComparer.Ordinal),
                targets.Select(t => (string)t["__meta_marathon_task"]!).Distinct().Order(StringComparer.Ordinal));
            Assert.Equal(2, targets.Count(t => (string?)t["__meta_marathon_port_definition_label_kind"] == "http"));

            (await api.PutAsync($"/v2/apps{id}", """{"instances":1}""")).ExpectDeployment();
            await prometheus.TargetsAsync(id, 2);
        }, 2);
    });

    /// <summary>The program, with a folder of its own.</summary>
    private sealed class Prometheus(Process process, Uri address, DirectoryInfo folder) : IAsyncDisposable
    {
        private readonly HttpClient _client = new() { BaseAddress = address };
        private readonly Task<string> _log = process.StandardError.ReadToEndAsync();

        public static async Task<Prometheus> StartAsync(Uri marathon)
        {
            var folder = Directory.CreateTempSubdirectory("edge-prometheus-");
            var configuration = Path.Combine(folder.FullName, "prometheus.yml");
            await File.WriteAllTextAsync(configuration, $"""
                scrape_configs:
                  - job_name: marathon
                    scrape_interval: 1h
                    marathon_sd_configs:
                      - servers: ['{marathon.AbsoluteUri.TrimEnd('/')}']
                        refresh_interval: 1s
                """);
            var listen = $"127.0.0.1:{FreePort()}";
            var start = new ProcessStartInfo(RequiresFactAttribute.Find("prometheus")!)
            {
                ArgumentList =
                {
                    $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder.FullName, "data")}",
                    $"--web.listen-address={listen}",
                },
                RedirectStandardError = true,
            };
            return new Prometheus(Process.Start(start)!, new Uri($"http://{listen}"), folder);
        }

        /// <summary>The labels of the targets that it has discovered of an app, once there are as many.</summary>
        public async Task<JsonNode[]> TargetsAsync(string app, int count)
        {
            JsonNode[] found = [];
            for (var tries = 0; tries < 600 && !process.HasExited; tries++)
            {
                found = await AskAsync(app);
                if (found.Length == count)
                {
                    return found;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }

            await DisposeAsync();
            throw new TimeoutException(
                $"{count} targets were expected: {string.Join('\n', found.Select(f => f.ToJsonString()))}\n{await _log}");
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            _client.Dispose();
            if (folder.Exists)
            {
                folder.Delete(recursive: true);
                folder.Refresh();
            }
        }

        private async Task<JsonNode[]> AskAsync(string app)
        {
            try
            {
                var all = JsonNode.Parse(await _client.GetStringAsync("/api/v1/targets?state=active"))!;
                return
                [
                    .. all["data"]!["activeTargets"]!.AsArray().Select(t => t!["discoveredLabels"]!)
                        .Where(l => (string?)l["__meta_marathon_app"] == app),
                ];
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
                return [];
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
            listener.Start();
            return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class PrometheusHubTests(HubCluster cluster) : PrometheusTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class PrometheusAgentTests(CutAgent cluster) : PrometheusTests(cluster);
