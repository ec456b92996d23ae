using System.Diagnostics;
using System.Globalization;

namespace Edge.Tests.EndToEnd;

/// <summary>Finds processes by the data folder that they were started for; never by name.</summary>
internal static class ProcessScan
{
    /// <summary>The process ids whose command line names the folder, or whose sandbox lies in it; the oldest first.</summary>
    public static IReadOnlyList<int> Of(string data) => Find(id => Names(id, data) || Environment(id, $"MESOS_SANDBOX={data}/"));

    /// <summary>The keeper of an agent's data folder, or null.</summary>
    public static int? Keeper(string data) => Find(id => Arguments(id) is [_, "keeper", "--data", var folder, ..] && folder == data)
        .Select(id => (int?)id).FirstOrDefault();

    /// <summary>The processes of a task: those whose sandbox belongs to its executor, the oldest first.</summary>
    public static IReadOnlyList<int> Task(string data, string task) =>
        Find(id => Environment(id, $"MESOS_SANDBOX={data}/") && Environment(id, $"MESOS_EXECUTOR_ID={task}\0"));

    /// <summary>Kills every process of a data folder and waits for their ends; says how many there were.</summary>
    public static async Task<int> EndAsync(string data)
    {
        var count = 0;
        for (var round = 0; round < 20 && Of(data) is { Count: > 0 } left; round++)
        {
            count += left.Count;
            foreach (var id in left)
            {
                Kill(id);
            }

            await System.Threading.Tasks.Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return count;
    }

    private static List<int> Find(Predicate<int> fits)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && fits(id))
            {
                found.Add(id);
            }
        }

        // By start, not by id: ids begin anew when they run out, and a child may have a smaller one than its parent.
        return [.. found.OrderBy(StartTicks).ThenBy(id => id)];
    }

    /// <summary>When a process started, in ticks since the boot. Source: proc(5), stat, field 22.</summary>
    private static long StartTicks(int id)
    {
        var stat = Read(id, "stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 ? long.Parse(fields[19], CultureInfo.InvariantCulture) : long.MaxValue;
    }

    private static bool Names(int id, string data) =>
        Arguments(id).Any(a => a == data || a.StartsWith(data + "/", StringComparison.Ordinal));

    private static string[] Arguments(int id) => Read(id, "cmdline").TrimEnd('\0').Split('\0');

    private static bool Environment(int id, string text) => Read(id, "environ").Contains(text, StringComparison.Ordinal);

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
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
