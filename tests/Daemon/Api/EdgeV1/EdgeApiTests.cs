using System.Net.Http.Headers;
using System.Text.Json;
using Edge.Core.Engine;
using Edge.Core.Model;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Daemon.Api.EdgeV1;

/// <summary>Our own API, on a hub and on a node: what is shown, what is decided, and what is refused with a reason.</summary>
public sealed class EdgeApiTests
{
    private const string Web = """{"id":"/web","cmd":"serve","cpus":1,"mem":64,"env":{"A":"1"}}""";
    private const string Kiosk = """{"id":"/kiosk","cmd":"show","cpus":1,"mem":64}""";

    [Fact]
    public async Task Nodes_OnTheHub_ShowWhatItKnows()
    {
        await using var world = await EdgeWorld.StartAsync("a", "b");
        world.Engines.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2,"constraints":[["hostname","UNIQUE"]]}""");
        world.Engines.Cut("b");
        world.Engines.Run(90, 5);

        var nodes = await world.GetAsync("/nodes");

        Assert.Equal(["a", "b"], nodes.GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("id").GetString()));
        var a = nodes.GetProperty("nodes")[0];
        Assert.Equal("reachable", a.GetProperty("reachability").GetString());
        Assert.True(a.GetProperty("connected").GetBoolean());
        Assert.Equal("a", a.GetProperty("site").GetString());
        Assert.Equal(4, a.GetProperty("resources").GetProperty("total").GetProperty("cpus").GetDouble());
        Assert.Equal(1, a.GetProperty("resources").GetProperty("used").GetProperty("cpus").GetDouble());
        Assert.Equal(3, a.GetProperty("resources").GetProperty("free").GetProperty("cpus").GetDouble());
        Assert.Equal("[31000-31099]", a.GetProperty("resources").GetProperty("total").GetProperty("ports").GetString());
        Assert.Equal(JsonValueKind.Null, a.GetProperty("outboxDepth").ValueKind);
        Assert.Equal(0, a.GetProperty("clockOffsetSeconds").GetDouble());
        Assert.Equal("default", a.GetProperty("delegation").GetProperty("source").GetString());
        var b = await world.GetAsync("/nodes/b");
        Assert.Equal("unreachable", b.GetProperty("reachability").GetString());
        Assert.NotEqual(JsonValueKind.Null, b.GetProperty("unreachableSince").ValueKind);

        var page = await world.GetAsync("/nodes?limit=1");
        Assert.Equal("a", page.GetProperty("next").GetString());
        var rest = await world.GetAsync("/nodes?limit=1&after=a");
        Assert.Equal("b", rest.GetProperty("nodes")[0].GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Node_ShowsItself_AndItsOutbox()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Cut("a");
        world.Engines.Put(Kiosk, "a");

        var self = (await world.GetAsync("a:/nodes")).GetProperty("nodes")[0];

        Assert.Equal("a", self.GetProperty("id").GetString());
        Assert.False(self.GetProperty("connected").GetBoolean());
        Assert.Equal(1, self.GetProperty("resources").GetProperty("used").GetProperty("cpus").GetDouble());
        Assert.Equal(3, self.GetProperty("resources").GetProperty("free").GetProperty("cpus").GetDouble());
        Assert.Equal(world.Engines["a"].Self!.Outbox.Count, self.GetProperty("outboxDepth").GetInt32());
        Assert.True(self.GetProperty("outboxDepth").GetInt32() > 0);
        Assert.Equal("/", self.GetProperty("delegation").GetProperty("apps")[0].GetString());
        Assert.Equal(404, (await world.SendAsync("GET", "a:/nodes/b")).Status);
        var up = (await world.GetAsync("a:/reconcile?dryRun=true")).GetProperty("up");
        Assert.Equal(1, up.GetProperty("changes").GetInt32());
        Assert.Equal(self.GetProperty("outboxDepth").GetInt32(), up.GetProperty("statuses").GetInt32());
        Assert.True(up.GetProperty("bytes").GetInt32() > 100);
    }

    [Fact]
    public async Task Sites_ShowWhatIsTheirOwn_AndWhatTheyChanged()
    {
        await using var world = await EdgeWorld.StartAsync("a", "b");
        world.Engines.Put(Web);
        var site = world.Engines.Running("/web")[0].Node.Value;
        world.Engines.Put(Kiosk, site);
        Conflict(world, site);

        var sites = await world.GetAsync("/sites");
        Assert.Equal(2, sites.GetProperty("sites").GetArrayLength());
        var shown = await world.GetAsync("/sites/" + site);

        Assert.Equal(site, shown.GetProperty("nodes")[0].GetProperty("id").GetString());
        var own = Assert.Single(shown.GetProperty("apps").EnumerateArray());
        Assert.Equal("/kiosk", own.GetProperty("id").GetString());
        Assert.Equal(1, own.GetProperty("running").GetInt32());
        var open = Assert.Single(shown.GetProperty("openOverrides").EnumerateArray());
        Assert.Equal(("conflict", "env"), (open.GetProperty("state").GetString(), open.GetProperty("openFields")[0].GetString()));
        var overrides = (await world.GetAsync("/overrides")).GetProperty("overrides");
        Assert.Equal("site", overrides[0].GetProperty("fields").GetProperty("env").GetProperty("A").GetString());
        Assert.Equal("1", overrides[0].GetProperty("base").GetProperty("env").GetProperty("A").GetString());
        Assert.Equal("operator", overrides[0].GetProperty("author").GetString());
        Assert.Equal(404, (await world.SendAsync("GET", "/sites/nowhere")).Status);
    }

    [Fact]
    public async Task Override_OnTheNode_IsShownThere_UntilItIsMerged()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Put(Web);
        world.Engines.Cut("a");
        world.Engines.Set("/web", "instances", "2", "a");

        var change = Assert.Single((await world.GetAsync("a:/overrides")).GetProperty("overrides").EnumerateArray());
        Assert.Equal("unreported", change.GetProperty("state").GetString());
        Assert.Equal(2, change.GetProperty("fields").GetProperty("instances").GetInt32());
        world.Engines.Heal("a");
        Assert.Empty((await world.GetAsync("a:/overrides")).GetProperty("overrides").EnumerateArray());
        var merged = Assert.Single((await world.GetAsync("/overrides")).GetProperty("overrides").EnumerateArray());
        Assert.Equal("settled", merged.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("hub")]
    [InlineData("site")]
    public async Task Conflict_IsShownWithRealValues_AndDecidedOnce(string resolution)
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Put(Web);
        Conflict(world, "a");

        var conflict = Assert.Single((await world.GetAsync("/conflicts?state=open")).GetProperty("conflicts").EnumerateArray());
        Assert.Equal("1", conflict.GetProperty("base").GetProperty("A").GetString());
        Assert.Equal("hub", conflict.GetProperty("hub").GetProperty("A").GetString());
        Assert.Equal("site", conflict.GetProperty("site").GetProperty("A").GetString());
        Assert.Equal(JsonValueKind.Null, conflict.GetProperty("resolution").ValueKind);
        var path = "/conflicts/" + conflict.GetProperty("id").GetString();
        Assert.Equal(400, (await world.SendAsync("POST", path, """{"resolution":"both"}""")).Status);
        Assert.Equal(400, (await world.SendAsync("POST", path, "resolution=hub")).Status);
        Assert.Equal(400, (await world.SendAsync("POST", path, """{"resolution":"\ud800"}""")).Status);

        var (status, decided) = await world.SendAsync("POST", path, $$"""{"resolution":"{{resolution}}"}""");

        Assert.Equal(200, status);
        Assert.Equal(("resolved", resolution), (decided.GetProperty("state").GetString(), decided.GetProperty("resolution").GetString()));
        Assert.Equal("127.0.0.1", decided.GetProperty("resolvedBy").GetString());
        world.Engines.Run(3);
        Assert.Equal($$"""{"A":"{{resolution}}"}""", world.Engines.App("/web").Definition["env"]);
        var (again, problem) = await world.SendAsync("POST", path, """{"resolution":"hub"}""");
        Assert.Equal(409, again);
        Assert.Contains("127.0.0.1", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty((await world.GetAsync("/conflicts?state=open")).GetProperty("conflicts").EnumerateArray());
        Assert.Single((await world.GetAsync("/conflicts?state=resolved")).GetProperty("conflicts").EnumerateArray());
    }

    [Fact]
    public async Task WholeApp_DeletedAtTheHub_ShowsNull_WhereThereIsNothing()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Put(Web);
        world.Engines.Cut("a");
        world.Engines.Set("/web", "instances", "2", "a");
        world.Engines.Delete("/web");
        world.Engines.Heal("a");

        var conflict = (await world.GetAsync("/conflicts")).GetProperty("conflicts")[0];

        Assert.Equal("*", conflict.GetProperty("field").GetString());
        Assert.Equal(JsonValueKind.Null, conflict.GetProperty("base").ValueKind);
        Assert.Equal(JsonValueKind.Null, conflict.GetProperty("hub").ValueKind);
        Assert.Equal(2, conflict.GetProperty("site").GetProperty("instances").GetInt32());
    }

    [Fact]
    public async Task AdminActs_AreDone_Refused_AndAudited()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Put(Kiosk, "a");
        Assert.Equal(400, (await world.SendAsync("POST", "/nodes/a/adopt")).Status);
        Assert.Equal(404, (await world.SendAsync("POST", "/nodes/a/adopt?app=/nothing")).Status);
        Assert.Equal(200, (await world.SendAsync("POST", "/nodes/a/adopt?app=/kiosk")).Status);
        Assert.Null(world.Engines.App("/kiosk").Owner);
        Assert.Equal(404, (await world.SendAsync("POST", "/nodes/a/approve?app=/kiosk-2")).Status);
        Assert.Equal(409, (await world.SendAsync("POST", "/nodes/a/approve?app=/kiosk")).Status);
        Assert.Equal(404, (await world.SendAsync("POST", "/nodes/b/hold")).Status);
        Assert.True((await world.SendAsync("POST", "/nodes/a/hold")).Json.GetProperty("onHold").GetBoolean());
        Assert.False((await world.SendAsync("POST", "/nodes/a/release")).Json.GetProperty("onHold").GetBoolean());
        var (status, problem) = await world.SendAsync("POST", "a:/nodes/a/hold");
        Assert.Equal(409, status);
        Assert.Contains("http://hub.test:5050/edge/v1/nodes/a/hold", problem.GetProperty("action").GetString(), StringComparison.Ordinal);

        var audit = await world.GetAsync("/audit");
        Assert.False(audit.GetProperty("durable").GetBoolean());
        Assert.Equal(
            ["node_released", "node_held", "override_approved", "app_adopted"],
            audit.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("action").GetString()));
        Assert.Equal("refused", audit.GetProperty("entries")[2].GetProperty("outcome").GetString());
        Assert.Equal("127.0.0.1", audit.GetProperty("entries")[0].GetProperty("author").GetString());
        Assert.Single((await world.GetAsync("/audit?limit=1")).GetProperty("entries").EnumerateArray());
    }

    [Fact]
    public async Task HeldChange_IsMerged_WhenItIsApproved()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"labels":{"EDGE_MERGE":"hold"}}""");
        world.Engines.Cut("a");
        world.Engines.Set("/web", "instances", "2", "a");
        world.Engines.Heal("a");
        Assert.Equal("held", (await world.GetAsync("/overrides")).GetProperty("overrides")[0].GetProperty("state").GetString());

        var (status, change) = await world.SendAsync("POST", "/nodes/a/approve?app=/web");

        Assert.Equal((200, "settled"), (status, change.GetProperty("state").GetString()));
        Assert.Equal("2", world.Engines.App("/web").Definition["instances"]);
    }

    [Fact]
    public async Task Reconcile_ShowsWhatItCosts_AndLetsANodeGoOn()
    {
        await using var world = await EdgeWorld.StartAsync("a", "b");
        world.Engines.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2,"constraints":[["hostname","UNIQUE"]]}""");
        Assert.Empty((await world.GetAsync("/reconcile?dryRun=true")).GetProperty("nodes").EnumerateArray());
        world.Engines.Cut("a");
        world.Engines.Do(null, new HoldNode(new NodeId("a"), true, "boss"));
        world.Engines.Delete("/web");
        world.Engines.Heal("a");

        var shown = await world.GetAsync("/reconcile?dryRun=true");

        var node = Assert.Single(shown.GetProperty("nodes").EnumerateArray());
        Assert.Equal("/web", Assert.Single(node.GetProperty("killed").EnumerateArray()).GetProperty("app").GetString());
        Assert.True(node.GetProperty("bytes").GetInt32() > 50);
        Assert.Equal(shown.GetProperty("bytes").GetInt32(), node.GetProperty("bytes").GetInt32());
        Assert.Single(world.Engines.Running("/web"));
        Assert.Single((await world.GetAsync("/reconcile?dryRun=true&node=b")).GetProperty("nodes").EnumerateArray());
        Assert.Equal(400, (await world.SendAsync("GET", "/reconcile?dryRun=false")).Status);
        Assert.Equal(404, (await world.SendAsync("GET", "/reconcile?dryRun=true&node=x")).Status);
        Assert.Equal(400, (await world.SendAsync("POST", "/reconcile")).Status);
        Assert.Equal(200, (await world.SendAsync("POST", "/reconcile?node=a")).Status);
        Assert.Empty(world.Engines.Running("/web"));
    }

    [Fact]
    public async Task Delegations_AreSet_Given_AndTakenAway()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        world.Engines.Put(Web);
        var first = (await world.GetAsync("/delegations")).GetProperty("default");
        Assert.Equal(["instances", "env", "container"], first.GetProperty("fields").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal("default", (await world.GetAsync("/delegations/a")).GetProperty("source").GetString());

        var (status, set) = await world.SendAsync(
            "PUT", "/delegations/a",
            """{"apps":["/web"],"fields":["env"],"restart":false,"create":true,"quota":{"cpus":1},"validForSeconds":7200}""");

        Assert.Equal((201, "node"), (status, set.GetProperty("source").GetString()));
        var held = (await world.GetAsync("a:/delegations")).GetProperty("delegations")[0];
        Assert.StartsWith(set.GetProperty("id").GetString() + "-", held.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(7200, held.GetProperty("remainingSeconds").GetDouble());
        Assert.Equal(1, held.GetProperty("quota").GetProperty("cpus").GetDouble());
        world.Engines.Cut("a");
        world.Engines.Wait(60);
        held = (await world.GetAsync("a:/delegations/a")).GetProperty("delegations")[0];
        Assert.Equal(7140, held.GetProperty("remainingSeconds").GetDouble());
        Assert.IsType<CommandReply.Forbidden>(world.Engines.Set("/web", "instances", "2", "a"));
        Assert.IsType<CommandReply.Forbidden>(world.Engines.Restart("/web", "a"));
        Assert.IsType<CommandReply.Deployed>(world.Engines.Set("/web", "env", """{"A":"2"}""", "a"));
        var quota = Assert.IsType<CommandReply.Forbidden>(
            world.Engines.Put("""{"id":"/mine","cmd":"run","cpus":2,"mem":64}""", "a"));
        Assert.Contains("to 2 cpus; the delegation's quota is 1", quota.Reason, StringComparison.Ordinal);

        world.Engines.Heal("a");
        var body = (await world.GetAsync("/delegations/a")).GetRawText();
        Assert.Equal(200, (await world.SendAsync("PUT", "/delegations/a", body)).Status);
        Assert.Equal(200, (await world.SendAsync("DELETE", "/delegations/a")).Status);
        Assert.Equal(404, (await world.SendAsync("DELETE", "/delegations/a")).Status);
        Assert.Equal("built-in", world.Engines["a"].Self!.Delegation!.Delegation.Id);
        Assert.Equal(200, (await world.SendAsync("PUT", "/delegations/default", """{"create":false}""")).Status);
        Assert.False(world.Engines["a"].Self!.Delegation!.Delegation.Create);
        Assert.Equal(404, (await world.SendAsync("GET", "/delegations/unknown")).Status);
        Assert.Equal(405, (await world.SendAsync("PUT", "a:/delegations/a", "{}")).Status);
    }

    [Fact]
    public async Task Delegation_Wrong_IsRefused_WithEverythingThatIsWrong()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        var (status, problem) = await world.SendAsync(
            "PUT", "/delegations/a",
            """
            {"apps":["web","/ok"],"fields":["instances","enviroment"],"restart":"yes","quota":{"cpus":0,"mem":-1,"a;b":1},
             "validForSeconds":5,"colour":"red"}
            """);

        Assert.Equal(422, status);
        Assert.Equal(
            ["/apps/0", "/colour", "/fields/1", "/quota/a;b", "/quota/cpus", "/quota/mem", "/restart", "/validForSeconds"],
            problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString()).Order(StringComparer.Ordinal));
        var field = problem.GetProperty("errors").EnumerateArray().Single(e => e.GetProperty("pointer").GetString() == "/fields/1");
        Assert.Equal("\"enviroment\"", field.GetProperty("value").GetString());
        Assert.Contains("env, executor", field.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(422, (await world.SendAsync("PUT", "/delegations/a", "[]")).Status);
        Assert.Equal(400, (await world.SendAsync("PUT", "/delegations/a", "{")).Status);
        Assert.Empty(world.Delegations.Nodes);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, null)]
    [InlineData("GET", "/nodes/a/nothing", 404, null)]
    [InlineData("DELETE", "/nodes/a", 405, "GET, HEAD")]
    [InlineData("GET", "/nodes/a/hold", 405, "POST")]
    [InlineData("PUT", "/conflicts/x", 405, "GET, HEAD, POST")]
    [InlineData("POST", "/delegations/a", 405, "GET, HEAD, PUT, DELETE")]
    [InlineData("POST", "/events", 405, "GET")]
    [InlineData("GET", "/conflicts/x", 404, null)]
    [InlineData("GET", "/conflicts?state=shut", 400, null)]
    [InlineData("GET", "/nodes?limit=0", 400, null)]
    [InlineData("GET", "/audit?limit=many", 400, null)]
    public async Task Errors_AreProblems_ThatSayWhatIsAllowed(string method, string path, int status, string? allow)
    {
        await using var world = await EdgeWorld.StartAsync("a");
        using var response = await world.RawAsync(method, path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(MediaTypeHeaderValue.Parse("application/problem+json"), response.Content.Headers.ContentType);
        Assert.Equal(allow, response.Content.Headers.Allow.Count > 0 ? string.Join(", ", response.Content.Headers.Allow) : null);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
        Assert.NotEmpty(problem.RootElement.GetProperty("action").GetString()!);
    }

    [Fact]
    public async Task Events_TellOfSites_AndGoOnAfterTheLastOne()
    {
        await using var world = await EdgeWorld.StartAsync("a");
        using var client = new HttpClient();
        using var reader = await world.ListenAsync(client);
        world.Engines.Put(Web);
        world.Engines.Put(Kiosk, "a");
        Conflict(world, "a");
        world.Tell();

        Assert.Equal(("edge_site_app", "1", "/kiosk"), await NextAsync(reader));
        Assert.Equal(("edge_override", "2", "/web"), await NextAsync(reader));
        Assert.Equal(("edge_conflict", "3", "/web"), await NextAsync(reader));
        using var later = await world.ListenAsync(client, lastId: "1");
        Assert.Equal("2", (await NextAsync(later)).Id);
        using var some = await world.ListenAsync(client, "?event_type=edge_conflict", lastId: "0");
        Assert.Equal("3", (await NextAsync(some)).Id);
    }

    private static async Task<(string? Type, string? Id, string? App)> NextAsync(StreamReader reader)
    {
        string? type = null, id = null;
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System) is { } line)
        {
            type = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : type;
            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var data = JsonDocument.Parse(line[6..]);
                Assert.Equal(type, data.RootElement.GetProperty("eventType").GetString());
                return (type, id, data.RootElement.GetProperty("app").GetString());
            }
        }

        return default;
    }

    /// <summary>The environment is changed at the site and at the hub while the two do not see each other.</summary>
    private static void Conflict(EdgeWorld world, string node)
    {
        world.Engines.Cut(node);
        Assert.IsType<CommandReply.Deployed>(world.Engines.Set("/web", "env", """{"A":"site"}""", node));
        Assert.IsType<CommandReply.Deployed>(world.Engines.Set("/web", "env", """{"A":"hub"}""", force: true));
        world.Engines.Heal(node);
        world.Engines.Run(3);
    }
}
