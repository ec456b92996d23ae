using Edge.Core.Resources;

namespace Edge.Tests.Core.Resources;

public sealed class ResourceSetTests
{
    private static readonly ResourceSet s_node = Parse("cpus:4;mem:2048;disk:4096;ports:[31000-31009];cpus(eng):2;cpus(eng/backend):1");

    [Fact]
    public void Describe_IsInCanonicalOrder() => Assert.Equal(
        "cpus:4;cpus(eng):2;cpus(eng/backend):1;disk:4096;mem:2048;ports:[31000-31009]", s_node.Describe());

    [Fact]
    public void Of_NothingToSpeakOf_IsEmpty()
    {
        Assert.Same(ResourceSet.Empty, ResourceSet.Of(Resource.Of("cpus", 0.0004), Resource.Of("ports", RangeSet.Empty)));
        Assert.Equal("", ResourceSet.Empty.Describe());
    }

    [Fact]
    public void Of_NegativeAmount_Throws() => Assert.Throws<ArgumentException>(() => ResourceSet.Of(Resource.Of("cpus", -1)));

    [Fact]
    public void Getters_SumOverTraits()
    {
        Assert.Equal(7, s_node.GetScalar("cpus").ToDouble());
        Assert.Equal(Scalar.Zero, s_node.GetScalar("gpus"));
        Assert.Equal(Scalar.Zero, s_node.GetScalar("ports"));
        Assert.Equal(10UL, s_node.GetRanges("ports").Count);
        Assert.Same(RangeSet.Empty, s_node.GetRanges("cpus"));
        Assert.Equal("{a, b}", Parse("z:{a};z(eng):{b}").GetSet("z").ToString());
        Assert.Equal("cpus=7 disk=4096 mem=2048 ports=10", string.Join(' ', s_node.ToQuantities().Select(q => $"{q.Key}={q.Value}")));
    }

    [Theory]
    [InlineData("eng", "cpus:4;cpus(eng):2;disk:4096;mem:2048;ports:[31000-31009]")]
    [InlineData("eng/backend", "cpus:4;cpus(eng):2;cpus(eng/backend):1;disk:4096;mem:2048;ports:[31000-31009]")]
    [InlineData("engine", "cpus:4;disk:4096;mem:2048;ports:[31000-31009]")]
    [InlineData("*", "cpus:4;disk:4096;mem:2048;ports:[31000-31009]")]
    public void ForRole_HoldsWhatMayBeOffered(string role, string expected) =>
        Assert.Equal(expected, s_node.ForRole(role).Describe());

    [Fact]
    public void ReservedTo_IsExact() => Assert.Equal("cpus(eng):2", s_node.ReservedTo("eng").Describe());

    [Fact]
    public void Subtract_OfMoreThanThereIs_ThrowsAndNamesBoth()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Parse("cpus:1") - Parse("mem:1"));
        Assert.Contains("cpus:1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("mem:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SubtractClamped_StopsAtNothing() => Assert.Equal(
        "mem:1;ports:[3-3]",
        Parse("cpus:1;mem:2;ports:[1-3]").SubtractClamped(Parse("cpus:5;mem:1;ports:[1-2,9-9]")).Describe());

    [Fact]
    public void Reservations_ThatDiffer_AreNotAddedUp()
    {
        var asAlice = Resource.Of("cpus", 1).WithTraits(ResourceTraits.ReservedBy(Reservation.Dynamic("eng", "alice")));
        var asBob = Resource.Of("cpus", 1).WithTraits(ResourceTraits.ReservedBy(Reservation.Dynamic("eng", "bob")));
        Assert.Equal(2, ResourceSet.Of(asAlice, asBob).Count);
        Assert.Equal("cpus(eng):2", ResourceSet.Of(asAlice, asAlice).Describe());
        Assert.False(ResourceSet.Of(asAlice, asBob).Contains(ResourceSet.Of(asAlice, asAlice)));
    }

    [Fact]
    public void Allocations_ThatDiffered_AddUpWhenUnallocated()
    {
        var both = Parse("cpus:1").Allocate("a") + Parse("cpus:2").Allocate("b");
        Assert.Equal(2, both.Count);
        Assert.Equal("cpus:3", both.Unallocate().Describe());
        Assert.Same(s_node, s_node.Unallocate());
        Assert.Same(ResourceTraits.None, Parse("cpus:1").Allocate("a").Unallocate().Items[0].Traits);
    }

    [Fact]
    public void PersistentVolumes_AreTakenWholeOrNotAtAll()
    {
        var volume = Resource.Of("disk", 100).WithTraits(ResourceGenerators.Volume("v1"));
        var node = ResourceSet.Of(volume, Resource.Of("disk", 100).WithTraits(ResourceGenerators.Volume("v2")), Resource.Of("disk", 50));
        Assert.Equal(3, node.Count);
        Assert.Equal(250, node.GetScalar("disk").ToDouble());
        Assert.True(node.Contains(ResourceSet.Of(volume)));
        Assert.False(node.Contains(ResourceSet.Of(volume with { Scalar = Scalar.FromWhole(60) })));
        Assert.False(node.Contains(ResourceSet.Of(volume, volume)));
        Assert.Equal("disk:50;disk[v2:data]:100", (node - ResourceSet.Of(volume)).Describe());
    }

    [Fact]
    public void SharedVolumes_CountTheirHoldersButTheirSpaceOnce()
    {
        var shared = ResourceSet.Of(
            Resource.Of("disk", 100).WithTraits(ResourceGenerators.Volume("v1") with { Shared = true }));
        var held = shared + shared + shared;
        Assert.Equal("disk[v1:data]<SHARED>x3:100", held.Describe());
        Assert.Equal(100, held.GetScalar("disk").ToDouble());
        Assert.Equal(shared, held - shared - shared);
        Assert.False(shared.Contains(shared + shared));
    }

    [Fact]
    public void Enumeration_IsInCanonicalOrder()
    {
        var names = new List<string>();
        foreach (var item in s_node)
        {
            names.Add(item.Name);
        }

        Assert.Equal(["cpus", "cpus", "cpus", "disk", "mem", "ports"], names);
        Assert.Equal(names, s_node.Select(item => item.Name));
        Assert.Equal(6, s_node.Count);
    }

    [Fact]
    public void HotOperations_OfACommonNode_StayWithinTheirAllocations()
    {
        var node = Parse("cpus:4;mem:2048;disk:4096;ports:[31000-31009]");
        var task = Parse("cpus:0.5;mem:64");
        _ = node.Contains(task) && (node - task + task).Contains(task);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = node.Contains(task);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < 100; i++)
        {
            _ = node - task;
        }

        // One array, one set and two changed items: an order of magnitude, not a byte count.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100 * 512);
    }

    private static ResourceSet Parse(string text) => ResourceText.Parse(text).Value!;
}
