using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;

namespace Edge.Tests.Core.Engine;

/// <summary>What a dry run shows is what the reconnect does.</summary>
public sealed class ReconcilePreviewTests
{
    private const string Web = """{"id":"/web","cmd":"serve","cpus":1,"mem":64,"instances":2}""";
    private const string Kiosk = """{"id":"/kiosk","cmd":"show","cpus":1,"mem":64}""";

    [Fact]
    public void DeletedWhileCut_IsShownAsKilled_AndIsKilledThen()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        world.Put(Kiosk);
        var web = world.Running("/web").Select(t => t.Key).ToArray();
        world.Cut("a");
        world.Delete("/web");

        var preview = Preview(world);

        Assert.Equal(web, preview.Killed.Select(t => t.Key));
        Assert.Equal("/kiosk", Assert.Single(preview.Kept).Slot!.App.Value);
        Assert.Empty(preview.Started);
        var bytes = preview.Messages.Sum(m => SyncMapping.Encode(m).Length);
        Assert.InRange(bytes, 100, 2_000);
        Assert.Equal(2, world.Running("/web").Length);

        world.Heal("a");
        Assert.Empty(world.Running("/web"));
        Assert.Single(world.Running("/kiosk"));
        Assert.Empty(Preview(world).Messages);
    }

    [Fact]
    public void AssignedAndNeverArrived_IsShownAsStarted()
    {
        var world = new AppWorld("a");
        world.CutSilently("a");
        world.Put(Kiosk);
        world.Do(null, new NodeLinkLost(new NodeId("a"), null));

        var preview = Preview(world);

        var started = Assert.Single(preview.Started);
        Assert.Empty(preview.Kept);
        world.Heal("a");
        Assert.Equal(started.Key, Assert.Single(world.Running("/kiosk")).Key);
    }

    [Fact]
    public void OnHold_ShowsWhatTheReleaseWouldDo()
    {
        var world = new AppWorld("a");
        world.Put(Web);
        world.Cut("a");
        world.Do(null, new HoldNode(new NodeId("a"), true, "boss"));
        world.Delete("/web");
        world.Heal("a");

        Assert.Equal(2, Preview(world).Killed.Length);
        Assert.Equal(2, world.Running("/web").Length);
        Assert.True(world.Hub.Nodes[new NodeId("a")].OnHold);
        world.Do(null, new HoldNode(new NodeId("a"), false, "boss"));
        Assert.Empty(world.Running("/web"));
    }

    [Fact]
    public void Replacements_ThatMakeRoom_AreShownToo()
    {
        var world = new AppWorld("a", "b");
        world.Put("""{"id":"/web","cmd":"serve","cpus":1,"mem":64,"labels":{"EDGE_DISCONNECT":"prefer-original"}}""");
        var original = Assert.Single(world.Running("/web"));
        var name = original.Node.Value;
        world.Cut(name);
        world.Run(90, 5);
        Assert.Equal(2, world.Running("/web").Length);

        var preview = ReconcilePreview.OfNode(world.Hub, original.Node, world.Context())!;

        Assert.Equal(original.Key, Assert.Single(preview.Kept).Key);
        Assert.NotEqual(name, Assert.Single(preview.KilledElsewhere).Node.Value);
        world.Heal(name);
        Assert.Equal(original.Key, Assert.Single(world.Running("/web")).Key);
    }

    [Fact]
    public void Node_ShowsWhatItWouldSend()
    {
        var world = new AppWorld("a");
        world.Put(Kiosk);
        world.Cut("a");
        world.Put("""{"id":"/mine","cmd":"run","cpus":1,"mem":64}""", "a");
        var outbox = world["a"].Self!.Outbox.Count;
        Assert.True(outbox > 0);

        var messages = ReconcilePreview.OfSelf(world["a"], world.Context());

        Assert.IsType<UpMessage.Hello>(messages[0]);
        Assert.Single(Assert.Single(messages.OfType<UpMessage.SiteReport>()).Items);
        Assert.Equal(outbox, messages.OfType<UpMessage.Statuses>().Sum(m => m.Items.Length));
    }

    private static ReturnPreview Preview(AppWorld world) => ReconcilePreview.OfNode(world.Hub, new NodeId("a"), world.Context())!;
}
