using System.Text.Json.Nodes;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>Holds every field of Marathon's pods in the table against what is read and written here.</summary>
public sealed class PodTableTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.UnixEpoch;

    private static readonly Dictionary<string, string> s_fields = new()
    {
        ["containers"] = "[]",
        ["id"] = "\"/p\"",
        ["instances"] = "1",
    };

    /// <summary>Fields that are never written, and why.</summary>
    private static readonly Dictionary<string, string> s_unwritten = new()
    {
        ["PodStatus.message"] = "Marathon has no text for it either",
        ["PodInstanceStatus.conditions"] = "conditions are those of containers",
        ["PodInstanceStatus.localVolumes"] = "persistent volumes are refused",
        ["NetworkStatus.name"] = "the host's network has none",
    };

    [Fact]
    public void Shapes_HaveEveryFieldOfTheTable_AndNoOther()
    {
        var shapes = PodShapes.Own.ToDictionary(s => s.Name);
        var table = Rows().Where(r => shapes.ContainsKey(r.Object) && r.Field[0] is not ('(' or '{')).Select(r => r.ToString())
            .Append("FixedPodScalingPolicy.kind");
        var read = shapes.Values.SelectMany(s => s.Fields.Select(f => $"{s.Name}.{f.Name}"));
        Assert.Equal(table.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Answers_HaveEveryFieldOfTheTable()
    {
        var status = Status();
        var container = status["instances"]![0]!["containers"]![0]!;
        var written = new Dictionary<string, JsonNode>
        {
            ["PodStatus"] = status,
            ["PodInstanceStatus"] = status["instances"]![0]!,
            ["NetworkStatus"] = status["instances"]![0]!["networks"]![0]!,
            ["ContainerStatus"] = container,
            ["ContainerEndpointStatus"] = container["endpoints"]![0]!,
            ["StatusCondition"] = container["conditions"]![0]!,
            ["ContainerTerminationState"] = container["termination"]!,
            ["TerminationHistory"] = status["terminationHistory"]![0]!,
            ["ContainerTerminationHistory"] = status["terminationHistory"]![0]!["containers"]![0]!,
        };
        var missing = Rows().Where(r => written.ContainsKey(r.Object) && !written[r.Object].AsObject().ContainsKey(r.Field))
            .Select(r => r.ToString());
        Assert.Equal(s_unwritten.Keys.Order(StringComparer.Ordinal), missing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Actions_OfAPod_NameItAsOne()
    {
        var plan = new MarathonPlan("d", s_at, [[new MarathonAction("StartPod", "/p", IsPod: true)]]);
        var info = new MarathonDeploymentInfo(plan, [], [], 1) { AffectedPods = ["/p"] };
        var json = Json(w => MarathonJson.WriteDeployment(w, info));
        Assert.Equal("""{"action":"StartPod","pod":"/p"}""", json["steps"]![0]!["actions"]![0]!.ToJsonString());
        Assert.Equal("""["/p"]""", json["affectedPods"]!.ToJsonString());
        var item = new MarathonQueueItem
        {
            App = new MarathonAppInfo { Fields = s_fields, Version = s_at },
            IsPod = true,
            Count = 1,
            Since = s_at,
        };
        var queued = Json(w => MarathonJson.WriteQueueItem(w, item));
        Assert.Equal(1, (int)queued["pod"]!["scaling"]!["instances"]!);
        Assert.Null(queued["app"]);
    }

    private static IEnumerable<FieldRow> Rows() => FieldRow.All.Where(r => r.Example == "a pod: PodTableTests");

    private static JsonNode Status()
    {
        var resources = new MarathonPodResources(0.1, 32, 0, 0);
        var termination = new MarathonTermination(1, "Container 'a' exited with status 1");
        var container = new MarathonContainerStatus
        {
            Name = "a",
            Status = "TASK_FAILED",
            Since = s_at,
            Message = "m",
            ContainerId = "p.instance-1.a.1",
            Resources = resources,
            Endpoints = [new MarathonEndpointStatus("web", 31000, true)],
            Healthy = true,
            Termination = termination,
        };
        var instance = new MarathonPodInstance
        {
            Id = "p.instance-1",
            Status = "STABLE",
            Since = s_at,
            Message = "m",
            Hostname = "h",
            AgentId = "n",
            Region = "r",
            Zone = "z",
            Address = "10.0.0.1",
            Resources = resources,
            Containers = [container],
            SpecReference = "/v2/pods/p::versions/x",
            Role = "*",
        };
        var status = new MarathonPodStatus
        {
            Spec = new MarathonPodInfo(s_fields, s_at),
            Id = "/p",
            Status = "STABLE",
            Since = s_at,
            LastUpdated = s_at,
            Instances = [instance],
            Terminations =
            [
                new MarathonPodTermination("p.instance-1", s_at, s_at, "m", [("p.instance-1.a.1", "TASK_FAILED", termination)]),
            ],
        };
        return Json(w => MarathonJson.WritePodStatus(w, status));
    }

    private static JsonNode Json(Action<System.Text.Json.Utf8JsonWriter> write) => JsonNode.Parse(MarathonJson.ToUtf8(write))!;
}
