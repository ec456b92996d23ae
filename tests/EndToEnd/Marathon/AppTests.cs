using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>An app is made, read, scaled and removed; on the hub and on a cut agent.</summary>
public abstract class AppTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Post_AnswersTheApp_AndGetShowsEveryDefault() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var made = (await api.PostAsync("/v2/apps", $$"""{"id":"{{id}}","cmd":"exec sleep 1000"}""")).Expect(201);
        Assert.Equal($"/v2/apps{id}", made.Headers["Location"]);
        Assert.Equal(made.Headers["Marathon-Deployment-Id"], (string?)made.Json["deployments"]![0]!["id"]);
        Assert.Single(made.Json["deployments"]!.AsArray());
        Assert.Equal(id, (string?)made.Json["id"]);
        foreach (var count in new[] { "tasksStaged", "tasksRunning", "tasksHealthy", "tasksUnhealthy" })
        {
            Assert.Equal(0, (int)made.Json[count]!);
        }

        await api.RunAsync(id, 1);
        var app = await api.AppAsync(id);
        AssertDefaults(app);
        Assert.Matches(Times.Pattern, (string?)app["version"]);
        Assert.Matches(Times.Pattern, (string?)app["versionInfo"]!["lastScalingAt"]);
        Assert.Matches(Times.Pattern, (string?)app["versionInfo"]!["lastConfigChangeAt"]);
        Assert.Equal($"An app with id [{id}] already exists.", (await api.PostAsync("/v2/apps", MarathonApi.Body(id))).Expect(409).Message);
        foreach (var path in new[] { $"/v2/apps/{id}", $"/v2/apps{id}/", "/v2/apps/" + Uri.EscapeDataString(id) })
        {
            Assert.Equal(id, (string?)(await api.GetAsync(path)).Expect(200).Json["app"]!["id"]);
        }

        await api.RemoveAsync(id);
        Assert.Equal($"App '{id}' does not exist", (await api.GetAsync($"/v2/apps{id}")).Expect(404).Message);
        Assert.Equal($"App '{id}' does not exist", (await api.DeleteAsync($"/v2/apps{id}")).Expect(404).Message);
    });

    [RequiresNativeFact]
    public Task Lists_ShowCountsAlways_AndTasksWhenAsked() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"labels\":{\"a\":\"b\"}", async _ =>
        {
            foreach (var app in (await api.GetAsync("/v2/apps")).Expect(200).Json["apps"]!.AsArray())
            {
                string[] always = ["labels", "tasksStaged", "tasksRunning", "tasksHealthy", "tasksUnhealthy", "deployments"];
                Assert.All(always, key => Assert.True(app!.AsObject().ContainsKey(key), key));
            }

            var embedded = (await api.GetAsync("/v2/apps/?embed=apps.tasks")).Expect(200).Json["apps"]!.AsArray();
            Assert.All(embedded, app => Assert.NotNull(app!["tasks"]!.AsArray()));
            Assert.Contains(embedded, app => (string?)app!["id"] == id && app["tasks"]!.AsArray().Count == 1);
            var below = (await api.GetAsync($"/v2/apps{id[..id.LastIndexOf('/')]}/*")).Expect(200).Json["*"]!.AsArray();
            Assert.Equal([id], MarathonApi.Ids(below));
        });
    });

    [RequiresNativeFact]
    public Task Lists_AreFiltered_ByLabel_Command_AndId() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, $$"""
            "labels":{"key{{id[2..^2]}}":"b"},"cmd":"exec sleep 4711"
            """, async _ =>
        {
            var key = "key" + id[2..^2];
            async Task<bool> Shows(string query) =>
                MarathonApi.Ids((await api.GetAsync("/v2/apps?" + query)).Expect(200).Json["apps"]!.AsArray()).Contains(id);
            foreach (var query in new[]
            {
                $"label={key}==b", $"label={key}%20in%20(b,c)", $"label={key}", $"label={key}!=c", $"label={key}%20notin%20(c,d)",
                "cmd=SLEEP%204711", $"id={id.ToUpperInvariant()}",
            })
            {
                Assert.True(await Shows(query), query);
            }

            foreach (var query in new[]
            {
                $"label={key}==c", $"label={key}!=b", $"label={key}%20in%20(c)", $"label={key}%20notin%20(b)", "label=none", "cmd=4712",
            })
            {
                Assert.False(await Shows(query), query);
            }

            (await api.GetAsync("/v2/apps?label=a===")).Expect(422);
        });
    });

    [RequiresNativeFact]
    public Task Put_OfInstances_Scales_AndLeavesTheRest() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, string.Empty, async before =>
        {
            (await api.PutAsync($"/v2/apps{id}", """{"instances":2,"ports":null,"dependencies":null}""")).ExpectDeployment();
            var tasks = await api.RunAsync(id, 2);
            Assert.Contains((string?)before[0]["id"], MarathonApi.Ids(tasks));
            var app = await api.AppAsync(id);
            Assert.Equal("exec sleep 1000", (string?)app["cmd"]);
            Assert.Equal(2, (int)app["tasksRunning"]!);
            Assert.NotEqual((string?)app["versionInfo"]!["lastScalingAt"], (string?)app["versionInfo"]!["lastConfigChangeAt"]);
            AssertTask(tasks[0], id);
            var all = (await api.GetAsync("/v2/tasks")).Expect(200).Json["tasks"]!.AsArray();
            Assert.Superset(MarathonApi.Ids(tasks).ToHashSet(), MarathonApi.Ids(all).ToHashSet());
            var running = (await api.GetAsync("/v2/tasks?status=running")).Expect(200).Json["tasks"]!.AsArray();
            Assert.Superset(MarathonApi.Ids(tasks).ToHashSet(), MarathonApi.Ids(running).ToHashSet());
            var staging = (await api.GetAsync("/v2/tasks?status%5B%5D=staging")).Expect(200).Json["tasks"]!.AsArray();
            Assert.Empty(MarathonApi.Ids(staging).Intersect(MarathonApi.Ids(tasks)));
            (await api.PutAsync($"/v2/apps{id}?force=true", """{"instances":1.000000}""")).ExpectDeployment();
            await api.RunAsync(id, 1);
        });
    });

    [RequiresNativeFact]
    public Task Definitions_ThatMakeNoSense_AreRefused_WithPathAndSentence() => cluster.RunAsync(async api =>
    {
        async Task<MarathonReply> Refused(string body) => (await api.PostAsync("/v2/apps", body)).Expect(422);
        Assert.Contains(
            "/: AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.",
            (await Refused("""{"id":"/x"}""")).Details);
        Assert.Contains((await Refused("""{"id":"/A_b","cmd":"sleep 1"}""")).Details, d => d.StartsWith("/id: ", StringComparison.Ordinal));
        Assert.Contains("/constraints(0): UNIQUE does not accept a value", (await Refused(
            MarathonApi.Body("/x", "\"constraints\":[[\"hostname\",\"UNIQUE\",\"a\"]]"))).Details);
        (await api.GetAsync("/v2/apps/x")).Expect(404);
    });

    /// <summary>Nothing that was asked for is silently ignored.</summary>
    [RequiresNativeFact]
    public Task Fields_ThatNothingHonours_AreRefusedByName() => cluster.RunAsync(async api =>
    {
        (string Field, string Json)[] refused =
        [
            ("/container/docker", """ "container":{"type":"DOCKER","docker":{"image":"busybox"}} """),
            ("/container/docker", """ "container":{"docker":{"image":"a","network":"BRIDGE","portMappings":[{"containerPort":80}]}} """),
            ("/container/volumes(0)/persistent",
                """ "container":{"type":"MESOS","volumes":[{"containerPath":"d","mode":"RW","persistent":{"size":10}}]} """),
            ("/container/volumes(0)/hostPath",
                """ "container":{"type":"MESOS","volumes":[{"containerPath":"/d","hostPath":"/d","mode":"RO"}]} """),
            ("/networks(0)/mode", """ "networks":[{"mode":"container","name":"dcos"}] """),
            ("/networks(0)/mode", """ "networks":[{"mode":"container/bridge"}] """),
            ("/ipAddress", """ "ipAddress":{"networkName":"dcos"} """),
            ("/fetch", """ "fetch":[{"uri":"http://127.0.0.1/a"}] """),
            ("/gpus", """ "gpus":1 """),
        ];
        foreach (var (field, json) in refused)
        {
            var answer = (await api.PostAsync("/v2/apps", MarathonApi.Body("/x", json))).Expect(422);
            Assert.Equal("Object is not valid", answer.Message);
            Assert.Contains(answer.Details, d => d.StartsWith(field + ": ", StringComparison.Ordinal) && d.EndsWith('.'));
        }
    });

    /// <summary>What python3-marathon 0.13 knows; it fails on any other key.</summary>
    [RequiresNativeFact]
    public Task Keys_AreThoseThatTheStrictestClientKnows() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, string.Empty, async _ =>
        {
            var app = (await api.GetAsync($"/v2/apps{id}?embed=app.taskStats&embed=app.readiness")).Expect(200).Json["app"]!;
            AssertKeys(app,
                "acceptedResourceRoles args backoffFactor backoffSeconds cmd constraints container cpus dependencies deployments "
                + "disk env executor healthChecks id role instances killSelection labels lastTaskFailure maxLaunchDelaySeconds mem ports "
                + "requirePorts tasks tasksRunning tasksStaged tasksHealthy taskKillGracePeriodSeconds tasksUnhealthy upgradeStrategy "
                + "unreachableStrategy user version versionInfo fetch taskStats readinessChecks readinessCheckResults secrets "
                + "portDefinitions residency gpus networks");
            AssertKeys(app["tasks"]![0]!, "appId healthCheckResults host id ports servicePorts slaveId stagedAt startedAt version "
                + "ipAddresses state localVolumes region zone role");
            AssertKeys((await api.GetAsync("/v2/groups")).Expect(200).Json, "apps dependencies groups id pods version");
            AssertKeys((await api.GetAsync("/v2/info")).Expect(200).Json, "eventSubscriber frameworkId http_config leader marathon_config "
                + "name version elected zookeeper_config buildref");
        });
        await api.PostAsync("/v2/apps", MarathonApi.Body(id, "\"cpus\":100000"));
        AssertKeys(await api.QueuedAsync(id, _ => true, "?embed=lastUnusedOffers"),
            "app overdue count delay since processedOffersSummary lastUnusedOffers");
        AssertKeys(await api.DeploymentAsync(id), "affectedApps currentActions currentStep id steps totalSteps version affectedPods");
        await api.RemoveAsync(id);
    });

    private static void AssertKeys(JsonNode shown, string known) =>
        Assert.Empty(shown.AsObject().Select(p => p.Key).Except(known.Split(' ')));

    private static void AssertDefaults(JsonNode app)
    {
        Assert.Equal((1, 0.0, 0, 1.0), ((int)app["instances"]!, (double)app["disk"]!, (int)app["gpus"]!, (double)app["cpus"]!));
        Assert.Equal((1, 1.15, 300), (
            (int)app["backoffSeconds"]!, (double)app["backoffFactor"]!, (int)app["maxLaunchDelaySeconds"]!));
        Assert.Equal(("", false, "YOUNGEST_FIRST"), (
            (string)app["executor"]!, (bool)app["requirePorts"]!, (string)app["killSelection"]!));
        Assert.Equal((1.0, 1.0), (
            (double)app["upgradeStrategy"]!["minimumHealthCapacity"]!, (double)app["upgradeStrategy"]!["maximumOverCapacity"]!));
        Assert.Equal((0, 0), (
            (int)app["unreachableStrategy"]!["inactiveAfterSeconds"]!, (int)app["unreachableStrategy"]!["expungeAfterSeconds"]!));
        Assert.Equal("""[{"mode":"host"}]""", app["networks"]!.ToJsonString());
        Assert.Single(app["portDefinitions"]!.AsArray());
        Assert.Equal("{}", app["labels"]!.ToJsonString());
    }

    private static void AssertTask(JsonNode task, string app)
    {
        Assert.Equal((app, "TASK_RUNNING"), ((string?)task["appId"], (string?)task["state"]));
        Assert.StartsWith(app[1..].Replace('/', '_') + ".instance-", (string?)task["id"], StringComparison.Ordinal);
        Assert.NotEmpty((string)task["host"]!);
        Assert.NotEmpty((string)task["slaveId"]!);
        Assert.Single(task["ports"]!.AsArray());
        Assert.Single(task["servicePorts"]!.AsArray());
        Assert.Equal("IPv4", (string?)task["ipAddresses"]![0]!["protocol"]);
        Assert.Empty(task["localVolumes"]!.AsArray());
        Assert.All(new[] { "stagedAt", "startedAt", "version" }, key => Assert.Matches(Times.Pattern, (string?)task[key]));
    }
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class AppHubTests(HubCluster cluster) : AppTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class AppAgentTests(CutAgent cluster) : AppTests(cluster);
