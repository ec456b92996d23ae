namespace Edge.Agent.Containerizer.Keeper;

/// <summary>How this program is started once more, in another mode.</summary>
/// <param name="Executable">The executable.</param>
/// <param name="Arguments">What comes before the verb: empty, or the assembly when the executable is the <c>dotnet</c> host.</param>
public sealed record AgentCommand(string Executable, IReadOnlyList<string> Arguments)
{
    /// <summary>The running executable itself, also when its file was replaced by an update: a keeper starts trampolines of its own
    /// version.</summary>
    internal const string Self = "/proc/self/exe";

    /// <summary>The command of this very process.</summary>
    public static AgentCommand Current { get; } = Of(Environment.ProcessPath ?? Self);

    private static AgentCommand Of(string program) => Path.GetFileName(program) == "dotnet"
        ? new(program, [Path.Combine(AppContext.BaseDirectory, "edge-agent.dll")])
        : new(program, []);
}
