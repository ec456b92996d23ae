using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>Source: Mesos scheduler HTTP API, SUBSCRIBE, TEARDOWN.</summary>
public sealed class SubscriptionTests
{
    private readonly EngineWorld _hub = EngineWorld.Hub().Join();

    [Fact]
    public void FirstSubscription_GetsAnIdOfThisRun_AndTheOffers()
    {
        var id = _hub.Subscribe();

        Assert.Equal("m1-0000", id.Value);
        Assert.IsType<FrameworkEvent.Subscribed>(_hub.Events.First());
        Assert.Single(_hub.Offers);
    }

    [Fact]
    public void SecondSubscriptionWithTheId_TakesTheStreamOver_AndTellsTheOldOne()
    {
        var id = _hub.Subscribe();
        _hub.Do(new Subscribe(EngineWorld.Framework(id), [], EngineWorld.Stream2));

        var told = Assert.IsType<Dispatch.ToFramework>(_hub.Acts[0]);
        Assert.Equal(EngineWorld.Stream1, told.Stream);
        Assert.Equal("Framework failed over", Assert.IsType<FrameworkEvent.Error>(told.Event).Message);
        Assert.Equal(new Dispatch.CloseStream(EngineWorld.Stream1), _hub.Acts[1]);
        Assert.Equal(EngineWorld.Stream2, _hub.State.Frameworks[id].Stream);
        Assert.Single(_hub.Offers);
    }

    [Fact]
    public void CallOnAnOldStream_IsRejected_AndChangesNothing()
    {
        var id = _hub.Subscribe();
        _hub.Subscribe(EngineWorld.Framework(id), EngineWorld.Stream2);
        _hub.Do(new Teardown(id, EngineWorld.Stream1));

        Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]);
        Assert.Equal(FrameworkPhase.Connected, _hub.State.Frameworks[id].Phase);
    }

    [Fact]
    public void ClosedStream_WaitsForTheFailoverTimeout_ThenRemoves()
    {
        var id = _hub.Subscribe(EngineWorld.Framework(failoverSeconds: 60));
        _hub.Do(new FrameworkStreamClosed(id, EngineWorld.Stream1));
        Assert.Equal(FrameworkPhase.Disconnected, _hub.State.Frameworks[id].Phase);
        Assert.Empty(_hub.State.Offers);

        Assert.Contains(id, _hub.Wait(59.9).State.Frameworks.Keys);
        Assert.DoesNotContain(id, _hub.Wait(0.2).State.Frameworks.Keys);
        Assert.Equal(id, Assert.Single(_hub.State.CompletedFrameworks).Id);
    }

    [Fact]
    public void ClosedStream_OfAFrameworkThatCameBack_RemovesNothing()
    {
        var id = _hub.Subscribe(EngineWorld.Framework(failoverSeconds: 60));
        _hub.Do(new FrameworkStreamClosed(id, EngineWorld.Stream1)).Wait(30);
        _hub.Subscribe(EngineWorld.Framework(id), EngineWorld.Stream2);

        Assert.Contains(id, _hub.Wait(3600).State.Frameworks.Keys);
    }

    [Fact]
    public void ClosedStream_ThatIsNotTheCurrentOne_MeansNothing()
    {
        var id = _hub.Subscribe();
        _hub.Subscribe(EngineWorld.Framework(id), EngineWorld.Stream2);
        _hub.Do(new FrameworkStreamClosed(id, EngineWorld.Stream1));

        Assert.Equal(FrameworkPhase.Connected, _hub.State.Frameworks[id].Phase);
    }

    [Fact]
    public void FailoverTimeoutZero_RemovesAtOnce()
    {
        var id = _hub.Subscribe(EngineWorld.Framework(failoverSeconds: 0));
        _hub.Do(new FrameworkStreamClosed(id, EngineWorld.Stream1));

        Assert.Empty(_hub.State.Frameworks);
    }

    [Fact]
    public void EndlessFailoverTimeout_DoesNotOverflow()
    {
        var spec = EngineWorld.Framework() with { FailoverTimeout = TimeSpan.MaxValue };
        var id = _hub.Subscribe(spec);
        _hub.Do(new FrameworkStreamClosed(id, EngineWorld.Stream1));

        Assert.Equal(TimeSpan.MaxValue, _hub.State.Frameworks[id].RemoveAt);
        Assert.Contains(id, _hub.Restart().State.Frameworks.Keys);
    }

    [Fact]
    public void RemovedId_CanNeverComeBack()
    {
        var id = _hub.Subscribe();
        _hub.Do(new Teardown(id, EngineWorld.Stream1));
        Assert.Contains(new Dispatch.CloseStream(EngineWorld.Stream1), _hub.Acts);

        _hub.Do(new Subscribe(EngineWorld.Framework(id), [], EngineWorld.Stream2));
        Assert.Equal("Framework has been removed", Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]).Reason);
        Assert.Equal("Framework has been removed", Assert.IsType<FrameworkEvent.Error>(_hub.Events.Single()).Message);
        Assert.Contains(new Dispatch.CloseStream(EngineWorld.Stream2), _hub.Acts);

        _hub.Restart().Do(new Subscribe(EngineWorld.Framework(id), [], EngineWorld.Stream2));
        Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]);
    }

    [Fact]
    public void UnknownId_IsTaken()
    {
        var id = _hub.Subscribe(EngineWorld.Framework(new FrameworkId("from-elsewhere-0007")));
        Assert.Equal("from-elsewhere-0007", id.Value);
    }

    [Fact]
    public void ChangedPrincipal_IsRefused()
    {
        var id = _hub.Subscribe(EngineWorld.Framework() with { Principal = "shop" });
        _hub.Do(new Subscribe(EngineWorld.Framework(id) with { Principal = "thief" }, [], EngineWorld.Stream2));

        Assert.Contains("principal", Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]).Reason, StringComparison.Ordinal);
        Assert.Equal(EngineWorld.Stream1, _hub.State.Frameworks[id].Stream);
    }

    [Fact]
    public void ChangedUser_IsIgnored_OtherFieldsAreTaken()
    {
        var id = _hub.Subscribe();
        _hub.Subscribe(EngineWorld.Framework(id) with { User = "other", Name = "renamed" }, EngineWorld.Stream2);

        Assert.Equal(("root", "renamed"), (_hub.State.Frameworks[id].Spec.User, _hub.State.Frameworks[id].Spec.Name));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("bad role", null)]
    [InlineData("-x", null)]
    public void WrongRoles_AreRefused(string first, string? second)
    {
        _hub.Do(new Subscribe(EngineWorld.Framework(roles: second is null ? [first] : [first, second]), [], EngineWorld.Stream1));
        Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]);
        Assert.Empty(_hub.State.Frameworks);
    }

    [Fact]
    public void OneFrameworkTooMany_IsRefused_WithTheLimit()
    {
        var hub = EngineWorld.Hub(ClusterLimits.Default with { Frameworks = 1 });
        hub.Subscribe();
        hub.Do(new Subscribe(EngineWorld.Framework(), [], EngineWorld.Stream2));

        Assert.Contains("has 1 frameworks", Assert.IsType<CommandReply.Rejected>(hub.Replies[0]).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_KeepsTheFramework_UntilTheRecoveryWindowEnds()
    {
        var id = _hub.Subscribe(EngineWorld.Framework(failoverSeconds: 0));
        _hub.Restart();
        Assert.Equal(FrameworkPhase.Recovered, _hub.State.Frameworks[id].Phase);

        Assert.Contains(id, _hub.Wait(599).State.Frameworks.Keys);
        Assert.Empty(_hub.Wait(2).State.Frameworks);
    }

    [Fact]
    public void Restart_ThenSubscription_TakesTheFrameworkUpAgain()
    {
        var id = _hub.Subscribe();
        _hub.Restart();
        Assert.Equal(id, _hub.Subscribe(EngineWorld.Framework(id), EngineWorld.Stream2));
        Assert.Equal(FrameworkPhase.Connected, _hub.Wait(4000).State.Frameworks[id].Phase);
    }

    [Fact]
    public void Teardown_KillsTheTasks_AndFreesTheirResourcesWhenTheyHaveEnded()
    {
        var id = _hub.Subscribe();
        var task = _hub.Launch(id, _hub.Offers.Single(), EngineWorld.Task("t1"));
        _hub.Report(task, TaskState.Running);
        _hub.Do(new Teardown(id, EngineWorld.Stream1));

        var sent = Assert.IsType<DownMessage.Assignments>(_hub.Down.Single());
        Assert.Equal(DesiredState.Kill, Assert.Single(sent.Items).Desired);
        Assert.Equal(TaskState.Killed, _hub.State.Tasks[task.Key].Latest!.State);
        Assert.False(_hub.State.Nodes[EngineWorld.Node1].Used.IsEmpty);

        _hub.Report(task, TaskState.Killed);
        Assert.True(_hub.State.Nodes[EngineWorld.Node1].Used.IsEmpty);
        Assert.True(_hub.State.Tasks[task.Key].Completed);
    }

    [Fact]
    public void CompletedFrameworks_AreBounded_OldestFirst()
    {
        var hub = EngineWorld.Hub(ClusterLimits.Default with { CompletedFrameworks = 2 });
        for (var i = 0; i < 4; i++)
        {
            hub.Do(new Teardown(hub.Subscribe(), EngineWorld.Stream1));
        }

        Assert.Equal(["m1-0002", "m1-0003"], hub.State.CompletedFrameworks.Select(f => f.Id.Value));
        Assert.Contains(new RowChange.FrameworkRow(new FrameworkId("m1-0001"), null), hub.Rows);
    }

    [Fact]
    public void UpdateFramework_MayChangeRoles_ButNotTheUser()
    {
        var id = _hub.Subscribe();
        _hub.Do(new UpdateFramework(id, EngineWorld.Stream1, EngineWorld.Framework(id) with { User = "other" }, []));
        Assert.Contains("FrameworkInfo.user", Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]).Reason, StringComparison.Ordinal);

        _hub.Do(new UpdateFramework(id, EngineWorld.Stream1, EngineWorld.Framework(id, roles: "shop"), []));
        Assert.IsType<CommandReply.Accepted>(_hub.Replies[0]);
        Assert.Single(_hub.Events.OfType<FrameworkEvent.Rescind>());
        Assert.Equal("shop", _hub.Offers.Single().Role);
    }

    [Fact]
    public void RemoveFramework_OfNobody_IsRejected()
    {
        _hub.Do(new RemoveFramework(new FrameworkId("nobody")));
        Assert.Contains("nobody", Assert.IsType<CommandReply.Rejected>(_hub.Replies[0]).Reason, StringComparison.Ordinal);
    }
}
