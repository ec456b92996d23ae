namespace Edge.Agent.Fingerprint;

/// <summary>The id of this installation; it stays over reboots. Source: machine-id(5).</summary>
public static class MachineIdProbe
{
    public static Probed<string> Read() => ProbeFile.Read("/etc/machine-id", ProbeFile.Word);
}
