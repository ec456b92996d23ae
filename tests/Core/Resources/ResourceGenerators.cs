using Edge.Core.Resources;
using FsCheck;
using FsCheck.Fluent;

namespace Edge.Tests.Core.Resources;

/// <summary>Random resources, small enough to collide often.</summary>
internal static class ResourceGenerators
{
    private static readonly ResourceTraits s_volume = Volume("v1");

    /// <summary>Ranges within 0 to 39, overlapping freely.</summary>
    public static Gen<ValueRange[]> RawRanges { get; } = RawRangesFrom(0);

    public static Gen<RangeSet> Ranges { get; } = RawRanges.Select(r => RangeSet.Of(r));

    public static Gen<string[]> RawItems { get; } = Gen.Elements("a", "b", "c", "d", "e", "A").ArrayOf();

    public static Gen<ItemSet> Items { get; } = RawItems.Select(i => ItemSet.Of(i));

    /// <summary>Plain, reserved, refined, allocated, revocable, and whole (persistent, mount, shared).</summary>
    public static Gen<ResourceTraits> Traits { get; } = Gen.Elements(
        ResourceTraits.None,
        ResourceTraits.ReservedBy(Reservation.Static("eng")),
        ResourceTraits.ReservedBy(Reservation.Dynamic("eng", "alice")),
        ResourceTraits.ReservedBy(Reservation.Dynamic("eng")).Push(Reservation.Dynamic("eng/backend")),
        ResourceTraits.None.WithAllocation("eng"),
        ResourceTraits.None with { Revocable = true },
        s_volume,
        Volume("v2"),
        s_volume with { Shared = true },
        new ResourceTraits { Disk = new DiskInfo(Source: new DiskSource(DiskSourceKind.Mount, "/mnt/a")) },
        new ResourceTraits { Disk = new DiskInfo(Source: new DiskSource(DiskSourceKind.Path, "/data")), ProviderId = "p" });

    /// <summary>Any resources at all.</summary>
    public static Gen<ResourceSet> Sets { get; } = SetsFrom(0, "a", "b", "c");

    /// <summary>Like <see cref="Sets"/>, but with no range or set member in common with it.</summary>
    public static Gen<ResourceSet> SetsApart { get; } = SetsFrom(1000, "x", "y", "z");

    public static Gen<Resource[]> ItemsOfSets { get; } = ItemsFrom(0, "a", "b", "c").ArrayOf();

    public static ResourceTraits Volume(string id) =>
        new() { Disk = new DiskInfo(new Persistence(id, "alice"), new VolumeMount("data")) };

    /// <summary>Runs the law over 300 random values, and prints the shrunk value and the seed when it does not hold.</summary>
    public static void Holds<T>(Gen<T> generator, Func<T, bool> law) =>
        Prop.ForAll(generator.ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    public static void Holds<T1, T2>(Gen<T1> first, Gen<T2> second, Func<T1, T2, bool> law) =>
        Holds(from a in first from b in second select (a, b), pair => law(pair.a, pair.b));

    public static void Holds<T1, T2, T3>(Gen<T1> first, Gen<T2> second, Gen<T3> third, Func<T1, T2, T3, bool> law) =>
        Holds(from a in first from b in second from c in third select (a, b, c), triple => law(triple.a, triple.b, triple.c));

    private static Gen<ValueRange[]> RawRangesFrom(int offset) =>
        (from begin in Gen.Choose(0, 39)
         from width in Gen.Choose(0, 6)
         select new ValueRange((ulong)(offset + begin), (ulong)(offset + Math.Min(39, begin + width)))).ArrayOf();

    private static Gen<ResourceSet> SetsFrom(int offset, params string[] names) =>
        ItemsFrom(offset, names).ArrayOf().Select(i => ResourceSet.Of(i));

    private static Gen<Resource> ItemsFrom(int offset, params string[] names) => Gen.OneOf(
        from name in Gen.Elements("cpus", "mem", "disk")
        from millis in Gen.Choose(0, 5000)
        from traits in Traits
        select Resource.Of(name, new Scalar(millis / 1000 * 500)).WithTraits(traits),
        from ranges in RawRangesFrom(offset)
        from traits in Traits
        select Resource.Of("ports", RangeSet.Of(ranges)).WithTraits(traits),
        from items in Gen.Elements(names).ArrayOf()
        from traits in Traits
        select Resource.Of("labels", ItemSet.Of(items)).WithTraits(traits));
}
