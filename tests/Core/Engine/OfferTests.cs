using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Core.Engine;

/// <summary>Source: Mesos scheduler HTTP API, ACCEPT, DECLINE, REVIVE, SUPPRESS; master/validation.cpp.</summary>
public sealed class OfferTests
{
    private readonly EngineWorld _hub = EngineWorld.Hub().Join();
    private readonly FrameworkId _framework;
    private readonly Offer _offer;

    public OfferTests()
    {
        _framework = _hub.Subscribe();
        _offer = _hub.Offers.Single();
    }

    private Node Node => _hub.State.Nodes[EngineWorld.Node1];

    [Fact]
    public void Offer_HoldsEverythingFree_InTheRole()
    {
        Assert.Equal(EngineWorld.NodeResources.Allocate("*"), _offer.Resources);
        Assert.True(Node.Free.IsEmpty);
    }

    [Fact]
    public void Accept_StartsTheTask_AndOffersTheRestAfterTheRefusal()
    {
        Accept([EngineWorld.Task("t1")], refuse: 10);

        var sent = Assert.IsType<DownMessage.Assignments>(_hub.Down.Single());
        Assert.Equal(("t1", DesiredState.Run), (Assert.Single(sent.Items).Key.Task.Value, sent.Items[0].Desired));
        Assert.Empty(_hub.Offers);
        Assert.Empty(_hub.Wait(9.9).Offers);
        Assert.Equal("cpus:3;mem:4032", _hub.Wait(0.2).Offers.Single().Resources.Describe());
    }

    [Fact]
    public void Accept_WithoutOperations_IsADecline()
    {
        _hub.Do(new AcceptOffers(_framework, EngineWorld.Stream1, [_offer.Id], [], null));
        Assert.Empty(_hub.Wait(4.9).Offers);
        Assert.Single(_hub.Wait(0.2).Offers);
    }

    [Fact]
    public void Accept_OfAnOfferThatIsGone_DropsTheTasks()
    {
        Decline(1);
        Accept([EngineWorld.Task("t1")]);

        var status = _hub.Updates.Single();
        Assert.Equal(
            (TaskState.Dropped, StatusReason.InvalidOffers, StatusSource.Master), (status.State, status.Reason!.Value, status.Source));
        Assert.Null(status.Uuid);
        Assert.Contains(_offer.Id.Value, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_OfTwoNodes_DropsTheTasks_AndTakesBothOffersBack()
    {
        _hub.Join("n2");
        var second = _hub.Offers.Single();
        _hub.Do(new AcceptOffers(
            _framework, EngineWorld.Stream1, [_offer.Id, second.Id], [new OfferOperation.Launch([EngineWorld.Task("t1")])], null));

        Assert.Contains("one single agent", _hub.Updates.Single().Message, StringComparison.Ordinal);
        Assert.Equal(2, _hub.Offers.Count());
    }

    [Fact]
    public void Accept_OfOneOfferTwice_DropsTheTasks()
    {
        _hub.Do(new AcceptOffers(
            _framework, EngineWorld.Stream1, [_offer.Id, _offer.Id], [new OfferOperation.Launch([EngineWorld.Task("t1")])], null));
        Assert.Equal(TaskState.Dropped, _hub.Updates.Single().State);
    }

    [Fact]
    public void Accept_OfNoOffer_DropsTheTasks()
    {
        _hub.Do(new AcceptOffers(_framework, EngineWorld.Stream1, [], [new OfferOperation.Launch([EngineWorld.Task("t1")])], null));
        Assert.Equal(TaskState.Dropped, _hub.Updates.Single().State);
    }

    [Fact]
    public void Accept_OfAnOfferOfSomebodyElse_DropsTheTasks_AndLeavesTheOffer()
    {
        var other = _hub.Subscribe(EngineWorld.Framework(), EngineWorld.Stream2);
        _hub.Do(new AcceptOffers(other, EngineWorld.Stream2, [_offer.Id], [new OfferOperation.Launch([EngineWorld.Task("t1")])], null));

        Assert.Equal(TaskState.Dropped, _hub.Updates.Single().State);
        Assert.Contains(_offer.Id, _hub.State.Offers.Keys);
    }

    [Fact]
    public void Accept_AfterTheNodeWasCut_DropsTheTasks()
    {
        _hub.Do(new NodeLinkLost(EngineWorld.Node1, null));
        Assert.Equal(_offer.Id, Assert.Single(_hub.Events.OfType<FrameworkEvent.Rescind>()).Offer);
        Accept([EngineWorld.Task("t1")]);
        Assert.Equal(TaskState.Dropped, _hub.Updates.Single().State);
    }

    public static TheoryData<string, string> WrongTasks => new()
    {
        { "", "must not be empty" },
        { "a/b", "invalid characters" },
        { "..", "disallowed" },
        { new string('x', 256), "255" },
    };

    [Theory]
    [MemberData(nameof(WrongTasks))]
    public void Launch_WithAWrongId_IsAnError(string id, string words)
    {
        Accept([EngineWorld.Task(id)]);
        AssertInvalid(words);
    }

    [Fact]
    public void Launch_OfMoreThanTheOfferHolds_IsAnError_AndTheNextTaskStillStarts()
    {
        Accept([EngineWorld.Task("big", cpus: 5), EngineWorld.Task("small")]);
        AssertInvalid("more resources");
        Assert.Equal(["small"], _hub.State.Tasks.Keys.Select(k => k.Task.Value));
    }

    [Fact]
    public void Launch_OfTwoTasksThatDoNotFitTogether_StartsTheFirst()
    {
        Accept([EngineWorld.Task("t1", cpus: 3), EngineWorld.Task("t2", cpus: 3)]);
        AssertInvalid("t2");
        Assert.Single(_hub.State.Tasks);
    }

    [Fact]
    public void Launch_OfALiveId_IsAnError()
    {
        Accept([EngineWorld.Task("t1"), EngineWorld.Task("t1")]);
        AssertInvalid("duplicate ID");
    }

    [Fact]
    public void Launch_OnAnotherNodeThanTheOffers_IsAnError()
    {
        Accept([EngineWorld.Task("t1", new NodeId("elsewhere"))]);
        AssertInvalid("elsewhere");
    }

    [Fact]
    public void Launch_WithoutResources_IsAnError()
    {
        Accept([EngineWorld.Task("t1") with { Resources = ResourceSet.Empty }]);
        AssertInvalid("no resources");
    }

    [Fact]
    public void Launch_WithoutACommand_IsAnError()
    {
        Accept([EngineWorld.Task("t1") with { Command = null }]);
        AssertInvalid("CommandInfo");
    }

    [Fact]
    public void Launch_WithAProblemOfItsMessage_IsAnError_WithThatSentence()
    {
        Accept([EngineWorld.Task("t1") with { Problems = ["Field 'x' is wrong"] }]);
        AssertInvalid("Field 'x' is wrong");
    }

    [Fact]
    public void UnsupportedOperation_AnswersItsTasksWithAnError()
    {
        _hub.Do(new AcceptOffers(
            _framework, EngineWorld.Stream1, [_offer.Id],
            [new OfferOperation.Unsupported("LAUNCH_GROUP", [EngineWorld.Task("t1")], StatusReason.TaskGroupInvalid)], null));
        Assert.Equal((TaskState.Error, StatusReason.TaskGroupInvalid), (_hub.Updates.Single().State, _hub.Updates.Single().Reason!.Value));
    }

    [Fact]
    public void CompletedId_MayBeUsedAgain_AndStatusesOfTheOldRunAreNotItsOwn()
    {
        var first = _hub.Launch(_framework, _offer, EngineWorld.Task("t1"));
        var end = _hub.Report(first, TaskState.Finished);
        _hub.Do(new AcknowledgeStatus(_framework, EngineWorld.Stream1, first.Key.Task, end.Uuid!.Value));
        var second = _hub.Launch(_framework, _hub.State.Offers.Values.Single(), EngineWorld.Task("t1"));
        Assert.NotEqual(first.Container, second.Container);

        _hub.Report(first, TaskState.Failed);
        Assert.Equal(ObservedState.Staging, _hub.State.Tasks[second.Key].Observed);
        Assert.Single(_hub.State.Frameworks[_framework].Tasks);
        Assert.Empty(_hub.State.Frameworks[_framework].CompletedTasks);
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData(-1.0, 5)]
    [InlineData(0.0, 1)]
    [InlineData(0.5, 1)]
    [InlineData(42.0, 42)]
    public void Decline_Withholds_ForTheTimeAsked(double? asked, double expected)
    {
        Decline(asked);
        Assert.Empty(_hub.Wait(expected - 0.1).Offers);
        Assert.Single(_hub.Wait(0.2).Offers);
    }

    [Fact]
    public void Decline_DoesNotWithholdMoreThanWasRefused()
    {
        var task = _hub.Launch(_framework, _offer, EngineWorld.Task("t1"));
        var rest = _hub.Wait(6).Offers.Single();
        _hub.Do(new DeclineOffers(_framework, EngineWorld.Stream1, [rest.Id], TimeSpan.FromHours(1)));

        _hub.Report(task, TaskState.Finished);
        Assert.Equal("cpus:4;mem:4096", _hub.Offers.Single().Resources.Describe());
    }

    [Fact]
    public void Decline_OfAnUnknownOffer_IsIgnored()
    {
        _hub.Do(new DeclineOffers(_framework, EngineWorld.Stream1, [new OfferId("gone")], null));
        Assert.Contains(_offer.Id, _hub.State.Offers.Keys);
    }

    [Fact]
    public void DeclinedOffer_GoesToTheOtherFramework()
    {
        var other = _hub.Subscribe(EngineWorld.Framework(), EngineWorld.Stream2);
        Decline(100);
        Assert.Equal(other, _hub.Offers.Single().Framework);
    }

    [Fact]
    public void Revive_EndsTheRefusal()
    {
        Decline(3600);
        Assert.Single(_hub.Do(new ReviveOffers(_framework, EngineWorld.Stream1, [])).Offers);
    }

    [Fact]
    public void Suppress_EndsTheOffers_UntilRevive()
    {
        _hub.Do(new SuppressOffers(_framework, EngineWorld.Stream1, []));
        Decline(1);
        Assert.Empty(_hub.Wait(10).Offers);
        Assert.Single(_hub.Do(new ReviveOffers(_framework, EngineWorld.Stream1, ["*"])).Offers);
    }

    [Fact]
    public void Suppress_IsKeptOverARestart()
    {
        _hub.Do(new SuppressOffers(_framework, EngineWorld.Stream1, []));
        Assert.Contains("*", _hub.Restart().State.Frameworks[_framework].SuppressedRoles);
    }

    [Fact]
    public void SuppressOrRevive_OfARoleThatItHasNot_IsCounted()
    {
        _hub.Do(
            new SuppressOffers(_framework, EngineWorld.Stream1, ["other"]), new ReviveOffers(_framework, EngineWorld.Stream1, ["other"]));
        Assert.Equal(2, _hub.State.Counters.InvalidCalls);
    }

    [Fact]
    public void ChangedResources_TakeTheOfferBack_AndOfferTheNewOnes()
    {
        var more = ResourceSet.Of(Resource.Of("cpus", 8), Resource.Of("mem", 4096));
        _hub.Do(new NodeMessage(EngineWorld.Node1, new UpMessage.Report(EngineWorld.Description(more))));

        Assert.Equal(_offer.Id, Assert.Single(_hub.Events.OfType<FrameworkEvent.Rescind>()).Offer);
        Assert.Equal("cpus:8;mem:4096", _hub.Offers.Single().Resources.Describe());
    }

    [Fact]
    public void Gpus_AreOfferedOnlyToWhoDeclaredThem()
    {
        var gpus = ResourceSet.Of(Resource.Of("cpus", 8), Resource.Of("gpus", 1));
        _hub.Join("n2", gpus);
        Assert.Empty(_hub.Offers);
        _hub.Subscribe(EngineWorld.Framework(capabilities: FrameworkCapabilities.GpuResources), EngineWorld.Stream2);
        Assert.Equal("n2", _hub.Offers.Single().Node.Value);
    }

    [Fact]
    public void ManyOffers_ComeInSeveralEvents()
    {
        var hub = EngineWorld.Hub(ClusterLimits.Default with { OffersPerEvent = 3 });
        for (var i = 0; i < 7; i++)
        {
            hub.Join($"n{i}");
        }

        hub.Subscribe();
        Assert.Equal([3, 3, 1], hub.Events.OfType<FrameworkEvent.Offers>().Select(e => e.Items.Length));
    }

    private void Accept(ImmutableArray<TaskSpec> tasks, double? refuse = null) => _hub.Do(new AcceptOffers(
        _framework, EngineWorld.Stream1, [_offer.Id], [new OfferOperation.Launch(tasks)],
        refuse is { } seconds ? TimeSpan.FromSeconds(seconds) : null));

    private void Decline(double? seconds) => _hub.Do(new DeclineOffers(
        _framework, EngineWorld.Stream1, [_offer.Id], seconds is { } value ? TimeSpan.FromSeconds(value) : null));

    private void AssertInvalid(string words)
    {
        var status = Assert.Single(_hub.Updates);
        Assert.Equal((TaskState.Error, StatusReason.TaskInvalid, StatusSource.Master), (status.State, status.Reason!.Value, status.Source));
        Assert.Contains(words, status.Message, StringComparison.Ordinal);
    }
}
