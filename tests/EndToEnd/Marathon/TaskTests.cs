using System.Text.Json.Nodes;
using Edge.Core.Model;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Tasks are ended by hand, and what they are given; on the hub and on a cut agent.</summary>
public abstract class TaskTests(MarathonCluster cluster)
{
    [RequiresNativeFact]
    public Task Delete_EndsTasks_ThatAreReplaced() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"instances\":2", async tasks =>
        {
            var ids = MarathonApi.Ids(tasks);
            var killed = (await api.DeleteAsync($"/v2/apps{id}/tasks")).Expect(200).Json["tasks"]!.AsArray();
            Assert.Equal(ids.Order(), MarathonApi.Ids(killed).Order());
            var next = await ReplacedAsync(api, id, ids, 2);

            var one = (await api.DeleteAsync($"/v2/apps{id}/tasks/{next[0]}")).Expect(200).Json["task"]!;
            Assert.Equal(next[0], (string?)one["id"]);
            var third = await ReplacedAsync(api, id, [next[0]], 2);
            Assert.Contains(next[1], third);

            var many = (await api.PostAsync("/v2/tasks/delete?scale=False", $$"""{"ids":["{{third[0]}}","none"]}""")).Expect(200);
            Assert.Equal([third[0]], MarathonApi.Ids(many.Json["tasks"]!.AsArray()));
            await ReplacedAsync(api, id, [third[0]], 2);
            Assert.Equal("Task 'none' does not exist", (await api.DeleteAsync($"/v2/apps{id}/tasks/none")).Expect(404).Message);
            Assert.Equal(2, (int)(await api.AppAsync(id))["instances"]!);
        }, 2);
    });

    [RequiresNativeFact]
    public Task Delete_WithScale_LowersTheInstances() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        await api.WithAppAsync(id, "\"instances\":4", async tasks =>
        {
            var ids = MarathonApi.Ids(tasks);
            (await api.DeleteAsync($"/v2/apps{id}/tasks/{ids[0]}?scale=true")).ExpectDeployment();
            Assert.Equal(ids[1..].Order(), MarathonApi.Ids(await api.RunAsync(id, 3)).Order());
            (await api.PostAsync("/v2/tasks/delete?scale=true", $$"""{"ids":["{{ids[1]}}"]}""")).ExpectDeployment();
            Assert.Equal(ids[2..].Order(), MarathonApi.Ids(await api.RunAsync(id, 2)).Order());
            (await api.DeleteAsync($"/v2/apps{id}/tasks?scale=true")).ExpectDeployment();
            await api.RunAsync(id, 0);
            Assert.Equal(0, (int)(await api.AppAsync(id))["instances"]!);
            Assert.Equal(
                "You cannot use scale and wipe at the same time.",
                (await api.DeleteAsync($"/v2/apps{id}/tasks?scale=true&wipe=true")).Expect(400).Message);
        }, 4);
    });

    [RequiresNativeFact]
    public Task Environment_HasEveryVariable_AndTheUsersWin() => cluster.RunAsync(async api =>
    {
        var id = MarathonCluster.NewId();
        var more = """
            "cmd":"env > environment; exec sleep 1000","env":{"HOST":"mine","OWN":"1"},"labels":{"a-b":"c"},"mem":32,
            "portDefinitions":[{"port":0,"name":"web"},{"port":31777,"name":"admin-x","protocol":"udp"}]
            """;
        await api.WithAppAsync(id, more, async tasks =>
        {
            var task = tasks[0];
            var file = Path.Combine(Sandbox(task), "environment");
            await Cluster.UntilAsync(() => File.Exists(file) && new FileInfo(file).Length > 0, 30, "the environment is written");
            var lines = await File.ReadAllLinesAsync(file);
            var ports = task["ports"]!.AsArray().Select(p => ((int)p!).ToString(null as IFormatProvider)).ToArray();
            Assert.Equal(2, ports.Length);
            var services = task["servicePorts"]!.AsArray().Select(p => (int)p!).ToArray();
            string[] expected =
            [
                $"MARATHON_APP_ID={id}", $"MARATHON_APP_VERSION={(string?)task["version"]}", "MARATHON_APP_RESOURCE_CPUS=0.1",
                "MARATHON_APP_RESOURCE_MEM=32.0", "MARATHON_APP_RESOURCE_DISK=0.0", "MARATHON_APP_RESOURCE_GPUS=0",
                "MARATHON_APP_LABELS=A_B", "MARATHON_APP_LABEL_A_B=c", "MARATHON_APP_ENFORCE_GROUP_ROLE=false",
                $"MESOS_TASK_ID={(string?)task["id"]}", "HOST=mine", "OWN=1", $"PORT={ports[0]}", $"PORT0={ports[0]}", $"PORT1={ports[1]}",
                $"PORTS={string.Join(',', ports)}", $"PORT_WEB={ports[0]}", $"PORT_ADMIN_X={ports[1]}", $"PORT_{services[0]}={ports[0]}",
                $"PORT_31777={ports[1]}",
            ];
            Assert.Equal(31777, services[1]);
            Assert.All(expected, line => Assert.Contains(line, lines));
            Assert.Contains(lines, l => l.StartsWith("MESOS_SANDBOX=", StringComparison.Ordinal) && Directory.Exists(l.Split('=', 2)[1]));
        });
    });

    [RequiresNativeFact]
    public Task Kill_GivesTheGraceThatTheAppAskedFor() => cluster.RunAsync(async api =>
    {
        var (polite, deaf) = (MarathonCluster.NewId(), MarathonCluster.NewId());
        var handler = "\"cmd\":\"trap 'echo bye > bye; exit 0' TERM; touch up; while :; do sleep 0.05; done\"";
        await api.WithAppAsync(polite, handler + ",\"taskKillGracePeriodSeconds\":30", async tasks =>
        {
            var sandbox = Sandbox(tasks[0]);
            await Cluster.UntilAsync(() => File.Exists(Path.Combine(sandbox, "up")), 30, "the handler is set");
            (await api.DeleteAsync($"/v2/apps{polite}/tasks")).Expect(200);
            await ReplacedAsync(api, polite, MarathonApi.Ids(tasks), 1);
            Assert.True(File.Exists(Path.Combine(sandbox, "bye")));
        });
        var stubborn = "\"cmd\":\"trap '' TERM; touch up; while :; do sleep 0.05; done\",\"taskKillGracePeriodSeconds\":1";
        await api.WithAppAsync(deaf, stubborn, async tasks =>
        {
            await Cluster.UntilAsync(() => File.Exists(Path.Combine(Sandbox(tasks[0]), "up")), 30, "the handler is set");
            var started = TimeProvider.System.GetTimestamp();
            (await api.DeleteAsync($"/v2/apps{deaf}/tasks")).Expect(200);
            await ReplacedAsync(api, deaf, MarathonApi.Ids(tasks), 1);
            Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 1, 20);
        });
    });

    private static async Task<string[]> ReplacedAsync(MarathonApi api, string id, string[] gone, int count)
    {
        await api.UntilAsync(
            $"/v2/apps{id}/tasks", t => !MarathonApi.Ids(t["tasks"]!.AsArray()).Intersect(gone).Any(), "the killed tasks are gone");
        return MarathonApi.Ids(await api.RunAsync(id, count));
    }

    private string Sandbox(JsonNode task) =>
        cluster.Processes.Sandboxes((string)task["slaveId"]!, FrameworkId.Apps.Value, (string)task["id"]!).Single();
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class TaskHubTests(HubCluster cluster) : TaskTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class TaskAgentTests(CutAgent cluster) : TaskTests(cluster);
