using System.Net;
using System.Text;
using System.Text.Json;
using Edge.Hub.Demo;

namespace Edge.Tests.EndToEnd;

/// <summary>A site is cut off, is operated through its own API, comes back, and both sides agree: all through HTTP, as an operator
/// does it.</summary>
public sealed class SiteApiTests
{
    private const string Node = "site";
    private const string Fields = """{"fields":["instances","env"]}""";
    private const string App = """{"id":"/web","cmd":"sleep 1000","cpus":0.1,"mem":32,"env":{"A":"base"}}""";

    [RequiresNativeFact]
    public Task CutSite_IsOperatedWithinItsDelegation_AndMerged_AndAConflictIsDecided() => WithSiteAsync(async site =>
    {
        await site.ExpectAsync(HttpStatusCode.Created, "POST", site.Hub, "/v2/apps", App);
        await site.UntilAsync("the app runs", async () => await site.RunningAsync(site.Agent) == 1);
        await site.ExpectAsync(HttpStatusCode.Created, "PUT", site.Hub, $"/edge/v1/delegations/{Node}", Fields);
        await site.UntilAsync("the delegation is there", async () => (await site.HeldAsync()).GetProperty("fields").GetArrayLength() == 2);

        await site.CutAsync();
        await site.ExpectAsync(HttpStatusCode.OK, "PUT", site.Agent, "/v2/apps/web", """{"instances":2}""");
        await site.UntilAsync("two run at the site", async () => await site.RunningAsync(site.Agent) == 2);
        var refused = (await site.ExpectAsync(HttpStatusCode.Conflict, "PUT", site.Agent, "/v2/apps/web", """{"cmd":"sleep 2000"}"""))
            .GetProperty("message").GetString();
        Assert.Contains("does not allow to change 'cmd', only instances, env", refused, StringComparison.Ordinal);
        Assert.Equal(1, (await site.AppAsync(site.Hub)).GetProperty("instances").GetInt32());

        await site.HealAsync();
        await site.UntilAsync("it is merged", async () => (await site.AppAsync(site.Hub)).GetProperty("instances").GetInt32() == 2);
        await site.UntilAsync("the site has heard of it", async () => await site.CountAsync(site.Agent, "overrides") == 0);
        await site.UntilAsync("the hub knows both", async () => await site.RunningAsync(site.Hub) == 2);
        Assert.Equal(0, await site.CountAsync(site.Hub, "conflicts"));

        await site.CutAsync();
        await site.ExpectAsync(HttpStatusCode.OK, "PUT", site.Agent, "/v2/apps/web", """{"env":{"A":"site"}}""");
        await site.ExpectAsync(HttpStatusCode.OK, "PUT", site.Hub, "/v2/apps/web?force=true", """{"env":{"A":"hub"}}""");
        await site.UntilAsync("two run at the site", async () => await site.RunningAsync(site.Agent) == 2);
        var preview = (await site.GetAsync(site.Hub, $"/edge/v1/reconcile?dryRun=true&node={Node}")).GetProperty("nodes")[0];
        Assert.True(preview.GetProperty("bytes").GetInt32() > 0, preview.GetRawText());
        await site.HealAsync();
        await site.UntilAsync("the conflict is found", async () => await site.CountAsync(site.Hub, "conflicts") == 1);
        var conflict = (await site.GetAsync(site.Hub, "/edge/v1/conflicts?state=open")).GetProperty("conflicts")[0];
        Assert.Equal(("/web", "env"), (conflict.GetProperty("app").GetString(), conflict.GetProperty("field").GetString()));
        Assert.Equal("site", conflict.GetProperty("site").GetProperty("A").GetString());
        Assert.Equal("hub", await site.EnvAsync(site.Hub));
        Assert.Equal("site", await site.EnvAsync(site.Agent));

        var path = "/edge/v1/conflicts/" + conflict.GetProperty("id").GetString();
        await site.ExpectAsync(HttpStatusCode.OK, "POST", site.Hub, path, """{"resolution":"site"}""");
        await site.UntilAsync("both sides agree", async () =>
            await site.EnvAsync(site.Hub) == "site" && await site.EnvAsync(site.Agent) == "site"
            && await site.CountAsync(site.Agent, "overrides") == 0 && await site.RunningAsync(site.Hub) == 2);
        Assert.Equal(2, await site.RunningAsync(site.Agent));
        Assert.Equal(
            "conflict_resolved_for_site",
            (await site.GetAsync(site.Hub, "/edge/v1/audit?limit=1")).GetProperty("entries")[0].GetProperty("action").GetString());
    });

    [RequiresNativeFact]
    public Task HubKilled_ItsKeyAndItsPolicies_AreTheSameAfterwards() => WithSiteAsync(async site =>
    {
        await site.ExpectAsync(HttpStatusCode.OK, "PUT", site.Hub, "/edge/v1/delegations/default", """{"fields":["cpus"]}""");
        await site.UntilAsync("it is there", async () => (await site.HeldAsync()).GetProperty("fields")[0].GetString() == "cpus");
        var before = (await site.HeldAsync()).GetProperty("id").GetString();

        await site.Cluster.Hub.KillAsync();
        await site.Cluster.StartHubAsync();
        await site.UntilAsync("the site is back", site.BackAsync);
        await site.ExpectAsync(HttpStatusCode.OK, "PUT", site.Hub, "/edge/v1/delegations/default", """{"fields":["mem"]}""");

        await site.UntilAsync("the new one is there", async () => (await site.HeldAsync()).GetProperty("fields")[0].GetString() == "mem");
        Assert.NotEqual(before, (await site.HeldAsync()).GetProperty("id").GetString());
        Assert.Equal(0, (await site.GetAsync(site.Agent, "/edge/v1/delegations")).GetProperty("refused").GetInt32());
    });

    private static async Task WithSiteAsync(Func<Site, Task> test)
    {
        var port = 0;
        await using var cable = new LinkCutter(() => port);
        await Cluster.RunAsync(new HubSettings(), [], async cluster =>
        {
            port = cluster.Broker.Port;
            await cluster.StartAgentAsync(new AgentSettings(Node) { Hub = $"mqtt://127.0.0.1:{cable.Port}" });
            using var site = new Site(cluster, cable);
            await site.UntilAsync("the site is connected", site.BackAsync);
            await test(site);
        });
    }

    private sealed class Site(Cluster cluster, LinkCutter cable) : IDisposable
    {
        private readonly HttpClient _client = new();

        public Cluster Cluster => cluster;

        public Uri Hub => cluster.Api;

        public Uri Agent => cluster[Node].Endpoint("http");

        public void Dispose() => _client.Dispose();

        public async Task CutAsync()
        {
            cable.Cut();
            await UntilAsync("both know that the site is cut off", async () => !await ConnectedAsync(Agent) && !await ConnectedAsync(Hub));
        }

        public async Task HealAsync()
        {
            cable.Heal();
            await UntilAsync("the site is back", BackAsync);
        }

        public async Task<bool> BackAsync() => await ConnectedAsync(Agent) && await ConnectedAsync(Hub);

        private async Task<bool> ConnectedAsync(Uri api) =>
            (await GetAsync(api, $"/edge/v1/nodes/{Node}")).GetProperty("connected").GetBoolean();

        public async Task<JsonElement> HeldAsync() => (await GetAsync(Agent, "/edge/v1/delegations")).GetProperty("delegations")[0];

        public async Task<JsonElement> AppAsync(Uri api) => (await GetAsync(api, "/v2/apps/web")).GetProperty("app");

        public async Task<string?> EnvAsync(Uri api) => (await AppAsync(api)).GetProperty("env").GetProperty("A").GetString();

        public async Task<int> RunningAsync(Uri api) => (await AppAsync(api)).GetProperty("tasksRunning").GetInt32();

        public async Task<int> CountAsync(Uri api, string things) =>
            (await GetAsync(api, "/edge/v1/" + things)).GetProperty(things).GetArrayLength();

        public Task<JsonElement> GetAsync(Uri api, string path) => ExpectAsync(HttpStatusCode.OK, "GET", api, path, null);

        public async Task<JsonElement> ExpectAsync(HttpStatusCode expected, string method, Uri api, string path, string? body)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(api, path));
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == expected, $"{method} {api}{path}: {(int)response.StatusCode} {text}");
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }

        public async Task UntilAsync(string what, Func<Task<bool>> holds)
        {
            var started = TimeProvider.System.GetTimestamp();
            Exception? last = null;
            while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < 60)
            {
                try
                {
                    if (await holds())
                    {
                        return;
                    }
                }
                catch (Exception failure) when (failure is HttpRequestException or Xunit.Sdk.XunitException or InvalidOperationException
                    or IndexOutOfRangeException)
                {
                    // Not there yet.
                    last = failure;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }

            throw new TimeoutException($"Not within 60 s: {what}. {last?.Message}");
        }
    }
}
