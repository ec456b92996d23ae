using Edge.Agent;
using Edge.Daemon.Hosting.Options;
using Edge.Hub;
using Edge.Tests.Support;

namespace Edge.Tests.Packaging;

/// <summary>The systemd units and the configuration files that are installed beside them.</summary>
public sealed class UnitTests
{
    /// <summary>Settings of a unit that its tasks would inherit.</summary>
    private static readonly string[] s_inherited =
    [
        "Protect", "Private", "Restrict", "SystemCall", "NoNewPrivileges", "Capability", "Ambient", "Lock", "MemoryDeny", "ReadOnly",
        "Inaccessible", "RemoveIPC", "DynamicUser", "User", "Group", "UMask", "Secure", "MemoryMax", "CPUQuota", "IPAddress", "Device",
    ];

    [Fact]
    public void AgentUnit_LetsTasksOutliveIt()
    {
        var settings = Settings("edge-agent.service");
        Assert.Contains("KillMode=process", settings);
        Assert.Contains("SendSIGKILL=no", settings);
        Assert.Contains("Delegate=yes", settings);
        Assert.Contains("Restart=always", settings);
        Assert.Contains("OOMPolicy=continue", settings);
    }

    [Fact]
    public void AgentUnit_TakesNothingFromItsTasks() => Assert.DoesNotContain(
        Settings("edge-agent.service"), s => s_inherited.Any(i => s.StartsWith(i, StringComparison.Ordinal)));

    [Fact]
    public void AgentUnit_DoesNotWaitForTheNetwork() => Assert.DoesNotContain(
        Settings("edge-agent.service"), s => s.Contains("network", StringComparison.Ordinal));

    [Fact]
    public void HubUnit_IsHardened()
    {
        var settings = Settings("edge-hub.service");
        string[] wanted =
        [
            "User=edge-hub", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
            "CapabilityBoundingSet=", "RestrictNamespaces=yes", "SystemCallFilter=@system-service", "ProtectKernelModules=yes",
        ];
        Assert.Empty(wanted.Except(settings));
        Assert.DoesNotContain("MemoryDenyWriteExecute=yes", settings);
    }

    [RequiresTheory("systemd-analyze")]
    [InlineData("edge-hub.service")]
    [InlineData("edge-agent.service")]
    public async Task Units_AreRightForSystemd(string unit)
    {
        var folder = Directory.CreateTempSubdirectory("edge-unit-");
        try
        {
            // The programs are not installed here; everything else of the unit is judged as it is.
            var lines = (await File.ReadAllLinesAsync(Repository.PathTo("packaging", unit)))
                .Select(l => l.StartsWith("ExecStart=", StringComparison.Ordinal) ? "ExecStart=/bin/true" : l)
                .Where(l => !l.StartsWith("Documentation=", StringComparison.Ordinal));
            var path = Path.Combine(folder.FullName, unit);
            await File.WriteAllLinesAsync(path, lines);
            Assert.DoesNotContain(unit, await Shell.MustAsync("systemd-analyze", "verify", path), StringComparison.Ordinal);
            await File.AppendAllTextAsync(path, "[Service]\nKillMode=sometimes\n");
            Assert.Contains("sometimes", (await Shell.RunAsync("systemd-analyze", "verify", path)).Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void HubUnit_StartsWithItsConfiguration()
    {
        var outcome = HubOptions.Read(Arguments("edge-hub.service", "serve"), Installed());
        Assert.Equal(string.Empty, outcome.Text);
        Assert.Equal("/var/lib/edge/hub", outcome.Value!.Data);
    }

    [Fact]
    public void AgentUnit_StartsWithItsConfiguration()
    {
        var outcome = AgentOptions.Read(Arguments("edge-agent.service", "run"), Installed("till-7"));
        Assert.Equal(string.Empty, outcome.Text);
        Assert.Equal("/var/lib/edge/agent", outcome.Value!.Data);
        Assert.Null(outcome.Value.Hub);
    }

    private static OptionSources Installed(string? node = null) => new(
        name => name == "EDGE_AGENT_NODE" ? node : null,
        path => File.ReadAllText(Repository.PathTo("packaging", Path.GetRelativePath("/etc/edge", path))));

    private static string[] Arguments(string unit, string verb)
    {
        var words = Settings(unit).Single(s => s.StartsWith("ExecStart=", StringComparison.Ordinal)).Split(' ');
        Assert.Equal(verb, words[1]);
        return words[2..];
    }

    private static string[] Settings(string unit) =>
        [.. File.ReadAllLines(Repository.PathTo("packaging", unit)).Where(l => l.Length > 0 && l[0] is not ('#' or '['))];
}
