using Edge.Core.Health;
using Edge.Core.Model;

namespace Edge.Tests.Core.Health;

/// <summary>The rules of one check. Source: Mesos health checker.</summary>
public sealed class HealthRulesTests
{
    private static readonly DateTimeOffset s_wall = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Results one second apart: what is known after each (h, u, - for nothing), with ! for a turn and x for a kill.</summary>
    [Theory]
    [InlineData("pppp", 3, 0, "h! h h h")]
    [InlineData("ffff", 3, 0, "u! u ux ux")]
    [InlineData("fffp", 3, 2, "- - u! h!")]
    [InlineData("ffffff", 3, 2, "- - u! u ux ux")]
    [InlineData("fpfff", 3, 10, "- h! u! u ux")]
    [InlineData("pfffp", 0, 0, "h! u! u u h!")]
    [InlineData("pffpff", 3, 0, "h! u! u h! u! u")]
    [InlineData("pf", 1, 0, "h! u!x")]
    [InlineData("f", 1, 0, "u!x")]
    public void Results_AddUp(string results, int consecutive, int grace, string expected)
    {
        var check = Check(consecutive, grace);
        var state = HealthRules.Begin(null, TimeSpan.Zero);
        var told = new List<string>();
        foreach (var (index, result) in results.Index())
        {
            var next = Apply(ref state, check, result == 'p', index + 1);
            told.Add((state.Health is null ? "-" : state.Health.Healthy ? "h" : "u") + (next.Changed ? "!" : "") + (next.Kill ? "x" : ""));
            Assert.Equal(state.Health is not null, next.Counts);
        }

        Assert.Equal(expected, string.Join(' ', told));
    }

    [Fact]
    public void Grace_EndsWithItsLastInstant()
    {
        var state = HealthRules.Begin(null, TimeSpan.FromSeconds(100));
        Assert.False(Apply(ref state, Check(3, 10), false, 110).Counts);
        Assert.True(Apply(ref state, Check(3, 10), false, 110.001).Counts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AfterARestart_NoGraceIsGiven_AndNothingTurnsBySayingTheSame(bool healthy)
    {
        var known = new TaskHealth { Healthy = healthy, ConsecutiveFailures = healthy ? 0 : 2 };
        var state = HealthRules.Begin(known, TimeSpan.FromSeconds(100));
        Assert.Equal(0, state.Health!.ConsecutiveFailures);
        var next = Apply(ref state, Check(3, 10), healthy, 101);
        Assert.Equal((true, false, false), (next.Counts, next.Changed, next.Kill));
        next = Apply(ref state, Check(3, 10), !healthy, 102);
        Assert.Equal((true, true), (next.Counts, next.Changed));
    }

    [Fact]
    public void Times_AndCauses_AreKept()
    {
        var state = HealthRules.Begin(null, TimeSpan.Zero);
        Apply(ref state, Check(3, 0), true, 1);
        Apply(ref state, Check(3, 0), false, 2);
        Apply(ref state, Check(3, 0), true, 3);
        Assert.Equal(
            new TaskHealth
            {
                Healthy = true,
                FirstSuccess = s_wall.AddSeconds(1),
                LastSuccess = s_wall.AddSeconds(3),
                LastFailure = s_wall.AddSeconds(2),
                LastFailureCause = "cause 2",
            },
            state.Health);
    }

    [Fact]
    public void WhatTheStatusesSay_IsTheNewestThatSaysAnything()
    {
        Assert.Null(TaskHealth.Of([]));
        var status = new StatusUpdate
        {
            Task = new TaskKey(new FrameworkId("f"), new TaskId("t")),
            State = TaskState.Running,
            Source = StatusSource.Executor,
            Timestamp = s_wall,
        };
        Assert.Null(TaskHealth.Of([status]));
        var failing = status with { Healthy = false, Message = "refused" };
        var health = TaskHealth.Of([status with { Healthy = true }, failing, status with { State = TaskState.Killing }]);
        Assert.Equal((false, 1, s_wall), (health!.Healthy, health.ConsecutiveFailures, health.LastFailure));
        Assert.Equal(s_wall, health.FirstSuccess);
    }

    private static HealthCheck Check(int consecutive, double grace) => new()
    {
        Kind = HealthCheckKind.Tcp,
        Port = 1,
        ConsecutiveFailures = consecutive,
        Grace = TimeSpan.FromSeconds(grace),
    };

    private static HealthTransition Apply(ref HealthState state, HealthCheck check, bool passed, double seconds)
    {
        var result = new HealthResult(passed, passed ? null : $"cause {seconds}", s_wall.AddSeconds(seconds));
        var next = HealthRules.Apply(state, check, result, TimeSpan.FromSeconds(seconds));
        state = next.State;
        return next;
    }
}
