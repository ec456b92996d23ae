using Edge.Core.Deployments;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Core.Deployments;

/// <summary>The maths of rolling upgrades, the order of a deployment, and the waits after failures.</summary>
public sealed class RollingUpgradeTests
{
    /// <summary>Source: Marathon, TaskReplaceActor: instances, health share, share above, ended first, started first.</summary>
    [Theory]
    [InlineData(10, 1, 1, 0, 10)]
    [InlineData(10, 0.5, 0.2, 5, 7)]
    [InlineData(4, 1, 0, 0, 1)]
    [InlineData(3, 0.5, 0.5, 1, 2)]
    [InlineData(1, 1, 1, 0, 1)]
    [InlineData(1, 1, 0, 0, 1)]
    [InlineData(1, 0, 0, 1, 1)]
    [InlineData(5, 0, 0, 5, 5)]
    public void FirstStep(int wanted, double health, double over, int ended, int started)
    {
        var counts = new UpgradeCounts(wanted, wanted, wanted, wanted, 0, 0);

        Assert.Equal(new UpgradeStep(ended, started), RollingUpgrade.Next(counts, health, over, neverTwo: false));
    }

    [Theory]
    [InlineData(10, 0.5, 0.2)]
    [InlineData(4, 1, 0)]
    [InlineData(7, 0.3, 0.1)]
    [InlineData(1, 1, 1)]
    public void EveryStep_KeepsBothBounds_AndTheUpgradeEnds(int wanted, double health, double over)
    {
        var (old, current, ready) = (wanted, 0, 0);
        var most = Math.Max((int)Math.Floor(wanted * (1 + over)), wanted + (over == 0 || wanted == 1 ? 1 : 0));
        for (var i = 0; i < 100 && (old > 0 || ready < wanted); i++)
        {
            var step = RollingUpgrade.Next(new UpgradeCounts(wanted, old, old, old, current, ready), health, over, neverTwo: false);
            old -= step.KillServing;
            current += step.Start;
            Assert.True(old + ready >= Math.Ceiling(wanted * health), "too few serve");
            Assert.True(old + current <= most, "too many run");

            // One more becomes ready.
            ready = Math.Min(current, ready + 1);
        }

        Assert.Equal((0, wanted, wanted), (old, current, ready));
    }

    [Fact]
    public void NeverTwo_StartsOnlyWhenTheOldProcessIsGone()
    {
        var alive = new UpgradeCounts(1, 0, 0, 1, 0, 0);

        Assert.Equal(new UpgradeStep(1, 0), RollingUpgrade.Next(new UpgradeCounts(1, 1, 1, 1, 0, 0), 1, 1, neverTwo: true));
        Assert.Equal(new UpgradeStep(0, 0), RollingUpgrade.Next(alive, 1, 1, neverTwo: true));
        Assert.Equal(new UpgradeStep(0, 1), RollingUpgrade.Next(alive with { OldAlive = 0 }, 1, 1, neverTwo: true));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1.15)]
    [InlineData(40, 232.9)]
    [InlineData(42, 300)]
    [InlineData(int.MaxValue, 300)]
    public void Delay_GrowsAndIsCapped(int failures, double seconds)
    {
        var app = new AppSpec { Instances = 1, Resources = ResourceSet.Empty };

        Assert.Equal(seconds, LaunchDelay.After(app, failures).TotalSeconds, 0);
        Assert.True(LaunchDelay.IsForgiven(app, 1, TimeSpan.FromSeconds(302)));
        Assert.False(LaunchDelay.IsForgiven(app, 1, TimeSpan.FromSeconds(300)));
    }

    [Fact]
    public void Plan_StopsThenStartsThenGoesUpTheDependencies()
    {
        PlannedApp Of(int instances, string hash = "a") => new(instances, hash);
        AppId Id(string id) => new(id);
        PlannedChange[] changes =
        [
            new(Id("/gone"), Of(1), null),
            new(Id("/web"), null, Of(2)),
            new(Id("/db"), Of(1), Of(3)),
            new(Id("/mid"), Of(1), Of(1, "b")),
            new(Id("/same"), Of(1), Of(1)),
            new(Id("/off"), Of(1), Of(0, "b")),
            new(Id("/empty"), null, Of(0)),
        ];

        var steps = DeploymentPlanner.Plan(changes, id => id.Value switch
        {
            "/web" => [Id("/mid")],
            "/mid" => [Id("/db")],
            _ => [],
        });

        Assert.Equal(
            [
                "StopApplication /gone",
                "StartApplication /empty, StartApplication /web",
                "ScaleApplication /db, ScaleApplication /off",
                "RestartApplication /mid",
                "ScaleApplication /web",
            ],
            steps.Select(s => string.Join(", ", s.Actions.Select(a => $"{a.Kind} {a.App}"))));
    }

    [Fact]
    public void KillOrder_TakesWhatServesLeastFirst()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Instance Make(string id, int since, int? running) => new()
        {
            Id = new InstanceId(id),
            App = new AppKey("", new AppId("/a")),
            Node = new NodeId(id),
            Task = default,
            Slot = new AppSlot
            {
                App = new AppId("/a"),
                Instance = new InstanceId(id),
                Incarnation = 1,
                ConfigHash = "",
                Version = start,
            },
            Since = start.AddSeconds(since),
            RunningSince = running is { } seconds ? start.AddSeconds(seconds) : null,
        };
        Instance[] all = [Make("old", 1, 2), Make("young", 5, 6), Make("starting", 3, null), Make("away", 0, 1)];

        string[] Order(bool oldest) => [.. KillOrder.Sort(all, i => i.Id.Value != "away", oldest).Select(i => i.Id.Value)];
        Assert.Equal(["away", "starting", "young", "old"], Order(oldest: false));
        Assert.Equal(["away", "starting", "old", "young"], Order(oldest: true));
    }
}
