using System.Globalization;
using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The two small files by which a container outlives the keeper: which process it became, and how it ended.</summary>
/// <remarks>Lines of "name=value"; a line that is not understood is skipped.</remarks>
internal sealed class KeeperRecords(ContainerPaths paths, string bootId)
{
    private const uint OwnerOnly = 0x180; // 0600
    private const long MaxBytes = 16 * 1024;

    /// <summary>Names the process before it may run; a power cut may lose it, for the boot id then differs anyway.</summary>
    public string? WriteRun(KeptState state) => DurableFile.Write(
        paths.RunFile(state.ContainerId),
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"id={state.ContainerId}\npid={state.Pid}\nstart={state.StartTicks}\nboot={bootId}\nat={state.StartedAtUnixMs}\n")),
        OwnerOnly,
        isSynced: false);

    /// <summary>Makes the end durable; only then may it be told to anyone.</summary>
    public string? WriteExit(KeptState state) => DurableFile.Write(
        paths.ExitFile(state.ContainerId),
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"status={(state.IsStatusKnown ? state.Status : -1)}\nat={state.ExitedAtUnixMs}\nmono={state.ExitedMonotonicMs}\n"
            + $"boot={bootId}\nlaunch={(state.IsLaunchFailure ? "failed" : "done")}\nproblem={OneLine(state.Problem)}\n")),
        OwnerOnly,
        isSynced: true);

    /// <summary>Reads back what one folder below meta/containers says; null when it names no process that was started.</summary>
    /// <param name="isSameBoot">True when the process was started since the last boot of this machine.</param>
    public KeptState? Read(string folder, out bool isSameBoot)
    {
        isSameBoot = false;
        var run = ReadFields(Path.Combine(folder, "run"));
        if (run is null || !run.TryGetValue("id", out var id) || Path.GetFileName(folder) != ContainerPaths.NameOf(id))
        {
            return null;
        }

        isSameBoot = run.GetValueOrDefault("boot") == bootId;
        var state = new KeptState(
            id, KeptPhase.Running, (int)Number(run, "pid"), (ulong)Number(run, "start"), Number(run, "at"), false, false, 0, 0, 0, "");
        if (ReadFields(Path.Combine(folder, "exit")) is not { } exit)
        {
            return state;
        }

        var status = Number(exit, "status");
        return state with
        {
            Phase = KeptPhase.Exited,
            IsStatusKnown = status >= 0,
            Status = status >= 0 ? (int)status : 0,
            IsLaunchFailure = exit.GetValueOrDefault("launch") == "failed",
            ExitedAtUnixMs = Number(exit, "at"),
            ExitedMonotonicMs = Number(exit, "mono"),
            Problem = exit.GetValueOrDefault("problem", ""),
        };
    }

    /// <summary>Removes all records of a container; a later keeper has then never heard of it.</summary>
    public string? Remove(string containerId)
    {
        try
        {
            // Without its run record a folder is nothing: should the rest stay behind, nobody takes it for a task.
            File.Delete(paths.RunFile(containerId));
            Directory.Delete(paths.Meta(containerId), recursive: true);
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot remove '{paths.Meta(containerId)}': {e.Message}";
        }
    }

    private static Dictionary<string, string>? ReadFields(string path)
    {
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists || info.Length > MaxBytes)
            {
                return null;
            }

            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in File.ReadAllText(path).Split('\n'))
            {
                var at = line.IndexOf('=', StringComparison.Ordinal);
                if (at > 0)
                {
                    fields[line[..at]] = line[(at + 1)..];
                }
            }

            return fields;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(Dictionary<string, string> fields, string name) =>
        long.TryParse(fields.GetValueOrDefault(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static string OneLine(string text) => text.Replace('\n', ' ');
}
