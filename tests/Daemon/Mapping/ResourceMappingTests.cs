#pragma warning disable CS0612 // The old fields are what is tested.
using Edge.Contracts.Mesos;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using Edge.Tests.Core.Resources;
using Resource = Edge.Core.Resources.Resource;
using Wire = Edge.Contracts.Mesos.Resource;

namespace Edge.Tests.Daemon.Mapping;

public sealed class ResourceMappingTests
{
    [Fact]
    public void FullForm_ReadsBackAsItWas() => ResourceGenerators.Holds(ResourceGenerators.Sets, set =>
    {
        var sound = set.Filter(r => ResourceValidation.Validate(r) is null);
        var read = ResourceReading.Read(ResourceMapping.ToWire(sound, ResourceForm.Full));
        return read.Fault is null && read.Resources == sound;
    });

    [Fact]
    public void OldForm_ReadsBackAsItWas_WhereItHasRoom() => ResourceGenerators.Holds(ResourceGenerators.Sets, set =>
    {
        var sound = set.Filter(r => ResourceValidation.Validate(r) is null);
        var read = ResourceReading.Read(ResourceMapping.ToWire(sound, new ResourceForm(Allocation: true, Refinement: false)));
        return read.Fault is null && read.Resources == sound;
    });

    [Fact]
    public void OldForm_WritesTheRoleBeside_AndNewForm_AStack()
    {
        var resource = Resource.Of("cpus", 2).WithTraits(ResourceTraits.ReservedBy(Reservation.Dynamic("eng", "alice")));
        var old = ResourceMapping.ToWire(resource, new ResourceForm(Allocation: false, Refinement: false));
        Assert.Equal(("eng", "alice"), (old.Role, old.Reservation.Principal));
        Assert.False(old.Reservation.HasRole);
        Assert.Empty(old.Reservations);

        var current = ResourceMapping.ToWire(resource, ResourceForm.Full);
        Assert.False(current.HasRole);
        Assert.Null(current.Reservation);
        var layer = Assert.Single(current.Reservations);
        Assert.Equal(("eng", "alice", Wire.Types.ReservationInfo.Types.Type.Dynamic), (layer.Role, layer.Principal, layer.Type));

        var plain = ResourceMapping.ToWire(Resource.Of("cpus", 2), new ResourceForm(Allocation: false, Refinement: false));
        Assert.Equal("*", plain.Role);
    }

    [Fact]
    public void Allocation_IsLeftOut_ForThoseWhoCannotReadIt()
    {
        var resource = Resource.Of("cpus", 2).WithTraits(ResourceTraits.None.WithAllocation("web"));
        Assert.Null(ResourceMapping.ToWire(resource, new ResourceForm(Allocation: false, Refinement: true)).AllocationInfo);
        Assert.Equal("web", ResourceMapping.ToWire(resource, ResourceForm.Full).AllocationInfo.Role);
    }

    [Theory]
    [InlineData("""{"name":"cpus","type":"SCALAR","scalar":{"value":-1}}""", "negative")]
    [InlineData("""{"name":"cpus","type":"SCALAR"}""", "cpus")]
    [InlineData("""{"name":"cpus","type":"TEXT"}""", "cpus")]
    [InlineData("""{"name":"cpus","type":"RANGES","ranges":{"range":[{"begin":1,"end":2}]}}""", "cpus")]
    [InlineData("""{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":3,"end":2}]}}""", "begins above")]
    [InlineData("""{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":5},{"begin":5,"end":6}]}}""", "overlap")]
    [InlineData("""{"name":"s","type":"SET","set":{"item":["a","a"]}}""", "twice")]
    [InlineData("""{"name":"gpus","type":"SCALAR","scalar":{"value":0.5}}""", "whole")]
    [InlineData("""{"name":"","type":"SCALAR","scalar":{"value":1}}""", "empty name")]
    [InlineData("""{"name":"cpus","type":"SCALAR","scalar":{"value":1},"role":"/bad"}""", "role")]
    [InlineData("""{"name":"cpus","type":"SCALAR","scalar":{"value":1},"reservation":{}}""", "'*'")]
    [InlineData("""{"name":"cpus","type":"SCALAR","scalar":{"value":1},"role":"a","reservations":[{"role":"a","type":"STATIC"}]}""",
        "two forms")]
    [InlineData("""{"name":"cpus","type":"SCALAR","scalar":{"value":1},"reservations":[{"role":"a"}]}""", "no type")]
    public void WrongResources_AreNamed(string json, string word)
    {
        var wire = MesosJson.Parse<Wire>(System.Text.Encoding.UTF8.GetBytes(json).AsSpan());
        Assert.True(wire.Ok, wire.Error);
        var read = ResourceReading.Read([wire.Message, ResourceMapping.ToWire(Resource.Of("mem", 5), ResourceForm.Full)]);
        Assert.Contains(word, read.Fault, StringComparison.Ordinal);
        Assert.Equal("mem:5", read.Resources.Describe());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void AmountsBeyondReason_AreFaults(double value)
    {
        var wire = new Wire { Name = "mem", Type = Value.Types.Type.Scalar, Scalar = new Value.Types.Scalar { Value = value } };
        Assert.NotNull(ResourceReading.Read([wire]).Fault);
    }
}
