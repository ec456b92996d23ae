using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>A site that is cut off works on, is operated, and comes back without a surprise.</summary>
public sealed class SiteTests
{
    private const string Web = """{"id":"/web","cmd":"serve","cpus":1,"mem":64}""";
    private const string Kiosk = """{"id":"/kiosk","cmd":"show","cpus":1,"mem":64}""";

    [Fact]
    public void CutOff_TasksOfTheHubAreStartedAgain_AndTheHubHearsTheWholeStory()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        world.Cut("a");

        for (var i = 0; i < 3; i++)
        {
            world.Exit(world.Running("/web")[0]);
            world.Run(5);
        }

        var alive = Assert.Single(world.Running("/web"));
        Assert.Equal(4, alive.Slot!.Incarnation);
        world.Heal("a");

        Assert.Equal(alive.Key, Assert.Single(world.Running("/web")).Key);
        Assert.Equal(ObservedState.Running, world.Hub.Tasks[alive.Key].Observed);
        Assert.Equal(3, world.Hub.Tasks.Values.Count(t => t.Observed == ObservedState.Failed));
        Assert.Empty(world["a"].Self!.Outbox);
    }

    [Fact]
    public void Reboot_WithoutNetwork_StartsEverythingAgain_AtOnce()
    {
        var world = new AppWorld("a");
        world.Put("""{"id":"/web","cmd":"serve","cpus":0.1,"mem":64,"instances":10}""");
        world.Cut("a");

        world.Reboot("a");
        world.Wait(0.001);

        Assert.Equal(10, world.Running("/web").Length);
        world.Heal("a");
        Assert.Equal(10, world.Running("/web").Length);
        Assert.Equal(10, world.Hub.Instances.Count);
        Assert.Equal(10, world.Hub.Tasks.Values.Count(t => t.Observed == ObservedState.Running));
    }

    [Fact]
    public void OwnApp_MadeOffline_Runs_IsSeenByTheHub_AndStaysTheSites()
    {
        var world = new AppWorld("a", "b");
        world.Cut("a");

        Assert.IsType<CommandReply.Deployed>(world.Put(Kiosk, "a"));
        var task = Assert.Single(world.Running("/kiosk"));
        world.Heal("a");

        var app = world.Hub.Apps[new AppKey("a", new AppId("/kiosk"))];
        Assert.Equal("\"show\"", app.Definition["cmd"]);
        Assert.Equal(ObservedState.Running, world.Hub.Tasks[task.Key].Observed);
        Assert.Equal("1", world.Hub.Nodes[new NodeId("a")].Used.GetScalar("cpus").ToString());
        world.RestartHub();
        Assert.Single(world.Running("/kiosk"));
        Assert.Equal(task.Key, world.Running("/kiosk")[0].Key);
    }

    [Fact]
    public void OwnApp_DeletedOffline_GoesAtTheHubToo()
    {
        var world = new AppWorld("a");
        world.Put(Kiosk, "a");
        Assert.Single(world.Hub.Apps);
        world.Cut("a");

        world.Delete("/kiosk", "a");
        Assert.Empty(world.Running("/kiosk"));
        Assert.Single(world["a"].Apps);
        world.Heal("a");

        Assert.Empty(world.Hub.Apps);
        Assert.Empty(world.Hub.Instances);
        Assert.Empty(world["a"].Apps);
    }

    [Fact]
    public void ChangeOfAHubsApp_OnlineIsSentToTheHub_OfflineNeedsADelegation()
    {
        var world = new AppWorld("a");
        world.Put(Web);

        Assert.IsType<CommandReply.Elsewhere>(world.Set("/web", "instances", "2", "a"));
        world.Cut("a");
        var forbidden = Assert.IsType<CommandReply.Forbidden>(world.Set("/web", "instances", "2", "a"));
        Assert.Contains("has not delegated", forbidden.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Override_OfTheNumber_RunsAtOnce_AndIsMergedWithoutARestart()
    {
        var world = Delegated("a");
        world.Put(Web);
        var first = world.Running("/web")[0];
        world.Cut("a");

        Assert.IsType<CommandReply.Deployed>(world.Set("/web", "instances", "3", "a"));
        var three = world.Running("/web").Select(t => t.Key).ToArray();
        Assert.Equal(3, three.Length);
        world.Heal("a");

        Assert.Equal("3", world.App("/web").Definition["instances"]);
        Assert.Equal(three, world.Running("/web").Select(t => t.Key));
        Assert.Contains(first.Key, three);
        Assert.Null(world["a"].Apps[new AppKey("", new AppId("/web"))].Override);
        Assert.Equal(OverrideState.Settled, Assert.Single(world.Hub.Overrides.Values).State);
        Assert.Empty(world.Hub.Conflicts);
        Assert.Empty(world.Hub.Deployments);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public void Override_OfTheNumber_IsMerged_WithoutStartingOrEndingAnything(int instances)
    {
        var world = Delegated("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2}""");
        var here = world.Running("/web").Count(t => t.Node.Value == "a");
        world.Cut("a");
        world.Set("/web", "instances", (here + instances - 1).ToString(null, null), "a");
        var running = world.Running("/web").Select(t => t.Key).ToArray();
        var known = world.Hub.Tasks.Keys.Union(world["a"].Tasks.Keys).ToHashSet();

        world.Heal("a");
        world.Run(5);

        Assert.Equal(running, world.Running("/web").Select(t => t.Key));
        Assert.Subset(known, world.Hub.Tasks.Keys.ToHashSet());
        Assert.Equal(running.Length.ToString(null, null), world.App("/web").Definition["instances"]);
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Override_ByEndingChosenTasks_EndsNoOthers_WhenItIsMerged()
    {
        var world = Delegated("a");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":3}""");
        var all = world.Running("/web").OrderBy(t => t.LaunchedAt).ThenBy(t => t.Key).ToArray();
        foreach (var chosen in all)
        {
            world.Cut("a");
            var rest = world.Running("/web").Where(t => t.Key != chosen.Key).Select(t => t.Key).ToArray();
            var kill = new KillAppTasks([chosen.Key.Task], Scale: true, Force: false, "operator");
            Assert.IsType<CommandReply.Deployed>(world.Do("a", kill));
            world.Heal("a");
            world.Run(5);
            Assert.Equal(rest, world.Running("/web").Select(t => t.Key));
        }

        Assert.Equal("0", world.App("/web").Definition["instances"]);
        Assert.Equal(3, world.Hub.Tasks.Count);
    }

    [Fact]
    public void Override_OfTheConfiguration_ExchangesHere_AndIsMergedWithoutASecondExchange()
    {
        var world = Delegated("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2,"constraints":[["hostname","UNIQUE"]]}""");
        var there = world.Running("/web").Single(t => t.Node.Value == "b");
        world.Cut("a");

        world.Set("/web", "env", """{"LANG":"cs"}""", "a");
        var here = world.Running("/web").Single(t => t.Node.Value == "a");
        Assert.Contains(here.Spec.Command!.Environment, v => v.Key == "LANG" && v.Value == "cs");
        world.Heal("a");
        world.Run(3);

        Assert.Equal("""{"LANG":"cs"}""", world.App("/web").Definition["env"]);
        Assert.Equal(here.Key, world.Running("/web").Single(t => t.Node.Value == "a").Key);
        var elsewhere = world.Running("/web").Single(t => t.Node.Value == "b");
        Assert.NotEqual(there.Key, elsewhere.Key);
        Assert.Contains(elsewhere.Spec.Command!.Environment, v => v.Key == "LANG" && v.Value == "cs");
    }

    [Fact]
    public void BothChangedDifferentFields_BothAreKept()
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");

        world.Set("/web", "env", """{"LANG":"cs"}""", "a");
        world.Set("/web", "mem", "128");
        world.Heal("a");
        world.Run(3);

        Assert.Equal("""{"LANG":"cs"}""", world.App("/web").Definition["env"]);
        Assert.Equal("128", world.App("/web").Definition["mem"]);
        var task = Assert.Single(world.Running("/web"));
        Assert.Equal("128", task.Resources.GetScalar("mem").ToString());
        Assert.Empty(world.Hub.Conflicts);
    }

    [Fact]
    public void BothChangedOneField_BecomesAConflict_TheRunningValueStays_UntilAnAdminDecides()
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");
        world.Set("/web", "cmd", "\"of-the-site\"", "a");
        world.Set("/web", "cmd", "\"of-the-hub\"", force: true);
        var running = Assert.Single(world.Running("/web"));
        Assert.Equal("of-the-site", running.Spec.Command!.Value);

        world.Heal("a");
        world.Run(3);

        var conflict = Assert.Single(world.Hub.Conflicts.Values);
        Assert.Equal(("cmd", "\"serve\"", "\"of-the-hub\"", "\"of-the-site\"", "operator"),
            (conflict.Field, conflict.Base, conflict.Hub, conflict.Site, conflict.Author));
        Assert.Equal("\"of-the-hub\"", world.App("/web").Definition["cmd"]);
        Assert.Equal(running.Key, Assert.Single(world.Running("/web")).Key);
    }

    [Theory]
    [InlineData(true, "of-the-site")]
    [InlineData(false, "of-the-hub")]
    public void Conflict_Decided_RunsWhatWasDecided_Everywhere(bool takeSite, string expected)
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");
        world.Set("/web", "cmd", "\"of-the-site\"", "a");
        world.Set("/web", "cmd", "\"of-the-hub\"", force: true);
        world.Heal("a");
        world.Run(3);
        var conflict = Assert.Single(world.Hub.Conflicts.Values);

        Assert.IsType<CommandReply.Accepted>(world.Do(null, new ResolveConflict(conflict.Id, takeSite, "boss")));
        world.Run(3);

        Assert.Equal($"\"{expected}\"", world.App("/web").Definition["cmd"]);
        Assert.Equal(expected, Assert.Single(world.Running("/web")).Spec.Command!.Value);
        Assert.Null(world["a"].Apps[new AppKey("", new AppId("/web"))].Override);
        Assert.Equal("boss", Assert.Single(world.Hub.Conflicts.Values).ResolvedBy);
        Assert.Empty(world.Hub.Deployments);
        Assert.IsType<CommandReply.Rejected>(world.Do(null, new ResolveConflict(conflict.Id, takeSite, "boss")));
    }

    [Theory]
    [InlineData("hub", "of-the-hub")]
    [InlineData("site", "of-the-site")]
    public void Policy_Decides_AndKeepsTheLoserInTheRecord(string policy, string expected)
    {
        var world = Delegated("a");
        world.Put($$$"""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"labels":{"EDGE_MERGE":"{{{policy}}}"}}""");
        world.Cut("a");
        world.Set("/web", "cmd", "\"of-the-site\"", "a");
        world.Set("/web", "cmd", "\"of-the-hub\"", force: true);
        world.Heal("a");
        world.Run(5);

        Assert.Equal(expected, Assert.Single(world.Running("/web")).Spec.Command!.Value);
        var conflict = Assert.Single(world.Hub.Conflicts.Values);
        Assert.Equal((policy, "policy"), (conflict.Resolution, conflict.ResolvedBy));
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Policy_Hold_MergesNothing_BeforeItIsApproved()
    {
        var world = Delegated("a");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"labels":{"EDGE_MERGE":"hold"}}""");
        world.Cut("a");
        world.Set("/web", "instances", "2", "a");
        world.Heal("a");

        Assert.Equal("1", world.App("/web").Definition["instances"]);
        Assert.Equal(2, world.Running("/web").Length);
        world.Do(null, new ApproveOverride(new NodeId("a"), new AppId("/web"), "boss"));

        Assert.Equal("2", world.App("/web").Definition["instances"]);
        Assert.Equal(2, world.Running("/web").Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DeletedAtTheHub_WhileTheSiteChangedIt_StaysUntilAnAdminDecides(bool takeSite)
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");
        world.Set("/web", "instances", "2", "a");
        world.Delete("/web");
        world.Heal("a");
        world.Run(3);

        var conflict = Assert.Single(world.Hub.Conflicts.Values);
        Assert.Equal(("*", """{"instances":2}"""), (conflict.Field, conflict.Site));
        Assert.Equal(2, world.Running("/web").Length);

        world.Do(null, new ResolveConflict(conflict.Id, takeSite, "boss"));
        world.Run(3);
        Assert.Equal(takeSite ? 2 : 0, world.Running("/web").Length);
        Assert.Equal(takeSite, world.Hub.Apps.Count == 1);
        Assert.Equal(takeSite, world["a"].Apps.Count == 1);
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Adopt_MakesASitesAppTheHubs_WithoutARestart()
    {
        var world = new AppWorld("a");
        world.Put(Kiosk, "a");
        var task = Assert.Single(world.Running("/kiosk"));

        Assert.IsType<CommandReply.Accepted>(world.Do(null, new AdoptApp(new NodeId("a"), new AppId("/kiosk"), "boss")));
        Assert.Null(world.App("/kiosk").Owner);
        Assert.Equal(task.Key, Assert.Single(world.Running("/kiosk")).Key);
        Assert.True(world["a"].Apps.ContainsKey(new AppKey("", new AppId("/kiosk"))));
        Assert.False(world["a"].Apps.ContainsKey(new AppKey("a", new AppId("/kiosk"))));

        world.Set("/kiosk", "instances", "2");
        Assert.Equal(2, world.Running("/kiosk").Length);
    }

    [Fact]
    public void HubFromAnOldBackup_LearnsFromTheSite_AndEndsNothing()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        var old = world.Hub;
        world.Set("/web", "instances", "3");
        world.Put(Kiosk, "a");
        Assert.Equal(3, world.Running("/web").Length);

        world.RestartHub(old);

        Assert.Single(world.Running("/kiosk"));
        Assert.True(world.Hub.Apps.ContainsKey(new AppKey("a", new AppId("/kiosk"))));
        Assert.Equal(world.Running("/web").Length, world.Hub.Instances.Values.Count(i => i.App.Id.Value == "/web" && i.Wanted));
    }

    [Fact]
    public void HubFromAnOldBackup_GivesTheSiteNewWork_AlthoughTheSiteHasNothingMoreToTell()
    {
        var world = new AppWorld("a");
        var old = world.Hub;
        world.Put(Kiosk, "a");
        world.RestartHub(old);

        world.Put(Web);
        world.Run(3);

        Assert.Single(world.Running("/web"));
        Assert.Single(world.Running("/kiosk"));
    }

    [Fact]
    public void OnHold_NothingIsSentToAReturningNode_UntilItIsLetGo()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        world.Cut("a");
        world.Do(null, new HoldNode(new NodeId("a"), true, "boss"));
        world.Delete("/web");
        world.Heal("a");
        Assert.Single(world.Running("/web"));

        world.Do(null, new HoldNode(new NodeId("a"), false, "boss"));
        Assert.Empty(world.Running("/web"));
    }

    /// <summary>Nodes to which the hub has delegated everything.</summary>
    private static AppWorld Delegated(params string[] nodes)
    {
        var world = new AppWorld(nodes);
        foreach (var node in nodes)
        {
            world.Delegate(new Delegation { Id = "d1", Node = new NodeId(node), Apps = [new AppId("/")], Fields = ["*"] });
        }

        return world;
    }
}
