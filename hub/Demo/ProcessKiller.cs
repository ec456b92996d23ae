using System.Diagnostics;
using System.Globalization;

namespace Edge.Hub.Demo;

/// <summary>Ends processes of the demonstration as a crash would; nothing else is touched.</summary>
internal static class ProcessKiller
{
    /// <summary>Ends the processes of one task, found by the id in their environment.</summary>
    public static void EndTask(string taskId) =>
        EndAll(id => File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains($"MESOS_TASK_ID={taskId}"));

    /// <summary>Ends every process that something holds of.</summary>
    public static void EndAll(Func<string, bool> holds)
    {
        foreach (var id in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(IsNumber))
        {
            if (Holds(holds, id!))
            {
                Kill(int.Parse(id!, CultureInfo.InvariantCulture));
            }
        }
    }

    private static bool IsNumber(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool Holds(Func<string, bool> holds, string id)
    {
        try
        {
            return holds(id);
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
