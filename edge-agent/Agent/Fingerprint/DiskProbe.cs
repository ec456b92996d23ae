namespace Edge.Agent.Fingerprint;

/// <summary>The size of the data folder's file system in MB (1024 * 1024 bytes), and how much of it tasks get when nobody says.</summary>
/// <remarks>Source: Mesos agent, automatic disk (of the file system of work_dir).</remarks>
internal static class DiskProbe
{
    /// <summary>What an undetected file system offers, MB.</summary>
    public const long FallbackMb = 10 * 1024;

    /// <summary>The size of the file system that holds a folder, MB; 0 when it is not known.</summary>
    /// <param name="data">The folder; where it is not made yet, the nearest one above it counts.</param>
    public static Probed<long> Read(string data)
    {
        try
        {
            var folder = Path.GetFullPath(data);
            while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            {
                folder = above;
            }

            return FromBytes(data, new DriveInfo(folder).TotalSize);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Unknown(data, failure.Message);
        }
    }

    /// <summary>The size in MB of a file system that says how many bytes it has.</summary>
    public static Probed<long> FromBytes(string data, long bytes) =>
        bytes > 0 ? new Probed<long>(bytes / (1024 * 1024)) : Unknown(data, $"its file system says {bytes} bytes");

    /// <summary>What tasks get of the file system, MB: all but 5 GB from 10 GB on, half below, 10 GB when it is 0 (not known).</summary>
    public static long OfferMb(long totalMb) => totalMb switch
    {
        <= 0 => FallbackMb,
        >= 10 * 1024 => totalMb - (5 * 1024),
        _ => totalMb / 2,
    };

    private static Probed<long> Unknown(string data, string why) =>
        new(0, $"The disk space for '{data}' is not known: {why.TrimEnd('.')}; {FallbackMb} MB are offered.");
}
