using System.Runtime.InteropServices;
using Edge.Agent.Fingerprint;
using Edge.Core.Resources;

namespace Edge.Tests.Agent.Fingerprint;

public sealed class ProbeTests
{
    private const string Meminfo = "MemTotal:       24684096 kB\nMemFree:        22279176 kB\n";

    [Theory]
    [InlineData("0-3\n", "Name:\tx\nCpus_allowed_list:\t0-3\n", 4)]
    [InlineData("0-7\n", "Cpus_allowed_list:\t0-1\n", 2)]
    [InlineData("0,2-3\n", "Cpus_allowed_list:\t0-63\n", 3)]
    [InlineData("0\n", null, 1)]
    [InlineData(null, "Cpus_allowed_list:\t1,3\n", 2)]
    public void Cpus_AreThoseOnlineAndAllowed(string? online, string? status, int cpus)
    {
        Assert.Equal(new Probed<int>(cpus), CpuProbe.Parse(online, status));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("3-1", null)]
    [InlineData("0-99999999", null)]
    [InlineData("zero", "Cpus_allowed_list:\tall")]
    public void Cpus_GarbledOrMissing_AreOneAndSaid(string? online, string? status)
    {
        var cpus = CpuProbe.Parse(online, status);

        Assert.Equal(1, cpus.Value);
        Assert.Contains("/sys/devices/system/cpu/online", cpus.Fault, StringComparison.Ordinal);
        Assert.Contains("1 is assumed", cpus.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_IsReadInMb()
    {
        Assert.Equal(new Probed<long>(24105), MemoryProbe.Parse(Meminfo));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("MemFree: 5 kB\n")]
    [InlineData("MemTotal: many kB\n")]
    [InlineData("MemTotal: 0 kB\n")]
    [InlineData("MemTotal: -1 kB\n")]
    [InlineData("MemTotal: 99999999999999999999 kB\n")]
    [InlineData("MemTotal: kB\n")]
    [InlineData("MemTotal: 5 MB\n")]
    public void Memory_GarbledOrMissing_IsUnknownAndSaid(string? text)
    {
        var memory = MemoryProbe.Parse(text);

        Assert.Equal(0, memory.Value);
        Assert.Contains("/proc/meminfo", memory.Fault, StringComparison.Ordinal);
    }

    // Mesos' automatic amounts, at their edges.
    [Theory]
    [InlineData(0, 1024)]
    [InlineData(512, 256)]
    [InlineData(2047, 1023)]
    [InlineData(2048, 1024)]
    [InlineData(24105, 23081)]
    public void Memory_OfferedKeepsSomeForTheSystem(long total, long offered)
    {
        Assert.Equal(offered, MemoryProbe.OfferMb(total));
    }

    [Theory]
    [InlineData(0, 10240)]
    [InlineData(4000, 2000)]
    [InlineData(10239, 5119)]
    [InlineData(10240, 5120)]
    [InlineData(100000, 94880)]
    public void Disk_OfferedKeepsSomeForTheSystem(long total, long offered)
    {
        Assert.Equal(offered, DiskProbe.OfferMb(total));
    }

    [Fact]
    public void Disk_IsOfTheFileSystemThatHoldsTheFolder_AlsoBeforeTheFolderIsMade()
    {
        var there = DiskProbe.Read(Path.GetTempPath());
        var later = DiskProbe.Read(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "agent"));

        Assert.Null(there.Fault);
        Assert.True(there.Value > 0);
        Assert.Equal(there, later);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Disk_BadFolder_IsUnknownAndSaid(string folder)
    {
        var disk = DiskProbe.Read(folder);

        Assert.Equal(0, disk.Value);
        Assert.Contains("disk space", disk.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("32768\t60999\n", "[31000-32000]")]
    [InlineData("31500 60999", "[31000-31499]")]
    [InlineData("1024 31000", "[31001-32000]")]
    [InlineData("31400 31600", "[31000-31399, 31601-32000]")]
    public void Ports_LeaveOutTheKernelsOwn(string text, string ports)
    {
        Assert.True(RangeSet.TryParse(ports, out var expected, out _));

        Assert.Equal(new Probed<RangeSet>(expected), PortsProbe.Parse(text));
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("32768", "32768")]
    [InlineData("60999 32768", "60999 32768")]
    [InlineData("1 99999", "1 99999")]
    [InlineData("1024 65535", "--resources=ports")]
    public void Ports_GarbledOrAllTaken_AreTheUsualAndSaid(string? text, string said)
    {
        var ports = PortsProbe.Parse(text);

        Assert.Equal(RangeSet.Of(31000, 32000), ports.Value);
        Assert.Contains(said, ports.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_IsOneWord()
    {
        Assert.Equal(new Probed<string>("6.1.0-26-amd64"), KernelProbe.Parse("6.1.0-26-amd64\n"));
        Assert.Equal("unknown", KernelProbe.Parse("a b").Value);
        Assert.Contains("osrelease", KernelProbe.Parse(null).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Architecture.X64, "x64", null)]
    [InlineData(Architecture.Arm64, "arm64", null)]
    [InlineData(Architecture.Arm, "arm", null)]
    [InlineData(Architecture.RiscV64, "unknown", "RiscV64")]
    public void Architecture_HasTheProfilesWords(Architecture architecture, string name, string? fault)
    {
        var found = ArchitectureProbe.Name(architecture);

        Assert.Equal(name, found.Value);
        Assert.Equal(fault is null, found.Fault is null);
        Assert.Contains(fault ?? "", found.Fault ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void BootId_IsTheKernels_ThenTheBootTime_ThenUnknown()
    {
        const string id = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";

        Assert.Equal(new Probed<string>(id), BootIdProbe.Parse(id + "\n", () => throw new InvalidOperationException("not asked")));
        Assert.Equal("btime-1700000000", BootIdProbe.Parse("", () => "cpu 1 2\nbtime 1700000000\n").Value);
        Assert.Equal("unknown", BootIdProbe.Parse(null, () => null).Value);
        Assert.Equal("unknown", BootIdProbe.Parse("nonsense", () => "btime soon").Value);
        Assert.Contains("'nonsense'", BootIdProbe.Parse("nonsense", () => null).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostname_IsTheKernels_ThenTheConfigured_ThenLocalhost()
    {
        Assert.Equal(new Probed<string>("till-7"), HostnameProbe.Parse("till-7\n", () => "other"));
        Assert.Equal("other", HostnameProbe.Parse("(none)", () => "other\n").Value);
        Assert.Equal("localhost", HostnameProbe.Parse("two words", () => "").Value);
        Assert.Equal("localhost", HostnameProbe.Parse(new string('a', 254), () => null).Value);
        Assert.Contains("two words", HostnameProbe.Parse("two words", () => null).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_QuotesWhatIsNoText()
    {
        Assert.Equal("holds '?[31m'", ProbeFiles.Show("\u001b[31m\n"));
        Assert.Equal("holds '" + new string('a', 80) + "'", ProbeFiles.Show(new string('a', 500)));
    }
}
