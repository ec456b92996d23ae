namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>The event stream; on the hub and on a cut agent.</summary>
public abstract class EventTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Stream_TellsTheLifeOfAnApp_InItsOrder() => cluster.RunAsync(async api =>
    {
        await using var log = await api.ListenAsync();
        Assert.Equal(200, (int)log.Answer.StatusCode);
        Assert.Equal("text/event-stream", log.Answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(log.Answer.Content.Headers.ContentEncoding);
        await log.WaitForAsync("event_stream_attached");
        Assert.Equal("event_stream_attached", log.Events[0].Type);

        var id = MarathonCluster.NewId();
        await api.StartAsync(id);
        await log.WaitForAsync("deployment_success");
        var posted = await log.WaitForAsync("api_post_event", e => (string?)e["appDefinition"]!["id"] == id);
        Assert.Equal("/v2/apps", (string?)posted["uri"]);
        var changed = await log.WaitForAsync("instance_changed_event", e => (string?)e["condition"] == "Running");
        Assert.Equal(id, (string?)changed["runSpecId"]);
        var status = await log.WaitForAsync("status_update_event", e => (string?)e["taskStatus"] == "TASK_RUNNING");
        Assert.Equal(id, (string?)status["appId"]);
        Assert.StartsWith((string)changed["instanceId"]!, (string?)status["taskId"], StringComparison.Ordinal);
        Assert.Single(status["ports"]!.AsArray());
        Assert.NotEmpty((string)status["host"]!);
        var types = log.Events.Select(e => e.Type).ToList();
        Assert.True(types.IndexOf("deployment_info") < types.IndexOf("status_update_event"), string.Join(' ', types));
        Assert.True(types.IndexOf("status_update_event") < types.LastIndexOf("deployment_step_success"), string.Join(' ', types));
        Assert.True(types.LastIndexOf("deployment_step_success") < types.IndexOf("deployment_success"), string.Join(' ', types));

        await api.RemoveAsync(id);
        await log.WaitForAsync("app_terminated_event", e => (string?)e["appId"] == id);
        Assert.All(log.Events, e => Assert.Equal(e.Type, (string?)e.Data["eventType"]));
        Assert.All(log.Events, e => Assert.Matches(Times.Pattern, (string?)e.Data["timestamp"]));
        Assert.DoesNotContain(log.Events, e => e.Type.StartsWith("edge_", StringComparison.Ordinal));
    });

    [RequiresNativeFact]
    public Task Stream_WithTypes_TellsOnlyThose() => cluster.RunAsync(async api =>
    {
        await using var log = await api.ListenAsync("?event_type=status_update_event&event_type=deployment_success&plan-format=light");
        var id = MarathonCluster.NewId();
        await api.StartAsync(id);
        await log.WaitForAsync("deployment_success");
        await log.WaitForAsync("status_update_event");
        Assert.Equal(
            ["deployment_success", "status_update_event"], log.Events.Select(e => e.Type).Distinct().Order(StringComparer.Ordinal));
        await api.RemoveAsync(id);
    });
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class EventHubTests(HubCluster cluster) : EventTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class EventAgentTests(CutAgent cluster) : EventTests(cluster);
