using Edge.Core.Resources;

namespace Edge.Tests.Core.Resources;

public sealed class ResourceTraitsTests
{
    [Fact]
    public void Order_AgreesWithEqualityAndHash() => ResourceGenerators.Holds(
        ResourceGenerators.Traits,
        ResourceGenerators.Traits,
        (a, b) => a.Equals(b) == (a.CompareTo(b) == 0)
            && Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a))
            && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode())
            && a.CompareTo(ResourceTraits.None) >= 0);

    [Fact]
    public void Equality_IsOfContent()
    {
        static ResourceTraits Build() => new()
        {
            Reservations = [new(ReservationKind.Dynamic, "eng", "alice", [new("k", "v"), new("flag", null)])],
            Disk = new DiskInfo(new Persistence("v1"), new VolumeMount("data"), new DiskSource(DiskSourceKind.Path, "/data")),
        };
        Assert.Equal(Build(), Build());
        Assert.Equal(Build().GetHashCode(), Build().GetHashCode());
        Assert.NotEqual(Build(), Build() with { Reservations = [new(ReservationKind.Dynamic, "eng", "alice", [new("k", "v")])] });
        Assert.NotEqual(Build(), Build() with { Disk = Build().Disk! with { Source = new DiskSource(DiskSourceKind.Path, "/other") } });
    }

    [Fact]
    public void With_DoesNotKeepTheOldHash()
    {
        var before = new ResourceTraits { ProviderId = "a" };
        _ = before.GetHashCode();
        Assert.Equal(new ResourceTraits { ProviderId = "b" }, before with { ProviderId = "b" });
    }

    [Fact]
    public void Reservation_WithDefaultLabels_EqualsOneWithNone() => Assert.Equal(
        new Reservation(ReservationKind.Static, "eng", null, default), Reservation.Static("eng"));

    [Fact]
    public void Role_IsThatOfTheLastReservation()
    {
        var refined = ResourceTraits.ReservedBy(Reservation.Dynamic("eng")).Push(Reservation.Dynamic("eng/backend"));
        Assert.Equal("eng/backend", refined.Role);
        Assert.Equal("eng", refined.Pop().Role);
        Assert.Same(ResourceTraits.None, refined.Pop().Pop());
        Assert.Equal("*", ResourceTraits.None.Role);
        Assert.Same(ResourceTraits.None, ResourceTraits.None.Pop());
    }

    [Theory]
    [InlineData(DiskSourceKind.Path, null, false)]
    [InlineData(DiskSourceKind.Path, "id", false)]
    [InlineData(DiskSourceKind.Mount, null, true)]
    [InlineData(DiskSourceKind.Block, null, true)]
    [InlineData(DiskSourceKind.Raw, null, false)]
    [InlineData(DiskSourceKind.Raw, "id", true)]
    public void IsWhole_FollowsTheSource(DiskSourceKind kind, string? id, bool whole) =>
        Assert.Equal(whole, new ResourceTraits { Disk = new DiskInfo(Source: new DiskSource(kind, Id: id)) }.IsWhole);
}
