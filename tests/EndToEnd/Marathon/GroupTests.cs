namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Groups; on the hub and on a cut agent.</summary>
public abstract class GroupTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Group_IsMade_Read_Scaled_Rehearsed_AndRemoved() => cluster.RunAsync(async api =>
    {
        var group = MarathonCluster.NewId();
        var one = group + "/one";
        var made = (await api.PostAsync("/v2/groups", $$"""{"id":"{{group}}","apps":[{{MarathonApi.Body("one", "\"instances\":3")}}]}"""))
            .ExpectDeployment(201);
        Assert.Equal($"/v2/groups{group}", made.Headers["Location"]);
        await api.RunAsync(one, 3);
        Assert.Equal(
            $"Group {group} is already created. Use PUT to change this group.",
            (await api.PostAsync("/v2/groups", $$"""{"id":"{{group}}","apps":[]}""")).Expect(409).Message);

        var root = (await api.GetAsync("/v2/groups")).Expect(200).Json;
        Assert.Equal("/", (string?)root["id"]);
        Assert.All(new[] { "apps", "groups", "pods", "dependencies" }, key => Assert.NotNull(root[key]!.AsArray()));
        Assert.Matches(Times.Pattern, (string?)root["version"]);
        var shown = (await api.GetAsync($"/v2/groups/{group}?embed=group.apps&embed=group.apps.tasks")).Expect(200).Json;
        Assert.Equal([one], MarathonApi.Ids(shown["apps"]!.AsArray()));
        Assert.Equal(3, shown["apps"]![0]!["tasks"]!.AsArray().Count);
        Assert.Equal([one], MarathonApi.Ids((await api.GetAsync($"/v2/groups{group}/apps")).Expect(200).Json["apps"]!.AsArray()));

        var steps = (await api.PutAsync($"/v2/groups{group}?dryRun=true", """{"scaleBy":1.5}""")).Expect(200).Json["steps"]!.AsArray();
        Assert.Equal("ScaleApplication", (string?)Assert.Single(steps)!["actions"]![0]!["action"]);
        Assert.Equal(3, (int)(await api.AppAsync(one))["instances"]!);
        (await api.PutAsync($"/v2/groups{group}", """{"scaleBy":1.5}""")).ExpectDeployment();
        await api.RunAsync(one, 5);

        var versions = (await api.GetAsync($"/v2/groups{group}/versions")).Expect(200).Json.AsArray();
        Assert.True(versions.Count >= 2);
        Assert.All(versions, v => Assert.Matches(Times.Pattern, (string?)v));
        (await api.PutAsync($"/v2/groups{group}", $$"""{"version":"{{(string?)made.Json["version"]}}"}""")).ExpectDeployment();
        await api.RunAsync(one, 3);

        (await api.DeleteAsync($"/v2/groups{group}")).ExpectDeployment();
        await api.SettleAsync(group);
        Assert.Equal($"Group '{group}' does not exist", (await api.GetAsync($"/v2/groups{group}")).Expect(404).Message);
        (await api.GetAsync($"/v2/apps{one}")).Expect(404);
        Assert.Equal($"Group '{group}' does not exist", (await api.DeleteAsync($"/v2/groups{group}")).Expect(404).Message);
    });

    [RequiresNativeFact]
    public Task Put_OfAGroup_IsTheWholeOfItsApps() => cluster.RunAsync(async api =>
    {
        var group = MarathonCluster.NewId();
        var body = $$"""{"apps":[{{MarathonApi.Body("one")}},{{MarathonApi.Body("two")}}]}""";
        (await api.PutAsync($"/v2/groups{group}", body)).ExpectDeployment();
        var kept = await api.RunAsync(group + "/two", 1);
        (await api.PutAsync($"/v2/groups{group}", $$"""{"apps":[{{MarathonApi.Body("two")}}]}""")).ExpectDeployment();
        await api.SettleAsync(group);
        (await api.GetAsync($"/v2/apps{group}/one")).Expect(404);
        Assert.Equal(MarathonApi.Ids(kept), MarathonApi.Ids(await api.RunAsync(group + "/two", 1)));
        Assert.Equal(
            $"An app with the path {group} already exists.",
            (await api.PostAsync("/v2/apps", MarathonApi.Body(group))).Expect(409).Message);
        (await api.DeleteAsync($"/v2/groups{group}")).ExpectDeployment();
        await api.SettleAsync(group);
        (await api.DeleteAsync("/v2/groups")).Expect(409);
    });

    [RequiresNativeFact]
    public Task Dependencies_RunFirst_AndMayNotBeACircle() => cluster.RunAsync(async api =>
    {
        var group = MarathonCluster.NewId();
        var check = """
            "healthChecks":[{"protocol":"COMMAND","command":{"value":"test -e ready"},"delaySeconds":0,"intervalSeconds":1,
            "gracePeriodSeconds":60}],"cmd":"sleep 0.3; touch ready; exec sleep 1000"
            """;
        var (first, then) = (MarathonApi.Body("first", check), MarathonApi.Body("then", $"\"dependencies\":[\"{group}/first\"]"));
        (await api.PostAsync("/v2/groups", $$"""{"id":"{{group}}","apps":[{{then}},{{first}}]}""")).ExpectDeployment(201);
        var later = (await api.RunAsync(group + "/then", 1))[0];
        var earlier = (await api.RunAsync(group + "/first", 1))[0];
        var healthy = (string)earlier["healthCheckResults"]![0]!["firstSuccess"]!;
        Assert.True(string.CompareOrdinal(healthy, (string)later["stagedAt"]!) <= 0, $"{earlier} {later}");

        var circle = (await api.PutAsync($"/v2/apps{group}/first", $$"""{"dependencies":["{{group}}/then"]}""")).Expect(422);
        Assert.Contains("cyclic", circle.Text);
        (await api.DeleteAsync($"/v2/groups{group}?force=true")).ExpectDeployment();
        await api.SettleAsync(group);
    });
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class GroupHubTests(HubCluster cluster) : GroupTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class GroupAgentTests(CutAgent cluster) : GroupTests(cluster);
