using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Readiness checks as deployments wait for them and /v2 shows them; on the hub and on a cut agent.</summary>
public abstract class ReadinessTests(MarathonCluster cluster)
{
    /// <summary>Both clusters have such a node, and on one node no port is given twice.</summary>
    private const string Place = "\"constraints\":[[\"rack\",\"LIKE\",\"r1\"]],\"requirePorts\":true";

    [RequiresNativeFact]
    public Task Deployment_WaitsUntilTheTaskIsReady_AndShowsWhatItAnswers() => cluster.RunAsync(async api =>
    {
        await using var page = await Page.StartAsTaskAsync();
        page.Status = StatusCodes.Status503ServiceUnavailable;
        page.Body = "warming up " + new string('x', 5000);
        var id = MarathonCluster.NewId();
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id, Served(page)))).Expect(201);
        var waiting = await ResultAsync(api, id, r => r["lastResponse"] is not null, "the answer of the task is shown");
        Assert.Equal(("warm", false), ((string?)waiting["name"], (bool)waiting["ready"]!));
        var response = waiting["lastResponse"]!;
        Assert.Equal((503, "text/plain"), ((int)response["status"]!, (string?)response["contentType"]));
        Assert.Equal(page.Body[..2048], (string?)response["body"]);

        var app = (await api.GetAsync($"/v2/apps{id}?embed=apps.readiness&embed=app.readiness")).Expect(200).Json["app"]!;
        Assert.Equal(1, (int)app["tasksRunning"]!);
        Assert.Equal((string?)app["tasks"]![0]!["id"], (string?)waiting["taskId"]);
        Assert.Equal(waiting.ToJsonString(), Assert.Single(app["readinessCheckResults"]!.AsArray())!.ToJsonString());
        Assert.Equal("/ready", page.Paths[0]);
        Assert.Equal("ScaleApplication", (string?)(await api.DeploymentAsync(id))["currentActions"]![0]!["action"]);

        page.Body = "welcome";
        page.Status = StatusCodes.Status202Accepted;
        await api.RunAsync(id, 1);
        var list = (await api.GetAsync($"/v2/apps?id={id}&embed=apps.readiness")).Expect(200).Json["apps"]![0]!;
        var ready = Assert.Single(list["readinessCheckResults"]!.AsArray())!;
        Assert.Equal((true, "welcome"), ((bool)ready["ready"]!, (string?)ready["lastResponse"]!["body"]));

        // It was ready once: nobody asks any more.
        var asked = page.Paths.Count;
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System);
        Assert.Equal(asked, page.Paths.Count);
        await api.RemoveAsync(id);
    });

    [RequiresNativeFact]
    public Task RollingUpgrade_KeepsTheOldTask_UntilTheNewOneIsReady() => cluster.RunAsync(async api =>
    {
        await using var before = await Page.StartAsTaskAsync();
        await using var after = await Page.StartAsTaskAsync();
        before.Status = after.Status = StatusCodes.Status202Accepted;
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, Served(before), async old =>
        {
            after.Status = StatusCodes.Status500InternalServerError;
            (await api.PutAsync($"/v2/apps{id}", $$"""{ {{Served(after)}} }""")).ExpectDeployment();
            var waiting = await ResultAsync(api, id, r => r["lastResponse"] is not null, "the new task answers");
            Assert.False((bool)waiting["ready"]!);
            Assert.DoesNotContain((string?)waiting["taskId"], MarathonApi.Ids(old));
            Assert.Equal("RestartApplication", (string?)(await api.DeploymentAsync(id))["currentActions"]![0]!["action"]);
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
            var both = (await api.GetAsync($"/v2/apps{id}/tasks")).Expect(200).Json["tasks"]!.AsArray();
            Assert.All(both, t => Assert.Equal("TASK_RUNNING", (string?)t!["state"]));
            Assert.Equal(
                MarathonApi.Ids(old).Append((string)waiting["taskId"]!).Order(StringComparer.Ordinal),
                MarathonApi.Ids(both).Order(StringComparer.Ordinal));

            after.Status = StatusCodes.Status202Accepted;
            Assert.Equal([(string)waiting["taskId"]!], MarathonApi.Ids(await api.RunAsync(id, 1)));
        });
    });

    [RequiresNativeFact]
    public Task Checks_ThatMakeNoSense_AreRefused() => cluster.RunAsync(async api =>
    {
        foreach (var (check, path) in ((string, string)[])
            [("{\"portName\":\"none\"}", "/readinessChecks(0)/portName"),
             ("{\"portName\":\"default\",\"path\":\"a b\"}", "/readinessChecks(0)/path"),
             ("{\"portName\":\"default\",\"timeoutSeconds\":30}", "/readinessChecks(0)/timeoutSeconds"),
             ("{\"portName\":\"default\"},{\"portName\":\"default\",\"name\":\"b\"}", "/readinessChecks")])
        {
            var reply = (await api.PostAsync("/v2/apps", MarathonApi.Body("/x", $"\"readinessChecks\":[{check}]"))).Expect(422);
            Assert.Contains(reply.Details, d => d.StartsWith(path + ": ", StringComparison.Ordinal));
        }
    });

    /// <summary>The fields of an app whose port is that of a page.</summary>
    private static string Served(Page page) => $$"""
        {{Place}},"portDefinitions":[{"name":"web","port":{{page.Port}}}],
        "readinessChecks":[{"name":"warm","portName":"web","path":"/ready","intervalSeconds":2,"timeoutSeconds":1,
        "httpStatusCodesForReady":[202],"preserveLastResponse":true}]
        """;

    /// <summary>What the deployment of an app shows of its only new task, once it fits.</summary>
    private static async Task<JsonNode> ResultAsync(MarathonApi api, string id, Func<JsonNode, bool> fits, string what)
    {
        JsonNode? Find(JsonNode deployments) => deployments.AsArray()
            .SelectMany(d => d!["currentActions"]!.AsArray()).Where(a => (string?)a!["app"] == id)
            .SelectMany(a => a!["readinessCheckResults"]!.AsArray()).FirstOrDefault(r => fits(r!));
        return Find(await api.UntilAsync("/v2/deployments", d => Find(d) is not null, what))!;
    }
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class ReadinessHubTests(HubCluster cluster) : ReadinessTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class ReadinessAgentTests(CutAgent cluster) : ReadinessTests(cluster);
