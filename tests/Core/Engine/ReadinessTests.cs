using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>What readiness checks show: at the node, on the way to the hub, and to deployments.</summary>
public sealed class ReadinessTests
{
    private const string Check = """[{"portName":"default","preserveLastResponse":true}]""";
    private const string Web = $$"""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"readinessChecks":{{Check}}}""";
    private readonly AppWorld _world = new("a");

    [Fact]
    public void NewApp_IsDeployed_WhenItsTaskIsReady()
    {
        _world.Put(Web);
        var task = Running();
        Assert.Equal(("http", "/", task.Slot!.Ports[0]), (Spec(task).Check.Scheme, Spec(task).Check.Path, Spec(task).Check.Port));
        Assert.Single(_world.Hub.Deployments);
        Observe(task, Unready(503));
        Assert.Equal((false, 503), (Hub(task).Readiness!.Ready, Hub(task).Readiness!.Response!.Status));
        Assert.Single(_world.Hub.Deployments);
        Assert.Equal("not ready: answers 503", Hub(task).Latest!.Message);
        Assert.Equal(StatusReason.TaskCheckStatusUpdated, Hub(task).Latest!.Reason);

        Observe(task, Ready);
        Assert.Empty(_world.Hub.Deployments);
        Assert.True(Hub(task).Readiness!.Ready);
    }

    [Fact]
    public void TurnsAreNoChangesOfTheInstance()
    {
        _world.Put(Web);
        var changes = _world.Events.OfType<ClusterEvent.InstanceChanged>().Count();
        Observe(Running(), Ready);
        Assert.Equal(changes, _world.Events.OfType<ClusterEvent.InstanceChanged>().Count());
        Assert.Empty(_world.Events.OfType<ClusterEvent.HealthChanged>());
    }

    [Fact]
    public void ScaleUp_WaitsForTheNewTaskOnly()
    {
        _world.Put(Web);
        var first = Running();
        Observe(first, Ready);
        _world.Set("/web", "instances", "2");
        Assert.Single(_world.Hub.Deployments);
        Observe(_world.Running("/web").Single(t => t.Key != first.Key), Ready);
        Assert.Empty(_world.Hub.Deployments);
    }

    [Fact]
    public void Upgrade_KeepsTheOldTask_UntilTheNewOneIsReady_AlsoOverARestartOfTheHub()
    {
        _world.Put(Web);
        var old = Running();
        Observe(old, Ready);
        _world.Set("/web", "cmd", "\"serve2\"");
        var next = Assert.Single(_world.Running("/web"), t => t.Key != old.Key);
        Observe(next, Unready(503));
        _world.RestartHub();
        _world.Run(30);
        Assert.Equal(2, _world.Running("/web").Length);

        Observe(next, Ready);
        Assert.Equal(next.Key, Running().Key);
        Assert.Empty(_world.Hub.Deployments);
    }

    [Fact]
    public void Upgrade_ToAVersionWithChecks_KeepsTheOldTaskThatHasNone()
    {
        _world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64}""");
        var old = Running();
        _world.Put(Web.TrimEnd('}') + ""","healthChecks":[{"protocol":"COMMAND","command":{"value":"true"}}]}""");
        Assert.Contains(_world.Running("/web"), t => t.Key == old.Key);
        var next = Assert.Single(_world.Running("/web"), t => t.Key != old.Key);
        Observe(next, Ready);
        Assert.Equal(2, _world.Running("/web").Length);
        _world.Do("a", new HealthObserved(next.Container, new TaskHealth { Healthy = true }, Kill: false));
        Assert.Equal(next.Key, Running().Key);
    }

    [Fact]
    public void NodeThatIsAlone_WaitsToo_AndItsHubHearsOfIt()
    {
        _world.Put(Web);
        Observe(Running(), Ready);
        _world.Cut("a");
        _world.Put(Web.Replace("/web", "/own", StringComparison.Ordinal), "a");
        var own = Assert.Single(_world.Running("/own"));
        Observe(own, Unready(null));
        Assert.Single(_world["a"].Deployments);
        Observe(own, Ready);
        Assert.Empty(_world["a"].Deployments);
        _world.Heal("a");
        Assert.True(Hub(own).Readiness!.Ready);
    }

    [Fact]
    public void ReadyOfANodeThatIsAlone_OutlivesItsDaemon_BeforeTheHubHeardAnything()
    {
        _world.Put(Web);
        _world.Cut("a");
        Observe(Running(), Unready(503));
        Observe(Running(), Unready(404));
        Observe(Running(), Ready);
        var task = Running();
        Assert.Equal(new TaskReadiness(true), TaskReadiness.Of(task.History));
        Assert.Equal(
            [false, true], _world["a"].Self!.Outbox.Values.Where(s => s.Readiness is not null).Select(s => s.Readiness!.Ready));
        _world.Heal("a");
        Assert.Empty(_world["a"].Self!.Outbox);
        Assert.Empty(_world.Hub.Deployments);
    }

    [Fact]
    public void ResultsBesideATurn_AreKeptInMemory_AndTheLastIsToldWhenTheTurnIsCommitted()
    {
        _world.Put(Web);
        Observe(Running(), Unready(503));
        Observe(Running(), new TaskReadiness(false, new ReadinessResponse(503, "text/plain", "another")));
        Assert.Equal("another", Running().Readiness!.Response!.Body);
        Assert.Equal("b", Hub(Running()).Readiness!.Response!.Body);

        _world.Cut("a");
        Observe(Running(), Unready(404));
        Observe(Running(), Unready(500));
        Assert.Equal(1, _world["a"].Self!.Outbox.Values.Count(s => s.Readiness is not null));
        _world.Heal("a");
        Assert.Equal(500, Hub(Running()).Readiness!.Response!.Status);
    }

    [Fact]
    public void NothingFollowsReady_WhateverANodeSays()
    {
        _world.Put(Web);
        var task = Running();
        Observe(task, Ready);
        var said = _world.Hub.Counters.StatusesApplied;
        Observe(task, Unready(503));
        Assert.Equal(said, _world.Hub.Counters.StatusesApplied);
        Assert.True(Running().Readiness!.Ready);

        var node = _world.Hub.Nodes[task.Node];
        var old = Running().Latest! with { Uuid = Guid.Empty, Readiness = Unready(503) };
        _world.Do(null, new NodeMessage(node.Id, new UpMessage.Statuses(node.Identity.AgentEpoch, node.AppliedSequence + 1, [old])));
        Assert.True(Hub(task).Readiness!.Ready);
        var sick = old with { Healthy = false };
        node = _world.Hub.Nodes[task.Node];
        _world.Do(null, new NodeMessage(node.Id, new UpMessage.Statuses(node.Identity.AgentEpoch, node.AppliedSequence + 1, [sick])));
        Assert.False(Hub(task).Health!.Healthy);
        Assert.True(TaskReadiness.Of(Hub(task).History)!.Ready);
    }

    [Fact]
    public void HealthThatTurns_TakesNothingFromReadiness()
    {
        _world.Put(Web);
        var task = Running();
        Observe(task, Ready);
        _world.Do("a", new HealthObserved(task.Container, new TaskHealth { Healthy = false, LastFailureCause = "cause" }, Kill: false));
        foreach (var side in (ClusterTask[])[Hub(task), Running()])
        {
            Assert.Equal((true, false), (TaskReadiness.Of(side.History)!.Ready, TaskHealth.Of(side.History)!.Healthy));
        }
    }

    [Fact]
    public void HubWithoutMemory_HearsOfReadiness_FromTheInventory()
    {
        _world.Put(Web);
        var empty = new AppWorld().Hub;
        Observe(Running(), Ready);
        var task = Running();
        _world.RestartHub(empty);
        Assert.True(Hub(task).Readiness!.Ready);
    }

    [Fact]
    public void NextTaskOfAnInstance_HasToBeReadyAgain()
    {
        _world.Put(Web);
        Observe(Running(), Ready);
        _world.Exit(Running());
        _world.Run(5);
        Assert.Null(Running().Readiness);
        Assert.Equal(Running().Slot!.Ports[0], Spec(Running()).Check.Port);
    }

    private static TaskReadiness Ready { get; } = new(true);

    private static TaskReadiness Unready(int? status) =>
        new(false, status is { } code ? new ReadinessResponse(code, "text/plain", "b") : null);

    private static ReadinessCheck Spec(ClusterTask task) => task.Spec.Readiness!;

    private ClusterTask Running() => Assert.Single(_world.Running("/web"));

    private ClusterTask Hub(ClusterTask task) => _world.Hub.Tasks[task.Key];

    private void Observe(ClusterTask task, TaskReadiness shown) => _world.Do("a", new ReadinessObserved(
        task.Container, shown, shown.Ready ? null : $"answers {shown.Response?.Status}"));
}
