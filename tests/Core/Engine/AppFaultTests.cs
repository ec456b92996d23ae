using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Reconciliation;

namespace Edge.Tests.Core.Engine;

/// <summary>What the simulator found, each as short as it can be told.</summary>
public sealed class AppFaultTests
{
    private const string Web = """{"id":"/web","cmd":"serve","cpus":1,"mem":64}""";
    private const string Kiosk = """{"id":"/kiosk","cmd":"show","cpus":1,"mem":64}""";
    private const string Never = """{"id":"/web","cmd":"serve","cpus":1,"mem":64,"labels":{"EDGE_DISCONNECT":"never-two"}}""";

    [Fact]
    public void NeverTwo_KilledTask_IsReplacedWhenItHasEnded_NotBefore()
    {
        var world = new AppWorld("a", "b");
        world.Put(Never);
        var first = Assert.Single(world.Running("/web"));
        world.KillsHang = true;

        world.Do(null, new KillAppTasks([first.Key.Task], Scale: false, Force: false, "me"));
        Assert.DoesNotContain(world.Hub.Instances.Values, i => i.Wanted);

        world.Exit(first, ObservedState.Killed);
        Assert.NotEqual(first.Key, Assert.Single(world.Running("/web")).Key);
    }

    [Fact]
    public void OwnAppThatFoundNoRoom_IsPlacedByItsNode_WhenSomethingElseEnds()
    {
        var world = new AppWorld("a");
        world.Put("{\"id\":\"/web\",\"cmd\":\"serve\",\"cpus\":3,\"mem\":64}");
        world.Put("{\"id\":\"/kiosk\",\"cmd\":\"show\",\"cpus\":3,\"mem\":64}", "a");
        Assert.Empty(world.Running("/kiosk"));

        world.Delete("/web");

        Assert.Single(world.Running("/kiosk"));
    }

    [Fact]
    public void HubFromAnOldBackup_SaysWhatItsAppsAre_AndTheNodeTakesIt()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        var old = world.Hub;
        world.Set("/web", "cmd", "\"two\"");
        world.Set("/web", "cmd", "\"three\"");

        world.RestartHub(old);
        world.Set("/web", "mem", "128");

        Assert.Equal(world.App("/web").Definition, world["a"].Apps[new AppKey("", new AppId("/web"))].Definition);
    }

    [Fact]
    public void FullSet_NamesTasksOfOneRevisionByKey_NotByHashCode()
    {
        var world = new AppWorld("a");
        world.Put("""{"id":"/kiosk","cmd":"show","cpus":0.1,"mem":8,"instances":8}""", "a");
        var self = world["a"].Self!;
        Assert.Equal(8, world.Hub.Tasks.Values.Count(t => t.Revision == 1));

        // The node asks for everything: what it started itself has no order among itself.
        var hello = new UpMessage.Hello(self.Identity, self.Description, self.HubEpoch, 0, self.OutboxHead, DateTimeOffset.UnixEpoch)
        {
            ReportRevision = self.ReportRevision,
        };
        var decision = EngineCore.Process(world.Hub, [new NodeMessage(self.Id, hello)], world.Context());

        var sent = decision.Dispatches.OfType<Dispatch.ToNode>().Select(d => d.Message).OfType<DownMessage.Assignments>();
        var keys = Assert.Single(sent).Items.Select(i => i.Key).ToArray();
        Assert.Equal(8, keys.Length);
        Assert.Equal(keys.Order(), keys);
    }

    [Fact]
    public void CancelledWithForce_StaysAsItStands_UntilTheAppChanges()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        world.OnStart = _ => ObservedState.Starting;
        world.Set("/web", "cmd", "\"two\"");

        world.Do(null, new CancelDeployment(Assert.Single(world.Hub.Deployments.Keys), Force: true, "me"));
        world.OnStart = _ => ObservedState.Running;
        world.Run(10);
        Assert.Empty(world.Hub.Deployments);
        Assert.Equal("serve", Assert.Single(world.Running("/web")).Spec.Command!.Value);

        world.Set("/web", "mem", "128");
        world.Run(10);
        Assert.Equal("two", Assert.Single(world.Running("/web")).Spec.Command!.Value);
    }

    [Fact]
    public void OwnAppThatTheHubsHides_IsNotScaledByKilling()
    {
        var world = new AppWorld("a");
        world.Put(Web, "a");
        var own = Assert.Single(world.Running("/web"));
        world.Put(Web);

        var reply = world.Do("a", new KillAppTasks([own.Key.Task], Scale: true, Force: false, "operator"));

        Assert.IsType<CommandReply.Forbidden>(reply);
        Assert.Contains(world.Running("/web"), t => t.Key == own.Key);
    }

    [Fact]
    public void Statuses_BeforeTheReportThatTheySpeakOf_WaitForIt()
    {
        var world = EngineWorld.Hub().Join();
        var framework = world.Subscribe();
        var task = world.Launch(framework, world.Offers.Single(), EngineWorld.Task("t1"));
        var database = world.State.Nodes[EngineWorld.Node1].Identity.AgentEpoch;
        var statuses = new UpMessage.Statuses(database, 1, [EngineWorld.Status(task, TaskState.Running)]);

        world.Do(new NodeMessage(EngineWorld.Node1, statuses with { ReportRevision = 1 }));
        Assert.Equal(0, world.State.Nodes[EngineWorld.Node1].AppliedSequence);

        world.Do(new NodeMessage(EngineWorld.Node1, new UpMessage.SiteReport(database, 1, [])));
        world.Do(new NodeMessage(EngineWorld.Node1, statuses with { ReportRevision = 1 }));
        Assert.Equal(1, world.State.Nodes[EngineWorld.Node1].AppliedSequence);
    }

    [Fact]
    public void Merge_ComparesWithWhatTheSiteSaw_NotWithAnOlderVersion()
    {
        var fields = AppDefinition.Empty.Fields;
        var seen = new AppOverride(2, fields.Add("cmd", "2"), fields.Add("cmd", "3"), "operator", default);

        var based = new AppDefinition(fields.Add("cmd", "1"));
        var merged = Assert.Single(FieldMerge.Merge(seen, based, new AppDefinition(fields.Add("cmd", "2"))));

        Assert.Equal(FieldOutcome.Site, merged.Outcome);
    }

    [Fact]
    public void NeverTwo_TaskThatEndedBeforeItsNodeHeardThatItShould_IsNotReplaced_BeforeTheNodeGaveItUp()
    {
        var world = new AppWorld("a", "b");
        world.Put(Never);
        var first = Assert.Single(world.Running("/web"));
        world.Do(null, new HoldNode(first.Node, true, "boss"));
        world.Set("/web", "cmd", "\"two\"");

        world.Exit(first);
        Assert.Empty(world.Running("/web"));
        world.Run(3);
        Assert.Equal(first.Slot!.Instance, Assert.Single(world.Running("/web")).Slot!.Instance);

        world.Do(null, new HoldNode(first.Node, false, "boss"));
        world.Run(3);
        Assert.Equal("two", Assert.Single(world.Running("/web")).Spec.Command!.Value);
    }

    [Fact]
    public void SiteThatScaledUp_KeepsWhatItStarted_AlthoughItsChangeComesBeforeItsStatuses()
    {
        var world = Delegated("a", "b", "c");
        world.Put(Web);
        var node = Assert.Single(world.Running("/web")).Node.Value;
        world.Cut(node);
        world.Set("/web", "instances", "3", node);
        var three = world.Running("/web").Select(t => t.Key).ToArray();

        world.Heal(node);

        Assert.Equal(three, world.Running("/web").Select(t => t.Key));
        Assert.Equal(3, world.Hub.Instances.Count);
        Assert.Equal(3, world.Hub.Tasks.Count);
    }

    [Fact]
    public void NodeThatLostItsJournal_GetsTheSitesOwnAppsBack()
    {
        var world = new AppWorld("a");
        world.Put(Kiosk, "a");
        var task = Assert.Single(world.Running("/kiosk"));

        world.LoseJournal("a");

        Assert.Equal(task.Container, Assert.Single(world.Running("/kiosk")).Container);
        Assert.Equal(world.Hub.Apps.Values.Single().Definition, world["a"].Apps[new AppKey("a", new AppId("/kiosk"))].Definition);
        world.Set("/kiosk", "instances", "2", "a");
        Assert.Equal(2, world.Running("/kiosk").Length);
    }

    [Fact]
    public void NodeThatLostItsJournal_KeepsNoOpenChange_AndTheConflictStays()
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");
        world.Set("/web", "cmd", "\"of-the-site\"", "a");
        world.Set("/web", "cmd", "\"of-the-hub\"", force: true);
        world.Heal("a");

        world.LoseJournal("a");
        world.Set("/web", "mem", "128");
        world.Run(3);

        Assert.Equal("of-the-hub", Assert.Single(world.Running("/web")).Spec.Command!.Value);
        Assert.Null(Assert.Single(world.Hub.Conflicts.Values).Resolution);
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void OwnApp_ChangedWhileTheHubTookItOver_IsAChangeOfTheHubsApp()
    {
        var world = Delegated("a");
        world.Put(Kiosk, "a");
        world.Do(null, new HoldNode(new NodeId("a"), true, "boss"));
        world.Do(null, new AdoptApp(new NodeId("a"), new AppId("/kiosk"), "boss"));
        world.Set("/kiosk", "mem", "128", "a");

        world.Do(null, new HoldNode(new NodeId("a"), false, "boss"));
        world.Run(3);

        Assert.Equal("128", world.App("/kiosk").Definition["mem"]);
        Assert.Single(world.Hub.Apps);
        Assert.Equal("128", Assert.Single(world.Running("/kiosk")).Resources.GetScalar("mem").ToString());
    }

    [Fact]
    public void ScaleAfterACancelledExchange_GoesOnWithTheExchange()
    {
        var world = new AppWorld("a", "b");
        world.Put(Web);
        world.OnStart = _ => ObservedState.Starting;
        world.Set("/web", "cmd", "\"two\"");
        world.OnStart = _ => ObservedState.Running;

        world.Set("/web", "instances", "2", force: true);
        world.Exit(world["a"].Tasks.Values.Concat(world["b"].Tasks.Values).First(t => t.Observed == ObservedState.Starting));
        world.Run(5);

        Assert.All(world.Running("/web"), t => Assert.Equal("two", t.Spec.Command!.Value));
        Assert.Equal(2, world.Running("/web").Length);
    }

    [Fact]
    public void InstanceThatWaitsAndIsGivenUpByItsSite_IsGoneAtTheHubToo()
    {
        var world = new AppWorld("a");
        world.Put(Kiosk, "a");
        world.Exit(world.Running("/kiosk")[0]);
        Assert.Single(world.Hub.Instances);

        world.Delete("/kiosk", "a");

        Assert.Empty(world["a"].Instances);
        Assert.Empty(world.Hub.Instances);
        Assert.Empty(world.Hub.Apps);
    }

    [Fact]
    public void ChangeThatItsSiteTookBack_IsUndoneAtOnce_AndNothingIsLeftOfIt()
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");
        world.Set("/web", "cmd", "\"two\"", "a");
        Assert.Equal("two", Assert.Single(world.Running("/web")).Spec.Command!.Value);

        world.Set("/web", "cmd", "\"serve\"", "a");
        Assert.Equal("serve", Assert.Single(world.Running("/web")).Spec.Command!.Value);
        Assert.Empty(world["a"].Deployments);
        world.Heal("a");

        Assert.Null(world["a"].Apps.Values.Single().Override);
        Assert.Equal(world.App("/web").ConfigHash, Assert.Single(world.Running("/web")).Slot!.ConfigHash);
        Assert.Empty(world.Hub.Conflicts);
    }

    [Fact]
    public void InstanceThatWasOutOfReachDuringAnExchange_IsExchangedWhenItComesBack()
    {
        var world = new AppWorld("a", "b");
        world.Put("{\"id\":\"/web\",\"cmd\":\"serve\",\"cpus\":1,\"mem\":64,\"instances\":2,\"unreachableStrategy\":"
            + "{\"inactiveAfterSeconds\":0,\"expungeAfterSeconds\":86400},\"labels\":{\"EDGE_DISCONNECT\":\"prefer-original\"}}");
        world.Cut("a");
        world.Run(90, 10);
        world.Set("/web", "cmd", "\"two\"");
        Assert.Empty(world.Hub.Deployments);

        world.Heal("a");
        world.Run(5);

        Assert.Equal(2, world.Running("/web").Length);
        Assert.All(world.Running("/web"), t => Assert.Equal("two", t.Spec.Command!.Value));
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void ConflictDecidedForTheHub_StartsAtOnceWhatTheSiteHadScaledAway()
    {
        var world = Delegated("a");
        world.Put(Web);
        world.Cut("a");
        world.Set("/web", "instances", "0", "a");
        world.Set("/web", "instances", "2", force: true);
        world.Heal("a");
        Assert.Empty(world.Running("/web"));

        world.Do(null, new ResolveConflict(Assert.Single(world.Hub.Conflicts.Values).Id, TakeSite: false, "boss"));

        Assert.Equal(2, world.Running("/web").Length);
    }

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
