using Edge.Core.Model;

namespace Edge.Tests.Core.Engine;

/// <summary>An app gets a new version while one of its nodes is away.</summary>
public sealed class AwayNodeTests
{
    [Theory]
    [InlineData("site-decides")]
    [InlineData("never-two")]
    public void Upgrade_OneNodeAway_EndsForTheOthers_AndTheAwayNodeFollowsWhenItIsBack(string policy)
    {
        var world = new AppWorld("a", "b");
        world.Put($$"""
            {"id":"/web","cmd":"old","cpus":1,"mem":64,"instances":2,"constraints":[["hostname","MAX_PER","1"]],
             "labels":{"EDGE_DISCONNECT":"{{policy}}" } }
            """);
        world.Cut("a");
        world.Run(80);
        Assert.Equal(Reachability.Unreachable, world.Hub.Nodes[new NodeId("a")].Reachability);

        world.Put($$"""
            {"id":"/web","cmd":"new","cpus":1,"mem":64,"instances":2,"labels":{"EDGE_DISCONNECT":"{{policy}}" } }
            """, force: true);
        world.Run(5);

        Assert.Empty(world.Hub.Deployments);
        Assert.Equal(["a", "b"], world.Running("/web").Select(t => t.Node.Value).Order());
        Assert.Single(world.Running("/web"), t => t.Slot!.ConfigHash == world.App("/web").ConfigHash);

        world.Heal("a");
        world.Run(5);

        Assert.Equal(2, world.Running("/web").Length);
        Assert.All(world.Running("/web"), t => Assert.Equal(world.App("/web").ConfigHash, t.Slot!.ConfigHash));
        Assert.Empty(world.Hub.Deployments);
    }

    [Fact]
    public void Upgrade_OneNodeAway_Default_IsReplacedElsewhere()
    {
        var world = new AppWorld("a", "b");
        world.Put("""{"id":"/web","cmd":"old","cpus":1,"mem":64,"instances":2}""");
        world.Cut("a");
        world.Run(80);

        world.Set("/web", "cmd", "\"new\"", force: true);
        world.Run(5);

        Assert.Empty(world.Hub.Deployments);
        Assert.Equal(2, world.Running("/web").Count(t => t.Slot!.ConfigHash == world.App("/web").ConfigHash));
        world.Heal("a");
        Assert.Equal(2, world.Running("/web").Length);
    }
}
