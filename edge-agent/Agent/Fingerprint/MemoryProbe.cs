using System.Globalization;

namespace Edge.Agent.Fingerprint;

/// <summary>The machine's memory in MB (1024 * 1024 bytes), and how much of it tasks get when nobody says.</summary>
/// <remarks>Source: kernel /proc/meminfo, MemTotal; Mesos agent, automatic mem.</remarks>
internal static class MemoryProbe
{
    /// <summary>What an undetected machine offers, MB.</summary>
    public const long FallbackMb = 1024;

    private const string File = "proc/meminfo";

    // More than any machine has; keeps a garbled number from becoming an offer.
    private const long MaxKib = 1L << 40;

    /// <summary>All memory of this machine, MB; 0 when it is not known.</summary>
    public static Probed<long> Read(ProbeFiles files) => Parse(files.ReadText(File));

    /// <summary>Reads the line "MemTotal: 24684096 kB".</summary>
    public static Probed<long> Parse(string? text)
    {
        foreach (var line in (text ?? string.Empty).Split('\n'))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)
                && line.EndsWith(" kB", StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(9, line.Length - 12).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kib)
                && kib is > 0 and < MaxKib)
            {
                return new Probed<long>(kib / 1024);
            }
        }

        return new Probed<long>(
            0, $"The memory is not known: /{File} {ProbeFiles.Show(text)}, allowed is a line MemTotal: N kB; {FallbackMb} MB are offered.");
    }

    /// <summary>What tasks get of the memory, MB: all but 1 GB from 2 GB on, half below, 1 GB when the total is 0 (not known).</summary>
    public static long OfferMb(long totalMb) => totalMb switch
    {
        <= 0 => FallbackMb,
        >= 2048 => totalMb - 1024,
        _ => totalMb / 2,
    };
}
