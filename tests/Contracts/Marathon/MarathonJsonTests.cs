using System.Text.Json;
using System.Text.RegularExpressions;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed partial class MarathonJsonTests
{
    [Fact]
    public void WriteApp_IsWhatAGetShows()
    {
        var app = Answers.Json(w => MarathonJson.WriteApp(w, Answers.App));
        Assert.Equal("2026-01-02T03:04:05.678Z", app.GetProperty("version").GetString());
        Assert.Equal("2026-01-02T03:04:05.678Z", app.GetProperty("versionInfo").GetProperty("lastScalingAt").GetString());
        Assert.Equal("echo gr\u00fc\u00dfe < 1", app.GetProperty("cmd").GetString());
        Assert.Equal("""[{"id":"d1"}]""", app.GetProperty("deployments").GetRawText());
        Assert.Equal("host", app.GetProperty("networks")[0].GetProperty("mode").GetString());
        Assert.Equal(2, app.GetProperty("tasksRunning").GetInt32());
    }

    [Fact]
    public void WriteApp_NothingEmbedded_LeavesKeysOut()
    {
        var names = Names(w => MarathonJson.WriteApp(w, new MarathonAppInfo { Fields = Answers.App.Fields, Version = Answers.At }));
        Assert.Equal([.. Answers.App.Fields.Keys, "version"], names);
    }

    [Fact]
    public void Write_NonAscii_IsUtf8() =>
        Assert.Contains("gr\u00fc\u00dfe < 1", Answers.Text(w => MarathonJson.WriteApp(w, Answers.App)), StringComparison.Ordinal);

    [Fact]
    public void WriteTask_LeavesOutWhatIsEmpty()
    {
        var task = new MarathonTaskInfo { AppId = "/a", Id = "a.1", Host = "h", State = "TASK_STAGING" };
        Assert.Equal(
            """{"appId":"/a","id":"a.1","host":"h","ports":[],"ipAddresses":[],"state":"TASK_STAGING","localVolumes":[],"role":"*"}""",
            Answers.Text(w => MarathonJson.WriteTask(w, task)));
    }

    [Theory]
    [InlineData(1.2, 2, false)]
    [InlineData(0, 0, true)]
    [InlineData(-5, 0, true)]
    public void WriteQueueItem_Delay(double seconds, int left, bool overdue)
    {
        var delay = Answers.Json(w => MarathonJson.WriteQueueItem(w, Answers.Queued with { Delay = TimeSpan.FromSeconds(seconds) }))
            .GetProperty("delay");
        Assert.Equal((left, overdue), (delay.GetProperty("timeLeftSeconds").GetInt32(), delay.GetProperty("overdue").GetBoolean()));
    }

    [Fact]
    public void WriteDeployment_IsWhatTheListShows() => Assert.Equal(
        """
        {"id":"d1","version":"2026-01-02T03:04:05.678Z","steps":[{"actions":[{"action":"ScaleApplication","app":"/edge/web"}]}],
        "affectedApps":["/edge/web"],"affectedPods":[],
        "currentActions":[{"action":"ScaleApplication","app":"/edge/web","readinessCheckResults":[]}],"currentStep":1,"totalSteps":1}
        """.ReplaceLineEndings(string.Empty),
        Answers.Text(w => MarathonJson.WriteDeployment(
            w, Answers.Deployment with { CurrentActions = [new MarathonAction("ScaleApplication", "/edge/web")] })));

    [Fact]
    public void Write_SmallAnswers()
    {
        Assert.Equal(
            """{"version":"2026-01-02T03:04:05.678Z","deploymentId":"d1"}""",
            Answers.Text(w => MarathonJson.WriteDeploymentResult(w, "d1", Answers.At)));
        Assert.Equal(
            """{"message":"App '/x' does not exist"}""", Answers.Text(w => MarathonJson.WriteMessage(w, MarathonTexts.NoApp("/x"))));
        Assert.Equal(
            """{"message":"Invalid JSON","details":"no"}""",
            Answers.Text(w => MarathonJson.WriteUnreadable(w, MarathonTexts.InvalidJson, "no")));
        Assert.Equal(
            """{"message":"Object is not valid","details":[{"path":"/a","errors":["b","c"]}]}""",
            Answers.Text(w => MarathonJson.WriteError(w, new MarathonError(
                MarathonErrorKind.ObjectNotValid, "Object is not valid", [new MarathonErrorDetail("/a", ["b", "c"])]))));
        Assert.Equal("""{"message":"no"}""", Answers.Text(w => MarathonJson.WriteError(w, MarathonError.Of("no"))));
        Assert.Equal(
            """
            {"message":"App is locked by one or more deployments. Override with the option '?force=true'. View details at
             '/v2/deployments/<DEPLOYMENT_ID>'.","deployments":[{"id":"d1"}]}
            """.ReplaceLineEndings(string.Empty),
            Answers.Text(w => MarathonJson.WriteLocked(w, ["d1"])));
        Assert.Equal("""{"leader":"hub:80"}""", Answers.Text(w => MarathonJson.WriteLeader(w, "hub:80")));
        Assert.Equal(
            """{"versions":["2026-01-02T03:04:05.678Z"]}""", Answers.Text(w => MarathonJson.WriteVersions(w, [Answers.At])));
        Assert.Equal("""["2026-01-02T03:04:05.678Z"]""", Answers.Text(w => MarathonJson.WriteGroupVersions(w, [Answers.At])));
        Assert.Equal(
            """{"steps":[{"actions":[]}]}""", Answers.Text(w => MarathonJson.WriteSteps(w, [[]])));
    }

    [Fact]
    public void WriteEvent_IsOneLineWithTypeAndTime()
    {
        foreach (var happened in Answers.Events)
        {
            var text = Answers.Text(w => MarathonJson.WriteEvent(w, happened));
            Assert.DoesNotContain('\n', text);
            Assert.StartsWith(
                $$"""{"eventType":"{{happened.EventType}}","timestamp":"2026-01-02T03:04:05.678Z""", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Events_EveryTypeHasAnExample() => Assert.Equal(
        typeof(MarathonEvent).GetNestedTypes().Select(t => t.Name).Order(),
        Answers.Events.Select(e => e.GetType().Name).Distinct().Order());

    [Theory]
    [InlineData("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z")]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z")]
    [InlineData("2026-01-02T03:04:05.1234567+01:00", "2026-01-02T02:04:05.123Z")]
    [InlineData("2026-01-02", "2026-01-02T00:00:00.000Z")]
    [InlineData("yesterday", null)]
    [InlineData("", null)]
    public void Time_ReadsIsoAndWritesThreeDigits(string text, string? expected) =>
        Assert.Equal(expected, MarathonTime.Parse(text) is { } instant ? MarathonTime.Format(instant) : null);

    /// <summary>What python3-marathon 0.13 takes, by the class that each of our objects becomes in it.</summary>
    [Theory]
    [InlineData("app", "acceptedResourceRoles args backoffFactor backoffSeconds cmd constraints container cpus dependencies deployments "
        + "disk env executor healthChecks id role instances killSelection labels lastTaskFailure maxLaunchDelaySeconds mem ports "
        + "requirePorts storeUrls taskRateLimit tasks tasksRunning tasksStaged tasksHealthy taskKillGracePeriodSeconds "
        + "tasksUnhealthy upgradeStrategy unreachableStrategy uris user version versionInfo ipAddress fetch readinessChecks "
        + "readinessCheckResults secrets portDefinitions residency gpus networks")]
    [InlineData("task", "appId healthCheckResults host id ports servicePorts slaveId stagedAt startedAt version ipAddresses state "
        + "localVolumes region zone role")]
    [InlineData("failure", "appId host message taskId instanceId slaveId state timestamp version")]
    [InlineData("health", "alive consecutiveFailures firstSuccess lastFailure lastSuccess taskId lastFailureCause instanceId")]
    [InlineData("group", "apps dependencies groups id pods version")]
    [InlineData("queue", "app overdue count delay since processedOffersSummary lastUnusedOffers")]
    [InlineData("delay", "timeLeftSeconds overdue")]
    [InlineData("deployment", "affectedApps currentActions currentStep id steps totalSteps version affectedPods")]
    [InlineData("action", "action app apps type readinessCheckResults pod")]
    [InlineData("plan", "original target steps id version")]
    [InlineData("info", "event_subscriber framework_id frameworkId http_config leader marathon_config name version elected "
        + "zookeeper_config buildref")]
    [InlineData("http", "assets_path http_port https_port")]
    [InlineData("store", "zk zk_future_timeout zk_hosts zk_max_versions zk_path zk_session_timeout zk_state zk_timeout "
        + "zk_connection_timeout zk_compression zk_compression_threshold zk_max_node_size")]
    [InlineData("config", "checkpoint executor failover_timeout framework_name ha hostname leader_proxy_connection_timeout_ms "
        + "leader_proxy_read_timeout_ms local_port_min local_port_max maintenance_mode master mesos_leader_ui_url mesos_role mesos_user "
        + "new_group_enforce_role webui_url reconciliation_initial_delay reconciliation_interval task_launch_timeout "
        + "marathon_store_timeout task_reservation_timeout features access_control_allow_origin decline_offer_duration "
        + "default_network_name env_vars_prefix launch_token launch_token_refresh_interval max_instances_per_offer mesos_bridge_name "
        + "mesos_heartbeat_failure_threshold mesos_heartbeat_interval min_revive_offers_interval offer_matching_timeout "
        + "on_elected_prepare_timeout revive_offers_for_new_apps revive_offers_repetitions scale_apps_initial_delay scale_apps_interval "
        + "store_cache task_launch_confirm_timeout task_lost_expunge_initial_delay task_lost_expunge_interval")]
    public void Write_Keys_AreTakenByTheStrictestClient(string what, string accepted)
    {
        var app = Answers.App with { TaskStats = null };
        var group = Answers.Group with { EnforceRole = null };
        var value = what switch
        {
            "app" => Answers.Json(w => MarathonJson.WriteApp(w, app)),
            "task" => Answers.Json(w => MarathonJson.WriteTask(w, Answers.Task)),
            "failure" => Answers.Json(w => MarathonJson.WriteApp(w, app)).GetProperty("lastTaskFailure"),
            "health" => Answers.Json(w => MarathonJson.WriteTask(w, Answers.Task)).GetProperty("healthCheckResults")[0],
            "group" => Answers.Json(w => MarathonJson.WriteGroup(w, group)),
            "queue" => Answers.Json(w => MarathonJson.WriteQueueItem(w, Answers.Queued)),
            "delay" => Answers.Json(w => MarathonJson.WriteQueueItem(w, Answers.Queued)).GetProperty("delay"),
            "deployment" => Answers.Json(w => MarathonJson.WriteDeployment(w, Answers.Deployment)),
            "action" => Answers.Json(w => MarathonJson.WriteDeployment(w, Answers.Deployment)).GetProperty("currentActions")[0],
            "plan" => Answers.Json(w => MarathonJson.WriteEvent(
                w, Answers.Events.First(e => e is MarathonEvent.DeploymentSuccess))).GetProperty("plan"),
            "info" => Answers.Json(w => MarathonJson.WriteInfo(w, Answers.Info)),
            "http" => Answers.Json(w => MarathonJson.WriteInfo(w, Answers.Info)).GetProperty("http_config"),
            "store" => Answers.Json(w => MarathonJson.WriteInfo(w, Answers.Info)).GetProperty("zookeeper_config"),
            _ => Answers.Json(w => MarathonJson.WriteInfo(w, Answers.Info)).GetProperty("marathon_config"),
        };
        Assert.Empty(value.EnumerateObject().Select(p => p.Name).Except(accepted.Split(' ')));
    }

    [Fact]
    public void Write_EveryTimestamp_HasThreeDigits()
    {
        Action<Utf8JsonWriter>[] all =
        [
            w => MarathonJson.WriteApp(w, Answers.App), w => MarathonJson.WriteGroup(w, Answers.Group),
            w => MarathonJson.WriteQueueItem(w, Answers.Queued), w => MarathonJson.WriteDeployment(w, Answers.Deployment),
            .. Answers.Events.Select(e => (Action<Utf8JsonWriter>)(w => MarathonJson.WriteEvent(w, e))),
        ];
        Assert.All(all, write => Assert.All(
            Timestamp().Matches(Answers.Text(write)), m => Assert.Equal("2026-01-02T03:04:05.678Z", m.Groups[1].Value)));
    }

    private static IEnumerable<string> Names(Action<Utf8JsonWriter> write) => Answers.Json(write).EnumerateObject().Select(p => p.Name);

    [GeneratedRegex("\"(2026-01[^\"]*)\"")]
    private static partial Regex Timestamp();
}
