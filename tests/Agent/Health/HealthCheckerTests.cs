using System.Collections.Concurrent;
using Edge.Agent.Health;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Gateway;
using Edge.Tests.Daemon.Api.Mesos;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Agent.Health;

/// <summary>When checks are carried out, and what of them is told; the probe is scripted, the clock is stepped.</summary>
public sealed class HealthCheckerTests
{
    private static readonly HealthCheck s_check = new()
    {
        Kind = HealthCheckKind.Tcp,
        Port = 1,
        Delay = TimeSpan.FromSeconds(15),
        Interval = TimeSpan.FromSeconds(10),
        Timeout = TimeSpan.FromSeconds(4),
        Grace = TimeSpan.FromSeconds(30),
        ConsecutiveFailures = 2,
    };

    [Fact]
    public Task Checks_BeginAfterTheDelay_AndFollowEachOtherByTheInterval() => RunAsync(async world =>
    {
        world.Watch(CheckedTasks.Make("t", s_check));
        await world.PassAsync(14.9, probes: 0);
        await world.PassAsync(0.1, probes: 1);
        await world.PassAsync(9.9, probes: 1);
        await world.PassAsync(0.1, probes: 2);
        await world.PassAsync(10, probes: 3);
        Assert.Equal([true, true, true], world.Told.Select(t => t.Health.Healthy));
    });

    [Fact]
    public Task Failures_AreIgnoredWithinTheGrace_AndKillAfterIt() => RunAsync(async world =>
    {
        world.Answer = (_, _, _) => Task.FromResult(ProbeResult.Failed("down"));
        world.Watch(CheckedTasks.Make("t", s_check));
        await world.PassAsync(15, probes: 1);
        await world.PassAsync(10, probes: 2);
        Assert.Empty(world.Told);
        await world.PassAsync(10, probes: 3);
        await world.PassAsync(10, probes: 4);
        Assert.Equal(
            [(false, 1, "down", false), (false, 2, "down", true)],
            world.Told.Select(t => (t.Health.Healthy, t.Health.ConsecutiveFailures, t.Health.LastFailureCause!, t.Kill)));
    });

    [Fact]
    public Task CheckThatHangs_FailsWhenItsTimeIsUp() => RunAsync(async world =>
    {
        world.Answer = HangAsync;
        world.Watch(CheckedTasks.Make("t", s_check with { Grace = TimeSpan.Zero }));
        await world.PassAsync(15, probes: 1);
        await world.PassAsync(3.9, probes: 1);
        Assert.Empty(world.Told);
        await world.PassAsync(0.1, probes: 1);
        await world.UntilAsync(() => !world.Told.IsEmpty);
        Assert.Equal("no result within 4 s", world.Told.Single().Health.LastFailureCause);
        await world.PassAsync(10, probes: 2);
    });

    [Fact]
    public Task AfterARestart_NeitherDelayNorGraceIsGivenAgain() => RunAsync(async world =>
    {
        world.Answer = (_, _, _) => Task.FromResult(ProbeResult.Failed("down"));
        world.Watch(CheckedTasks.Make("t", s_check) with { Health = new TaskHealth { Healthy = true } });
        await world.PassAsync(10, probes: 1);
        Assert.Equal((false, 1), (world.Told.Single().Health.Healthy, world.Told.Single().Health.ConsecutiveFailures));
    });

    [Fact]
    public Task CheckThatCouldNotBeCarriedOut_SaysNothing_AndIsTriedAgain() => RunAsync(async world =>
    {
        world.Answer = (_, first, _) => Task.FromResult(first ? ProbeResult.NotRun("no disk") : ProbeResult.Passed);
        world.Watch(CheckedTasks.Make("t", s_check));
        await world.PassAsync(15, probes: 1);
        await world.PassAsync(10, probes: 2);
        Assert.Empty(world.Told);
        Assert.Equal([true, true], world.Firsts);
    });

    [Fact]
    public Task EndedTask_IsNotCheckedAnyMore_AndItsCheckIsEnded() => RunAsync(async world =>
    {
        var cancelled = new TaskCompletionSource();
        world.Answer = async (_, _, token) =>
        {
            await using var ended = token.Register(cancelled.SetResult);
            return await HangAsync(null!, false, token);
        };
        var task = CheckedTasks.Make("t", s_check);
        world.Watch(task);
        world.Watch(task);
        await world.PassAsync(15, probes: 1);
        world.Checker.Stop(task.Container);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await world.PassAsync(100, probes: 1);
        Assert.Empty(world.Told);
    });

    [Fact]
    public Task TaskThatDoesNotRun_IsLeftAlone() => RunAsync(async world =>
    {
        world.Watch(CheckedTasks.Make("a", s_check) with { Observed = ObservedState.Killing });
        world.Watch(CheckedTasks.Make("b", s_check));
        await world.PassAsync(15, probes: 1);
        Assert.Equal(new ContainerId("c-b"), world.Told.Single().Container);
    });

    [Fact]
    public Task ChecksAtOnce_AreBounded_AndTheRestFollows() => RunAsync(async world =>
    {
        var gate = new SemaphoreSlim(0);
        world.Answer = async (_, _, token) =>
        {
            await gate.WaitAsync(token);
            return ProbeResult.Passed;
        };
        for (var i = 0; i < HealthChecker.ConcurrentMax + 4; i++)
        {
            world.Watch(CheckedTasks.Make($"t{i}", s_check));
        }

        await world.PassAsync(15, probes: HealthChecker.ConcurrentMax);
        gate.Release(3);
        await world.UntilAsync(() => world.Probes == HealthChecker.ConcurrentMax + 3);
        gate.Release(100);
        await world.UntilAsync(() => world.Told.Count == HealthChecker.ConcurrentMax + 4);
    });

    [Fact]
    public Task Interval0_IsALoopWithARest() => RunAsync(async world =>
    {
        var check = s_check with { Delay = TimeSpan.Zero, Interval = TimeSpan.Zero, Timeout = TimeSpan.FromDays(365) };
        world.Watch(CheckedTasks.Make("t", check));
        await world.PassAsync(0, probes: 1);
        await world.PassAsync(0.05, probes: 1);
        await world.PassAsync(0.05, probes: 2);
    });

    [Fact]
    public Task Readiness_IsAskedAtOnce_ToldWhenItChanges_AndEndsWithTheFirstPass() => RunAsync(async world =>
    {
        var check = s_check with { Delay = TimeSpan.Zero };
        world.Answer = (_, _, _) => Task.FromResult(ProbeResult.Failed("answers 503"));
        world.Watch(CheckedTasks.Ready("t", check));
        await world.PassAsync(0, probes: 1);
        await world.PassAsync(10, probes: 2);
        var told = Assert.Single(world.Shown);
        Assert.Equal((new TaskReadiness(false), "answers 503"), (told.Readiness, told.Cause));

        world.Answer = (_, _, _) => Task.FromResult(ProbeResult.Passed);
        await world.PassAsync(10, probes: 3);
        Assert.Equal([false, true], world.Shown.Select(s => s.Readiness.Ready));
        await world.PassAsync(100, probes: 3);
        Assert.Empty(world.Told);
    });

    [Fact]
    public Task Readiness_ThatTheEngineCouldNotCommit_IsAskedAgain() => RunAsync(async world =>
    {
        world.Reply = new CommandReply.Rejected("disk full");
        world.Watch(CheckedTasks.Ready("t", s_check with { Delay = TimeSpan.Zero }));
        await world.PassAsync(0, probes: 1);
        world.Reply = CommandReply.Accepted.Instance;
        await world.PassAsync(10, probes: 2);
        await world.PassAsync(100, probes: 2);
        Assert.Equal([true, true], world.Shown.Select(s => s.Readiness.Ready));
    });

    [Fact]
    public Task TaskThatWasReadyBefore_OrIsOfNoApp_IsNotAsked_AndHealthGoesOnBesideIt() => RunAsync(async world =>
    {
        var check = s_check with { Delay = TimeSpan.Zero };
        world.Watch(CheckedTasks.Ready("a", check) with { Readiness = new TaskReadiness(true) });
        world.Watch(CheckedTasks.Ready("b", check) with { Slot = null });
        var both = CheckedTasks.Ready("c", check);
        world.Watch(both with { Spec = both.Spec with { Health = check } });
        await world.PassAsync(0, probes: 2);
        await world.PassAsync(10, probes: 3);
        Assert.Equal((2, 1), (world.Told.Count, world.Shown.Count));
        world.Checker.Stop(both.Container);
        await world.PassAsync(100, probes: 3);
    });

    private static async Task<ProbeResult> HangAsync(ClusterTask task, bool first, CancellationToken token)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        return ProbeResult.Passed;
    }

    private static async Task RunAsync(Func<World, Task> test)
    {
        using var stopping = new CancellationTokenSource();
        var world = new World();
        var run = world.Checker.RunAsync(stopping.Token);
        await test(world);
        await stopping.CancelAsync();
        await run;
    }

    private sealed class World : IClusterGateway
    {
        private ClusterState _state = new() { MasterId = "m", HubEpoch = "h" };
        private int _done;
        private int _probes;

        public World() => Checker = new HealthChecker(this, ProbeAsync, ProbeAsync, Clock, NullLogger<HealthChecker>.Instance);

        public SteppedClock Clock { get; } = new();

        public HealthChecker Checker { get; }

        public Probe Answer { get; set; } = (_, _, _) => Task.FromResult(ProbeResult.Passed);

        public ConcurrentQueue<HealthObserved> Told { get; } = new();

        public ConcurrentQueue<ReadinessObserved> Shown { get; } = new();

        /// <summary>What the engine answers.</summary>
        public CommandReply Reply { get; set; } = CommandReply.Accepted.Instance;

        public ConcurrentQueue<bool> Firsts { get; } = new();

        public int Probes => Volatile.Read(ref _probes);

        public ClusterState Snapshot => _state;

        public ValueTask<CommandReply> SubmitAsync(ClusterCommand command, CancellationToken cancellationToken)
        {
            if (command is ReadinessObserved shown)
            {
                Shown.Enqueue(shown);
            }
            else
            {
                Told.Enqueue(Assert.IsType<HealthObserved>(command));
            }

            return ValueTask.FromResult(Reply);
        }

        public void Watch(ClusterTask task)
        {
            _state = _state with { Tasks = _state.Tasks.SetItem(task.Key, task) };
            Checker.Watch(task);
        }

        /// <summary>Lets time pass; then so many checks have begun in all, and no more of them do.</summary>
        public async Task PassAsync(double seconds, int probes)
        {
            await SettleAsync();
            Clock.Advance(TimeSpan.FromSeconds(seconds));
            await UntilAsync(() => Probes >= probes);
            await SettleAsync();
            Assert.Equal(probes, Probes);
        }

        public async Task UntilAsync(Func<bool> holds)
        {
            for (var i = 0; !holds(); i++)
            {
                Assert.True(i < 3000, $"Not within 30 s; {Probes} checks, {_done} done, told {Told.Count}.");
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }
        }

        // What the loop does next it does at once; the clock stands still meanwhile.
        private static Task SettleAsync() => Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System);

        private async Task<ProbeResult> ProbeAsync(ClusterTask task, bool first, CancellationToken cancellationToken)
        {
            Firsts.Enqueue(first);
            Interlocked.Increment(ref _probes);
            var result = await Answer(task, first, cancellationToken);
            Interlocked.Increment(ref _done);
            return result;
        }
    }
}
