using System.Collections.Immutable;
using Edge.Agent.Fingerprint;
using Edge.Agent.Profiles;
using Edge.Core.Resources;

namespace Edge.Tests.Agent.Fingerprint;

public sealed class NodeProbeTests
{
    private static readonly MachineFacts s_machine = new(
        new Probed<int>(4), new Probed<long>(8000), new Probed<long>(32000), new Probed<RangeSet>(RangeSet.Of(31000, 32000)),
        new Probed<string>("6.6.51"), new Probed<string>("arm64"), new Probed<string>("b"), new Probed<string>("till-7"),
        new Probed<string>("m"));

    private static readonly NodeProbeInput s_input = new() { Data = "/tmp", Address = "127.0.0.1", Port = 5051 };

    [Fact]
    public void Merge_NothingSaid_IsWhatWasFound()
    {
        var result = NodeProbe.Merge(s_input with { Site = "north" }, s_machine, profile: null);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var node = result.Description!;
        Assert.Equal("cpus:4;disk:26880;mem:6976;ports:[31000-32000]", node.Resources.Describe());
        Assert.Equal("arch:arm64;os:linux", AttributeText.Format(node.Attributes));
        Assert.Equal(("till-7", "127.0.0.1", 5051, "north"), (node.Hostname, node.Address, node.Port, node.Site));
        Assert.Matches(@"^\d+\.\d+\.\d+$", node.Version);
    }

    [Theory]
    [InlineData("cpus:2", "cpus:2;disk:26880;mem:6976;ports:[31000-32000]")]
    [InlineData("cpus:0;ports:[]", "disk:26880;mem:6976")]
    [InlineData("cpus(prod):1;cpus:2", "cpus:2;cpus(prod):1;disk:26880;mem:6976;ports:[31000-32000]")]
    [InlineData("gpus:1", "cpus:4;disk:26880;gpus:1;mem:6976;ports:[31000-32000]")]
    [InlineData("ports:[8000-8001];mem:64", "cpus:4;disk:26880;mem:64;ports:[8000-8001]")]
    public void Merge_Resources_ReplaceByName(string flag, string resources)
    {
        Assert.Equal(resources, NodeProbe.Merge(s_input with { Resources = flag }, s_machine, null).Description!.Resources.Describe());
    }

    [Fact]
    public void Merge_Profile_StandsBetweenMachineAndFlags()
    {
        var profile = Profile("cpus:3;gpus:1;ports:[]") with
        {
            ResourceNames = ["cpus", "gpus", "ports"],
            Attributes = AttributeText.Parse("board:test;rack:none").Value,
            Limits = new BoardLimits(ReservedMemoryMb: 500),
        };

        var result = NodeProbe.Merge(s_input with { Resources = "cpus:1", Attributes = "rack:r1;n:4" }, s_machine, profile);

        Assert.Empty(result.Warnings);
        Assert.Equal("cpus:1;disk:26880;gpus:1;mem:7500", result.Description!.Resources.Describe());
        Assert.Equal("board:test;rack:r1;n:4;arch:arm64;os:linux", AttributeText.Format(result.Description.Attributes));
        Assert.Same(profile, result.Profile);
    }

    [Fact]
    public void Merge_ProfileSaysMoreThanThereIs_OffersWhatThereIsAndSaysSo()
    {
        var limits = new BoardLimits(ReservedMemoryMb: 1000);
        var profile = Profile("cpus:8;mem:16000") with { ResourceNames = ["cpus", "mem"], Limits = limits };

        var result = NodeProbe.Merge(s_input, s_machine, profile);

        Assert.Equal("cpus:4;disk:26880;mem:7000;ports:[31000-32000]", result.Description!.Resources.Describe());
        Assert.Equal(
            [
                "The profile 'test' says cpus:8, and this machine has 4 to offer; 4 is offered.",
                "The profile 'test' says mem:16000, and this machine has 7000 to offer; 7000 is offered.",
            ],
            result.Warnings.ToArray());
    }

    [Fact]
    public void Merge_ProfileOfABiggerBoard_StillLeavesSomethingToOffer()
    {
        var profile = Profile("") with { Limits = new BoardLimits(ReservedMemoryMb: 2048) };

        var result = NodeProbe.Merge(s_input, s_machine with { MemoryMb = new Probed<long>(1900) }, profile);

        Assert.Equal(950, result.Description!.Resources.GetScalar("mem").ToDouble());
        Assert.Contains("keeps 2048 MB", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_MachineThatDoesNotTell_BelievesTheProfile()
    {
        var machine = s_machine with { Cpus = new Probed<int>(1, "Not known."), MemoryMb = new Probed<long>(0, "Not known.") };
        var profile = Profile("cpus:8;mem:2000") with { ResourceNames = ["cpus", "mem"], Limits = new BoardLimits(ReservedMemoryMb: 100) };

        var result = NodeProbe.Merge(s_input, machine, profile);

        Assert.Equal("cpus:8;disk:26880;mem:2000;ports:[31000-32000]", result.Description!.Resources.Describe());
        Assert.Equal(["Not known.", "Not known."], result.Warnings.ToArray());
    }

    [Fact]
    public void Merge_ProfileOfAnotherArchitecture_IsOneClearSentence()
    {
        var result = NodeProbe.Merge(s_input, s_machine, Profile("") with { Architecture = "x64" });

        Assert.Null(result.Description);
        Assert.Equal(
            "The profile 'test' is for the architecture x64, and this agent runs as arm64; allowed is a profile for arm64, or none.",
            Assert.Single(result.Errors));
    }

    [Fact]
    public void Merge_OperatorsWords_WinOverArchAndOs()
    {
        var result = NodeProbe.Merge(s_input with { Attributes = "os:windows;arch:z80;arch:6502" }, s_machine, null);

        Assert.Equal("os:windows;arch:z80;arch:6502", AttributeText.Format(result.Description!.Attributes));
    }

    [Fact]
    public void Merge_EveryMistake_IsSaidAtOnce()
    {
        var input = s_input with { Resources = "cpus:many;mem", Attributes = "rack", Hostname = "two words" };

        var result = NodeProbe.Merge(input, s_machine, Profile("") with { Architecture = "arm" });

        Assert.Null(result.Description);
        Assert.Equal(5, result.Errors.Length);
        Assert.Equal(2, result.Errors.Count(e => e.StartsWith("--resources: In '", StringComparison.Ordinal)));
        Assert.Contains(result.Errors, e => e.StartsWith("--attributes: In 'rack'", StringComparison.Ordinal));
        Assert.Contains(result.Errors, e => e.Contains("'two words'", StringComparison.Ordinal));
    }

    [Fact]
    public void Describe_ThisMachine_HasAllFour()
    {
        var result = NodeProbe.Describe(s_input with { Hostname = "till-9" });

        Assert.Empty(result.Errors);
        Assert.Equal("till-9", result.Description!.Hostname);
        Assert.Equal(["cpus", "disk", "mem", "ports"], result.Description.Resources.Items.Select(r => r.Name));
    }

    private static BoardProfile Profile(string resources) => new()
    {
        Board = "test",
        Architecture = "arm64",
        Resources = ResourceText.Parse(resources).Value!,
        ResourceNames = ImmutableArray<string>.Empty,
    };
}
