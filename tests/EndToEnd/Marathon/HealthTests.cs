using Microsoft.AspNetCore.Http;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Health checks as /v2 shows them; on the hub and on a cut agent.</summary>
public abstract class HealthTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Http_ThatPasses_CountsAsHealthy_AndThatTurns_EndsTheTask() => cluster.RunAsync(async api =>
    {
        await using var page = await Page.StartAsync();
        var id = MarathonCluster.NewId();
        await using var log = await api.ListenAsync();
        await api.WithAppAsync(id, Check($"\"protocol\":\"MESOS_HTTP\",\"port\":{page.Port},\"path\":\"/up\""), async tasks =>
        {
            var healthy = await api.AppAsync(id);
            Assert.Equal((1, 0), ((int)healthy["tasksHealthy"]!, (int)healthy["tasksUnhealthy"]!));
            var result = healthy["tasks"]![0]!["healthCheckResults"]![0]!;
            Assert.Equal((true, 0), ((bool)result["alive"]!, (int)result["consecutiveFailures"]!));
            Assert.Matches(Times.Pattern, (string?)result["firstSuccess"]);
            Assert.StartsWith((string)result["instanceId"]!, MarathonApi.Ids(tasks)[0], StringComparison.Ordinal);
            var turned = await log.WaitForAsync("health_status_changed_event", e => (string?)e["appId"] == id);
            Assert.True((bool)turned["alive"]!);
            Assert.Equal("/up", page.Paths[0]);

            page.Status = StatusCodes.Status500InternalServerError;
            var failed = await log.WaitForAsync("failed_health_check_event", e => (string?)e["appId"] == id);
            Assert.Equal("MESOS_HTTP", (string?)failed["healthCheck"]!["protocol"]);
            await log.WaitForAsync("health_status_changed_event", e => (string?)e["appId"] == id && !(bool)e["alive"]!);
            await log.WaitForAsync(
                "instance_health_changed_event", e => (string?)e["runSpecId"] == id && e["healthy"] is { } h && !(bool)h);
            var killed = await log.WaitForAsync("unhealthy_instance_kill_event", e => (string?)e["appId"] == id);
            Assert.Equal(MarathonApi.Ids(tasks)[0], (string?)killed["taskId"]);
            Assert.Contains("500", (string?)killed["reason"]);

            page.Status = StatusCodes.Status200OK;
            await api.UntilAsync($"/v2/apps{id}", a => (int)a["app"]!["tasksHealthy"]! == 1, "the next task is healthy");
            Assert.NotEqual(MarathonApi.Ids(tasks)[0], MarathonApi.Ids(await api.RunAsync(id, 1))[0]);
        });
    });

    [RequiresNativeFact]
    public Task Command_ThatFails_ShowsWhy_WhileItIsLeftAlone() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var check = Check("\"protocol\":\"COMMAND\",\"command\":{\"value\":\"exit 4\"}", failures: 100);
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id, check))).Expect(201);
        var shown = await api.UntilAsync($"/v2/apps{id}", a => (int)a["app"]!["tasksUnhealthy"]! == 1, "the task is unhealthy");
        Assert.Equal(0, (int)shown["app"]!["tasksHealthy"]!);
        Assert.Equal(1, (int)shown["app"]!["tasksRunning"]!);
        var result = shown["app"]!["tasks"]![0]!["healthCheckResults"]![0]!;
        Assert.False((bool)result["alive"]!);
        Assert.True((int)result["consecutiveFailures"]! >= 1);
        Assert.Contains("4", (string?)result["lastFailureCause"]);
        Assert.Equal("ScaleApplication", (string?)(await api.DeploymentAsync(id))["currentActions"]![0]!["action"]);
        await api.RemoveAsync(id);
    });

    [RequiresNativeFact]
    public Task Http_OfTheLeader_And_Tcp_AreRunBesideTheTask() => cluster.RunAsync(async api =>
    {
        await using var page = await Page.StartAsync();
        foreach (var check in new[] { "\"path\":\"/up\"", "\"protocol\":\"TCP\"", "\"protocol\":\"MESOS_TCP\"" })
        {
            var id = MarathonCluster.NewId();
            await api.WithAppAsync(id, Check($"\"port\":{page.Port},{check}"), async _ =>
                Assert.Equal(1, (int)(await api.AppAsync(id))["tasksHealthy"]!));
        }
    });

    [RequiresNativeFact]
    public Task Checks_ThatMakeNoSense_AreRefused() => cluster.RunAsync(async api =>
    {
        var index = (await api.PostAsync("/v2/apps", MarathonApi.Body("/x", Check("\"portIndex\":3")))).Expect(422);
        Assert.Contains(index.Details, d => d.Contains("Health check port indices must address an element of the ports array"));
        var two = """ "healthChecks":[{"protocol":"MESOS_TCP"},{"protocol":"MESOS_HTTP"}] """;
        var many = (await api.PostAsync("/v2/apps", MarathonApi.Body("/x", two))).Expect(422);
        Assert.Contains(many.Details, d => d.Contains("AppDefinition can contain at most one Mesos health check"));
    });

    private static string Check(string what, int failures = 2) => $$"""
        "healthChecks":[{ {{what}},"delaySeconds":0,"gracePeriodSeconds":0,"intervalSeconds":1,"timeoutSeconds":5,
        "maxConsecutiveFailures":{{failures}} }]
        """;
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class HealthHubTests(HubCluster cluster) : HealthTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class HealthAgentTests(CutAgent cluster) : HealthTests(cluster);
