namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The environment of the keeper and of trampolines: nothing of the agent's but what its runtime needs to start.</summary>
internal static class KeeperEnvironment
{
    private static readonly string[] s_passed = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "PATH"];

    /// <summary>"NAME=value" entries. The heap of a keeper is small and said to be: 16 MiB at most, collected early.</summary>
    public static IReadOnlyList<string> Variables()
    {
        List<string> variables =
        [
            "DOTNET_GCHeapHardLimit=0x1000000", "DOTNET_GCgen0size=0x40000", "DOTNET_gcConcurrent=0", "DOTNET_GCHeapCount=1",
            "DOTNET_EnableDiagnostics=0", "DOTNET_TieredPGO=0",
        ];
        foreach (var name in s_passed)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                variables.Add($"{name}={value}");
            }
        }

        return variables;
    }
}
