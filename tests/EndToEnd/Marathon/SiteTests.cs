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
            await hub.UntilAsync($"/v2/apps{App}", a => (int)a["app"]!["instances"]! == 2, "the hub took over the site's number");
            await hub.UntilAsync($"/v2/apps{App}", a => (string?)a["app"]!["env"]?["A"] == "1", "the hub took over the site's variable");
            await hub.RunAsync(Own, 1);
            var owned = (await hub.PutAsync($"/v2/apps{Own}", """{"instances":2}""")).Expect(409);
            Assert.Contains($"belongs to the site of node '{Node}'", owned.Message);
            var here = MarathonApi.Ids(await site.RunAsync(App, 2)).Order(StringComparer.Ordinal);
            Assert.Equal(MarathonApi.Ids(await hub.RunAsync(App, 2)).Order(StringComparer.Ordinal), here);
            await site.RemoveAsync(Own);
            await hub.UntilAsync("/v2/apps", a => MarathonApi.Ids(a["apps"]!.AsArray()).SequenceEqual([App]), "the hub heard of the end");
            await hub.RemoveAsync(App);
            await site.UntilAsync("/v2/tasks", t => t["tasks"]!.AsArray().Count == 0, "no task is left");
        });

    /// <summary>What ends is started again; the hub's app is scaled and changed, but not deleted; one of the site's own is made.</summary>
    private static async Task LiveAloneAsync(Cluster cluster, MarathonApi site, string task)
    {
        Assert.Equal([task], MarathonApi.Ids(await site.RunAsync(App, 1)));
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

        (await site.PutAsync($"/v2/apps{App}", """{"instances":2}""")).ExpectDeployment();
        await site.RunAsync(App, 2);
        (await site.PutAsync($"/v2/apps{App}", """{"env":{"A":"1"}}""")).ExpectDeployment();
        var tasks = MarathonApi.Ids(await site.RunAsync(App, 2));
        Assert.Equal("1", (string?)(await site.AppAsync(App))["env"]!["A"]);
        (await site.DeleteAsync($"/v2/apps{App}/tasks/{tasks[0]}")).Expect(200);
        await site.UntilAsync(
            $"/v2/apps{App}/tasks", t => !MarathonApi.Ids(t["tasks"]!.AsArray()).Contains(tasks[0]), "the killed task is gone");
        await site.RunAsync(App, 2);

        await site.StartAsync(Own);
        Assert.Equal([Own, App], MarathonApi.Ids((await site.GetAsync("/v2/apps")).Json["apps"]!.AsArray()));
    }
}
