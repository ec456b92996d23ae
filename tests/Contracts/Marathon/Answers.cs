using System.Text;
using System.Text.Json;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>One of each answer, with every key filled that can be.</summary>
internal static class Answers
{
    public static readonly DateTimeOffset At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero).AddTicks(9);

    private static readonly MarathonReadinessResult s_ready =
        new("readinessCheck", "edge_web.instance-1._app.1", true, new MarathonReadinessResponse(200, "text/plain", "yes"));

    private static readonly MarathonStats s_stats = new(new MarathonCounts(1, 2, 3, 4), 1.5, 2.5);

    public static readonly MarathonTaskInfo Task = new()
    {
        AppId = "/edge/web",
        Id = "edge_web.instance-1._app.1",
        Host = "site1",
        SlaveId = "S1",
        State = "TASK_RUNNING",
        Ports = [31001],
        ServicePorts = [10000],
        IpAddresses = [new MarathonIpAddress("10.0.0.1")],
        StagedAt = At,
        StartedAt = At,
        Version = At,
        HealthCheckResults = [new MarathonHealthResult("edge_web.instance-1", true, 0, At, At, At, "timeout")],
        LocalVolumes = [new MarathonLocalVolume("/edge/web", "data", "u", "edge_web#data#u")],
        Region = "eu",
        Zone = "s1",
    };

    public static readonly MarathonAppInfo App = new()
    {
        Fields = Bodies.Defined("""{"id":"/edge/web","cmd":"echo gr\u00fc\u00dfe < 1"}""").Fields,
        Version = At,
        LastScalingAt = At,
        LastConfigChangeAt = At,
        Counts = new MarathonCounts(1, 2, 3, 4),
        Deployments = ["d1"],
        Tasks = [Task],
        LastTaskFailure = new MarathonTaskFailure("/edge/web", "t", "TASK_FAILED", "Exit 1", "site1", At, At, "S1"),
        Readiness = [s_ready],
        TaskStats = new MarathonTaskStats(s_stats, s_stats, s_stats, s_stats),
    };

    public static readonly MarathonGroupInfo Group = new()
    {
        Id = "/edge",
        Version = At,
        Apps = [App],
        Groups = [new MarathonGroupInfo { Id = "/edge/a", Version = At }],
        Dependencies = ["/base"],
        EnforceRole = true,
    };

    private static readonly MarathonAction s_action = new("ScaleApplication", "/edge/web");

    private static readonly MarathonPlan s_plan = new("d1", At, [[s_action]]);

    public static readonly MarathonDeploymentInfo Deployment = new(s_plan, ["/edge/web"], [s_action with { Readiness = [s_ready] }], 1);

    public static readonly MarathonQueueItem Queued = new()
    {
        App = App,
        Count = 2,
        Delay = TimeSpan.FromSeconds(1.2),
        Since = At,
        ProcessedOffers = 9,
        UnusedOffers = 8,
        LastUnusedOfferAt = At,
        LastUsedOfferAt = At,
        LastOffers = [new MarathonDecline("InsufficientMemory", 4, 9)],
        LaunchAttempt = [new MarathonDecline("InsufficientMemory", 4, 9)],
        LastUnusedOffers =
        [
            new MarathonUnusedOffer(
                "o1", "site1", "S1",
                [
                    new MarathonOfferValue("cpus", "*", 1.5),
                    new MarathonOfferValue("ports", "*", Ranges: [new MarathonRange(1, 2)]),
                    new MarathonOfferValue("disks", "*", Set: ["a"]),
                ],
                [
                    new MarathonOfferValue("rack", Text: "r1"),
                    new MarathonOfferValue("level", Scalar: 2),
                    new MarathonOfferValue("r", Ranges: [new MarathonRange(1, 2)]),
                    new MarathonOfferValue("s", Set: ["a"]),
                ],
                ["InsufficientMemory"], At),
        ],
    };

    public static readonly MarathonInfo Info = new()
    {
        Elected = true,
        Leader = "hub:8080",
        FrameworkId = "f1",
        Config = new MarathonConfig
        {
            AccessControlAllowOrigin = ["*"],
            DefaultNetworkName = "n",
            EnvVarsPrefix = "P_",
            Hostname = "hub",
            Master = "hub:5050",
            MesosLeaderUiUrl = "http://hub:5050",
            MesosUser = "root",
            WebuiUrl = "http://hub",
        },
    };

    public static readonly MarathonEvent[] Events =
    [
        new MarathonEvent.ApiPost(At, "10.0.0.1", "/v2/apps", App),
        new MarathonEvent.Pod(At, "created", "10.0.0.1", "/v2/pods"),
        new MarathonEvent.Pod(At, "updated", "10.0.0.1", "/v2/pods"),
        new MarathonEvent.Pod(At, "deleted", "10.0.0.1", "/v2/pods"),
        new MarathonEvent.StatusUpdate(At, "TASK_RUNNING", "two\nlines", Task),
        new MarathonEvent.InstanceChanged(At, "i", "Running", "/edge/web", "S1", "site1", At),
        new MarathonEvent.InstanceHealthChanged(At, "i", "/edge/web", true, At),
        new MarathonEvent.UnknownInstanceTerminated(At, "i", "/edge/web", "Killed"),
        new MarathonEvent.HealthStatusChanged(At, "/edge/web", "i", At, true),
        new MarathonEvent.FailedHealthCheck(At, "/edge/web", "i", "{}"),
        new MarathonEvent.AddHealthCheck(At, "/edge/web", At, "{}"),
        new MarathonEvent.RemoveHealthCheck(At, "/edge/web"),
        new MarathonEvent.UnhealthyInstanceKill(At, "/edge/web", "t", "i", At, "failed", "site1", "S1"),
        new MarathonEvent.AppTerminated(At, "/edge/web"),
        new MarathonEvent.GroupChangeSuccess(At, "/edge", At),
        new MarathonEvent.GroupChangeFailed(At, "/edge", At, "locked"),
        new MarathonEvent.DeploymentSuccess(At, s_plan),
        new MarathonEvent.DeploymentFailed(At, s_plan, "cancelled"),
        new MarathonEvent.DeploymentInfo(At, s_plan, [s_action]),
        new MarathonEvent.DeploymentStepSuccess(At, s_plan, [s_action]),
        new MarathonEvent.DeploymentStepFailure(At, s_plan, [s_action]),
        new MarathonEvent.StreamAttached(At, "10.0.0.1"),
        new MarathonEvent.StreamDetached(At, "10.0.0.1"),
        new MarathonEvent.SchedulerRegistered(At, "f1", "hub:5050"),
        new MarathonEvent.SchedulerReregistered(At, "hub:5050"),
        new MarathonEvent.SchedulerDisconnected(At),
        new MarathonEvent.FrameworkMessage(At, "e", "S1", new byte[] { 1, 2, 3 }),
        new MarathonEvent.Subscribe(At, "10.0.0.1", "http://x"),
        new MarathonEvent.Unsubscribe(At, "10.0.0.1", "http://x"),
    ];

    public static string Text(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(MarathonJson.ToUtf8(write));

    /// <summary>An answer as JSON again; the caller reads it.</summary>
    public static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        using var document = JsonDocument.Parse(MarathonJson.ToUtf8(write));
        return document.RootElement.Clone();
    }
}
