using System.Text;
using Edge.Agent.Profiles;
using Edge.Core.Resources;

namespace Edge.Tests.Agent.Profiles;

public sealed class ProfileReaderTests
{
    // The board and architecture that are needed stand in line 1, so that the mistake is in line 2.
    private const string Start = """{"board":"b","architecture":"arm64",""" + "\n";

    [Fact]
    public void Read_EverySection_IsKept()
    {
        var result = Read("""
            {
              "$schema": "profile.schema.json",
              "board": "test-1", "architecture": "arm", "description": "A board.",
              "resources": { "cpus": 1.5, "mem": 256, "disk": 0, "gpus": 2, "ports": "[]" },
              "attributes": { "board": "test", "bay": "7" },
              "gpio": [ { "chip": "c0", "lines": 32, "offered": "[1-3, 7-7]" } ],
              "buses": [ { "kind": "i2c", "device": "/dev/i2c-1" }, { "kind": "can", "device": "can0" } ],
              "limits": { "reservedMemoryMb": 64, "maxTasks": 3, "maxProcessesPerTask": 4, "maxOpenFilesPerTask": 64 },
              "watchdog": { "device": "/dev/watchdog0", "driver": "d", "timeoutSeconds": 15 }
            }
            """);

        Assert.Empty(result.Errors);
        var profile = result.Profile!;
        Assert.Equal(("test-1", "arm", "A board."), (profile.Board, profile.Architecture, profile.Description));
        Assert.Equal("cpus:1.5;gpus:2;mem:256", profile.Resources.Describe());
        Assert.Equal(["cpus", "disk", "gpus", "mem", "ports"], profile.ResourceNames.ToArray());
        Assert.Equal("board:test;bay:7", AttributeText.Format(profile.Attributes));
        Assert.Equal("[1-3, 7-7]", Assert.Single(profile.Gpio).Offered.ToString());
        Assert.Equal([new BoardBus("i2c", "/dev/i2c-1"), new BoardBus("can", "can0")], profile.Buses.ToArray());
        Assert.Equal(new BoardLimits(64, 3, 4, 64), profile.Limits);
        Assert.Equal(new BoardWatchdog("/dev/watchdog0", "d", 15), profile.Watchdog);
    }

    [Theory]
    [InlineData("\"limit\": 5", "'limit' with 5 is no key; did you mean 'limits'? Allowed are $schema, board, architecture,")]
    [InlineData("\"limits\": {\"maxTask\": 5}", "'limits.maxTask' with 5 is no key; did you mean 'maxTasks'?")]
    [InlineData("\"limits\": 7", "'limits' is 7; allowed is an object with the keys reservedMemoryMb, maxTasks,")]
    [InlineData("\"limits\": {\"maxTasks\": 0}", "'limits.maxTasks' is 0; allowed are whole numbers from 1 to 100000.")]
    [InlineData("\"limits\": {\"maxTasks\": \"9\"}", "'limits.maxTasks' is \"9\"; allowed are whole numbers")]
    [InlineData("\"limits\": {\"maxTasks\": 1e2}", "'limits.maxTasks' is 1e2; allowed are whole numbers")]
    [InlineData("\"resources\": {\"cpus\": -1}", "'resources.cpus' is -1; allowed are numbers from 0 to 8192")]
    [InlineData("\"resources\": {\"cpus\": 1.0005}", "'resources.cpus' is 1.0005; allowed are numbers")]
    [InlineData("\"resources\": {\"cpus\": 99999999999999999999999999999999}", "allowed are numbers from 0 to 8192")]
    [InlineData("\"resources\": {\"mem\": null}", "'resources.mem' is null; allowed are whole numbers from 0")]
    [InlineData("\"resources\": {\"ports\": \"[5-1]\"}", "'resources.ports' is \"[5-1]\"; allowed are ranges such as")]
    [InlineData("\"resources\": {\"ports\": \"[1-65536]\"}", "each from low to high, up to 65535.")]
    [InlineData("\"attributes\": {\"a b\": \"x\"}", "'attributes.a b' is no name; allowed are names of letters")]
    [InlineData("\"attributes\": {\"a\": \"x;y\"}", "'attributes.a' is \"x;y\"; allowed is text without ';'")]
    [InlineData("\"attributes\": {\"a\": true}", "'attributes.a' is true; allowed is text without ';'")]
    [InlineData("\"gpio\": {}", "'gpio' is an object; allowed is a list of at most 64 objects")]
    [InlineData("\"gpio\": [3]", "'gpio[0]' is 3; allowed is an object with the keys chip, lines, offered.")]
    [InlineData("\"gpio\": [{\"lines\":3,\"offered\":\"[]\"}]", "'gpio[0].chip' is missing; allowed is one word")]
    [InlineData("\"gpio\": [{\"chip\":\"c\",\"lines\":3,\"offered\":\"[3-3]\"}]",
        "'gpio[0].offered' is \"[3-3]\"; allowed are lines from 0 to 2")]
    [InlineData("\"buses\": [{\"kind\":\"usb\",\"device\":\"/dev/a\"}]", "'buses[0].kind' is \"usb\"; allowed are i2c, spi, uart, can.")]
    [InlineData("\"buses\": [{\"kind\":\"can\",\"device\":\"/dev/a\"}]",
        "'buses[0].device' is \"/dev/a\"; allowed for can is an interface")]
    [InlineData("\"buses\": [{\"kind\":\"spi\",\"device\":\"can0\"}]",
        "'buses[0].device' is \"can0\"; allowed for spi is a path below /dev")]
    [InlineData("\"watchdog\": {\"device\":\"/dev/../etc\",\"timeoutSeconds\":5}",
        "'watchdog.device' is \"/dev/../etc\"; allowed is a path")]
    [InlineData("\"watchdog\": {\"device\":\"/dev/w\"}", "'watchdog.timeoutSeconds' is missing; allowed are whole numbers from 1 to 3600.")]
    [InlineData("\"description\": \"a\\nb\"", "'description' is \"a?b\"; allowed is text in one line, 1 to 1000 characters.")]
    [InlineData("\"board\": \"c\"", "'board' is \"c\" after \"b\" in line 1; allowed is each key once.")]
    [InlineData("\"description\": \"\\ud800\"", "a text is not valid Unicode; allowed is UTF-8.")]
    [InlineData("\"description\": nonsense", "is no JSON; allowed is one JSON object")]
    public void Read_OneMistake_NamesFileLineKeyValueAndAllowed(string mistake, string said)
    {
        var result = Read(Start + mistake + "\n}");

        Assert.Null(result.Profile);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("b.json:2: ", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TheSameChipOrDeviceTwice_IsSaid()
    {
        const string chip = """{"chip":"c","lines":3,"offered":"[]"}""";
        const string bus = """{"kind":"spi","device":"/dev/a"}""";

        var result = Read(Start + $"\"gpio\":[{chip},\n{chip}],\n\"buses\":[{bus},\n{bus}]}}");

        Assert.Equal(
            [
                "b.json:3: 'gpio[1].chip' is \"c\"; allowed is each chip once.",
                "b.json:5: 'buses[1].device' is \"/dev/a\"; allowed is each device once.",
            ],
            result.Errors.ToArray());
    }

    [Fact]
    public void Read_ManyMistakes_AreAllSaidInTheOrderOfLines()
    {
        var result = Read("{\n\"board\": \"B\",\n\"architecture\": \"x86\",\n\"colour\": 1,\n\"limits\": {\n\"maxTasks\": -1 }\n}");

        Assert.Equal(["2", "3", "4", "6"], result.Errors.Select(e => e.Split(':')[1]));
    }

    [Theory]
    [InlineData("", "b.json:1: ")]
    [InlineData("[]", "b.json:1: 'the file' is a list; allowed is an object")]
    [InlineData("{}", "'board' is missing")]
    [InlineData("{\n\"a\": 1,\n}", "b.json:3: ")]
    [InlineData("{} {}", "is no JSON")]
    [InlineData("// no\n{}", "is no JSON")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[", "at most 16 deep")]
    public void Read_NoProfileAtAll_IsSaid(string text, string said)
    {
        var result = Read(text);

        Assert.Null(result.Profile);
        Assert.Contains(said, result.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MoreThanTheCap_IsRefused()
    {
        var most = Start + "\"description\": \"x\"}";

        Assert.NotNull(Read(most.PadRight(ProfileReader.MaxBytes)).Profile);
        var error = Assert.Single(Read(most.PadRight(ProfileReader.MaxBytes + 1)).Errors);
        Assert.Contains("more than 65536 bytes", error, StringComparison.Ordinal);
    }

    private static ProfileResult Read(string text) => ProfileReader.Read(Encoding.UTF8.GetBytes(text), "b.json");
}
