namespace Edge.Agent.Fingerprint;

/// <summary>How many processors tasks may use.</summary>
public static class CpuProbe
{
    public const double Default = 1;

    /// <summary>The processors of this process's affinity and cgroup quota: what the scheduler will really give.</summary>
    public static Probed<double> Read() => Environment.ProcessorCount is > 0 and var count
        ? Probed<double>.Found(count)
        : Probed<double>.Missing("the system tells no number of processors");
}
