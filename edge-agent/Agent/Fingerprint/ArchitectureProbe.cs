using System.Runtime.InteropServices;

namespace Edge.Agent.Fingerprint;

/// <summary>The processor's architecture in the words of OCI images: "amd64", "arm64", "arm".</summary>
public static class ArchitectureProbe
{
    public static string Read() => Name(RuntimeInformation.OSArchitecture);

    internal static string Name(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        Architecture.Arm64 => "arm64",
        Architecture.Arm or Architecture.Armv6 => "arm",
        Architecture.RiscV64 => "riscv64",
        _ => "unknown",
    };
}
