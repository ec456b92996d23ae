using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Edge.Daemon.Hosting.Options;

/// <summary>Readers of option texts. Each says what is allowed when a text is wrong; none throws.</summary>
public static class OptionParsers
{
    private const string EndpointForm = "allowed is ADDR:PORT, ADDR an IPv4 address, an IPv6 address in [] or localhost, "
        + "PORT from 0 (any free one) to 65535";

    private const int NameMax = 64;

    private static readonly (string Word, LogLevel Level)[] s_levels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("info", LogLevel.Information),
        ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("critical", LogLevel.Critical), ("none", LogLevel.None),
    ];

    // The longest unit first: "ms" also ends in "s".
    private static readonly (string Unit, long Ticks)[] s_units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Any text but the empty one.</summary>
    public static Parsed<string> Text(string text) =>
        string.IsNullOrWhiteSpace(text) ? Parsed.Wrong<string>("it is empty") : Parsed.Ok(text);

    /// <summary>A name that is safe as a part of a topic, a path and a host name.</summary>
    public static Parsed<string> Name(string text)
    {
        var right = text is { Length: > 0 and <= NameMax } && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        return right
            ? Parsed.Ok(text)
            : Parsed.Wrong<string>($"allowed are letters, digits, '.', '_' and '-', a letter or digit first, {NameMax} at most");
    }

    /// <summary>On or off: true, false, yes, no, on, off, 1, 0.</summary>
    public static Parsed<bool> Switch(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => Parsed.Ok(true),
        "false" or "no" or "off" or "0" => Parsed.Ok(false),
        _ => Parsed.Wrong<bool>("allowed is true or false"),
    };

    /// <summary>How much is logged; <c>info</c> is short for <c>information</c>.</summary>
    public static Parsed<LogLevel> Level(string text)
    {
        var index = Array.FindIndex(s_levels, l => string.Equals(l.Word, text, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? Parsed.Ok(s_levels[index].Level)
            : Parsed.Wrong<LogLevel>("allowed are " + string.Join(", ", s_levels.Select(l => l.Word)));
    }

    /// <summary>A reader of lengths of time, as <c>250ms</c>, <c>75s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>.</summary>
    /// <param name="min">The shortest that is allowed.</param>
    /// <param name="max">The longest that is allowed.</param>
    public static Func<string, Parsed<TimeSpan>> Duration(TimeSpan min, TimeSpan max) => text =>
    {
        var wrong = Parsed.Wrong<TimeSpan>(
            $"allowed is a whole number with ms, s, m, h or d, from {Format(min)} to {Format(max)}");
        var (unit, ticks) = s_units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.Ordinal));
        if (unit is null
            || !long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > max.Ticks / ticks || count * ticks < min.Ticks)
        {
            return wrong;
        }

        return Parsed.Ok(TimeSpan.FromTicks(count * ticks));
    };

    /// <summary>A length of time in its largest whole unit: <c>75s</c>, <c>5m</c>.</summary>
    public static string Format(TimeSpan time)
    {
        var (unit, ticks) = s_units.Reverse().FirstOrDefault(u => time.Ticks % u.Ticks == 0, s_units[0]);
        return time == TimeSpan.Zero ? "0s" : (time.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>A reader of whole numbers in a range.</summary>
    public static Func<string, Parsed<int>> Number(int min, int max) => text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? Parsed.Ok(number)
            : Parsed.Wrong<int>($"allowed is a whole number from {min} to {max}");

    /// <summary>Where to listen: <c>127.0.0.1:5050</c>, <c>[::1]:5050</c>, <c>localhost:0</c>. Port 0 takes a free one.</summary>
    public static Parsed<IPEndPoint> Endpoint(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return Parsed.Wrong<IPEndPoint>(EndpointForm);
        }

        return Address(text[..colon]) is { } address
            ? Parsed.Ok(new IPEndPoint(address, port))
            : Parsed.Wrong<IPEndPoint>(EndpointForm);
    }

    /// <summary>Where the other side is: <c>mqtt://hub.example:1883</c>; the port may be left out.</summary>
    public static Parsed<HubAddress> Hub(string text)
    {
        const string Scheme = "mqtt://";
        var wrong = Parsed.Wrong<HubAddress>(
            "allowed is mqtt://HOST:PORT, HOST a name, an IPv4 address or an IPv6 address in [], PORT from 1 to 65535");
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || Uri.CheckHostName(uri.Host.Trim('[', ']')) == UriHostNameType.Unknown
            || uri.UserInfo.Length > 0 || uri.PathAndQuery is not ("" or "/") || uri.Fragment.Length > 0 || uri.Port == 0)
        {
            return wrong;
        }

        return Parsed.Ok(new HubAddress(uri.Host.Trim('[', ']'), uri.Port < 0 ? HubAddress.DefaultPort : uri.Port));
    }

    /// <summary>The sentence that refuses to listen beyond this machine unprotected; null when it is safe or the risk was taken.</summary>
    /// <param name="option">The option that names the address.</param>
    /// <param name="insecure">True when the operator took the risk.</param>
    public static string? Unsafe(OptionSpec option, IPEndPoint? endpoint, bool insecure)
    {
        ArgumentNullException.ThrowIfNull(option);
        return endpoint is null || insecure || IPAddress.IsLoopback(endpoint.Address)
            ? null
            : $"--{option.Name}: '{endpoint}' can be reached from outside, without TLS and authentication; allowed is a loopback address, "
                + $"as {option.Default}; the two ways out are --tls (not offered by this version) and --insecure, which takes the risk";
    }

    private static IPAddress? Address(string text)
    {
        if (text is "localhost")
        {
            return IPAddress.Loopback;
        }

        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            return Of(text.AsSpan(1, text.Length - 2), AddressFamily.InterNetworkV6);
        }

        // IPAddress also reads "127.1" and "1"; an operator who writes that has made a slip.
        return text.Count(c => c == '.') == 3 ? Of(text, AddressFamily.InterNetwork) : null;
    }

    private static IPAddress? Of(ReadOnlySpan<char> text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family ? address : null;
}
