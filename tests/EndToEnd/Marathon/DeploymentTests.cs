using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Deployments lock, are forced, taken back and left; on the hub and on a cut agent.</summary>
public abstract class DeploymentTests(MarathonCluster cluster)
{
    private const string Stuck = "\"cpus\":100000";

    [RequiresNativeFact]
    public Task Deployment_ThatWaits_IsListed_AndLocks_UntilForced() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var made = (await api.PostAsync("/v2/apps", MarathonApi.Body(id, Stuck))).Expect(201);
        var shown = await api.DeploymentAsync(id);
        Assert.Equal(made.Headers["Marathon-Deployment-Id"], (string?)shown["id"]);
        Assert.Equal((string?)made.Json["version"], (string?)shown["version"]);
        Assert.Equal([id], shown["affectedApps"]!.AsArray().Select(a => (string)a!));
        Assert.Empty(shown["affectedPods"]!.AsArray());
        Assert.Equal(["StartApplication", "ScaleApplication"],
            shown["steps"]!.AsArray().Select(s => (string)s!["actions"]![0]!["action"]!));
        Assert.Equal((2, 2), ((int)shown["currentStep"]!, (int)shown["totalSteps"]!));
        Assert.Equal("ScaleApplication", (string?)shown["currentActions"]![0]!["action"]);
        Assert.Empty(shown["currentActions"]![0]!["readinessCheckResults"]!.AsArray());

        var locked = (await api.PutAsync($"/v2/apps{id}", """{"cpus":90000}""")).Expect(409);
        Assert.Equal(
            "App is locked by one or more deployments. Override with the option '?force=true'. "
            + "View details at '/v2/deployments/<DEPLOYMENT_ID>'.", locked.Message);
        Assert.Equal((string?)shown["id"], (string?)locked.Json["deployments"]![0]!["id"]);
        Assert.Single(locked.Json["deployments"]!.AsArray());
        (await api.PostAsync($"/v2/apps{id}/restart")).Expect(409);

        var forced = (await api.PutAsync($"/v2/apps{id}?force=True", """{"cpus":80000}""")).ExpectDeployment();
        Assert.Equal((string?)forced.Json["deploymentId"], (string?)(await api.DeploymentAsync(id))["id"]);
        (await api.PutAsync($"/v2/apps{id}?force=true&force=true", """{"cpus":0.1}""")).ExpectDeployment();
        await api.RunAsync(id, 1);
        await api.RemoveAsync(id);
    });

    [RequiresNativeFact]
    public Task Deployment_IsTakenBack_OrLeftWhereItStands() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, string.Empty, async tasks =>
        {
            (await api.PutAsync($"/v2/apps{id}", $$"""{ {{Stuck}} }""")).ExpectDeployment();
            var first = (string)(await api.DeploymentAsync(id))["id"]!;
            var back = (await api.DeleteAsync($"/v2/deployments/{first}")).ExpectDeployment();
            Assert.NotEqual(first, (string?)back.Json["deploymentId"]);
            await api.RunAsync(id, 1);
            Assert.Equal(0.1, (double)(await api.AppAsync(id))["cpus"]!);

            (await api.PutAsync($"/v2/apps{id}", $$"""{ {{Stuck}} }""")).ExpectDeployment();
            var second = (string)(await api.DeploymentAsync(id))["id"]!;
            Assert.Empty((await api.DeleteAsync($"/v2/deployments/{second}?force=true")).Expect(202).Text);
            await api.SettleAsync(id);
            Assert.Equal(100000, (int)(await api.AppAsync(id))["cpus"]!);
            Assert.Equal(
                $"DeploymentPlan {second} does not exist", (await api.DeleteAsync($"/v2/deployments/{second}")).Expect(404).Message);
            Assert.Equal("DeploymentPlan none does not exist", (await api.DeleteAsync("/v2/deployments/none")).Expect(404).Message);
        });
    });

    /// <summary>0.5 / 0.2 of four: two may end at once, four may be wanted to run at any time.</summary>
    [RequiresNativeFact]
    public Task Upgrade_KeepsAsManyAsItMust() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var upgrade = "\"instances\":4,\"upgradeStrategy\":{\"minimumHealthCapacity\":0.5,\"maximumOverCapacity\":0.2}";
        await api.WithAppAsync(id, upgrade, async _ =>
        {
            (await api.PutAsync($"/v2/apps{id}", """{"cmd":"exec sleep 2000"}""")).ExpectDeployment();
            var fewest = int.MaxValue;
            await api.UntilAsync($"/v2/apps{id}", shown =>
            {
                var app = shown["app"]!;
                fewest = Math.Min(fewest, app["tasks"]!.AsArray().Count(t => (string?)t!["state"] == "TASK_RUNNING"));
                return app["deployments"]!.AsArray().Count == 0;
            }, "the upgrade is done");
            Assert.InRange(fewest, 2, 4);
            await api.RunAsync(id, 4);
        }, 4);
    });

    [RequiresNativeFact]
    public Task Upgrade_ToWhatIsNeverHealthy_KeepsTheOldTask_AndCanBeTakenBack() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var check = """
            "healthChecks":[{"protocol":"COMMAND","command":{"value":"test $GOOD = yes"},"delaySeconds":0,"intervalSeconds":1,
            "gracePeriodSeconds":60}],"env":{"GOOD":"yes"}
            """;
        await api.WithAppAsync(id, check, async tasks =>
        {
            (await api.PutAsync($"/v2/apps{id}", """{"env":{"GOOD":"no"}}""")).ExpectDeployment();
            await api.UntilAsync($"/v2/apps{id}/tasks", t => Running(t) == 2, "the new task runs beside the old one");
            var deployment = (string)(await api.DeploymentAsync(id))["id"]!;
            (await api.DeleteAsync($"/v2/deployments/{deployment}")).ExpectDeployment();
            Assert.Equal(MarathonApi.Ids(tasks), MarathonApi.Ids(await api.RunAsync(id, 1)));
            Assert.Equal("yes", (string?)(await api.AppAsync(id))["env"]!["GOOD"]);
        });
    });

    private static int Running(JsonNode tasks) => tasks["tasks"]!.AsArray().Count(t => (string?)t!["state"] == "TASK_RUNNING");
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class DeploymentHubTests(HubCluster cluster) : DeploymentTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class DeploymentAgentTests(CutAgent cluster) : DeploymentTests(cluster);
