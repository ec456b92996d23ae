using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Agent.Tasks;

/// <summary>Acts become calls in their order, and what the runtime sees becomes durable in its order, whatever fails between.</summary>
public sealed class TaskRunnerTests
{
    [Fact]
    public async Task Start_RunsTheContainer_AndTellsRunning()
    {
        await using var world = new RunnerWorld();
        world.Run(RunnerWorld.Start("t1"));
        await world.ObservedAsync(("t1", ObservedState.Running));
        Assert.Equal(["start t1"], world.Runtime.Calls);
    }

    [Fact]
    public async Task Outage_KeepsTheOrderOfTheActs()
    {
        await using var world = new RunnerWorld();
        world.Runtime.Fault = new IOException("The connection to the keeper is gone.");
        world.Run(RunnerWorld.Start("t1"), RunnerWorld.Kill("t1"), RunnerWorld.Start("t2"));
        await world.UntilAsync(() => world.Runtime.Attempts >= 3, advance: true);
        Assert.Empty(world.Runtime.Calls);
        world.Runtime.Fault = null;
        await world.UntilAsync(() => world.Runtime.Calls.Count == 3, advance: true);
        Assert.Equal(["start t1", "kill t1", "start t2"], world.Runtime.Calls);
    }

    [Fact]
    public async Task EndWithinTheLaunch_IsToldAfterRunning()
    {
        await using var world = new RunnerWorld();
        world.Runtime.EndsAtOnce = true;
        world.Run([.. Enumerable.Range(0, 50).Select(i => RunnerWorld.Start($"t{i}"))]);
        await world.UntilAsync(() => world.Engine.Observed.Count == 100);
        foreach (var told in world.Engine.Observed.GroupBy(o => o.Container))
        {
            Assert.Equal([ObservedState.Running, ObservedState.Finished], told.Select(t => t.State));
        }
    }

    [Fact]
    public async Task WhatOnceRan_AndIsGone_IsAFailure_AndNotStartedAgain()
    {
        await using var world = new RunnerWorld();
        world.Run(new Dispatch.StartContainer(RunnerWorld.TaskOf("t1") with { Observed = ObservedState.Running }));
        await world.ObservedAsync(("t1", ObservedState.Failed));
        var told = world.Engine.Commands.OfType<ContainerObserved>().Single();
        Assert.Equal(StatusReason.ExecutorTerminated, told.Reason);
        Assert.Contains("nobody saw how it ended", told.Message, StringComparison.Ordinal);
        Assert.Empty(world.Runtime.Calls);
    }

    [Fact]
    public async Task WhatStillRuns_IsAttached_NotStartedAgain()
    {
        await using var world = new RunnerWorld();
        world.Runtime.Containers["t1"] = ScriptedContainerizer.Running("t1");
        world.Run(new Dispatch.StartContainer(RunnerWorld.TaskOf("t1") with { Observed = ObservedState.Running }));
        await world.ObservedAsync(("t1", ObservedState.Running));
        Assert.Empty(world.Runtime.Calls);
    }

    [Theory]
    [InlineData(0, ObservedState.Finished)]
    [InlineData(256, ObservedState.Failed)]
    [InlineData(null, ObservedState.Failed)]
    public async Task WhatEndedMeanwhile_IsToldWithItsEnd(int? status, ObservedState expected)
    {
        await using var world = new RunnerWorld();
        world.Runtime.End("t1", status);
        await world.Runtime.Exits.ReadAsync();
        world.Run(RunnerWorld.Start("t1"));
        await world.ObservedAsync(("t1", ObservedState.Running), ("t1", expected));
        Assert.Equal(
            status is null ? StatusReason.ExecutorTerminated : null, world.Engine.Commands.OfType<ContainerObserved>().Last().Reason);
    }

    [Fact]
    public async Task EndThatWasAskedFor_IsToldAsKilled()
    {
        await using var world = new RunnerWorld();
        var wanted = RunnerWorld.TaskOf("t1") with { Desired = DesiredState.Kill };
        var known = world.Engine.Snapshot;
        world.Engine.Snapshot = known with { Tasks = known.Tasks.SetItem(wanted.Key, wanted) };
        world.Run(RunnerWorld.Start("t1"), RunnerWorld.Kill("t1"));
        await world.ObservedAsync(("t1", ObservedState.Running), ("t1", ObservedState.Killed));
    }

    [Fact]
    public async Task LaunchThatFails_IsToldWithTheSentence()
    {
        await using var world = new RunnerWorld();
        world.Runtime.LaunchError = "no such user";
        world.Run(RunnerWorld.Start("t1"));
        await world.ObservedAsync(("t1", ObservedState.Failed));
        var told = world.Engine.Commands.OfType<ContainerObserved>().Single();
        Assert.Equal((StatusReason.ContainerLaunchFailed, "no such user"), (told.Reason!.Value, told.Message));
    }

    [Fact]
    public async Task FullDisk_TheObservationIsOfferedUntilItIsTaken_NothingIsToldBefore()
    {
        await using var world = new RunnerWorld();
        world.Engine.RefuseNext(3);
        world.Run(RunnerWorld.Start("t1"), RunnerWorld.Start("t2"));
        await world.UntilAsync(() => world.Engine.Refused == 1);
        Assert.Empty(world.Engine.Commands);
        await world.UntilAsync(() => world.Engine.Observed.Count == 2, advance: true);
        Assert.Equal(3, world.Engine.Refused);
        Assert.Equal([("t1", ObservedState.Running), ("t2", ObservedState.Running)], world.Engine.Observed);
        Assert.Equal(["start t1", "start t2"], world.Runtime.Calls);
    }

    [Fact]
    public async Task ForgettingWhatStillRuns_EndsItFirst()
    {
        await using var world = new RunnerWorld();
        world.Runtime.Containers["t1"] = ScriptedContainerizer.Running("t1");
        world.Run(new Dispatch.ForgetContainer(new ContainerId("t1")));
        await world.UntilAsync(() => world.Runtime.Containers.IsEmpty, advance: true);
        Assert.Equal(["kill t1", "forget t1"], world.Runtime.Calls);
    }

    [Fact]
    public async Task FaultOfItsOwn_EndsBothLoops_Loudly()
    {
        await using var world = new RunnerWorld();
        world.Runtime.Fault = new NotSupportedException("a bug");
        world.Run(RunnerWorld.Start("t1"));
        var fault = await Assert.ThrowsAsync<NotSupportedException>(() => world.Running.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("a bug", fault.Message);
    }

    [Fact]
    public async Task Stop_LeavesTheContainersAsTheyAre()
    {
        await using var world = new RunnerWorld();
        world.Run(RunnerWorld.Start("t1"));
        await world.ObservedAsync(("t1", ObservedState.Running));
        await world.StopAsync();
        Assert.Null(world.Runtime.Containers["t1"].Exit);
    }
}
