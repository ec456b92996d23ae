using System.Globalization;
using Edge.Core.Resources;

namespace Edge.Agent.Fingerprint;

/// <summary>The ports that tasks get when nobody says: 31000 to 32000, less what the kernel gives to outgoing connections.</summary>
/// <remarks>Fallback: all of 31000 to 32000. Source: Mesos agent, undetected ports; kernel ip-sysctl, ip_local_port_range.</remarks>
internal static class PortsProbe
{
    private const string File = "proc/sys/net/ipv4/ip_local_port_range";

    /// <summary>The ports of a machine whose kernel keeps away from them.</summary>
    public static RangeSet Fallback { get; } = RangeSet.Of(31000, 32000);

    /// <summary>The ports of this machine.</summary>
    public static Probed<RangeSet> Read(ProbeFiles files) => Parse(files.ReadText(File));

    /// <summary>Takes the kernel's own range, as in "32768 60999", out of the usual ports.</summary>
    public static Probed<RangeSet> Parse(string? text)
    {
        var words = (text ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || !TryPort(words[0], out var first) || !TryPort(words[1], out var last) || last < first)
        {
            return new Probed<RangeSet>(
                Fallback,
                $"The kernel's own ports are not known: /{File} {ProbeFiles.Show(text)}, allowed are two ports; "
                    + $"{Fallback} are offered.");
        }

        var free = Fallback.Subtract(RangeSet.Of(first, last));
        return free.IsEmpty
            ? new Probed<RangeSet>(
                Fallback,
                $"The kernel gives all of {Fallback} to outgoing connections: /{File} {ProbeFiles.Show(text)}. "
                    + "They are offered all the same, and a task may find its port taken; choose others by --resources=ports:[...].")
            : new Probed<RangeSet>(free);
    }

    private static bool TryPort(string word, out ushort port) =>
        ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
