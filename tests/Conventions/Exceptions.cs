namespace Edge.Tests.Conventions;

/// <summary>Leave to break one rule in some files, and the reason.</summary>
/// <param name="Path">A file; a folder that ends in a slash; or a file of any folder, as <c>*/Program.cs</c>.</param>
/// <param name="Max">How many places in each file at most.</param>
internal sealed record Exemption(string Rule, string Path, int Max, string Reason)
{
    public bool Covers(Finding finding) => finding.Rule == Rule && Holds(finding.Path);

    private bool Holds(string path) =>
        Path.StartsWith('*') ? path.EndsWith(Path[1..], StringComparison.Ordinal)
        : Path.EndsWith('/') ? path.StartsWith(Path, StringComparison.Ordinal)
        : path == Path;
}

/// <summary>Every exemption from a tidy rule. An exemption that no file needs any more is a failure too.</summary>
internal static class Exceptions
{
    private const int Any = int.MaxValue;

    private const string UserCode =
        "Calls what the library's user wrote: whatever it throws is reported and ends nobody else's connection.";

    public static readonly Exemption[] All =
    [
        new("console", "*/Program.cs", Any, "The program's own output and errors."),
        new("console", "edge-agent/Agent/SelfTest.cs", Any, "A verb; tells each check on the console."),
        new("console", "tests/Bench/", Any, "The bench prints its progress and its table."),
        new("console", "hub/Demo/", Any, "The demonstration narrates on the console; that is what it is for."),
        new("blocking", "edge-agent/Agent/SelfTest.cs", 1, "A verb of its own: nothing else runs in the process, and Main is not async."),
        new("blocking", "edge-agent/Agent/Program.cs", 1, "Keeper and trampoline start no thread pool, so Main is not async."),
        new("clock", "tests/Bench/", Any, "A bench measures real time."),
        new("reflection", "tests/Contracts/MessageGenerator.cs", 1, "Makes a message of any type; tests are not native."),

        new("catch all", "edge-agent/Agent/SelfTest.cs", 1, "Whatever a check throws is its result; the next check is made all the same."),
        new("catch all", "edge-agent/Daemon/Hosting/EngineLoop.cs", 1, "Root of the loop: a bug stops the daemon, never the tasks."),
        new("catch all", "edge-agent/Agent/AgentHost.cs", 1, "Root of the agent's loops: a bug stops the agent, never the tasks."),
        new("catch all", "edge-agent/Mqtt/Broker/BrokerCore.cs", 2, UserCode),
        new("catch all", "edge-agent/Mqtt/Broker/Connection.Connect.cs", 2, UserCode),
        new("catch all", "edge-agent/Mqtt/Broker/LocalSubscriptions.cs", 1, UserCode),
        new("catch all", "edge-agent/Mqtt/Broker/EpollLoop.cs", 2, "Root of a socket loop: a bug ends one connection only."),
        new("catch all", "edge-agent/Mqtt/Broker/StreamTransport.cs", 1, "Root of a connection's loop: a bug ends that connection only."),
        new("catch all", "edge-agent/Mqtt/Client/ClientLink.Receive.cs", 2, "Root of the client's loop; and " + UserCode),

    ];
}
