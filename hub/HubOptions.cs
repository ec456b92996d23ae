using System.Net;
using Edge.Daemon.Hosting.Options;
using Microsoft.Extensions.Logging;

namespace Edge.Hub;

/// <summary>What an operator says to <c>edge-hub serve</c>; made by <see cref="Read"/>, which has judged every value.</summary>
public sealed record HubOptions
{
    private static readonly OptionSpec<IPEndPoint> s_http = new("http", "ADDR:PORT", "where the HTTP APIs listen", OptionParsers.Endpoint)
    {
        Default = "127.0.0.1:5050",
        Example = "127.0.0.1:5050",
    };

    private static readonly OptionSpec<IPEndPoint> s_mqtt = new("mqtt", "ADDR:PORT", "where agents connect", OptionParsers.Endpoint)
    {
        Default = "127.0.0.1:1883",
        Example = "127.0.0.1:1883",
    };

    private static readonly OptionSpec<IPEndPoint> s_bulk =
        new("bulk", "ADDR:PORT", "where artifacts, logs and exec will be served; accepted, nothing listens yet", OptionParsers.Endpoint)
        {
            Default = "127.0.0.1:5052",
            Example = "127.0.0.1:5052",
        };

    private static readonly OptionSpec<string> s_data =
        new("data", "DIR", "the folder of the database; made when missing", OptionParsers.Text)
        {
            Required = true,
            Example = "/var/lib/edge/hub",
        };

    private static readonly OptionSpec<TimeSpan> s_nodeTimeout = new(
        "node-timeout", "TIME", "silence after which a node is unreachable",
        OptionParsers.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)))
    {
        Default = "75s",
        Example = "75s",
    };

    private static readonly OptionSpec<bool> s_insecure =
        new("insecure", string.Empty, "listen on any address without TLS and authentication", OptionParsers.Switch)
        {
            Default = "false",
            Example = "true",
        };

    private static readonly OptionSpec<LogLevel> s_logLevel = new("log-level", "LEVEL", "how much is logged", OptionParsers.Level)
    {
        Default = "information",
        Example = "debug",
    };

    /// <summary>The verb with its options.</summary>
    public static VerbSpec Verb { get; } = new(
        "edge-hub", "serve", "runs a hub until it is asked to end", "EDGE_HUB_",
        [s_http, s_mqtt, s_bulk, s_data, OptionReader.Config, s_nodeTimeout, s_insecure, s_logLevel],
        "edge-hub serve --http 127.0.0.1:5050 --mqtt 127.0.0.1:1883 --data /var/lib/edge/hub");

    /// <summary>Where the HTTP APIs listen; port 0 takes a free one.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>Where the embedded broker listens; port 0 takes a free one.</summary>
    public required IPEndPoint Mqtt { get; init; }

    /// <summary>Where bulk transfers will be served.</summary>
    public required IPEndPoint Bulk { get; init; }

    /// <summary>The folder of the database; made when it is missing.</summary>
    public required string Data { get; init; }

    /// <summary>Silence after which a node is unreachable, 1 s to 30 days; default 75 s. Source: Mesos, 5 lost pings of 15 s.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>True when the operator takes the risk of listening without TLS and authentication.</summary>
    public bool Insecure { get; init; }

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Reads what follows the verb.</summary>
    /// <returns>The options, or the text to print and the exit code.</returns>
    public static OptionOutcome<HubOptions> Read(IReadOnlyList<string> arguments, OptionSources sources) =>
        OptionReader.Read(Verb, arguments, sources, Build);

    private static HubOptions Build(OptionValues values, ICollection<string> errors)
    {
        var insecure = values.Get(s_insecure);
        foreach (var option in new[] { s_http, s_mqtt, s_bulk })
        {
            if (OptionParsers.Unsafe(option, values.Get(option), insecure) is { } error)
            {
                errors.Add(error);
            }
        }

        return new HubOptions
        {
            // Present: each has a default or is required.
            Http = values.Get(s_http)!,
            Mqtt = values.Get(s_mqtt)!,
            Bulk = values.Get(s_bulk)!,
            Data = values.Get(s_data)!,
            NodeTimeout = values.Get(s_nodeTimeout),
            Insecure = insecure,
            LogLevel = values.Get(s_logLevel),
        };
    }
}
