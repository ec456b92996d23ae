using System.Globalization;

namespace Edge.Tests.EndToEnd;

/// <summary>The programs under test and their command lines: the one place that knows them.</summary>
/// <param name="File">What is executed.</param>
/// <param name="Before">Arguments that stand before the verb.</param>
internal sealed record DaemonProgram(string File, IReadOnlyList<string> Before)
{
    /// <summary>The native agent; built by tests/run.</summary>
    public static string NativeAgent { get; } = PathTo("artifacts", "native", "edge-agent");

    /// <summary>The agent as operators get it.</summary>
    public static DaemonProgram Agent { get; } = new(NativeAgent, []);

    /// <summary>The hub that the tests' own build has made, on the runtime that runs the tests.</summary>
    public static DaemonProgram Hub { get; } =
        new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [FindHub()]);

    /// <summary>The command line of a hub.</summary>
    public static IReadOnlyList<string> HubArguments(HubSettings settings, string data, string http, string mqtt) =>
    [
        "serve", "--http", http, "--mqtt", mqtt, "--data", data, "--node-timeout", Text(settings.NodeTimeout),
        .. settings.Insecure ? (string[])["--insecure"] : [],
    ];

    /// <summary>The command line of an agent.</summary>
    public static IReadOnlyList<string> AgentArguments(AgentSettings settings, string data, string? hub) =>
    [
        "run", "--data", data, "--node", settings.Node, "--http", settings.Http, "--resources", settings.Resources,
        "--keepalive", Text(settings.KeepAlive),
        .. hub is null ? (string[])[] : ["--hub", hub],
        .. settings.Attributes is null ? (string[])[] : ["--attributes", settings.Attributes],
    ];

    // Not that of the tests: the benchmarks compile this file too.
    private static string PathTo(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Edge.sln")))
        {
            folder = folder.Parent;
        }

        return folder is not null
            ? Path.Combine([folder.FullName, .. parts])
            : throw new InvalidOperationException("No folder above this program holds Edge.sln.");
    }

    private static string Text(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";

    private static string FindHub()
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        string[] folders = [configuration, "debug", "release"];
        return folders.Select(f => PathTo("artifacts", "bin", "Edge.Hub", f, "edge-hub.dll")).FirstOrDefault(System.IO.File.Exists)
            ?? throw new InvalidOperationException("The hub is not built: dotnet build hub");
    }
}

/// <summary>How a hub is started.</summary>
internal sealed record HubSettings
{
    /// <summary>Where agents connect; port 0 takes a free one.</summary>
    public string Mqtt { get; init; } = "127.0.0.1:0";

    /// <summary>Silence after which a node is unreachable.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>True when <see cref="Mqtt"/> is not on the loopback.</summary>
    public bool Insecure { get; init; }
}

/// <summary>How an agent is started.</summary>
/// <param name="Node">Its name.</param>
internal sealed record AgentSettings(string Node)
{
    /// <summary>What it offers.</summary>
    public string Resources { get; init; } = "cpus:8;mem:8192;disk:8192;ports:[31000-31999]";

    /// <summary>What it says of itself, such as <c>rack:r1</c>; null for nothing.</summary>
    public string? Attributes { get; init; }

    /// <summary>Where its own API listens.</summary>
    public string Http { get; init; } = "127.0.0.1:0";

    /// <summary>Of its MQTT connection.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The network namespace that it runs in; null for that of the tests.</summary>
    public string? Namespace { get; init; }

    /// <summary>The data folder; null for one in the cluster's folder.</summary>
    public string? Data { get; init; }

    /// <summary>Variables that its environment has more than that of the tests.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the hub's broker is; null for where the cluster's hub listens.</summary>
    public string? Hub { get; init; }
}
