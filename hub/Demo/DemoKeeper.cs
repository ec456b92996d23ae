using System.Diagnostics;
using System.Globalization;

namespace Edge.Hub.Demo;

/// <summary>Ends what outlives an agent on purpose: its keeper and the tasks of the demonstration.</summary>
internal static class DemoKeeper
{
    /// <summary>Ends every process that was started for a data folder; nothing else is touched.</summary>
    public static void End(string dataFolder)
    {
        foreach (var id in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(IsNumber))
        {
            if (BelongsTo(id!, dataFolder))
            {
                Kill(int.Parse(id!, CultureInfo.InvariantCulture));
            }
        }
    }

    private static bool IsNumber(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool BelongsTo(string id, string dataFolder)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Contains(dataFolder, StringComparison.Ordinal)
                || File.ReadAllText($"/proc/{id}/environ").Contains($"MESOS_SANDBOX={dataFolder}/", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended by itself.
        }
    }
}
