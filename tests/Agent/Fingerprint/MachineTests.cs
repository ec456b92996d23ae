using Edge.Agent.Fingerprint;
using Edge.Tests.Support;

namespace Edge.Tests.Agent.Fingerprint;

public sealed class MachineTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void Read_MachineThatTellsNothing_HasEveryFallbackAndSaysWhy()
    {
        using var root = new FakeRoot();

        var machine = MachineFacts.Read(root.Files, Path.GetTempPath());

        var disk = DiskProbe.OfferMb(machine.DiskMb.Value);
        Assert.Equal($"cpus:1;disk:{disk};mem:1024;ports:[31000-32000]", machine.Offer().Describe());
        Assert.Equal("localhost", machine.Hostname.Value);
        Assert.Equal("unknown", machine.BootId.Value);
        Assert.Equal(7, machine.Faults.Length);
        Assert.All(machine.Faults, f => Assert.EndsWith(".", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_BoardOfOneGigabyte_IsReadFromItsFiles()
    {
        using var root = new FakeRoot()
            .Write("sys/devices/system/cpu/online", "0-3\n")
            .Write("proc/self/status", "Name:\tedge\nCpus_allowed_list:\t0-3\n")
            .Write("proc/meminfo", "MemTotal:         945364 kB\n")
            .Write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n")
            .Write("proc/sys/kernel/osrelease", "6.6.51+rpt-rpi-v8\n")
            .Write("proc/sys/kernel/random/boot_id", "1b4e28ba-2fa1-11d2-883f-0016d3cca427\n")
            .Write("proc/sys/kernel/hostname", "till-7\n")
            .Write("etc/machine-id", Id + "\n");

        var machine = MachineFacts.Read(root.Files, Path.GetTempPath());

        Assert.Empty(machine.Faults);
        Assert.Equal("6.6.51+rpt-rpi-v8", machine.Kernel.Value);
        Assert.Equal(Id, machine.MachineId.Value);
        Assert.Equal(461, machine.Offer().GetScalar("mem").ToDouble());
        Assert.Equal(4, machine.Offer().GetScalar("cpus").ToDouble());
    }

    [Fact]
    public void MachineId_SystemsFile_IsTaken_AlsoTheOlderOne()
    {
        using var root = new FakeRoot().Write("etc/machine-id", "uninitialized\n").Write("var/lib/dbus/machine-id", Id.ToUpperInvariant());

        Assert.Equal(new Probed<string>(Id), MachineIdProbe.Read(root.Files));
    }

    [Theory]
    [InlineData("")]
    [InlineData("uninitialized")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    public void MachineId_FileWithoutId_IsNotTaken(string text)
    {
        Assert.Null(MachineIdProbe.Parse(text));
    }

    [Fact]
    public void MachineId_Missing_IsMadeOfNameAndHardwareThatChangesLeast()
    {
        using var root = new FakeRoot()
            .Write("proc/sys/kernel/hostname", "till-7\n")
            .Write("sys/class/net/br0/address", "02:00:00:00:00:01\n")
            .Write("sys/class/net/eth0/address", "dc:a6:32:00:00:01\n")
            .Folder("sys/class/net/eth0/device");
        var card = MachineIdProbe.Read(root.Files);
        root.Write("sys/class/net/br0/address", "02:00:00:00:00:02\n");
        var bridgeChanged = MachineIdProbe.Read(root.Files);
        root.Write("sys/class/net/eth0/address", "dc:a6:32:00:00:02\n");
        var otherCard = MachineIdProbe.Read(root.Files);
        root.Write("sys/firmware/devicetree/base/serial-number", "10000000abcdef01\0");
        var serial = MachineIdProbe.Read(root.Files);
        root.Delete("sys/class/net/eth0/address");
        var serialWithoutCard = MachineIdProbe.Read(root.Files);
        root.Write("proc/sys/kernel/hostname", "till-8\n");
        var renamed = MachineIdProbe.Read(root.Files);

        Assert.Equal(card, bridgeChanged);
        Assert.Equal(serial, serialWithoutCard);
        Assert.Equal(4, new[] { card, otherCard, serial, renamed }.Select(p => p.Value).Distinct().Count());
        Assert.All(new[] { card, serial, renamed }, p => Assert.NotNull(MachineIdProbe.Parse(p.Value)));
        Assert.Contains("/sys/class/net/eth0/address", card.Fault, StringComparison.Ordinal);
        Assert.Contains("serial-number", serial.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadText_Folder_HugeFileOrMissing_IsBounded()
    {
        using var root = new FakeRoot().Folder("a").Write("b", new string('x', 200_000));

        Assert.Null(root.Files.ReadText("a"));
        Assert.Null(root.Files.ReadText("missing"));
        Assert.Equal(64 * 1024, root.Files.ReadText("b")!.Length);
        Assert.Empty(root.Files.ListNames("missing"));
    }

    // The real machine, against the programs that tell the same.
    [RequiresFact("nproc", "uname", "df", "hostname")]
    public async Task Read_ThisMachine_AgreesWithItsOwnTools()
    {
        var machine = MachineFacts.Read(new ProbeFiles(), Path.GetTempPath());

        Assert.Equal(await RunAsync("nproc"), $"{machine.Cpus.Value}");
        Assert.Equal(await RunAsync("uname", "-r"), machine.Kernel.Value);
        Assert.Equal(await RunAsync("hostname"), machine.Hostname.Value);
        var df = await RunAsync("df", "-B1", "--output=size", Path.GetTempPath());
        Assert.Equal(long.Parse(df.Split('\n')[^1].Trim()) / (1024 * 1024), machine.DiskMb.Value);
        Assert.Equal(NodeProbe.BootId(), machine.BootId.Value);
        Assert.Equal(NodeProbe.MachineId(), NodeProbe.MachineId());
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }
}
