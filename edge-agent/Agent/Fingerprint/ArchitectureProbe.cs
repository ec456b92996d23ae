using System.Runtime.InteropServices;

namespace Edge.Agent.Fingerprint;

/// <summary>The architecture whose programs certainly run here: that of the agent itself.</summary>
/// <remarks>A 32-bit system on a 64-bit kernel counts as 32-bit: its libraries are. The words are those of the firmware profiles.</remarks>
internal static class ArchitectureProbe
{
    /// <summary>The architecture of this process.</summary>
    public static Probed<string> Read() => Name(RuntimeInformation.ProcessArchitecture);

    /// <summary>The word for an architecture; "unknown" for one that no profile is made for.</summary>
    public static Probed<string> Name(Architecture architecture) => architecture switch
    {
        Architecture.X64 => new Probed<string>("x64"),
        Architecture.Arm64 => new Probed<string>("arm64"),
        Architecture.Arm => new Probed<string>("arm"),
        _ => new Probed<string>("unknown", $"The architecture {architecture} has no name here; allowed are x64, arm64 and arm."),
    };
}
