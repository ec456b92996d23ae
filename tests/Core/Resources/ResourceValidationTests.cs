using Edge.Core.Resources;

namespace Edge.Tests.Core.Resources;

public sealed class ResourceValidationTests
{
    public static TheoryData<string, Resource> BadResources() => new()
    {
        { "empty name", Resource.Of("", 1) },
        { "empty name", Resource.Of(" ", 1) },
        { "negative amount -0.5", Resource.Of("cpus", -0.5) },
        { "whole numbers", Resource.Of("gpus", 1.5) },
        { "given as ranges", Resource.Of("mem", RangeSet.Of(1, 2)) },
        { "given as a set", Resource.Of("ports", ItemSet.Of("a")) },
        { "disk information", Resource.Of("mem", 1).WithTraits(ResourceGenerators.Volume("v")) },
        { "empty id", Resource.Of("disk", 1).WithTraits(ResourceGenerators.Volume("")) },
        { "is shared", Resource.Of("disk", 1).WithTraits(new ResourceTraits { Shared = true }) },
        { "allocated to a wrong role", Resource.Of("cpus", 1).WithTraits(ResourceTraits.None.WithAllocation("a//b")) },
        { "reserved to '*'", Resource.Of("cpus", 1).WithTraits(ResourceTraits.ReservedBy(Reservation.Static("*"))) },
        { "reserved to a wrong role", Resource.Of("cpus", 1).WithTraits(ResourceTraits.ReservedBy(Reservation.Static("-a"))) },
        { "static reservation on top", Resource.Of("cpus", 1).WithTraits(
            ResourceTraits.ReservedBy(Reservation.Dynamic("a")).Push(Reservation.Static("a/b"))) },
        { "roles below 'a'", Resource.Of("cpus", 1).WithTraits(
            ResourceTraits.ReservedBy(Reservation.Dynamic("a")).Push(Reservation.Dynamic("b"))) },
    };

    [Theory]
    [MemberData(nameof(BadResources))]
    public void Validate_OfABadResource_NamesTheFaultAndWhatIsAllowed(string named, Resource resource)
    {
        var fault = ResourceValidation.Validate(resource);
        Assert.NotNull(fault);
        Assert.Contains(named, fault, StringComparison.Ordinal);
        Assert.Contains("allowed", fault, StringComparison.Ordinal);
        Assert.Equal(fault, ResourceValidation.Validate([Resource.Of("cpus", 1), resource]));
    }

    [Fact]
    public void Validate_OfGoodResources_IsNull() => Assert.Null(ResourceValidation.Validate(
    [
        Resource.Of("cpus", 0.5),
        Resource.Of("gpus", 2),
        Resource.Of("ports", RangeSet.Empty),
        Resource.Of("licences", ItemSet.Of("a")),
        Resource.Of("disk", 1).WithTraits(ResourceGenerators.Volume("v") with { Shared = true }),
        Resource.Of("cpus", 1).WithTraits(ResourceTraits.ReservedBy(Reservation.Static("a")).Push(Reservation.Dynamic("a/b"))),
    ]));

    [Theory]
    [InlineData("cpus", double.NaN, "NaN")]
    [InlineData("cpus", double.PositiveInfinity, "Infinity")]
    [InlineData("cpus", -1, "negative amount -1")]
    [InlineData("gpus", 0.5, "whole numbers")]
    public void ValidateAmount_OfABadNumber_NamesIt(string name, double value, string named) =>
        Assert.Contains(named, ResourceValidation.ValidateAmount(name, value), StringComparison.Ordinal);

    [Fact]
    public void RawForms_RefuseWhatAResourceCannotExpress()
    {
        Assert.Contains("5-1", ResourceValidation.ValidateRanges("ports", [new(5, 1)]), StringComparison.Ordinal);
        Assert.Contains("overlap", ResourceValidation.ValidateRanges("ports", [new(5, 9), new(1, 5)]), StringComparison.Ordinal);
        Assert.Contains("'a' twice", ResourceValidation.ValidateItems("s", ["a", "b", "a"]), StringComparison.Ordinal);
        Assert.Contains("empty name", ResourceValidation.ValidateItems("s", [""]), StringComparison.Ordinal);
        Assert.Null(ResourceValidation.ValidateRanges("ports", [new(5, 9), new(1, 4)]));
        Assert.Null(ResourceValidation.ValidateItems("s", ["b", "a"]));
        Assert.Null(ResourceValidation.ValidateAmount("cpus", 0.0004));
    }
}
