using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Pods;

/// <summary>The list of a pod's containers, as the pod mode reads it: one line each, its grace in milliseconds and its name.</summary>
/// <remarks>What the container at place N starts stands beside it in the launch file <c>pod.N</c>; how the first one ended, in
/// <c>podend</c>.</remarks>
internal static class PodFile
{
    /// <summary>The folder of the sandbox with the output of each container.</summary>
    public const string Folder = "containers";

    /// <summary>A list or a sentence is refused above this size.</summary>
    private const int BytesMax = 1024 * 1024;

    private const uint OwnerOnly = 0x180; // 0600

    public static byte[] Encode(ImmutableArray<(string Name, TimeSpan Grace)> containers) => Encoding.UTF8.GetBytes(string.Join(
        '\n', containers.Select(c => string.Create(CultureInfo.InvariantCulture, $"{(long)c.Grace.TotalMilliseconds} {c.Name}"))));

    /// <summary>Reads a list; null when it is none.</summary>
    public static ImmutableArray<(string Name, TimeSpan Grace)>? Read(string path)
    {
        if (ReadText(path) is not { Length: > 0 } text)
        {
            return null;
        }

        var result = ImmutableArray.CreateBuilder<(string, TimeSpan)>();
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(' ', 2);
            if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            {
                return null;
            }

            // The longest that a timer of the runtime takes is 49 days.
            result.Add((parts[1], TimeSpan.FromMilliseconds(Math.Min(milliseconds, uint.MaxValue - 2))));
        }

        return result.ToImmutable();
    }

    /// <summary>The launch file of one container.</summary>
    /// <param name="path">The list.</param>
    public static string LaunchOf(string path, int place) => string.Create(CultureInfo.InvariantCulture, $"{path}.{place}");

    /// <summary>Records which container ended first; the failure to do so is no failure of the pod.</summary>
    public static void WriteEnd(string path, string sentence) =>
        _ = DurableFile.Write(path + "end", Encoding.UTF8.GetBytes(sentence), OwnerOnly, isSynced: false);

    /// <summary>The recorded sentence; null when there is none.</summary>
    public static string? ReadEnd(ContainerPaths paths, string containerId) => ReadText(paths.PodEndFile(containerId));

    private static string? ReadText(string path)
    {
        try
        {
            var info = new FileInfo(path);
            return info.Exists && info.Length <= BytesMax ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
