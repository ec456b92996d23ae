using Edge.Core.Resources;
using static Edge.Tests.Core.Resources.ResourceGenerators;

namespace Edge.Tests.Core.Resources;

public sealed class ResourceSetLawTests
{
    [Fact]
    public void Add_IsCommutativeAndAssociative() => Holds(
        Sets, Sets, Sets, (a, b, c) => a + b == b + a && a + b + c == a + (b + c) && (a + b).GetHashCode() == (b + a).GetHashCode());

    [Fact]
    public void Empty_IsNeutral() => Holds(
        Sets, a => ReferenceEquals(a + ResourceSet.Empty, a) && ResourceSet.Empty + a == a && (a - a).IsEmpty);

    [Fact]
    public void Subtract_UndoesAdd_WhereRangesAndSetsAreApart() => Holds(Sets, SetsApart, (a, b) => a + b - b == a && a + b - a == b);

    [Fact]
    public void Subtract_OfAContainedPart_IsUndoneByAdd() => Holds(
        Sets, Sets, (a, b) => !a.Contains(b) || a - b + b == a);

    [Fact]
    public void Contains_IsReflexiveAndTransitive() => Holds(
        Sets, Sets, Sets, (a, b, c) => a.Contains(a) && (a + b).Contains(a) && (a + b + c).Contains(a + b)
            && (!(a.Contains(b) && b.Contains(c)) || a.Contains(c)));

    [Fact]
    public void Contains_BothWays_IsEquality() => Holds(Sets, Sets, (a, b) => (a.Contains(b) && b.Contains(a)) == (a == b));

    [Fact]
    public void TrySubtract_WorksExactlyWhenContained() => Holds(Sets, Sets, (a, b) =>
    {
        var possible = a.TrySubtract(b, out var rest);
        return possible == a.Contains(b) && (possible ? rest + b == a : ReferenceEquals(rest, a));
    });

    [Fact]
    public void Contains_AgreesWithTheMembersOneByOne() => Holds(Sets, Sets, (a, b) => a.Contains(b) == b.Items.All(wanted => a.Items.Any(
        held => held.Name == wanted.Name && held.Kind == wanted.Kind && held.Traits == wanted.Traits
            && (held.IsWhole
                ? held with { Copies = 1 } == wanted with { Copies = 1 } && held.Copies >= wanted.Copies
                : held.Scalar >= wanted.Scalar && held.Ranges.Contains(wanted.Ranges) && held.Set.Contains(wanted.Set)))));

    [Fact]
    public void SubtractClamped_IsSubtractOfTheCommonPart() => Holds(Sets, Sets, (a, b) =>
    {
        var rest = a.SubtractClamped(b);
        return a.Contains(rest) && b.Contains(a - rest) && (!a.Contains(b) || rest == a - b);
    });

    [Fact]
    public void Results_AreCanonical() => Holds(
        Sets, Sets, (a, b) => new[] { a, a + b, a.SubtractClamped(b), a.Allocate("x"), a.Unallocate(), a.Unreserved }.All(IsCanonical));

    [Fact]
    public void Of_DoesNotDependOnOrderOrGrouping() => Holds(ItemsOfSets, items =>
        ResourceSet.Of(items) == ResourceSet.Of(items.Reverse())
        && ResourceSet.Of(items) == items.Aggregate(ResourceSet.Empty, (sum, item) => sum.Add(item)));

    [Fact]
    public void Filter_SplitsInTwo() => Holds(Sets, a =>
    {
        var reserved = a.Filter(item => item.Traits.IsReserved);
        return reserved + a.Unreserved == a && a.Unreserved.All(item => !item.Traits.IsReserved);
    });

    [Fact]
    public void Allocate_IsUndoneByUnallocate() => Holds(Sets, a =>
        a.Allocate("x").All(item => item.Traits.AllocationRole == "x")
        && a.Allocate("x").Unallocate() == a.Unallocate()
        && a.Unallocate().All(item => item.Traits.AllocationRole is null));

    [Fact]
    public void Quantities_AreTheSumsOverTraits() => Holds(Sets, a =>
    {
        var quantities = a.ToQuantities();
        return new[] { "cpus", "mem", "disk" }.All(name => quantities.GetValueOrDefault(name) == a.GetScalar(name))
            && quantities.Keys.SequenceEqual(a.Select(item => item.Name).Distinct());
    });

    [Fact]
    public void Text_RoundTrips_WhereItCarriesTheTraits() => Holds(Sets, all =>
    {
        var plain = all.Filter(item => item.Traits == ResourceTraits.None
            || item.Traits == ResourceTraits.ReservedBy(Reservation.Static("eng")));
        var read = ResourceText.Parse(plain.Describe());
        return read.Errors.IsEmpty && read.Value == plain;
    });

    private static bool IsCanonical(ResourceSet set)
    {
        for (var i = 0; i < set.Items.Length; i++)
        {
            var item = set.Items[i];
            if (item.IsEmpty || item.Copies < 1 || (item.Copies > 1 && !item.IsWhole)
                || (i > 0 && Resource.CompareKey(set.Items[i - 1], item) >= 0))
            {
                return false;
            }
        }

        return !set.IsEmpty || ReferenceEquals(set, ResourceSet.Empty);
    }
}
