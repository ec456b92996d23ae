using System.Globalization;

namespace Edge.Agent.Fingerprint;

/// <summary>How much memory tasks may use.</summary>
public static class MemoryProbe
{
    public const long DefaultMib = 1024;
    private const long ReserveMib = 1024;

    public static Probed<long> Read()
    {
        var total = ProbeFile.Read<object>("/proc/meminfo", static text => ParseTotalMib(text));
        return total.Value is long mib ? Probed<long>.Found(Offered(mib)) : Probed<long>.Missing(total.Problem ?? "");
    }

    /// <summary>What is left for tasks: all but 1 GiB from 2 GiB on, else half.</summary>
    public static long Offered(long totalMib) => totalMib >= 2 * ReserveMib ? totalMib - ReserveMib : totalMib / 2;

    /// <summary>MemTotal of /proc/meminfo in MiB; null when it is not there.</summary>
    public static long? ParseTotalMib(string memInfo)
    {
        foreach (var line in memInfo.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["MemTotal:", var number, "kB"]
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kib))
            {
                return kib / 1024;
            }
        }

        return null;
    }
}
