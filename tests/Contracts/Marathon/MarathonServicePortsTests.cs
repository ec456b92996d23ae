using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

public sealed class MarathonServicePortsTests
{
    private static readonly HashSet<int> s_none = [];

    [Fact]
    public void Assign_Zeros_GetTheLowestFreePorts()
    {
        var app = Ports("0,10001,0,80");
        var assigned = MarathonServicePorts.Assign(app, null, new HashSet<int> { 10000 })!;
        Assert.Equal<int>([10002, 10001, 10003, 80], [.. MarathonServicePorts.Of(assigned.Fields)]);
    }

    [Fact]
    public void Assign_OwnPorts_AreUsedAgainInOrder()
    {
        var before = MarathonServicePorts.Assign(Ports("0,0"), null, new HashSet<int> { 10000 })!;
        var after = MarathonServicePorts.Assign(Ports("0,0,0"), before.Fields, new HashSet<int> { 10000 })!;
        Assert.Equal<int>([10001, 10002, 10003], [.. MarathonServicePorts.Of(after.Fields)]);
    }

    [Fact]
    public void Assign_OwnPortThatAnotherHasNow_IsNotUsed()
    {
        var before = MarathonServicePorts.Assign(Ports("0"), null, s_none)!;
        var after = MarathonServicePorts.Assign(Ports("0"), before.Fields, new HashSet<int> { 10000 })!;
        Assert.Equal<int>([10001], [.. MarathonServicePorts.Of(after.Fields)]);
    }

    [Fact]
    public void Assign_NothingToAssign_IsTheSame()
    {
        var app = Ports("80");
        Assert.Same(app, MarathonServicePorts.Assign(app, null, s_none));
        Assert.Same(app, MarathonServicePorts.Assign(app, Ports("0").Fields, s_none));
    }

    [Fact]
    public void Assign_NoPortLeft_IsNull()
    {
        Assert.Null(MarathonServicePorts.Assign(Ports("0,0"), null, new HashSet<int> { 10001 }, 10000, 10001));
        Assert.Equal("All ports in the range [10000-10001] are already in use", MarathonServicePorts.Exhausted(10000, 10001).Message);
    }

    [Fact]
    public void Assign_PortMappings_GetServicePorts()
    {
        var app = Bodies.Defined(Bodies.App("\"networks\":[{\"mode\":\"container/bridge\"}]"));
        var assigned = MarathonServicePorts.Assign(app, null, s_none)!;
        Assert.Contains("\"servicePort\":10000", assigned.Fields["container"], StringComparison.Ordinal);
    }

    private static MarathonAppDefinition Ports(string ports) =>
        Bodies.Defined(Bodies.App($"\"portDefinitions\":[{string.Join(',', ports.Split(',').Select(p => $"{{\"port\":{p}}}"))}]"));
}
