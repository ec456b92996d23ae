using System.Collections.Immutable;
using System.Net;
using Edge.Core.Resources;
using Edge.Daemon.Hosting.Options;
using Microsoft.Extensions.Logging;
using Attribute = Edge.Core.Resources.Attribute;

namespace Edge.Agent;

/// <summary>What an operator says to <c>edge-agent run</c>; made by <see cref="Read"/>, which has judged every value.</summary>
public sealed record AgentOptions
{
    private static readonly OptionSpec<HubAddress> s_hub =
        new("hub", "mqtt://HOST:PORT", "the hub's broker; without it the node stands alone", OptionParsers.Hub)
        {
            Example = "mqtt://hub.example:1883",
        };

    private static readonly OptionSpec<string> s_data =
        new("data", "DIR", "the folder of journal and sandboxes; made when missing", OptionParsers.Text)
        {
            Required = true,
            Example = "/var/lib/edge/agent",
        };

    private static readonly OptionSpec<string> s_node = new(
        "node", "NAME", "the name of this node, unique in the cluster", OptionParsers.Name)
    {
        Default = Environment.MachineName,
        DefaultMeaning = "the machine's name",
        Example = "till-7",
    };

    private static readonly OptionSpec<IPEndPoint> s_http = new(
        "http", "ADDR:PORT", "where the node's own APIs listen", OptionParsers.Endpoint)
    {
        Default = "127.0.0.1:5051",
        Example = "127.0.0.1:5051",
    };

    private static readonly OptionSpec<string> s_site = new("site", "NAME", "the site this node belongs to", OptionParsers.Name)
    {
        Example = "shop-12",
    };

    private static readonly OptionSpec<ImmutableArray<Attribute>> s_attributes =
        new("attributes", "TEXT", "attributes of this node, as Mesos writes them", ParseAttributes)
        {
            Example = "'rack:r1;zone:eu'",
        };

    private static readonly OptionSpec<ResourceTextResult> s_resources =
        new("resources", "TEXT", "resources of this node, in place of those found", ParseResources)
        {
            Example = "'cpus:2;mem:1024;disk:4096;ports:[31000-31999]'",
        };

    private static readonly OptionSpec<string> s_profile = new(
        "profile", "FILE", "a board's description, as in firmware-profiles", OptionParsers.Text)
    {
        Example = "firmware-profiles/x64-gateway.json",
    };

    private static readonly OptionSpec<TimeSpan> s_keepAlive = new(
        "keepalive", "TIME", "longest silence on the link to the hub",
        OptionParsers.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(ushort.MaxValue)))
    {
        Default = "60s",
        Example = "60s",
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
        "edge-agent", "run", "runs this node's agent until it is asked to end; its tasks go on", "EDGE_AGENT_",
        [
            s_hub, s_data, s_node, s_http, s_site, s_attributes, s_resources, s_profile,
            OptionReader.Config, s_keepAlive, s_insecure, s_logLevel,
        ],
        "edge-agent run --hub mqtt://127.0.0.1:1883 --data /var/lib/edge/agent --node till-7");

    /// <summary>The hub's broker; null when the node stands alone.</summary>
    public HubAddress? Hub { get; init; }

    /// <summary>The folder of journal and sandboxes; made when it is missing.</summary>
    public required string Data { get; init; }

    /// <summary>The node's name: letters, digits, '.', '_', '-'; 64 at most.</summary>
    public required string Node { get; init; }

    /// <summary>Where the node's own APIs listen; port 0 takes a free one.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>The site of the node, spelled as a node's name is; null when there is none.</summary>
    public string? Site { get; init; }

    /// <summary>Attributes, in the order they were written; empty when none were.</summary>
    public ImmutableArray<Attribute> Attributes { get; init; } = [];

    /// <summary>Resources in place of those found, with the names that were given (its value is set); null when all are found.</summary>
    public ResourceTextResult? Resources { get; init; }

    /// <summary>Path of a board's description; null when there is none.</summary>
    public string? Profile { get; init; }

    /// <summary>Longest silence on the link to the hub, 1 to 65535 s; default 60 s. Source: MQTT 5.0, 3.1.2.10.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>True when the operator takes the risk of listening without TLS and authentication.</summary>
    public bool Insecure { get; init; }

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Reads what follows the verb.</summary>
    /// <returns>The options, or the text to print and the exit code.</returns>
    public static OptionOutcome<AgentOptions> Read(IReadOnlyList<string> arguments, OptionSources sources) =>
        OptionReader.Read(Verb, arguments, sources, Build);

    private static AgentOptions Build(OptionValues values, ICollection<string> errors)
    {
        if (OptionParsers.Unsafe(s_http, values.Get(s_http), values.Get(s_insecure)) is { } error)
        {
            errors.Add(error);
        }

        return new AgentOptions
        {
            Hub = values.Get(s_hub),
            // Present: each has a default or is required.
            Data = values.Get(s_data)!,
            Node = values.Get(s_node)!,
            Http = values.Get(s_http)!,
            Site = values.Get(s_site),
            Attributes = values.OriginOf(s_attributes) is null ? [] : values.Get(s_attributes),
            Resources = values.Get(s_resources),
            Profile = values.Get(s_profile),
            KeepAlive = values.Get(s_keepAlive),
            Insecure = values.Get(s_insecure),
            LogLevel = values.Get(s_logLevel),
        };
    }

    private static Parsed<ImmutableArray<Attribute>> ParseAttributes(string text)
    {
        var read = AttributeText.Parse(text);
        return read.Errors.IsEmpty
            ? Parsed.Ok(read.Value)
            : Parsed.Wrong<ImmutableArray<Attribute>>(Joined(read.Errors));
    }

    private static Parsed<ResourceTextResult> ParseResources(string text)
    {
        var read = ResourceText.Parse(text);
        return read.Errors.IsEmpty ? Parsed.Ok(read) : Parsed.Wrong<ResourceTextResult>(Joined(read.Errors));
    }

    private static string Joined(IEnumerable<string> errors) => string.Join(" ", errors).TrimEnd('.');
}
