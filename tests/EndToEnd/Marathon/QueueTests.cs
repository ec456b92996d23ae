using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>What waits, and why; on the hub and on a cut agent.</summary>
public abstract class QueueTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Queue_SaysWhyAnAppFitsNowhere() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id, "\"mem\":1000000"))).Expect(201);
        var item = await api.QueuedAsync(id, i => Processed(i) > 0, "?embed=lastUnusedOffers");
        Assert.Equal(1, (int)item["count"]!);
        Assert.True((bool)item["delay"]!["overdue"]!);
        Assert.Equal(0, (int)item["delay"]!["timeLeftSeconds"]!);
        Assert.Matches(Times.Pattern, (string?)item["since"]);
        var reasons = item["processedOffersSummary"]!["rejectSummaryLastOffers"]!.AsArray();
        string[] funnel =
        [
            "UnfulfilledRole", "UnfulfilledConstraint", "NoCorrespondingReservationFound", "AgentMaintenance", "InsufficientCpus",
            "InsufficientMemory", "InsufficientDisk", "InsufficientGpus", "InsufficientPorts", "DeclinedScarceResources",
        ];
        Assert.Equal(funnel, reasons.Select(r => (string)r!["reason"]!));
        Assert.Equal(Processed(item), Declined(item, "InsufficientMemory"));
        Assert.Equal(0, (int)reasons[^1]!["processed"]!);
        var unused = item["lastUnusedOffers"]!.AsArray();
        Assert.NotEmpty(unused);
        Assert.Equal("InsufficientMemory", (string?)unused[0]!["reason"]![0]);
        Assert.NotEmpty((string)unused[0]!["offer"]!["hostname"]!);
        await api.RemoveAsync(id);
        Assert.DoesNotContain((await api.GetAsync("/v2/queue")).Json["queue"]!.AsArray(), i => (string?)i!["app"]!["id"] == id);
    });

    [RequiresNativeFact]
    public Task Failures_AreWaitedFor_UntilTheDelayIsReset() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var failing = "\"cmd\":\"exit 3\",\"backoffSeconds\":100,\"backoffFactor\":2";
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id, failing))).Expect(201);
        var item = await api.QueuedAsync(id, i => (int)i["delay"]!["timeLeftSeconds"]! > 0);
        Assert.Equal(1, (int)item["count"]!);
        Assert.False((bool)item["delay"]!["overdue"]!);
        Assert.InRange((int)item["delay"]!["timeLeftSeconds"]!, 60, 100);
        var failure = (await api.AppAsync(id))["lastTaskFailure"]!;
        Assert.Equal((id, "TASK_FAILED"), ((string?)failure["appId"], (string?)failure["state"]));
        Assert.NotEmpty((string)failure["host"]!);
        Assert.NotEmpty((string)failure["message"]!);
        Assert.Matches(Times.Pattern, (string?)failure["timestamp"]);

        // A node starts its instance again by itself, so the delay of the next failure is the longer one.
        Assert.Equal(204, (await api.DeleteAsync($"/v2/queue{id}/delay")).Status);
        await api.UntilAsync(
            $"/v2/apps{id}", a => (string?)a["app"]!["lastTaskFailure"]!["taskId"] != (string?)failure["taskId"], "it was tried again");
        await api.RemoveAsync(id);
        Assert.Equal($"Application {id} not found in tasks queue.", (await api.DeleteAsync($"/v2/queue{id}/delay")).Expect(404).Message);
    });

    [RequiresNativeFact]
    public Task Delay_Grows() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id, "\"cmd\":\"exit 3\",\"backoffSeconds\":1,\"backoffFactor\":40"))).Expect(201);
        await api.QueuedAsync(id, i => (int)i["delay"]!["timeLeftSeconds"]! == 1);
        await api.QueuedAsync(id, i => (int)i["delay"]!["timeLeftSeconds"]! is > 30 and <= 40);
        await api.RemoveAsync(id);
    });

    [RequiresNativeFact]
    public Task Ports_ThatAreRequired_AreHadOncePerNode() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var more = """
            "instances":2,"requirePorts":true,"portDefinitions":[{"port":31500}],"constraints":[["hostname","CLUSTER"],["rack","IS","r1"]]
            """;
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id, more))).Expect(201);
        var item = await api.QueuedAsync(id, i => (int)i["count"]! == 1 && Declined(i, "InsufficientPorts") > 0);
        Assert.Equal(1, Declined(item, "InsufficientPorts"));
        var tasks = (await api.GetAsync($"/v2/apps{id}/tasks")).Expect(200).Json["tasks"]!.AsArray();
        Assert.Equal(31500, (int)Assert.Single(tasks)!["ports"]![0]!);
        await api.RemoveAsync(id);
    });

    private static int Processed(JsonNode item) => (int)item["processedOffersSummary"]!["processedOffersCount"]!;

    private static int Declined(JsonNode item, string reason) =>
        item["processedOffersSummary"]!["rejectSummaryLastOffers"]!.AsArray()
            .Where(r => (string?)r!["reason"] == reason).Sum(r => (int)r!["declined"]!);
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class QueueHubTests(HubCluster cluster) : QueueTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class QueueAgentTests(CutAgent cluster) : QueueTests(cluster);
