using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Tests.Core.Engine;

namespace Edge.Tests.Daemon.Hosting;

/// <summary>The one writer: durable before it acts, patient with a full disk, and not to be stopped by a caller.</summary>
public sealed class EngineLoopTests
{
    [Fact]
    public async Task Rows_AreDurable_BeforeAnythingIsDone()
    {
        await using var world = new LoopWorld();
        world.Loop.Start();
        await world.SubmitAsync(LoopWorld.Hello("n1"));
        string[] story = [.. world.Story];
        Assert.Equal("commit", story[0]);
        Assert.Contains("ToNode", story[1..]);
        Assert.Single(world.Loop.Snapshot.Nodes);
    }

    [Fact]
    public async Task WhatWaits_IsOneTransaction()
    {
        await using var world = new LoopWorld();
        var replies = Enumerable.Range(0, 50).Select(i => world.SubmitAsync(LoopWorld.Hello($"n{i}"))).ToArray();
        Assert.Equal(50, world.Loop.Waiting);
        world.Loop.Start();
        Assert.All(await Task.WhenAll(replies), r => Assert.IsType<CommandReply.Accepted>(r));
        Assert.Single(world.Story, s => s == "commit");
        Assert.Equal(0, world.Loop.Waiting);
    }

    [Fact]
    public async Task RefusedCommit_RejectsWhoWaits_AndKeepsWhatNobodyWaitsFor()
    {
        await using var world = new LoopWorld();
        var full = true;
        world.Answer = () => Volatile.Read(ref full) ? "the disk is full" : null;
        Assert.True(world.Loop.TryPost(LoopWorld.Hello("kept")));
        var asked = world.SubmitAsync(LoopWorld.Hello("asked"));
        world.Loop.Start();
        Assert.Equal("the disk is full", Assert.IsType<CommandReply.Rejected>(await asked).Reason);
        Assert.Equal("the disk is full", world.Loop.CommitFailure);
        Assert.Empty(world.Loop.Snapshot.Nodes);
        Assert.DoesNotContain("ToNode", world.Story);

        // Nothing is tried before its time, and then only what nobody waits for any more.
        await world.UntilAsync(() => world.Loop.CommitFailures >= 2, advance: true);
        Volatile.Write(ref full, false);
        await world.UntilAsync(() => world.Loop.Snapshot.Nodes.Count > 0, advance: true);
        Assert.Equal(["kept"], world.Loop.Snapshot.Nodes.Keys.Select(n => n.Value));
        Assert.Null(world.Loop.CommitFailure);
        Assert.IsType<CommandReply.Accepted>(await world.SubmitAsync(LoopWorld.Hello("later")));
    }

    [Fact]
    public async Task FaultyCommand_IsRefusedByItself_TheOthersOfItsBatchAreDone()
    {
        await using var world = new LoopWorld();
        var before = world.SubmitAsync(LoopWorld.Hello("n1"));
        var faulty = world.SubmitAsync(new Unknown());
        Assert.True(world.Loop.TryPost(new Unknown()));
        var after = world.SubmitAsync(LoopWorld.Hello("n2"));
        world.Loop.Start();
        Assert.IsType<CommandReply.Accepted>(await before);
        Assert.Contains("cannot decide Unknown", Assert.IsType<CommandReply.Rejected>(await faulty).Reason, StringComparison.Ordinal);
        Assert.IsType<CommandReply.Accepted>(await after);
        Assert.Equal(2, world.Loop.Snapshot.Nodes.Count);
        Assert.Equal(2, world.Loop.CommandsFaulty);
        Assert.IsType<CommandReply.Accepted>(await world.SubmitAsync(LoopWorld.Hello("n3")));
        Assert.Empty(world.Fatal);
    }

    /// <summary>Alone the call would be refused for its stream; it is a fault only after the subscription before it.</summary>
    [Fact]
    public async Task CommandThatIsFaultyOnlyInItsPlace_IsFoundToo()
    {
        await using var world = new LoopWorld();
        world.Loop.Start();
        var first = await world.SubmitAsync(new Subscribe(EngineWorld.Framework(), [], EngineWorld.Stream1));
        var id = Assert.IsType<CommandReply.SubscribedAs>(first).Framework;

        // The journal holds the loop back while the next batch gathers.
        using var gathered = new ManualResetEventSlim();
        world.Answer = () => gathered.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)) ? null : "nobody came";
        var hold = world.SubmitAsync(LoopWorld.Hello("n1"));
        await world.UntilAsync(() => world.Loop.Waiting == 0);
        var again = world.SubmitAsync(new Subscribe(EngineWorld.Framework(id), [], EngineWorld.Stream2));
        var faulty = world.SubmitAsync(new UnknownCall(id, EngineWorld.Stream2));
        gathered.Set();

        Assert.IsType<CommandReply.Accepted>(await hold);
        Assert.IsType<CommandReply.SubscribedAs>(await again);
        Assert.Contains("cannot decide UnknownCall", Assert.IsType<CommandReply.Rejected>(await faulty).Reason, StringComparison.Ordinal);
        Assert.Empty(world.Fatal);
    }

    [Fact]
    public async Task WhatFallsDue_IsDone_WhenTheClockSaysSo()
    {
        await using var world = new LoopWorld();
        world.Loop.Start();
        var spec = EngineWorld.Framework(failoverSeconds: 60);
        var id = Assert.IsType<CommandReply.SubscribedAs>(
            await world.SubmitAsync(new Subscribe(spec, [], EngineWorld.Stream1))).Framework;
        await world.SubmitAsync(new FrameworkStreamClosed(id, EngineWorld.Stream1));
        world.Clock.Advance(TimeSpan.FromSeconds(58));
        await world.SubmitAsync(LoopWorld.Hello("n1"));
        Assert.Contains(id, world.Loop.Snapshot.Frameworks.Keys);

        await world.UntilAsync(() => !world.Loop.Snapshot.Frameworks.ContainsKey(id), advance: true);
        Assert.Single(world.Loop.Snapshot.CompletedFrameworks, f => f.Id == id);
    }

    [Fact]
    public async Task DyingEngine_RejectsWhoWaits_AndWhoComesLater()
    {
        await using var world = new LoopWorld();
        world.Answer = () => throw new InvalidOperationException("a bug");
        Task<CommandReply>[] asked = [world.SubmitAsync(LoopWorld.Hello("n1")), world.SubmitAsync(LoopWorld.Hello("n2"))];
        world.Loop.Start();
        Assert.All(await Task.WhenAll(asked), r => Assert.Contains(
            "stopped on a fault of its own", Assert.IsType<CommandReply.Rejected>(r).Reason, StringComparison.Ordinal));
        await world.UntilAsync(() => !world.Fatal.IsEmpty);
        Assert.Equal("a bug", Assert.Single(world.Fatal).Message);
        Assert.IsType<CommandReply.Rejected>(await world.SubmitAsync(LoopWorld.Hello("n3")));
        Assert.False(world.Loop.TryPost(LoopWorld.Hello("n4")));
        Assert.Empty(world.Loop.Snapshot.Nodes);
    }

    [Fact]
    public async Task StoppedEngine_FinishesWhatWasQueued_AndRejectsTheRest()
    {
        await using var world = new LoopWorld();
        var queued = world.SubmitAsync(LoopWorld.Hello("n1"));
        world.Loop.Start();
        await world.Loop.DisposeAsync();
        Assert.IsType<CommandReply.Accepted>(await queued);
        Assert.Contains("stopping", Assert.IsType<CommandReply.Rejected>(
            await world.SubmitAsync(LoopWorld.Hello("n2"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_CountFaultsAndFailures()
    {
        await using var world = new LoopWorld();
        var full = true;
        world.Answer = () => full ? "full" : null;
        var rejected = world.SubmitAsync(LoopWorld.Hello("n1"));
        world.Loop.Start();
        await rejected;
        Assert.Contains("edge_engine_journal_failing 1\n", world.Metrics(), StringComparison.Ordinal);
        full = false;
        await world.SubmitAsync(new Unknown());
        await world.SubmitAsync(LoopWorld.Hello("n1"));
        var text = world.Metrics();
        Assert.Contains("edge_engine_journal_failing 0\n", text, StringComparison.Ordinal);
        Assert.Contains("edge_engine_commit_failures_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("edge_engine_commands_faulty_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("edge_engine_commands_waiting 0\n", text, StringComparison.Ordinal);
    }

    /// <summary>Stands for any fault of the engine's own.</summary>
    private sealed record Unknown : ClusterCommand;

    private sealed record UnknownCall(FrameworkId Framework, StreamId Stream) : FrameworkCommand(Framework, Stream);
}
