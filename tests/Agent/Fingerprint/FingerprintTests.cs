using Edge.Agent.Fingerprint;

namespace Edge.Tests.Agent.Fingerprint;

public sealed class FingerprintTests
{
    [Fact]
    public void This_machine_answers_every_probe_but_perhaps_its_machine_id()
    {
        var node = NodeFingerprint.Read("/var/lib/edge/does-not-exist-yet");
        Assert.DoesNotContain(node.Problems, p => !p.Contains("machine-id", StringComparison.Ordinal));
        Assert.InRange(node.Cpus, 1, 4096);
        Assert.InRange(node.MemoryMib, 64, 1L << 30);
        Assert.InRange(node.DiskMib, 64, 1L << 40);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), node.BootId);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), node.Kernel);
        Assert.NotEqual("unknown", node.Architecture);
        Assert.Equal(new PortRange(31000, 32000), node.Ports);
        Assert.NotEmpty(node.Hostname);
    }

    [Theory]
    [InlineData("MemTotal:        3884368 kB\nMemFree: 1 kB\n", 3793L)]
    [InlineData("MemFree: 5 kB\nMemTotal: 1024 kB", 1L)]
    [InlineData("MemTotal: many kB\n", null)]
    [InlineData("", null)]
    public void ParseTotalMib_reads_meminfo(string text, long? expected) => Assert.Equal(expected, MemoryProbe.ParseTotalMib(text));

    [Theory]
    [InlineData(4096, 3072)]
    [InlineData(2048, 1024)]
    [InlineData(1000, 500)]
    public void Offered_memory_leaves_a_gibibyte_or_half(long total, long offered) => Assert.Equal(offered, MemoryProbe.Offered(total));

    [Theory]
    [InlineData(20480, 15360)]
    [InlineData(10240, 5120)]
    [InlineData(8000, 4000)]
    public void Offered_disk_leaves_five_gibibytes_or_half(long total, long offered) => Assert.Equal(offered, DiskProbe.Offered(total));

    [Theory]
    [InlineData("abc\n", "abc")]
    [InlineData("", null)]
    [InlineData("two words\n", null)]
    public void Word_takes_one_word_only(string text, string? expected) => Assert.Equal(expected, ProbeFile.Word(text));

    [Fact]
    public void A_probe_that_fails_is_a_sentence_and_no_crash()
    {
        var missing = ProbeFile.Read("/proc/no-such-file", ProbeFile.Word);
        Assert.Contains("/proc/no-such-file", missing.Problem, StringComparison.Ordinal);
        Assert.NotNull(DiskProbe.Read("\0").Problem);
    }
}
