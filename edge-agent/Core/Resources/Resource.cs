using System.Globalization;

namespace Edge.Core.Resources;

/// <summary>One named resource with its value and what sets it apart, such as 2 cpus reserved for a role.</summary>
/// <remarks>Only the value that <paramref name="Kind"/> names counts; the others are empty. Build it by the <c>Of</c> methods.</remarks>
/// <param name="Name">cpus, mem (MB), disk (MB), gpus, ports, or any other name.</param>
/// <param name="Kind">Which of the three values counts.</param>
/// <param name="Scalar">The amount, for scalars.</param>
/// <param name="Ranges">The numbers, for ranges.</param>
/// <param name="Set">The names, for sets.</param>
/// <param name="Traits">What has to be equal for two resources to be added up.</param>
public sealed record Resource(
    string Name, ResourceKind Kind, Scalar Scalar, RangeSet Ranges, ItemSet Set, ResourceTraits Traits)
{
    /// <summary>How often the very same whole item is held; 1 for everything that can be added up by its value.</summary>
    /// <remarks>A shared volume held by three tasks is one item in three copies. Not below 1.</remarks>
    public int Copies { get; init; } = 1;

    /// <summary>True when there is nothing of it. A negative amount is not empty: it is invalid.</summary>
    public bool IsEmpty => Kind switch
    {
        ResourceKind.Scalar => Scalar.IsZero,
        ResourceKind.Ranges => Ranges.IsEmpty,
        ResourceKind.Set => Set.IsEmpty,
    };

    /// <summary>True when the resource is taken as a whole or not at all.</summary>
    public bool IsWhole => Traits.IsWhole;

    /// <summary>A plain amount.</summary>
    public static Resource Of(string name, Scalar value) =>
        new(name, ResourceKind.Scalar, value, RangeSet.Empty, ItemSet.Empty, ResourceTraits.None);

    /// <summary>A plain amount, rounded to three decimals.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or too large.</exception>
    public static Resource Of(string name, double value) => Of(name, Scalar.FromDouble(value));

    /// <summary>Plain ranges.</summary>
    public static Resource Of(string name, RangeSet value) =>
        new(name, ResourceKind.Ranges, Scalar.Zero, value, ItemSet.Empty, ResourceTraits.None);

    /// <summary>A plain set of names.</summary>
    public static Resource Of(string name, ItemSet value) =>
        new(name, ResourceKind.Set, Scalar.Zero, RangeSet.Empty, value, ResourceTraits.None);

    /// <summary>The same value with other traits.</summary>
    public Resource WithTraits(ResourceTraits traits) => ReferenceEquals(traits, Traits) ? this : this with { Traits = traits };

    /// <summary>The human form, such as "cpus(prod):2"; the role it is allocated to is left out.</summary>
    /// <remarks>After the name come the reserved role, {REV} for revocable, [persistence id:container path], &lt;SHARED&gt;
    /// and x3 for three copies.</remarks>
    public string Describe()
    {
        var role = Traits.IsReserved ? $"({Traits.Role})" : "";
        var revocable = Traits.Revocable ? "{REV}" : "";
        var volume = Traits.Disk is { Persistence: { } persistence } disk ? $"[{persistence.Id}:{disk.Volume?.ContainerPath}]" : "";
        var shared = Traits.Shared ? "<SHARED>" : "";
        var copies = Copies == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"x{Copies}");
        return $"{Name}{role}{revocable}{volume}{shared}{copies}:{DescribeValue()}";
    }

    /// <summary>The same as <see cref="Describe"/>.</summary>
    public override string ToString() => Describe();

    /// <summary>The value alone: "2", "[31000-31005]" or "{a, b}".</summary>
    public string DescribeValue() => Kind switch
    {
        ResourceKind.Scalar => Scalar.ToString(),
        ResourceKind.Ranges => Ranges.ToString(),
        ResourceKind.Set => Set.ToString(),
    };

    /// <summary>The order of a resource set: name, traits, kind, and for whole items the value.</summary>
    /// <returns>0 when the two are one item of a set.</returns>
    internal static int CompareKey(Resource left, Resource right)
    {
        var order = ReferenceEquals(left.Name, right.Name) ? 0 : string.CompareOrdinal(left.Name, right.Name);
        if (order != 0)
        {
            return order;
        }

        order = ReferenceEquals(left.Traits, right.Traits) ? 0 : left.Traits.CompareTo(right.Traits);
        // An enum's own CompareTo boxes.
        order = order != 0 ? order : (int)left.Kind - (int)right.Kind;
        return order != 0 || !left.IsWhole ? order : CompareValue(left, right);
    }

    /// <summary>True when the value of a resource of the same key is within this one.</summary>
    internal bool Covers(Resource other) => IsWhole
        ? Copies >= other.Copies
        : Kind switch
        {
            ResourceKind.Scalar => Scalar >= other.Scalar,
            ResourceKind.Ranges => Ranges.Contains(other.Ranges),
            ResourceKind.Set => Set.Contains(other.Set),
        };

    /// <summary>The sum with a resource of the same key.</summary>
    internal Resource Plus(Resource other) => IsWhole
        ? this with { Copies = checked(Copies + other.Copies) }
        : Kind switch
        {
            ResourceKind.Scalar => this with { Scalar = Scalar + other.Scalar },
            ResourceKind.Ranges => this with { Ranges = Ranges.Add(other.Ranges) },
            ResourceKind.Set => this with { Set = Set.Add(other.Set) },
        };

    /// <summary>What is left without a resource of the same key, or null for nothing; never below nothing.</summary>
    internal Resource? Minus(Resource other)
    {
        if (IsWhole)
        {
            return Copies > other.Copies ? this with { Copies = Copies - other.Copies } : null;
        }

        switch (Kind)
        {
            case ResourceKind.Scalar:
                return Scalar > other.Scalar ? this with { Scalar = Scalar - other.Scalar } : null;
            case ResourceKind.Ranges:
                var ranges = Ranges.Subtract(other.Ranges);
                return ranges.IsEmpty ? null : ReferenceEquals(ranges, Ranges) ? this : this with { Ranges = ranges };
            default:
                var set = Set.Subtract(other.Set);
                return set.IsEmpty ? null : ReferenceEquals(set, Set) ? this : this with { Set = set };
        }
    }

    private static int CompareValue(Resource left, Resource right) => left.Kind switch
    {
        ResourceKind.Scalar => left.Scalar.CompareTo(right.Scalar),
        ResourceKind.Ranges => left.Ranges.CompareTo(right.Ranges),
        ResourceKind.Set => left.Set.CompareTo(right.Set),
    };
}
