using System.Globalization;
using System.Net;
using Edge.Daemon.Hosting.Options;
using FsCheck;
using FsCheck.Fluent;

namespace Edge.Tests.Daemon.Hosting.Options;

public sealed class OptionParsersTests
{
    private static readonly Func<string, Parsed<TimeSpan>> s_duration = OptionParsers.Duration(TimeSpan.Zero, TimeSpan.FromDays(30));

    [Theory]
    [InlineData("127.0.0.1:5050", "127.0.0.1:5050")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("[::1]:65535", "[::1]:65535")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    public void Endpoint_Right_IsRead(string text, string expected) =>
        Assert.Equal(expected, OptionParsers.Endpoint(text).Value!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("5050")]
    [InlineData(":5050")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1: 80")]
    [InlineData("127.1:80")]
    [InlineData("256.0.0.1:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("hub.example:80")]
    public void Endpoint_Wrong_SaysWhatIsAllowed(string text) =>
        Assert.StartsWith("allowed is ADDR:PORT", OptionParsers.Endpoint(text).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("mqtt://hub.example:1884", "hub.example", 1884)]
    [InlineData("mqtt://10.0.0.1", "10.0.0.1", 1883)]
    [InlineData("MQTT://[::1]:7/", "::1", 7)]
    public void Hub_Right_IsRead(string text, string host, int port) =>
        Assert.Equal(new HubAddress(host, port), OptionParsers.Hub(text).Value);

    [Theory]
    [InlineData("hub.example:1883")]
    [InlineData("http://hub.example")]
    [InlineData("mqtt://")]
    [InlineData("mqtt://hub:0")]
    [InlineData("mqtt://hub:70000")]
    [InlineData("mqtt://user:secret@hub")]
    [InlineData("mqtt://hub/topic")]
    [InlineData("mqtt://hub?x=1")]
    public void Hub_Wrong_SaysWhatIsAllowed(string text) =>
        Assert.StartsWith("allowed is mqtt://HOST:PORT", OptionParsers.Hub(text).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("75s", 75_000)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    public void Duration_Right_IsRead(string text, int millis) => Assert.Equal(TimeSpan.FromMilliseconds(millis), s_duration(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("75")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("1.5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("31d")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036854775807d")]
    public void Duration_Wrong_SaysWhatIsAllowed(string text) =>
        Assert.Equal("allowed is a whole number with ms, s, m, h or d, from 0s to 30d", s_duration(text).Error);

    [Fact]
    public void Duration_Formatted_ReadsBackAsItself() => Prop
        .ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), n =>
            s_duration(OptionParsers.Format(TimeSpan.FromMilliseconds(n))).Value.TotalMilliseconds == n)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Endpoint_Formatted_ReadsBackAsItself() => Prop
        .ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), n =>
        {
            var endpoint = new IPEndPoint(new IPAddress(BitConverter.GetBytes(n)), n % 65536);
            return endpoint.Equals(OptionParsers.Endpoint(endpoint.ToString()).Value);
        })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Parsers_NeverThrow() => Prop
        .ForAll(ArbMap.Default.ArbFor<string>(), s =>
        {
            var text = s ?? string.Empty;
            _ = (OptionParsers.Endpoint(text), OptionParsers.Hub("mqtt://" + text), s_duration(text + "s"), OptionParsers.Name(text));
            _ = (OptionParsers.Level(text), OptionParsers.Switch(text), OptionParsers.Number(0, 1)(text), OptionParsers.Text(text));
            return true;
        })
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("till-7", true)]
    [InlineData("A.b_c", true)]
    [InlineData("-a", false)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a+b", false)]
    [InlineData("a#", false)]
    [InlineData("..", false)]
    public void Name_MustBeSafeInATopicAndAPath(string text, bool right) => Assert.Equal(right, OptionParsers.Name(text).Error is null);

    [Fact]
    public void Name_TooLong_IsWrong()
    {
        Assert.Null(OptionParsers.Name(new string('a', 64)).Error);
        Assert.NotNull(OptionParsers.Name(new string('a', 65)).Error);
    }

    [Theory]
    [InlineData("info", "Information")]
    [InlineData("WARNING", "Warning")]
    [InlineData("loud", null)]
    [InlineData("3", null)]
    public void Level_IsAWord(string text, string? expected)
    {
        var parsed = OptionParsers.Level(text);
        Assert.Equal(expected, parsed.Error is null ? Convert.ToString(parsed.Value, CultureInfo.InvariantCulture) : null);
    }
}
