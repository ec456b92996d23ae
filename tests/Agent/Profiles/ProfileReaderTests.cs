using System.Text;
using Edge.Agent.Profiles;
using Edge.Tests.Support;

namespace Edge.Tests.Agent.Profiles;

public sealed class ProfileReaderTests
{
    private const string Good = """
        {
          "board": "test-board",
          "architecture": "arm64",
          "resources": { "cpus": 2, "memoryMib": 512, "ports": "31000-32000" },
          "attributes": { "zone": "north" },
          "gpio": [ { "device": "/dev/gpiochip0", "lineCount": 8, "offered": [1, 2] } ],
          "buses": { "i2c": ["/dev/i2c-1"] },
          "limits": { "maxTasks": 5, "sandboxMaxMib": 100 },
          "watchdog": { "device": "/dev/watchdog", "timeoutSeconds": 15 }
        }
        """;

    public static TheoryData<string> Boards =>
        ["x64-gateway", "raspberry-pi-4", "raspberry-pi-zero-2w", "jetson-orin-nano", "beaglebone-black"];

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_shipped_profile_is_read(string board)
    {
        var result = ProfileReader.ReadFile(Repository.PathTo("firmware-profiles", board + ".json"));
        Assert.Empty(result.Errors);
        Assert.Equal(board, result.Profile!.Board);
        Assert.NotNull(result.Profile.Watchdog);
    }

    [Fact]
    public void No_profile_is_shipped_that_no_test_reads()
    {
        var shipped = Directory.GetFiles(Repository.PathTo("firmware-profiles"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f));
        Assert.Equal([.. ((IEnumerable<string>)["x64-gateway", "raspberry-pi-4", "raspberry-pi-zero-2w", "jetson-orin-nano", "beaglebone-black"]).Append("profile.schema").Order()], shipped.Order());
    }

    [Fact]
    public void A_good_profile_keeps_every_value()
    {
        var profile = Read(Good).Profile!;
        Assert.Equal(new ProfileResources(2, 512, null, 31000, 32000), profile.Resources);
        Assert.Equal("north", profile.Attributes.Single(a => a.Key == "zone").Value);
        Assert.Equal([1, 2], profile.Gpio[0].Offered);
        Assert.Equal(["/dev/i2c-1"], profile.Buses.I2c);
        Assert.Equal(new ProfileLimits(5, 100), profile.Limits);
        Assert.Equal(new ProfileWatchdog("/dev/watchdog", 15), profile.Watchdog);
    }

    [Theory]
    [InlineData("\"arm64\"", "\"mips\"", "f.json:3: 'architecture' is \"mips\"; allowed: amd64, arm64, arm")]
    [InlineData("\"cpus\": 2", "\"cpus\": -1", "f.json:4: 'resources.cpus' is -1; allowed: a number from 0.1 to 1024")]
    [InlineData("\"memoryMib\": 512", "\"memoryMib\": 1.5", "f.json:4: 'resources.memoryMib' is 1.5; allowed: a whole number from 16 to 16777216")]
    [InlineData("\"cpus\": 2, ", "", "f.json:4: 'resources.cpus' is missing; allowed: a number from 0.1 to 1024")]
    [InlineData("31000-32000", "32000-31000",
        "f.json:4: 'resources.ports' is \"32000-31000\"; allowed: FIRST-LAST with 1 <= FIRST <= LAST <= 65535")]
    [InlineData("[1, 2]", "[1, 8]", "f.json:6: 'gpio[0].offered' is 8; allowed: different line numbers from 0 to 7")]
    [InlineData("[1, 2]", "[1, 1]", "f.json:6: 'gpio[0].offered' is 1; allowed: different line numbers from 0 to 7")]
    [InlineData("/dev/i2c-1", "/etc/passwd", "f.json:7: 'buses.i2c' is \"/etc/passwd\"; allowed: a path below /dev/")]
    [InlineData("[\"/dev/i2c-1\"]", "7", "f.json:7: 'buses.i2c' is 7; allowed: a list, each item a path below /dev/")]
    [InlineData("\"i2c\"", "\"can\"", "f.json:7: 'buses.can' is no key of a profile; allowed: i2c, spi, uart")]
    [InlineData("{ \"zone\": \"north\" }", "[]", "f.json:5: 'attributes' is a list; allowed: an object")]
    [InlineData("\"timeoutSeconds\": 15", "\"timeoutSeconds\": \"soon\"",
        "f.json:9: 'watchdog.timeoutSeconds' is \"soon\"; allowed: a whole number from 1 to 600")]
    [InlineData("\"maxTasks\": 5", "\"maxTasks\": 5, \"maxTasks\": 6", "f.json:8: 'limits.maxTasks' is there twice; allowed: once")]
    public void A_mistake_names_file_line_key_value_and_what_is_allowed(string good, string bad, string error)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        var result = Read(Good.Replace(good, bad, StringComparison.Ordinal));
        Assert.Null(result.Profile);
        Assert.Equal([error], result.Errors);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_the_file()
    {
        var bad = Good.Replace("arm64", "mips", StringComparison.Ordinal).Replace("\"maxTasks\": 5", "\"maxTasks\": 0", StringComparison.Ordinal);
        Assert.Equal(["f.json:3:", "f.json:8:"], Read(bad).Errors.Select(e => e[..9]));
    }

    [Theory]
    [InlineData("", "f.json:1: not JSON")]
    [InlineData("{\n\"board\": \"x\",,\n}", "f.json:2: not JSON")]
    [InlineData("[]", "f.json:1: 'the profile' is a list; allowed: an object")]
    [InlineData("{}{}", "f.json:1: not JSON")]
    public void What_is_no_profile_at_all_is_refused(string text, string error) =>
        Assert.Contains(Read(text).Errors, e => e.StartsWith(error, StringComparison.Ordinal));

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("/no/such/profile.json", ProfileReader.ReadFile("/no/such/profile.json").Errors.Single(), StringComparison.Ordinal);

    private static ProfileResult Read(string text) => ProfileReader.Read("f.json", Encoding.UTF8.GetBytes(text));
}
