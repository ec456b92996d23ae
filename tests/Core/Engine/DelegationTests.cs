using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>A delegation with an end ends: by the time for which a node held it, restarts and all.</summary>
public sealed class DelegationTests
{
    private const string Web = """{"id":"/web","cmd":"serve","cpus":1,"mem":64}""";

    [Fact]
    public void TimeOver_TheOperatorIsRefused_AndToldWhy()
    {
        var world = Delegated(TimeSpan.FromMinutes(90));
        world.Cut("a");
        Assert.IsType<CommandReply.Deployed>(world.Set("/web", "instances", "2", "a"));

        world.Wait(89 * 60);
        Assert.IsType<CommandReply.Deployed>(world.Set("/web", "instances", "3", "a"));
        world.Wait(61);

        var refused = Assert.IsType<CommandReply.Forbidden>(world.Set("/web", "instances", "4", "a"));
        Assert.Contains("has run out: it was for 1.5 h", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryHour_TheTimeIsDurable()
    {
        var world = Delegated(TimeSpan.FromHours(5));
        world.Run(3 * 3600, 600);
        world.Wait(1200);

        world.Cut("a");
        world.Reboot("a");

        Assert.Equal(TimeSpan.FromHours(3) + TimeSpan.FromMinutes(20), Held(world).Used);
        world.Run(2 * 3600, 600);
        Assert.IsType<CommandReply.Forbidden>(world.Set("/web", "instances", "2", "a"));
    }

    [Fact]
    public void ItsEnd_IsDurableAtOnce_SoThatARestartGivesNothingBack()
    {
        var world = Delegated(TimeSpan.FromMinutes(90));
        world.Cut("a");
        world.Run(91 * 60, 60);

        world.Reboot("a");

        Assert.IsType<CommandReply.Forbidden>(world.Set("/web", "instances", "2", "a"));
        Assert.DoesNotContain(world["a"].Timers, t => t.Kind == TimerKind.DelegationUse);
    }

    [Fact]
    public void ItsUse_IsCounted_SoThatRestartsDoNotStopTheClock()
    {
        var world = Delegated(TimeSpan.FromMinutes(60));
        world.Cut("a");
        for (var i = 1; i <= 7; i++)
        {
            world.Wait(8 * 60);
            Assert.IsType<CommandReply.Deployed>(world.Set("/web", "instances", (i + 1).ToString(null, null), "a"));
            world.Reboot("a");
        }

        world.Wait(8 * 60);
        Assert.IsType<CommandReply.Forbidden>(world.Set("/web", "instances", "9", "a"));
    }

    [Fact]
    public void LinkClosed_TheTimeIsDurable_ButALinkThatFlapsWritesNothing()
    {
        var world = Delegated(TimeSpan.FromHours(5));
        world.Wait(1200);
        world.Cut("a");
        Assert.Equal(TimeSpan.FromMinutes(20), Held(world).Used);

        for (var i = 0; i < 4; i++)
        {
            world.Heal("a");
            world.Wait(60);
            world.Cut("a");
            Assert.Equal(TimeSpan.FromMinutes(20), Held(world).Used);
        }

        world.Heal("a");
        world.Wait(61);
        world.Cut("a");
        Assert.Equal(TimeSpan.FromSeconds(1200 + 240 + 61), Held(world).Used);
    }

    [Fact]
    public void SameDocumentAgain_DoesNotStartTheClockAnew_ANewerOneDoes()
    {
        var world = Delegated(TimeSpan.FromHours(2));
        world.Wait(3600);
        world.Delegate(Of("d1", TimeSpan.FromHours(2)));
        Assert.Equal(TimeSpan.FromHours(1), Held(world).UsedAt(world.Time));

        world.Delegate(Of("d2", TimeSpan.FromHours(2)));
        Assert.Equal(TimeSpan.Zero, Held(world).UsedAt(world.Time));
        Assert.Equal("d2", Held(world).Delegation.Id);
        world.Run(3 * 3600, 600);
        Assert.True(Held(world).HasRunOut(world.Time));
        Assert.Single(world["a"].Timers.Where(t => t.Kind == TimerKind.DelegationUse && t.Due > world.Time).Append(default));
    }

    [Fact]
    public void WithoutAnEnd_NothingIsCounted()
    {
        var world = Delegated(null);
        Assert.DoesNotContain(world["a"].Timers, t => t.Kind == TimerKind.DelegationUse);
        world.Run(24 * 3600, 3600);
        world.Cut("a");

        Assert.Equal(TimeSpan.Zero, Held(world).Used);
        Assert.IsType<CommandReply.Deployed>(world.Set("/web", "instances", "2", "a"));
    }

    [Theory]
    [InlineData("\"env\"", "instances", "2", "does not allow to change 'instances'")]
    [InlineData("\"instances\"", "cmd", "\"other\"", "does not allow to change 'cmd', only instances")]
    public void FieldOutsideTheDelegation_IsRefused_ByItsName(string fields, string field, string value, string expected)
    {
        var world = new AppWorld("a");
        world.Delegate(Of("d1", null) with { Fields = [fields.Trim('"')] });
        world.Put(Web);
        world.Cut("a");

        var refused = Assert.IsType<CommandReply.Forbidden>(world.Set("/web", field, value, "a"));
        Assert.Contains(expected, refused.Reason, StringComparison.Ordinal);
    }

    private static AppWorld Delegated(TimeSpan? validFor)
    {
        var world = new AppWorld("a");
        world.Delegate(Of("d1", validFor));
        world.Put(Web);
        return world;
    }

    private static Delegation Of(string id, TimeSpan? validFor) =>
        new() { Id = id, Node = new NodeId("a"), Apps = [new AppId("/")], Fields = ["*"], ValidFor = validFor };

    private static HeldDelegation Held(AppWorld world) => world["a"].Self!.Delegation!;
}
