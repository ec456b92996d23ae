using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Agent.Fingerprint;

/// <summary>Everything that was found out about this machine.</summary>
/// <param name="Cpus">Processors that tasks may run on, 1 or more.</param>
/// <param name="MemoryMb">All memory in MB; 0 when it is not known.</param>
/// <param name="DiskMb">Size of the data folder's file system in MB; 0 when it is not known.</param>
/// <param name="Ports">Ports that may be offered.</param>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Architecture">x64, arm64, arm or unknown.</param>
/// <param name="BootId">Changes with each boot.</param>
/// <param name="Hostname">The host's name.</param>
/// <param name="MachineId">Stays the same over boots.</param>
internal sealed record MachineFacts(
    Probed<int> Cpus,
    Probed<long> MemoryMb,
    Probed<long> DiskMb,
    Probed<RangeSet> Ports,
    Probed<string> Kernel,
    Probed<string> Architecture,
    Probed<string> BootId,
    Probed<string> Hostname,
    Probed<string> MachineId)
{
    /// <summary>Why fallbacks were taken, one sentence each; empty when everything was found.</summary>
    public ImmutableArray<string> Faults =>
    [
        .. new[]
        {
            Cpus.Fault, MemoryMb.Fault, DiskMb.Fault, Ports.Fault, Kernel.Fault, Architecture.Fault, BootId.Fault, Hostname.Fault,
            MachineId.Fault,
        }.OfType<string>(),
    ];

    /// <summary>Asks every probe; never fails.</summary>
    /// <param name="data">The data folder, whose file system is offered.</param>
    public static MachineFacts Read(ProbeFiles files, string data) => new(
        CpuProbe.Read(files),
        MemoryProbe.Read(files),
        DiskProbe.Read(data),
        PortsProbe.Read(files),
        KernelProbe.Read(files),
        ArchitectureProbe.Read(),
        BootIdProbe.Read(files),
        HostnameProbe.Read(files),
        MachineIdProbe.Read(files));

    /// <summary>What an agent offers when nobody says anything: cpus, mem, disk and ports.</summary>
    public ResourceSet Offer() => ResourceSet.Of(
        Resource.Of("cpus", Scalar.FromWhole(Cpus.Value)),
        Resource.Of("mem", Scalar.FromWhole(MemoryProbe.OfferMb(MemoryMb.Value))),
        Resource.Of("disk", Scalar.FromWhole(DiskProbe.OfferMb(DiskMb.Value))),
        Resource.Of("ports", Ports.Value));
}
