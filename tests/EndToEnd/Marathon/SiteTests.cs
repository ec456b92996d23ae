namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>An app of the hub, and one of the site's own, on a node whose hub goes and comes back.</summary>
public sealed class SiteTests
{
    private const string Node = "one";
    private const string App = "/shared/web";
    private const string Own = "/own/web";

    [RequiresNativeFact]
    public Task AppOfTheHub_GoesOn_WhileTheHubIsGone_AndTheSitesOwnIsTold() => Cluster.RunAsync(
        new HubSettings(),
        [new AgentSettings(Node)],
        async cluster =>
        {
            using var hub = new MarathonApi(cluster.Api);
            using var site = new MarathonApi(cluster[Node].Endpoint("http"));
            var task = MarathonApi.Ids(await hub.StartAsync(App))[0];
            await site.UntilAsync(
                $"/v2/apps{App}/tasks", t => MarathonApi.Ids(t["tasks"]!.AsArray()).SequenceEqual([task]), "the node shows the same task");

            var elsewhere = await site.PutAsync($"/v2/apps{App}?force=true", """{"instances":2}""");
            Assert.True(elsewhere.Status is 307 or 409, elsewhere.ToString());
            Assert.Contains("belongs to the hub", elsewhere.Message);
            if (elsewhere.Status == 307)
            {
                Assert.EndsWith($"/v2/apps{App}?force=true", elsewhere.Headers["Location"], StringComparison.Ordinal);
            }

            await cluster.Hub.KillAsync();
            await cluster[Node].WaitForLogAsync("Lost the hub's broker", 30);
            await LiveAloneAsync(cluster, site, task);

            await cluster.StartHubAsync();
            await hub.RunAsync(App, 1);
            await hub.RunAsync(Own, 1);
            var owned = (await hub.PutAsync($"/v2/apps{Own}", """{"instances":2}""")).Expect(409);
            Assert.Contains($"belongs to the site of node '{Node}'", owned.Message);
            Assert.Equal(MarathonApi.Ids(await site.RunAsync(App, 1)), MarathonApi.Ids(await hub.RunAsync(App, 1)));
            await site.RemoveAsync(Own);
            await hub.UntilAsync("/v2/apps", a => MarathonApi.Ids(a["apps"]!.AsArray()).SequenceEqual([App]), "the hub heard of the end");
            await hub.RemoveAsync(App);
            await site.UntilAsync("/v2/tasks", t => t["tasks"]!.AsArray().Count == 0, "no task is left");
        });

    /// <summary>Without a delegation of the hub its apps are kept running and are not changed; what is the site's own is.</summary>
    private static async Task LiveAloneAsync(Cluster cluster, MarathonApi site, string task)
    {
        Assert.Equal([task], MarathonApi.Ids(await site.RunAsync(App, 1)));
        var refused = (await site.PutAsync($"/v2/apps{App}", """{"instances":2}""")).Expect(409);
        Assert.Contains("has not delegated anything to this node", refused.Message);
        Assert.Contains("cannot be deleted here", (await site.DeleteAsync($"/v2/apps{App}")).Expect(409).Message);

        var process = Assert.Single(ProcessScan.Task(cluster[Node].Data, task));
        using (var running = System.Diagnostics.Process.GetProcessById(process))
        {
            running.Kill();
        }

        await site.UntilAsync(
            $"/v2/apps{App}/tasks", t => !MarathonApi.Ids(t["tasks"]!.AsArray()).Contains(task), "the end of the task is seen");
        await site.RunAsync(App, 1);
        Assert.Equal(task, (string?)(await site.AppAsync(App))["lastTaskFailure"]!["taskId"]);

        await site.StartAsync(Own);
        Assert.Equal([Own, App], MarathonApi.Ids((await site.GetAsync("/v2/apps")).Json["apps"]!.AsArray()));
    }
}
