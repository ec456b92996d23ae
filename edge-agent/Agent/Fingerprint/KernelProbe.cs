namespace Edge.Agent.Fingerprint;

/// <summary>The release of the running kernel: "6.1.0-18-amd64".</summary>
public static class KernelProbe
{
    public static Probed<string> Read() => ProbeFile.Read("/proc/sys/kernel/osrelease", ProbeFile.Word);
}
