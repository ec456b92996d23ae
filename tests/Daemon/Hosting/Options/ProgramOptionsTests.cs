using Edge.Agent;
using Edge.Daemon.Hosting.Options;
using Edge.Hub;
using Microsoft.Extensions.Logging;

namespace Edge.Tests.Daemon.Hosting.Options;

/// <summary>What the two programs take, as the outside contract says.</summary>
public sealed class ProgramOptionsTests
{
    [Fact]
    public void Hub_Defaults()
    {
        var options = HubOptions.Read(["--data", "/tmp/h"], OptionWorld.Sources()).Value!;
        Assert.Equal(("127.0.0.1:5050", "127.0.0.1:1883", "127.0.0.1:5052"), ($"{options.Http}", $"{options.Mqtt}", $"{options.Bulk}"));
        Assert.Equal(("/tmp/h", TimeSpan.FromSeconds(75), false, LogLevel.Information),
            (options.Data, options.NodeTimeout, options.Insecure, options.LogLevel));
    }

    [Fact]
    public void Hub_Environment()
    {
        var options = HubOptions.Read(
            [], OptionWorld.Sources(["EDGE_HUB_DATA=/tmp/h", "EDGE_HUB_HTTP=[::1]:0", "EDGE_HUB_NODE_TIMEOUT=5m"])).Value!;
        Assert.Equal(("[::1]:0", TimeSpan.FromMinutes(5)), ($"{options.Http}", options.NodeTimeout));
    }

    [Fact]
    public void Hub_OpenAddresses_AreRefusedOneByOneWithTheTwoWaysOut()
    {
        var outcome = HubOptions.Read(["--data", "/tmp/h", "--http", "0.0.0.0:5050", "--mqtt", "[::]:1883"], OptionWorld.Sources());
        Assert.Equal(2, outcome.ExitCode);
        var lines = outcome.Text.Split(Environment.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.Contains("--http: '0.0.0.0:5050'", lines[0], StringComparison.Ordinal);
        Assert.Contains("--mqtt: '[::]:1883'", lines[1], StringComparison.Ordinal);
        Assert.All(lines[..2], line => Assert.Matches("--tls.*--insecure", line));
    }

    [Fact]
    public void Hub_OpenAddress_IsTakenWithTheRisk() =>
        Assert.True(HubOptions.Read(["--data", "/h", "--http", "0.0.0.0:5050", "--insecure"], OptionWorld.Sources()).Value!.Insecure);

    [Fact]
    public void Agent_AloneByDefault()
    {
        var options = AgentOptions.Read(["--data", "/tmp/a", "--node", "till-7"], OptionWorld.Sources()).Value!;
        Assert.Equal(("till-7", "127.0.0.1:5051", TimeSpan.FromSeconds(60)), (options.Node, $"{options.Http}", options.KeepAlive));
        Assert.Null(options.Hub);
        Assert.Null(options.Site);
        Assert.Null(options.Resources);
        Assert.Null(options.Profile);
        Assert.Empty(options.Attributes);
    }

    [Fact]
    public void Agent_Everything()
    {
        var options = AgentOptions.Read(
            [
                "--hub", "mqtt://hub.example:1884", "--data", "/tmp/a", "--node", "till-7", "--http", "127.0.0.1:0", "--site", "shop-12",
                "--attributes", "rack:r1;zone:eu", "--resources", "cpus:2;mem:1024;disk:4096;ports:[31000-31999]", "--profile", "x.json",
                "--keepalive", "30s", "--log-level", "debug",
            ],
            OptionWorld.Sources()).Value!;
        Assert.Equal(new HubAddress("hub.example", 1884), options.Hub);
        Assert.Equal(["rack", "zone"], options.Attributes.Select(a => a.Name));
        Assert.Equal(["cpus", "disk", "mem", "ports"], options.Resources!.Names.AsEnumerable());
        Assert.Equal(("shop-12", "x.json", TimeSpan.FromSeconds(30), LogLevel.Debug),
            (options.Site, options.Profile, options.KeepAlive, options.LogLevel));
    }

    [Theory]
    [InlineData("--node", "a/b", "--node: 'a/b' is wrong")]
    [InlineData("--attributes", "rack", "--attributes: 'rack' is wrong: In 'rack': there is no ':'")]
    [InlineData("--resources", "cpus:many", "--resources: 'cpus:many' is wrong: In 'cpus:many'")]
    [InlineData("--keepalive", "20h", "--keepalive: '20h' is wrong: allowed is a whole number with ms, s, m, h or d, from 1s to 65535s")]
    [InlineData("--http", "0.0.0.0:1", "--http: '0.0.0.0:1' can be reached from outside")]
    [InlineData("--hub", "hub.example", "--hub: 'hub.example' is wrong: allowed is mqtt://HOST:PORT")]
    public void Agent_WrongValue_IsNamed(string flag, string value, string expected)
    {
        var outcome = AgentOptions.Read(["--data", "/tmp/a", flag, value], OptionWorld.Sources(["EDGE_AGENT_NODE=till-7"]));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryExample_IsARightValue()
    {
        foreach (var option in HubOptions.Verb.Options.Concat(AgentOptions.Verb.Options))
        {
            Assert.Null(option.Read(option.Example.Trim('\''), _ => { }));
        }

        Assert.Equal(0, HubOptions.Read(HubOptions.Verb.Example.Split(' ')[2..], OptionWorld.Sources()).ExitCode);
        Assert.Equal(0, AgentOptions.Read(AgentOptions.Verb.Example.Split(' ')[2..], OptionWorld.Sources()).ExitCode);
    }
}
