using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Readiness over the end of agent and hub: nothing of it is lost, and nothing is asked twice.</summary>
public sealed class ReadinessRestartTests
{
    private const string Node = "one";
    private const string App = "/ready";

    [RequiresNativeFact]
    public Task Verdict_OutlivesAgentAndHub() => Cluster.RunAsync(new HubSettings(), [new AgentSettings(Node)], async cluster =>
    {
        using var api = new MarathonApi(cluster.Api);
        await using var page = await Page.StartAsTaskAsync();
        page.Status = StatusCodes.Status503ServiceUnavailable;
        var fields = $$"""
            "requirePorts":true,"portDefinitions":[{"name":"web","port":{{page.Port}}}],"readinessChecks":[{"portName":"web",
            "intervalSeconds":2,"timeoutSeconds":1,"preserveLastResponse":true}]
            """;
        (await api.PostAsync("/v2/apps", MarathonApi.Body(App, fields))).Expect(201);
        await UntilAsync(api, r => (int?)r["lastResponse"]?["status"] == 503);

        // Not ready is kept by the hub and asked again by the agent; ready is found while there is no hub.
        await cluster[Node].KillAsync();
        await cluster.Hub.KillAsync();
        await cluster.StartHubAsync();
        Assert.False((bool)(await UntilAsync(api, _ => true))["ready"]!);
        await cluster.Hub.KillAsync();
        await cluster.RestartAgentAsync(Node);
        page.Status = StatusCodes.Status200OK;
        using var alone = new MarathonApi(cluster[Node].Endpoint("http"));
        var task = (string)(await UntilAsync(alone, r => (bool)r["ready"]!))["taskId"]!;

        // The agent ends before it could tell anybody.
        await cluster[Node].KillAsync();
        var asked = page.Paths.Count;
        await cluster.RestartAgentAsync(Node);
        await cluster.StartHubAsync();
        await api.SettleAsync(App);
        Assert.Equal(task, (string?)(await UntilAsync(api, r => (bool)r["ready"]!))["taskId"]);
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System);
        Assert.Equal(asked, page.Paths.Count);
    });

    /// <summary>What the app shows of its only task, once it fits.</summary>
    private static async Task<JsonNode> UntilAsync(MarathonApi api, Func<JsonNode, bool> fits)
    {
        JsonNode? Find(JsonNode shown) => shown["app"]!["readinessCheckResults"]!.AsArray().FirstOrDefault(r => fits(r!));
        return Find(await api.UntilAsync($"/v2/apps{App}?embed=app.readiness", a => Find(a) is not null, "the readiness is shown"))!;
    }
}
