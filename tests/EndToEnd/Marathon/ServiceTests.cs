namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>What the service says of itself, and how it refuses what it cannot read; on the hub and on a cut agent.</summary>
public abstract class ServiceTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Ping_IsTextOrJson() => cluster.RunAsync(async api =>
    {
        var text = (await api.GetAsync("/ping")).Expect(200);
        Assert.Equal("pong", text.Text);
        Assert.StartsWith("text/plain", text.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("\"pong\"", (await api.GetAsync("/ping", "application/json")).Expect(200).Text);
    });

    [RequiresNativeFact]
    public Task Apps_OfAnEmptySystem_IsAnEmptyList_ThatNobodyKeeps() => cluster.RunAsync(_ =>
    {
        var empty = cluster.Empty.Expect(200);
        Assert.Equal("""{"apps":[]}""", empty.Text);
        Assert.Equal("must-revalidate, no-cache, no-store", Sorted(empty.Headers["Cache-Control"]));
        Assert.Equal("no-cache", empty.Headers["Pragma"]);
        Assert.Equal("0", empty.Headers["Expires"]);
        return Task.CompletedTask;
    });

    [RequiresNativeFact]
    public Task Info_And_Leader_NameThisDaemon() => cluster.RunAsync(async api =>
    {
        var info = (await api.GetAsync("/v2/info")).Expect(200).Json;
        Assert.Equal("marathon", (string?)info["name"]);
        Assert.Matches(@"^\d+\.\d+\.\d+$", (string?)info["version"]);
        Assert.True((bool)info["elected"]!);
        Assert.NotEmpty((string)info["frameworkId"]!);
        Assert.NotNull(info["marathon_config"]!["features"]!.AsArray());
        Assert.NotNull(info["zookeeper_config"]!.AsObject());
        Assert.Equal(api.Address.Port, (int)info["http_config"]!["http_port"]!);
        Assert.Equal(api.Address.Authority, (string?)info["leader"]);
        var leader = (await api.GetAsync("/v2/leader")).Expect(200);
        Assert.Equal(api.Address.Authority, (string?)leader.Json["leader"]);
        Assert.Equal($"http://{api.Address.Authority}", leader.Headers["X-Marathon-Leader"]);
    });

    [RequiresNativeFact]
    public Task Routes_ThatAreNotThere_AndMethods_ThatARouteHasNot_AreToldSo() => cluster.RunAsync(async api =>
    {
        Assert.Equal("URI not found", (await api.GetAsync("/v2/nothing")).Expect(404).Message);
        Assert.Equal("URI not found", (await api.GetAsync("/v2/eventSubscriptions")).Expect(404).Message);
        foreach (var path in new[] { "/v2/info", "/v2/plugins", "/v2/deployments", "/v2/tasks", "/v2/groups/x/versions" })
        {
            Assert.Equal("Method Not Allowed", (await api.PutAsync(path, "{}")).Expect(405).Message);
        }

        (await api.GetAsync("/v2/events")).Expect(405);
    });

    [RequiresNativeFact]
    public Task Prefixes_OfAdminRouter_LeadToTheSame() => cluster.RunAsync(async api =>
    {
        foreach (var prefix in new[] { "/service/marathon", "/marathon" })
        {
            Assert.Equal("marathon", (string?)(await api.GetAsync(prefix + "/v2/info")).Expect(200).Json["name"]);
            Assert.Equal("pong", (await api.GetAsync(prefix + "/ping")).Expect(200).Text);
        }
    });

    [RequiresNativeFact]
    public Task Bodies_ThatCannotBeRead_AreToldWhy() => cluster.RunAsync(async api =>
    {
        var broken = (await api.PostAsync("/v2/apps", "{bad")).Expect(400);
        Assert.Equal("Invalid JSON", broken.Message);
        Assert.NotEmpty((string)broken.Json["details"]!);
        Assert.Equal("Please specify data in JSON format", (await api.PostAsync("/v2/apps", string.Empty)).Expect(400).Message);
        Assert.Equal("Please specify data in JSON format", (await api.PutAsync("/v2/groups/x", string.Empty)).Expect(400).Message);
        var kind = (await api.PostAsync("/v2/apps", """{"id":"/x","cmd":"sleep 1","cpus":"a"}""")).Expect(422);
        Assert.Equal("Invalid JSON", kind.Message);
        Assert.Equal(["/cpus: error.expected.jsnumber"], kind.Details);
    });

    private static string Sorted(string header) => string.Join(", ", header.Split(", ").Order(StringComparer.Ordinal));
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class ServiceHubTests(HubCluster cluster) : ServiceTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class ServiceAgentTests(CutAgent cluster) : ServiceTests(cluster);
