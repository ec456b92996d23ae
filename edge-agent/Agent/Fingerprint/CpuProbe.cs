using System.Globalization;

namespace Edge.Agent.Fingerprint;

/// <summary>How many processors tasks may run on: those that are online and that this process may use.</summary>
/// <remarks>A quota of a control group is not looked at: tasks run beside the agent, not inside its quota.
/// Fallback: 1. Source: Mesos agent, undetected cpus.</remarks>
internal static class CpuProbe
{
    /// <summary>What an undetected machine has.</summary>
    public const int Fallback = 1;

    // The kernel's own bound, CONFIG_NR_CPUS, is 8192.
    private const int MaxCpus = 8192;

    private const string Online = "sys/devices/system/cpu/online";
    private const string Status = "proc/self/status";

    /// <summary>The count of this machine, 1 or more.</summary>
    public static Probed<int> Read(ProbeFiles files) => Parse(files.ReadText(Online), files.ReadText(Status));

    /// <summary>Counts what both texts list.</summary>
    /// <param name="online">A list such as "0-3,6".</param>
    /// <param name="status">The text of /proc/self/status, with its line Cpus_allowed_list.</param>
    public static Probed<int> Parse(string? online, string? status)
    {
        var allowed = ParseList(AllowedList(status));
        if (ParseList(online) is { } present)
        {
            // A machine that does not tell what is allowed allows all.
            present.IntersectWith(allowed ?? present);
            if (present.Count > 0)
            {
                return new Probed<int>(present.Count);
            }
        }
        else if (allowed is not null)
        {
            return new Probed<int>(allowed.Count);
        }

        return new Probed<int>(
            Fallback,
            $"The processors are not known: /{Online} {ProbeFiles.Show(online)}, allowed is a list such as 0-3; {Fallback} is assumed.");
    }

    private static string? AllowedList(string? status)
    {
        const string key = "Cpus_allowed_list:";
        return status?.Split('\n').FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
    }

    private static HashSet<int>? ParseList(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var cpus = new HashSet<int>();
        foreach (var part in text.Split(','))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryNumber(dash < 0 ? part : part[..dash], out var first)
                || !TryNumber(dash < 0 ? part : part[(dash + 1)..], out var last)
                || last < first)
            {
                return null;
            }

            cpus.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return cpus;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < MaxCpus;
}
