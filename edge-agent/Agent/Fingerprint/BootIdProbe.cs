namespace Edge.Agent.Fingerprint;

/// <summary>The id that the kernel draws at each boot.</summary>
public static class BootIdProbe
{
    public static Probed<string> Read() => ProbeFile.Read("/proc/sys/kernel/random/boot_id", ProbeFile.Word);
}
