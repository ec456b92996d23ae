namespace Edge.Agent.Fingerprint;

/// <summary>What this machine is and has, as it is declared when nobody says otherwise.</summary>
/// <param name="Cpus">Processors that may be used.</param>
/// <param name="MemoryMib">What is offered: see <see cref="MemoryProbe.Offered"/>.</param>
/// <param name="DiskMib">What is offered of the data directory's file system: see <see cref="DiskProbe.Offered"/>.</param>
/// <param name="MachineId">Empty when the machine has none.</param>
/// <param name="Problems">One sentence per probe that failed; its value is then the documented default.</param>
public sealed record NodeFingerprint(
    double Cpus,
    long MemoryMib,
    long DiskMib,
    PortRange Ports,
    string Kernel,
    string Architecture,
    string BootId,
    string Hostname,
    string MachineId,
    IReadOnlyList<string> Problems)
{
    /// <summary>Asks every probe; never throws.</summary>
    /// <remarks>Source of the defaults (1 cpu, 1 GB, 10 GB, 31000-32000): apache/mesos src/slave/containerizer/containerizer.cpp.</remarks>
    public static NodeFingerprint Read(string dataDirectory)
    {
        var problems = new List<string>();
        T Take<T>(Probed<T> probed, T otherwise)
        {
            if (probed.Problem is null)
            {
                return probed.Value!; // Without a problem there is a value.
            }

            problems.Add(probed.Problem);
            return otherwise;
        }

        return new NodeFingerprint(
            Take(CpuProbe.Read(), CpuProbe.Default),
            Take(MemoryProbe.Read(), MemoryProbe.DefaultMib),
            Take(DiskProbe.Read(dataDirectory), DiskProbe.DefaultMib),
            PortProbe.Default,
            Take(KernelProbe.Read(), "unknown"),
            ArchitectureProbe.Read(),
            Take(BootIdProbe.Read(), ""),
            Take(HostnameProbe.Read(), "localhost"),
            Take(MachineIdProbe.Read(), ""),
            problems);
    }
}
