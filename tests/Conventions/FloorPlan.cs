namespace Edge.Tests.Conventions;

/// <summary>The floor plan: every room of the house, and which rooms it may name. A room is a namespace and a folder.</summary>
/// <remarks>Subfolders of a room belong to it. A new room is a line here, in the same commit as its first file.</remarks>
internal static class FloorPlan
{
    /// <summary>Folder of each project and the first word of its rooms; the longest folder wins.</summary>
    public static readonly (string Folder, string Project)[] Projects =
    [
        ("edge-agent/Contracts", "Contracts"),
        ("edge-agent/Core", "Core"),
        ("edge-agent/Mqtt", "Mqtt"),
        ("edge-agent/Daemon", "Daemon"),
        ("edge-agent/Agent", "Agent"),
        ("edge-agent/Cli", "Cli"),
        ("hub", "Hub"),
    ];

    // Model's records are made of Resources' values: outside the kernel, who names the one may name the other.
    private const string Model = "Core.Model Core.Resources";

    // The engine's ports are interfaces in Core.Engine; its door is Daemon.Gateway. A room that stands at one of them names it.
    private const string Ports = "Daemon.Gateway Core.Engine " + Model;

    private const string Api = "Daemon.Api.Mesos Daemon.Api.Marathon Daemon.Api.Jobs Daemon.Api.Edge Daemon.Api.Protocol";

    private const string Contracts = "Contracts.Mesos Contracts.Marathon Contracts.Jobs Contracts.Sync";

    private const string MqttRooms = "Mqtt.Packets Mqtt.Client Mqtt.Broker";

    private const string KernelRooms = "Core.Resources Core.Model Core.Tasks Core.Health Core.Ownership Core.Schedules Core.Offers "
        + "Core.Allocation Core.Placement Core.Frameworks Core.Deployments Core.Jobs Core.Reconciliation";

    private const string DaemonRooms = "Daemon.Mapping Daemon.Gateway Daemon.Storage Daemon.Hosting " + Api;

    private const string AgentRooms = "Agent.Native Agent.Profiles Agent.Storage Agent.Http Agent.Cgroups Agent.Images Agent.Devices "
        + "Agent.Fingerprint Agent.Containerizer Agent.Health Agent.Tasks Agent.Recovery Agent.Sync Agent.Autonomy";

    private const string HubRooms = "Hub.Fleet Hub.Security Hub.Rollouts Hub.Discovery Hub.Storage Hub.Api Hub.Http Hub.Demo";

    /// <summary>Each room and what it may name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Rooms = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Contracts.Mesos"] = "",
        ["Contracts.Marathon"] = "",
        ["Contracts.Jobs"] = "",
        ["Contracts.Sync"] = "",

        // Two words of the language, for every room.
        ["Core.Sequences"] = "",
        ["Core.Resources"] = "",
        ["Core.Model"] = "Core.Resources",
        ["Core.Tasks"] = "Core.Model",
        ["Core.Health"] = "Core.Model",
        ["Core.Ownership"] = "Core.Resources Core.Model",
        ["Core.Schedules"] = "Core.Model",
        ["Core.Frameworks"] = "Core.Model",
        ["Core.Offers"] = "Core.Resources Core.Model",
        ["Core.Allocation"] = "Core.Resources Core.Model",
        ["Core.Placement"] = "Core.Resources Core.Model",
        ["Core.Deployments"] = "Core.Tasks Core.Schedules Core.Model",
        ["Core.Jobs"] = "Core.Tasks Core.Schedules Core.Model",
        ["Core.Reconciliation"] = "Core.Tasks Core.Deployments Core.Ownership Core.Model",
        ["Core.Engine"] = KernelRooms,

        ["Mqtt.Packets"] = "",
        ["Mqtt.Client"] = "Mqtt.Packets",
        ["Mqtt.Broker"] = "Mqtt.Packets",

        // The one way from outside to the engine: read a snapshot, send a command.
        ["Daemon.Gateway"] = "Core.Engine " + Model,
        // Core.Engine: the mapping of apps is one of its ports.
        ["Daemon.Mapping"] = "Core.Engine " + Contracts + " " + Model,
        ["Daemon.Api.Protocol"] = "",
        ["Daemon.Api.Mesos"] = "Core.Tasks Daemon.Api.Protocol Daemon.Mapping " + Contracts + " " + Ports,
        ["Daemon.Api.Marathon"] = "Core.Tasks Daemon.Api.Protocol Daemon.Mapping " + Contracts + " " + Ports,
        ["Daemon.Api.Jobs"] = "Daemon.Api.Protocol Daemon.Mapping " + Contracts + " " + Ports,
        ["Daemon.Api.Edge"] = "Daemon.Api.Protocol Daemon.Mapping " + Contracts + " " + Ports,
        ["Daemon.Storage"] = Ports,
        ["Daemon.Hosting"] = Api + " Daemon.Mapping Daemon.Storage " + Ports,

        // System calls by name; knows nothing of us.
        ["Agent.Native"] = "",
        ["Agent.Cgroups"] = "Agent.Native " + Model,
        ["Agent.Images"] = "Agent.Native " + Model,
        ["Agent.Devices"] = "Agent.Native " + Model,
        ["Agent.Profiles"] = Model,
        ["Agent.Fingerprint"] = "Agent.Native Agent.Profiles " + Model,
        ["Agent.Containerizer"] = "Agent.Cgroups Agent.Images Agent.Native " + Model,
        ["Agent.Storage"] = "Daemon.Storage " + Ports,
        ["Agent.Health"] = "Agent.Containerizer Core.Health " + Ports,
        ["Agent.Tasks"] = "Agent.Containerizer Agent.Health Core.Tasks " + Ports,
        ["Agent.Recovery"] = "Agent.Containerizer Core.Tasks " + Ports,
        // Messages and filters, the client's vocabulary, are in Mqtt.Packets.
        ["Agent.Sync"] = "Contracts.Sync Daemon.Mapping Mqtt.Client Mqtt.Packets " + Ports,
        ["Agent.Autonomy"] = "Contracts.Sync Daemon.Mapping Mqtt.Client Mqtt.Packets " + Ports,
        // Reads and browses sandboxes, so it knows where the containerizer puts them.
        ["Agent.Http"] = "Agent.Containerizer " + Api + " Daemon.Mapping Contracts.Mesos " + Ports,
        // The root of a program: host, options, Program. The only wiring.
        ["Agent"] = AgentRooms + " " + DaemonRooms + " Core.Engine " + KernelRooms + " " + Contracts + " " + MqttRooms,

        ["Cli"] = Contracts,

        ["Hub.Fleet"] = "Contracts.Sync Daemon.Mapping " + MqttRooms + " " + Ports,
        ["Hub.Security"] = "Contracts.Sync Daemon.Mapping " + MqttRooms + " " + Ports,
        ["Hub.Rollouts"] = "Contracts.Sync Daemon.Mapping " + MqttRooms + " " + Ports,
        ["Hub.Discovery"] = "Contracts.Sync Daemon.Mapping " + MqttRooms + " " + Ports,
        ["Hub.Storage"] = "Daemon.Storage " + Ports,
        ["Hub.Api"] = Api + " Daemon.Mapping " + Contracts + " Hub.Fleet " + Ports,
        ["Hub.Http"] = Api + " " + Ports,
        // Speaks the public HTTP interface only, as a stranger would.
        ["Hub.Demo"] = "",
        ["Hub"] = HubRooms + " " + DaemonRooms + " Core.Engine " + KernelRooms + " " + Contracts + " " + MqttRooms,
    }.ToDictionary(r => r.Key, r => r.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    /// <summary>What each project may refer to: projects (by name) and packages, the whole list.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> References = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        // Grpc.Tools only brings the protobuf compiler; nothing of it is shipped.
        ["Edge.Contracts"] = "Google.Protobuf Grpc.Tools",
        ["Edge.Core"] = "",
        ["Edge.Mqtt"] = "",
        ["Edge.Daemon"] = "Edge.Core Edge.Contracts Microsoft.AspNetCore.App",
        ["Edge.Agent"] = "Edge.Core Edge.Contracts Edge.Daemon Edge.Mqtt Microsoft.AspNetCore.App Microsoft.Data.Sqlite.Core "
            + "SQLitePCLRaw.bundle_e_sqlite3 Polly.Core",
        ["Edge.Cli"] = "Edge.Contracts System.CommandLine",
        ["Edge.Hub"] = "Edge.Core Edge.Contracts Edge.Daemon Edge.Mqtt Microsoft.AspNetCore.App Microsoft.Data.Sqlite.Core "
            + "SQLitePCLRaw.bundle_e_sqlite3 Npgsql Polly.Core",
    }.ToDictionary(r => r.Key, r => r.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    /// <summary>The names allowed at the top of the repository; the last row is what tools put there.</summary>
    public static readonly string[] TopLevel =
    [
        "edge-agent", "hub", "tests", "firmware-profiles", "packaging", "Edge.sln", "build.ps1", "README.md",
        "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", ".gitignore", ".gitattributes",
        "LICENSE", ".ci",
        ".git", "artifacts", ".vs", ".idea",
    ];

    /// <summary>Exceptions to the table: a room, a room it names all the same, and why.</summary>
    public static readonly (string From, string To, string Reason)[] Exceptions =
    [
        ("Core.Frameworks", "Core.Resources", "a role is a value of Resources"),
        ("Core.Allocation", "Core.Offers", "the allocator respects the filters that were left on declined offers, and debits the ledger"),
        ("Core.Offers", "Core.Frameworks", "a task in an offer is checked by the same rules of ids as a framework"),
        ("Daemon.Mapping", "Core.Engine", "calls become commands and events become messages; both are the engine's words"),
        ("Hub.Fleet", "Daemon.Hosting", "posts without waiting, which the loop offers and the gateway does not yet"),
    ];

    /// <summary>Files whose namespace is not their folder's, and why.</summary>
    public static readonly (string Path, string Namespace, string Reason)[] Namespaces =
    [
        ("edge-agent/Core/Sequences/LeanSequences.cs", "Edge", "found before the library's in every namespace below it; that is its use"),
    ];

    /// <summary>Types at the root of a program that its rooms may name all the same, and why.</summary>
    public static readonly (string Type, string Reason)[] KnownBelow =
    [
        ("AgentVersion", "a constant; keeper and agent tell each other their version"),
        ("Program", "also the name of a property: the executable that a room starts"),
    ];

    /// <summary>The most exact room of a source file; a folder that is in no room gives its own name, which the plan lacks.</summary>
    public static string RoomOf(string path)
    {
        var (folder, project) = Projects.FirstOrDefault(p => path.StartsWith(p.Folder + "/", StringComparison.Ordinal));
        if (folder is null)
        {
            return path;
        }

        var parts = path[(folder.Length + 1)..].Split('/')[..^1];
        return RoomOfName(string.Join('.', parts.Prepend(project))) is { } room && (room != project || parts.Length == 0)
            ? room
            : string.Join('.', parts.Take(1).Prepend(project));
    }

    /// <summary>The most exact room that a dotted name (without the leading <c>Edge.</c>) lies in; null when there is none.</summary>
    public static string? RoomOfName(string name) => Rooms.Keys
        .Where(r => name == r || name.StartsWith(r + ".", StringComparison.Ordinal))
        .MaxBy(r => r.Length);

    /// <summary>True when the table, or an exception to it, lets one room name the other.</summary>
    public static bool Allows(string from, string to) =>
        from == to || (Rooms.TryGetValue(from, out var rooms) && rooms.Contains(to)) || Exceptions.Any(e => e.From == from && e.To == to);
}
