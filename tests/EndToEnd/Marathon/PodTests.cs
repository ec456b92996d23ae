using System.Globalization;
using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Pods; on the hub and on a cut agent.</summary>
public abstract class PodTests(MarathonCluster cluster)
{
    private const string Write = "echo $$ > writer.pid; echo to stderr >&2; echo hello from $WHO > data/part; mv data/part data/word; "
        + "exec sleep 1000";

    private const string Read = "echo $$ > reader.pid; while ! test -e data/word; do sleep 0.05; done; echo $(cat data/word) to "
        + "$MARATHON_CONTAINER_ID $MARATHON_APP_ID $ENDPOINT_WEB $EP_HOST_WEB $EP_CONTAINER_WEB; exec sleep 1000";

    private const string Template = """
        {"id":"PATH","scaling":{"kind":"fixed","instances":COUNT},
         "executorResources":{"cpus":0.1,"mem":32,"disk":10},
         "volumes":[{"name":"shared"}],"environment":{"WHO":"writer"},
         "containers":[
          {"name":"writer","resources":{"cpus":0.1,"mem":16},"volumeMounts":[{"name":"shared","mountPath":"data"}],
           "exec":{"command":{"shell":"WRITE"}}},
          {"name":"reader","resources":{"cpus":0.1,"mem":16},"volumeMounts":[{"name":"shared","mountPath":"data"}],
           "endpoints":[{"name":"web","hostPort":0,"protocol":["tcp"]}],
           "exec":{"command":{"argv":["/bin/sh","-c","READ"]}}}]}
        """;

    [RequiresNativeFact]
    public Task Pod_LivesFromPostToDelete_AndItsContainersShareASandbox() => cluster.RunAsync(async api =>
    {
        (await api.SendAsync(HttpMethod.Head, "/v2/pods")).Expect(200);
        await using var log = await api.ListenAsync(
            "?event_type=pod_created_event&event_type=pod_updated_event&event_type=pod_deleted_event");
        var id = MarathonCluster.NewId();
        var created = (await api.PostAsync("/v2/pods", Body(id))).Expect(201);
        Assert.True(Guid.TryParse(created.Headers["Marathon-Deployment-Id"], out _));
        Assert.Equal($"/v2/pods{id}", created.Headers["Location"]);
        Assert.Equal(1, (int)created.Json["scaling"]!["instances"]!);
        Assert.Equal("/v2/pods", (string?)(await log.WaitForAsync("pod_created_event"))["uri"]);

        var status = await StableAsync(api, id, 1);
        var instance = status["instances"]![0]!;
        Assert.Equal(["writer", "reader"], instance["containers"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.All(instance["containers"]!.AsArray(), c => Assert.Equal("TASK_RUNNING", (string?)c!["status"]));
        var endpoint = instance["containers"]![1]!["endpoints"]![0]!;
        Assert.Equal("web", (string?)endpoint["name"]);
        var port = (int)endpoint["allocatedHostPort"]!;
        var sandbox = await SandboxAsync(instance);
        var expected = $"hello from writer to reader {id} {port} {port} {port}";
        await Cluster.UntilAsync(() => Text(sandbox, "containers/reader/stdout").Trim() == expected, 30, "the reader has read");
        Assert.Equal("to stderr", Text(sandbox, "containers/writer/stderr").Trim());

        Assert.Equal(id, (string?)(await api.GetAsync($"/v2/pods{id}")).Expect(200).Json["id"]);
        Assert.Contains((await api.GetAsync("/v2/pods")).Expect(200).Json.AsArray(), p => (string?)p!["id"] == id);
        Assert.Contains((await api.GetAsync("/v2/pods/::status")).Expect(200).Json.AsArray(), p => (string?)p!["id"] == id);
        var group = (await api.GetAsync("/v2/groups" + id[..id.LastIndexOf('/')])).Expect(200).Json;
        Assert.Equal(id, (string?)Assert.Single(group["pods"]!.AsArray())!["id"]);
        Assert.Empty(group["apps"]!.AsArray());
        (await api.GetAsync($"/v2/apps{id}")).Expect(404);

        (await api.PostAsync("/v2/pods", Body(id))).Expect(409);
        (await api.PostAsync("/v2/apps", MarathonApi.Body(id))).Expect(409);
        (await api.PutAsync($"/v2/apps{id}", MarathonApi.Body(id))).Expect(409);
        (await api.PutAsync($"/v2/pods{id}", Body("/else"))).Expect(400);

        var versions = (await api.GetAsync($"/v2/pods{id}::versions")).Expect(200).Json.AsArray();
        Assert.Equal(id, (string?)(await api.GetAsync($"/v2/pods{id}::versions/{(string?)versions[0]}")).Expect(200).Json["id"]);
        (await api.PutAsync($"/v2/pods{id}", Body(id, 2))).Expect(200);
        await log.WaitForAsync("pod_updated_event");
        await StableAsync(api, id, 2);
        Assert.Equal(2, (await api.GetAsync($"/v2/pods{id}::versions")).Json.AsArray().Count);

        var gone = (await api.DeleteAsync($"/v2/pods{id}?force=true")).Expect(202);
        Assert.Empty(gone.Text);
        Assert.Contains(gone.Headers["Marathon-Deployment-Id"], gone.Headers["Location"], StringComparison.Ordinal);
        await log.WaitForAsync("pod_deleted_event");
        await GoneAsync(api, id);
    });

    [RequiresNativeFact]
    public Task Pod_OfWhichOneContainerEnds_IsEndedWhole_AndStartedAnew() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        (await api.PostAsync("/v2/pods", Body(id))).Expect(201);
        var before = await StableAsync(api, id, 1);
        var (writer, reader) = (await PidAsync(before, "writer"), await PidAsync(before, "reader"));
        using (var process = System.Diagnostics.Process.GetProcessById(reader))
        {
            process.Kill();
        }

        await Cluster.UntilAsync(() => !Directory.Exists($"/proc/{writer}"), 30, "the writer has ended too");
        var after = await api.UntilAsync(
            $"/v2/pods{id}::status",
            s => (string?)s["status"] == "STABLE" && Container(s, "writer") != Container(before, "writer"), "the pod is started anew");
        var ended = after["terminationHistory"]![0]!;
        Assert.Equal("Container 'reader' terminated with signal Killed", (string?)ended["message"]);
        Assert.Equal(Container(before, "reader"), (string?)ended["containers"]![1]!["containerId"]);
        Assert.Equal("TASK_FAILED", (string?)ended["containers"]![1]!["lastKnownState"]);

        var instance = (string?)after["instances"]![0]!["id"];
        var killed = (await api.DeleteAsync($"/v2/pods{id}::instances", $"[\"{instance}\"]")).Expect(200);
        Assert.Equal(instance, (string?)killed.Json[0]!["instanceId"]!["idString"]);
        await api.UntilAsync(
            $"/v2/pods{id}::status",
            s => (string?)s["status"] == "STABLE" && Container(s, "writer") != Container(after, "writer"), "the instance is started anew");
        (await api.DeleteAsync($"/v2/pods{id}::instances/nothing")).Expect(404);
        (await api.DeleteAsync($"/v2/pods{id}?force=true")).Expect(202);
        await GoneAsync(api, id);
    });

    [RequiresNativeFact]
    public Task Pod_IsRefused_WithEveryErrorByName() => cluster.RunAsync(async api =>
    {
        var refused = (await api.PostAsync("/v2/pods", """
            {"id":"/no","secrets":{"s":{"source":"x"}},"containers":[
             {"name":"a","image":{"kind":"DOCKER","id":"nginx"},"resources":{"cpus":0.1,"mem":32}}]}
            """)).Expect(422);
        Assert.Equal("Object is not valid", refused.Message);
        Assert.Contains(refused.Details, d => d.StartsWith("/secrets:", StringComparison.Ordinal));
        Assert.Contains(refused.Details, d => d.StartsWith("/containers(0)/image:", StringComparison.Ordinal));
        Assert.Equal("Pod '/no' does not exist", (await api.GetAsync("/v2/pods/no")).Expect(404).Message);
        (await api.GetAsync("/v2/pods/no::status")).Expect(404);
        (await api.DeleteAsync("/v2/pods/no")).Expect(404);
    });

    /// <summary>The status of a pod once so many instances are stable and nothing is deployed.</summary>
    internal static async Task<JsonNode> StableAsync(MarathonApi api, string id, int count)
    {
        await api.UntilAsync(
            "/v2/deployments",
            d => !d.AsArray().Any(x => x!["affectedPods"]!.AsArray().Any(p => (string?)p == id)), $"no deployment of {id} is left");
        return await api.UntilAsync(
            $"/v2/pods{id}::status",
            s => (string?)s["status"] == "STABLE" && s["instances"]!.AsArray().Count(i => (string?)i!["status"] == "STABLE") == count,
            $"{count} instances of {id} are stable");
    }

    /// <summary>The process of a container, as it wrote it down itself.</summary>
    internal static async Task<int> PidAsync(JsonNode status, string container)
    {
        var sandbox = await SandboxAsync(status["instances"]![0]!);
        await Cluster.UntilAsync(() => Text(sandbox, container + ".pid").EndsWith('\n'), 30, $"{container} has told its process");
        return int.Parse(Text(sandbox, container + ".pid"), CultureInfo.InvariantCulture);
    }

    /// <summary>Two containers: one writes a file of the shared folder, the other one reads it.</summary>
    internal static string Body(string id, int instances = 1) => Template
        .Replace("PATH", id, StringComparison.Ordinal)
        .Replace("COUNT", instances.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("WRITE", Write, StringComparison.Ordinal)
        .Replace("READ", Read, StringComparison.Ordinal);

    private static string? Container(JsonNode status, string name) => status["instances"]!.AsArray()
        .SelectMany(i => i!["containers"]!.AsArray()).Where(c => (string?)c!["name"] == name).Select(c => (string?)c!["containerId"])
        .FirstOrDefault();

    private static Task GoneAsync(MarathonApi api, string id) =>
        api.UntilAsync("/v2/pods", p => !p.AsArray().Any(x => (string?)x!["id"] == id), $"{id} is gone");

    /// <summary>The sandbox of an instance, found by the task that a process of it was given.</summary>
    private static async Task<string> SandboxAsync(JsonNode instance)
    {
        var task = $"MESOS_TASK_ID={(string?)instance["containers"]![0]!["containerId"]}";
        string? found = null;
        await Cluster.UntilAsync(() => (found = FindSandbox(task)) is not null, 30, $"a process with {task}");
        return found!;
    }

    private static string? FindSandbox(string entry)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                var all = File.ReadAllText(process + "/environ").Split('\0');
                if (all.Contains(entry))
                {
                    return all.First(e => e.StartsWith("MESOS_SANDBOX=", StringComparison.Ordinal))["MESOS_SANDBOX=".Length..];
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone, or somebody else's.
            }
        }

        return null;
    }

    private static string Text(string sandbox, string file) =>
        File.Exists(Path.Combine(sandbox, file)) ? File.ReadAllText(Path.Combine(sandbox, file)) : string.Empty;
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class PodHubTests(HubCluster cluster) : PodTests(cluster)
{
    private readonly HubCluster _cluster = cluster;

    [RequiresNativeFact]
    public Task Pod_RunsOn_WhenItsAgentIsKilled() => _cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        (await api.PostAsync("/v2/pods", Body(id))).Expect(201);
        var status = await StableAsync(api, id, 1);
        var pids = new[] { await PidAsync(status, "writer"), await PidAsync(status, "reader") };
        foreach (var node in new[] { "one", "two" })
        {
            await _cluster.Processes[node].KillAsync();
        }

        Assert.All(pids, p => Assert.True(Directory.Exists($"/proc/{p}")));
        foreach (var node in new[] { "one", "two" })
        {
            await _cluster.Processes.RestartAgentAsync(node);
        }

        var again = await StableAsync(api, id, 1);
        Assert.Equal((string?)status["instances"]![0]!["id"], (string?)again["instances"]![0]!["id"]);
        Assert.All(pids, p => Assert.True(Directory.Exists($"/proc/{p}")));
        (await api.DeleteAsync($"/v2/pods{id}?force=true")).Expect(202);
        await Cluster.UntilAsync(() => pids.All(p => !Directory.Exists($"/proc/{p}")), 30, "both containers have ended");
    });
}

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class PodAgentTests(CutAgent cluster) : PodTests(cluster);
