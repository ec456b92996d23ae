using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>An app is changed, and goes back to what it was; on the hub and on a cut agent.</summary>
public abstract class UpdateTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Versions_AreListed_Read_AndPutBack() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"env\":{\"A\":\"1\"}", async _ =>
        {
            var first = (string)(await api.AppAsync(id))["version"]!;
            Assert.Equal([first], await VersionsAsync(api, id));
            (await api.PutAsync($"/v2/apps{id}", """{"env":{"A":"2"}}""")).ExpectDeployment();
            await api.RunAsync(id, 1);
            var versions = await VersionsAsync(api, id);
            Assert.Equal(2, versions.Length);
            Assert.Equal(first, versions[1]);
            Assert.Equal([.. versions.OrderDescending(StringComparer.Ordinal)], versions);
            var old = (await api.GetAsync($"/v2/apps{id}/versions/{first}")).Expect(200).Json;
            Assert.Equal((id, first, "1"), ((string?)old["id"], (string?)old["version"], (string?)old["env"]!["A"]));
            Assert.Equal(
                $"App '{id}' does not exist in version 2000-01-01T00:00:00.000Z",
                (await api.GetAsync($"/v2/apps{id}/versions/2000-01-01T00:00:00.000Z")).Expect(404).Message);
            (await api.GetAsync($"/v2/apps{id}/versions/yesterday")).Expect(422);

            (await api.PutAsync($"/v2/apps{id}", $$"""{"version":"{{first}}"}""")).ExpectDeployment();
            await api.RunAsync(id, 1);
            Assert.Equal("1", (string?)(await api.AppAsync(id))["env"]!["A"]);
            Assert.Equal(3, (await VersionsAsync(api, id)).Length);
            var mixed = (await api.PutAsync($"/v2/apps{id}", $$"""{"version":"{{first}}","cpus":1}""")).Expect(422);
            Assert.Contains("The 'version' field may only be combined with the 'id' field.", mixed.Text);
            (await api.PutAsync($"/v2/apps{id}", """{"version":"2000-01-01T00:00:00.000Z"}""")).Expect(404);
        });
    });

    [RequiresNativeFact]
    public Task Put_MakesWhatIsMissing_AndPatchDoesNot() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        Assert.Equal($"App '{id}' does not exist", (await api.PatchAsync($"/v2/apps{id}", """{"cpus":1}""")).Expect(404).Message);
        (await api.PatchAsync("/v2/apps", $$"""[{"id":"{{id}}","cpus":1}]""")).Expect(404);
        (await api.PutAsync($"/v2/apps{id}", MarathonApi.Body(id))).ExpectDeployment(201);
        await api.RunAsync(id, 1);
        (await api.PatchAsync($"/v2/apps{id}", """{"mem":17}""")).ExpectDeployment();
        await api.RunAsync(id, 1);
        Assert.Equal(17, (int)(await api.AppAsync(id))["mem"]!);
        await api.RemoveAsync(id);
    });

    [RequiresNativeFact]
    public Task Put_WithoutPartialUpdate_BringsTheDefaultsBack() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"env\":{\"A\":\"1\"},\"backoffSeconds\":7,\"labels\":{\"a\":\"b\"}", async _ =>
        {
            (await api.PutAsync($"/v2/apps{id}", """{"mem":17}""")).ExpectDeployment();
            await api.RunAsync(id, 1);
            Assert.Equal("1", (string?)(await api.AppAsync(id))["env"]!["A"]);
            (await api.PutAsync($"/v2/apps{id}?partialUpdate=false", MarathonApi.Body(id))).ExpectDeployment();
            await api.RunAsync(id, 1);
            var app = await api.AppAsync(id);
            Assert.Null(app["env"]);
            Assert.Equal((1, 16, "{}"), ((int)app["backoffSeconds"]!, (int)app["mem"]!, app["labels"]!.ToJsonString()));
        });
    });

    [RequiresNativeFact]
    public Task Changes_SayWhatTheyChanged() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"labels\":{\"a\":\"b\"}", async tasks =>
        {
            var before = (await api.AppAsync(id))["versionInfo"]!;
            (await api.PutAsync($"/v2/apps{id}", """{"labels":{"a":"b"},"mem":16.0}""")).ExpectDeployment();
            Assert.Equal(MarathonApi.Ids(tasks), MarathonApi.Ids(await api.RunAsync(id, 1)));
            Assert.Equal(Info(before), Info((await api.AppAsync(id))["versionInfo"]!));

            (await api.PutAsync($"/v2/apps{id}", """{"instances":2}""")).ExpectDeployment();
            await api.RunAsync(id, 2);
            var scaled = (await api.AppAsync(id))["versionInfo"]!;
            Assert.Equal(Info(before).Config, Info(scaled).Config);
            Assert.True(string.CompareOrdinal(Info(scaled).Scaling, Info(before).Scaling) > 0);

            (await api.PutAsync($"/v2/apps{id}", """{"labels":{"a":"c"}}""")).ExpectDeployment();
            Assert.Empty(MarathonApi.Ids(tasks).Intersect(MarathonApi.Ids(await api.RunAsync(id, 2))));
            var labelled = (await api.AppAsync(id))["versionInfo"]!;
            Assert.Equal(Info(scaled).Scaling, Info(labelled).Scaling);
            Assert.True(string.CompareOrdinal(Info(labelled).Config, Info(before).Config) > 0);
        });
    });

    [RequiresNativeFact]
    public Task Arrays_ChangeManyAtOnce() => cluster.RunAsync(async api =>
    {
        var (one, two) = (MarathonCluster.NewId(), MarathonCluster.NewId());
        (await api.PutAsync("/v2/apps", $"[{MarathonApi.Body(one)},{MarathonApi.Body(two)}]")).ExpectDeployment();
        await api.RunAsync(one, 1);
        await api.RunAsync(two, 1);
        (await api.PatchAsync("/v2/apps", $$"""[{"id":"{{one}}","instances":0},{"id":"{{two}}","instances":2}]""")).ExpectDeployment();
        await api.RunAsync(one, 0);
        await api.RunAsync(two, 2);
        await api.RemoveAsync(one);
        await api.RemoveAsync(two);
    });

    [RequiresNativeFact]
    public Task Restart_ExchangesEveryTask() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"instances\":2", async tasks =>
        {
            (await api.PostAsync($"/v2/apps{id}/restart?force=False")).ExpectDeployment();
            Assert.Empty(MarathonApi.Ids(tasks).Intersect(MarathonApi.Ids(await api.RunAsync(id, 2))));
            (await api.PostAsync("/v2/apps/none/restart")).Expect(404);
        }, 2);
    });

    private static (string Scaling, string Config) Info(JsonNode info) =>
        ((string)info["lastScalingAt"]!, (string)info["lastConfigChangeAt"]!);

    private static async Task<string[]> VersionsAsync(MarathonApi api, string id) =>
        [.. (await api.GetAsync($"/v2/apps{id}/versions")).Expect(200).Json["versions"]!.AsArray().Select(v => (string)v!)];
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class UpdateHubTests(HubCluster cluster) : UpdateTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class UpdateAgentTests(CutAgent cluster) : UpdateTests(cluster);
