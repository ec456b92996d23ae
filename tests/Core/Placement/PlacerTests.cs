using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Placement;
using Edge.Core.Resources;
using Edge.Tests.Core.Engine;
using Attribute = Edge.Core.Resources.Attribute;

namespace Edge.Tests.Core.Placement;

/// <summary>Where instances go, and why not: every operator of a constraint, every stage of the funnel, and ports.</summary>
public sealed class PlacerTests
{
    private static readonly PlacementContext s_context = new(DateTimeOffset.UnixEpoch, 0, 10);

    /// <summary>Three nodes: racks r1, r1, r2; two instances stand on the first. Source: Marathon, docs/constraints.md.</summary>
    [Theory]
    [InlineData("hostname", ConstraintOperator.Unique, "", "b c")]
    [InlineData("@hostname", ConstraintOperator.MaxPer, "3", "a b c")]
    [InlineData("@node", ConstraintOperator.MaxPer, "2", "b c")]
    [InlineData("rack", ConstraintOperator.Unique, "", "c")]
    [InlineData("rack", ConstraintOperator.Cluster, "", "a b")]
    [InlineData("rack", ConstraintOperator.Cluster, "r2", "c")]
    [InlineData("rack", ConstraintOperator.GroupBy, "", "c")]
    [InlineData("rack", ConstraintOperator.GroupBy, "2", "c")]
    [InlineData("rack", ConstraintOperator.Like, "r[12]", "a b c")]
    [InlineData("rack", ConstraintOperator.Like, "r", "")]
    [InlineData("rack", ConstraintOperator.Unlike, "r1", "c")]
    [InlineData("rack", ConstraintOperator.Is, "r2", "c")]
    [InlineData("size", ConstraintOperator.Is, "2.0", "b")]
    [InlineData("missing", ConstraintOperator.Unlike, "x", "a b c")]
    [InlineData("missing", ConstraintOperator.Like, ".*", "")]
    [InlineData("@site", ConstraintOperator.Is, "harbour", "a")]
    [InlineData("@zone", ConstraintOperator.Is, "z1", "b")]
    [InlineData("@region", ConstraintOperator.Unique, "", "")]
    public void Constraint_AllowsTheseNodes(string field, ConstraintOperator rule, string value, string allowed)
    {
        PlacementNode[] nodes =
        [
            Node("a", "rack:r1", site: "harbour"), Node("b", "rack:r1;size:2;zone:z1"), Node("c", "rack:r2"),
        ];
        var placed = new PlacedInstances();
        placed.Add(nodes[0]);
        placed.Add(nodes[0]);
        var rules = new ConstraintRules(App() with { Constraints = [new PlacementConstraint(field, rule, value)] }, nodes, placed);

        Assert.Equal(allowed, string.Join(' ', nodes.Where(n => rules.Refuse(n) is null).Select(n => n.Id.Value)));
    }

    [Fact]
    public void Instances_SpreadOverNodes()
    {
        PlacementNode[] nodes = [Node("a"), Node("b"), Node("c")];
        var placed = new PlacedInstances();
        for (ulong i = 0; i < 9; i++)
        {
            placed.Add(Placer.Place(App(), nodes, placed, s_context with { Seed = i * 7919 }).Node!);
        }

        Assert.All(nodes, n => Assert.Equal(3, placed.On(n.Id)));
    }

    [Fact]
    public void Refusals_AreCountedWhereTheyHappened_AndTold()
    {
        PlacementNode[] nodes =
        [
            Node("closed") with { Closed = "the node is not connected" },
            Node("other", "rack:r9"),
            Node("cpus", "rack:r1") with { Free = Resources(0.5, 100) },
            Node("mem", "rack:r1") with { Free = Resources(2, 10) },
            Node("ports", "rack:r1") with { Free = Resources(2, 100) },
        ];
        var app = App() with { Ports = [31005], Constraints = [new PlacementConstraint("rack", ConstraintOperator.Is, "r1")] };

        var result = Placer.Place(app, nodes, new PlacedInstances(), s_context);

        Assert.Null(result.Node);
        Assert.Equal(5, result.Refusals!.Processed);
        Assert.Equal(
            ["AgentMaintenance", "InsufficientCpus", "InsufficientMemory", "InsufficientPorts", "UnfulfilledConstraint"],
            result.Refusals.Declined.Where(d => d.Value == 1).Select(d => d.Key.ToString()).Order());
        Assert.Equal(
            [
                "the node is not connected", "rack IS r1: the node's is 'r9'", "cpus: 1 wanted, 0.5 free", "mem: 64 wanted, 10 free",
                "ports: 31005 is not free",
            ],
            result.Refusals.Samples.Select(s => s.Sentence));
    }

    [Fact]
    public void Pattern_ThatTakesForEver_IsNoMatch()
    {
        var app = App() with { Constraints = [new PlacementConstraint("rack", ConstraintOperator.Like, "(a+)+b")] };

        var result = Placer.Place(app, [Node("a", "rack:" + new string('a', 40))], new PlacedInstances(), s_context);

        Assert.Null(result.Node);
    }

    [Theory]
    [InlineData("", 0UL, "")]
    [InlineData("0", 0UL, "31000")]
    [InlineData("0", 3UL, "31003")]
    [InlineData("0 0 0", 8UL, "31008 31009 31000")]
    [InlineData("31004 0", 4UL, "31004 31005")]
    [InlineData("31000 31000", 0UL, null)]
    [InlineData("30999", 0UL, null)]
    [InlineData("0 0 0 0 0 0 0 0 0 0 0", 0UL, null)]
    public void Ports_AreChosen(string wanted, ulong seed, string? chosen)
    {
        ImmutableArray<int> ports = [.. wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

        var result = PortChoice.Choose(RangeSet.Of(31000, 31009), ports, seed);

        Assert.Equal(chosen, result.IsDefault ? null : string.Join(' ', result));
    }

    [Theory]
    [InlineData("hostname", ConstraintOperator.Is, "a", true)]
    [InlineData("@site", ConstraintOperator.Like, "h.*", true)]
    [InlineData("rack", ConstraintOperator.Is, "r1", false)]
    [InlineData("hostname", ConstraintOperator.Unique, "", false)]
    public void Pinned_IsWhatCouldNotRunElsewhere(string field, ConstraintOperator rule, string value, bool pinned) =>
        Assert.Equal(
            pinned, ConstraintRules.IsPinned(App() with { Constraints = [new PlacementConstraint(field, rule, value)] }));

    private static AppSpec App() => new() { Instances = 1, Resources = Resources(1, 64) };

    private static ResourceSet Resources(double cpus, double mem) => ResourceSet.Of(Resource.Of("cpus", cpus), Resource.Of("mem", mem));

    private static PlacementNode Node(string id, string attributes = "", string site = "") => new(
        new NodeId(id),
        EngineWorld.Description() with { Hostname = id + ".example", Site = site, Attributes = Attributes(attributes) },
        Resources(4, 1000),
        null);

    private static ImmutableArray<Attribute> Attributes(string text) =>
        text.Length == 0 ? [] : [.. AttributeText.Parse(text).Value!];
}
