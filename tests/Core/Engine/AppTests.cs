using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>Apps over a hub and its nodes: placed, scaled, exchanged, restarted, removed.</summary>
public sealed class AppTests
{
    private const string Web = """{"id":"/web","cmd":"serve","cpus":1,"mem":64}""";

    [Fact]
    public void NewApp_IsPlacedAndRuns_AndItsDeploymentEnds()
    {
        var world = new AppWorld("a", "b");

        var reply = Assert.IsType<CommandReply.Deployed>(world.Put(Web));

        var task = Assert.Single(world.Running("/web"));
        Assert.Empty(world.Hub.Deployments);
        Assert.Contains(world.Events, e => e is ClusterEvent.DeploymentDone done && done.Deployment.Id == reply.Id);
        Assert.Equal(ObservedState.Running, world.Hub.Tasks[task.Key].Observed);
        Assert.StartsWith("web.instance-", task.Key.Task.Value);
        Assert.EndsWith("._app.1", task.Key.Task.Value);
        Assert.Single(task.Slot!.Ports);
    }

    [Fact]
    public void Scale_AddsAndEnds_WithoutTouchingTheOthers()
    {
        var world = new AppWorld("a", "b");
        world.Put(Web);
        var first = world.Running("/web")[0];

        world.Set("/web", "instances", "3");
        Assert.Equal(3, world.Running("/web").Length);
        Assert.Contains(world.Running("/web"), t => t.Key == first.Key);

        world.Set("/web", "instances", "1");
        Assert.Equal(first.Key, Assert.Single(world.Running("/web")).Key);
        Assert.Empty(world.Hub.Deployments);
        Assert.Single(world.Hub.Instances);
    }

    [Fact]
    public void NewConfiguration_ExchangesInstances_NewBeforeOld()
    {
        var world = new AppWorld("a", "b");
        world.Put(Web);
        var old = world.Running("/web")[0];
        var held = new List<ClusterTask>();
        world.OnStart = task =>
        {
            held.Add(task);
            return ObservedState.Starting;
        };

        world.Set("/web", "cmd", "\"serve2\"");
        Assert.Single(held);
        Assert.Equal(old.Key, Assert.Single(world.Running("/web")).Key);
        Assert.Single(world.Hub.Deployments);

        world.Exit(held[0], ObservedState.Running);
        var now = Assert.Single(world.Running("/web"));
        Assert.NotEqual(old.Key, now.Key);
        Assert.Empty(world.Hub.Deployments);
        Assert.Equal("serve2", now.Spec.Command!.Value);
    }

    [Fact]
    public void FailingTask_IsStartedAgainByItsNode_WithGrowingWaits()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        var first = world.Running("/web")[0];

        world.Exit(first);
        Assert.Empty(world.Running("/web"));
        world.Run(2);
        var second = Assert.Single(world.Running("/web"));
        Assert.Equal(first.Slot!.Instance, second.Slot!.Instance);
        Assert.Equal(2, second.Slot.Incarnation);
        Assert.Equal(ObservedState.Running, world.Hub.Tasks[second.Key].Observed);
        Assert.Equal("exit 1", world.App("/web").LastFailure!.Message);
        Assert.Equal(1, world.App("/web").Failures);
        Assert.Single(world.Hub.Instances);
    }

    [Fact]
    public void Delete_EndsEverything_AndForgetsTheApp()
    {
        var world = new AppWorld("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":4}""");
        Assert.Equal(4, world.Running("/web").Length);

        world.Delete("/web");

        Assert.Empty(world.Running("/web"));
        Assert.Empty(world.Hub.Apps);
        Assert.Empty(world.Hub.Instances);
        Assert.Empty(world.Hub.Deployments);
        Assert.Empty(world["a"].Apps);
        Assert.Empty(world["a"].Instances);
        Assert.Empty(world["b"].Instances);
    }

    [Fact]
    public void Delete_OfAnAppThatWaitsToStartAgain_StopsTheWait()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        world.Exit(world.Running("/web")[0]);

        world.Delete("/web");
        world.Run(400, 20);

        Assert.Empty(world.Running("/web"));
        Assert.Empty(world["a"].Instances);
        Assert.Empty(world.Hub.Instances);
    }

    [Fact]
    public void Restart_ExchangesEveryTask()
    {
        var world = new AppWorld("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2}""");
        var before = world.Running("/web").Select(t => t.Key).ToHashSet();

        world.Restart("/web");

        var after = world.Running("/web");
        Assert.Equal(2, after.Length);
        Assert.DoesNotContain(after, t => before.Contains(t.Key));
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void NothingFits_SaysWhy_AndIsPlacedWhenThereIsRoom()
    {
        var world = new AppWorld("a");
        world.Put("""{"id":"/big","cmd":"serve","cpus":3,"mem":64}""");
        world.Put("""{"id":"/web","cmd":"serve","cpus":2,"mem":64}""");

        var refusals = world.App("/web").Refusals!;
        Assert.Equal(1, refusals.Processed);
        Assert.Equal(1, refusals.Declined.Single(d => d.Key == PlacementReason.InsufficientCpus).Value);
        Assert.Equal("cpus: 2 wanted, 1 free", refusals.Samples[0].Sentence);

        world.Delete("/big");
        Assert.Single(world.Running("/web"));
        Assert.Null(world.App("/web").Refusals);
    }

    [Fact]
    public void ChangeDuringADeployment_IsLocked_UnlessForced()
    {
        var world = new AppWorld("a");
        world.Put("""{"id":"/web","cmd":"serve","cpus":8,"mem":64}""");
        var id = Assert.Single(world.Hub.Deployments).Key;

        var locked = Assert.IsType<CommandReply.Locked>(world.Set("/web", "cpus", "1"));
        Assert.Equal(id, Assert.Single(locked.Deployments));

        Assert.IsType<CommandReply.Deployed>(world.Set("/web", "cpus", "1", force: true));
        Assert.Single(world.Running("/web"));
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Rollback_TakesBackWhatTheDeploymentChanged()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        var before = world.Running("/web")[0];
        world.OnStart = _ => ObservedState.Starting;
        world.Set("/web", "cmd", "\"broken\"");
        var id = Assert.Single(world.Hub.Deployments).Key;

        world.OnStart = _ => ObservedState.Running;
        Assert.IsType<CommandReply.Deployed>(world.Do(null, new CancelDeployment(id, false, "me")));

        Assert.Equal("\"serve\"", world.App("/web").Definition["cmd"]);
        Assert.Equal(before.Key, Assert.Single(world.Running("/web")).Key);
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Kill_ReplacesTheTask_AndWithScaleLowersTheWish()
    {
        var world = new AppWorld("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2}""");
        var victim = world.Running("/web")[0];

        world.Do(null, new KillAppTasks([victim.Key.Task], Scale: false, Force: false, "me"));
        Assert.Equal(2, world.Running("/web").Length);
        Assert.DoesNotContain(world.Running("/web"), t => t.Key == victim.Key);

        victim = world.Running("/web")[0];
        world.Do(null, new KillAppTasks([victim.Key.Task], Scale: true, Force: false, "me"));
        Assert.NotEqual(victim.Key, Assert.Single(world.Running("/web")).Key);
        Assert.Equal("1", world.App("/web").Definition["instances"]);
    }

    [Fact]
    public void UnreachableNode_IsReplacedElsewhere_AndTheOldOneGoesWhenItIsBack()
    {
        var world = new AppWorld("a", "b");
        world.Put(Web);
        var first = world.Running("/web")[0];

        world.Cut(first.Node.Value);
        world.Wait(80);
        Assert.Equal(2, world.Running("/web").Length);

        world.Heal(first.Node.Value);
        Assert.NotEqual(first.Node, Assert.Single(world.Running("/web")).Node);
    }

    [Theory]
    [InlineData("never-two")]
    [InlineData("site-decides")]
    public void UnreachableNode_IsNotReplaced_WhenThePolicySaysSo(string policy)
    {
        var world = new AppWorld("a", "b");
        world.Put($$$"""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"labels":{"EDGE_DISCONNECT":"{{{policy}}}"}}""");
        var first = world.Running("/web")[0];

        world.Cut(first.Node.Value);
        world.Run(4000, 100);
        Assert.Equal(first.Key, Assert.Single(world.Running("/web")).Key);

        world.Heal(first.Node.Value);
        Assert.Equal(first.Key, Assert.Single(world.Running("/web")).Key);
    }

    [Fact]
    public void Dependencies_StartInOrder()
    {
        var world = new AppWorld("a");
        var started = new List<string>();
        world.OnStart = task =>
        {
            started.Add(task.Slot!.App.Value);
            return task.Slot!.App.Value == "/db" ? ObservedState.Starting : ObservedState.Running;
        };
        var web = new AppChange(
            new AppId("/web"), AppWorld.Define("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"dependencies":["/db"]}"""), 0);
        var db = new AppChange(new AppId("/db"), AppWorld.Define("""{"id":"/db","cmd":"db","cpus":1,"mem":64}"""), 0);

        world.Do(null, new ChangeApps([web, db], [], false, "me"));
        Assert.Equal(["/db"], started);

        world.Exit(world["a"].Tasks.Values.Single(), ObservedState.Running);
        Assert.Equal(["/db", "/web"], started);
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void HubRestart_InTheMiddleOfAnUpgrade_GoesOn()
    {
        var world = new AppWorld("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2}""");
        var held = new List<ClusterTask>();
        world.OnStart = task =>
        {
            held.Add(task);
            return ObservedState.Starting;
        };
        world.Set("/web", "cmd", "\"serve2\"");

        world.RestartHub();
        Assert.Single(world.Hub.Deployments);
        foreach (var task in held.ToArray())
        {
            world.Exit(task, ObservedState.Running);
        }

        Assert.All(world.Running("/web"), t => Assert.Equal("serve2", t.Spec.Command!.Value));
        Assert.Equal(2, world.Running("/web").Length);
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Turns_OfAHealthCheck_TellTheHubWhenAndWhy()
    {
        const string Check = """[{"protocol":"COMMAND","command":{"value":"test -e up"}}]""";
        var world = new AppWorld("a");
        world.Put($$"""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"healthChecks":{{Check}}}""");
        var task = Assert.Single(world.Running("/web"));

        void Observe(bool healthy) => world.Do("a", new HealthObserved(
            task.Container, new TaskHealth { Healthy = healthy, LastFailureCause = healthy ? null : "cause" }, Kill: false));

        Observe(true);
        var passed = world.Hub.Tasks[task.Key].Health!;
        Assert.Equal((true, 0, passed.LastSuccess), (passed.Healthy, passed.ConsecutiveFailures, passed.FirstSuccess));
        Assert.NotNull(passed.FirstSuccess);

        world.Wait(1);
        Observe(false);
        var failed = world.Hub.Tasks[task.Key].Health!;
        Assert.Equal((false, 1, passed.FirstSuccess), (failed.Healthy, failed.ConsecutiveFailures, failed.FirstSuccess));
        Assert.True(failed.LastFailure > passed.LastSuccess);
        Assert.Contains("cause", failed.LastFailureCause);
    }
}
