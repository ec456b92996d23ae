using Edge.Core.Allocation;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Tests.Core.Engine;

namespace Edge.Tests.Core.Allocation;

/// <summary>Source: Ghodsi et al., Dominant Resource Fairness, NSDI 2011.</summary>
public sealed class OfferAllocatorTests
{
    private static readonly Node s_node = EngineWorld.Hub().Join().State.Nodes[EngineWorld.Node1];

    [Fact]
    public void DominantShare_IsTheLargestShareOfAnyResource()
    {
        var total = ResourceSet.Of(Resource.Of("cpus", 9), Resource.Of("mem", 18));
        Assert.Equal(2.0 / 3, OfferAllocator.DominantShare(ResourceSet.Of(Resource.Of("cpus", 3), Resource.Of("mem", 12)), total), 6);
        Assert.Equal(0, OfferAllocator.DominantShare(ResourceSet.Of(Resource.Of("unknown", 3)), total));
    }

    [Fact]
    public void SmallestShare_ComesFirst_AndTiesFallToTheSmallerId()
    {
        Framework[] candidates = [Make("b"), Make("a"), Make("c")];
        Assert.Equal("c", Choose(s_node, candidates, f => f.Id.Value == "c" ? 0.1 : 0.5));
        Assert.Equal("a", Choose(s_node, candidates, _ => 0.5));
    }

    [Fact]
    public void SuppressedFramework_IsPassedOver() =>
        Assert.Equal("b", Choose(s_node, [Make("a") with { SuppressedRoles = ["*"] }, Make("b")], _ => 0));

    [Fact]
    public void NodeWithoutASession_OffersNothing()
    {
        Assert.Null(Choose(s_node with { Connected = false }, [Make("a")], _ => 0));
        Assert.Null(Choose(s_node with { AwaitsInventory = true }, [Make("a")], _ => 0));
    }

    [Theory]
    [InlineData(0.009, 31, false)]
    [InlineData(0.01, 0, true)]
    [InlineData(0, 32, true)]
    public void TooLittle_IsNotOffered(double cpus, double mem, bool offered)
    {
        var free = ResourceSet.Of(Resource.Of("cpus", cpus), Resource.Of("mem", mem));
        Assert.Equal(offered, Choose(s_node with { Free = free }, [Make("a")], _ => 0) is not null);
    }

    [Fact]
    public void TwoFrameworks_ConvergeToEqualShares()
    {
        var hub = EngineWorld.Hub();
        hub.Subscribe(EngineWorld.Framework(new FrameworkId("f1")));
        hub.Subscribe(EngineWorld.Framework(new FrameworkId("f2")), EngineWorld.Stream2);
        for (var i = 0; i < 10; i++)
        {
            hub.Join($"n{i}");
        }

        Assert.Equal([5, 5], hub.State.Frameworks.Values.Select(f => f.Offers.Count));
    }

    private static string? Choose(Node node, Framework[] candidates, Func<Framework, double> share) =>
        OfferAllocator.Choose(node, candidates, share, TimeSpan.Zero)?.Framework.Id.Value;

    private static Framework Make(string id) => new()
    {
        Id = new FrameworkId(id),
        Spec = EngineWorld.Framework(),
        Phase = FrameworkPhase.Connected,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        ReregisteredAt = DateTimeOffset.UnixEpoch,
    };
}
