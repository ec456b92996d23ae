namespace Edge.Agent.Fingerprint;

/// <summary>The name of this machine.</summary>
public static class HostnameProbe
{
    public static Probed<string> Read() => ProbeFile.Read("/proc/sys/kernel/hostname", ProbeFile.Word);
}
