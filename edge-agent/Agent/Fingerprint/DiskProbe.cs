namespace Edge.Agent.Fingerprint;

/// <summary>How much disk tasks may use.</summary>
public static class DiskProbe
{
    public const long DefaultMib = 10 * 1024;
    private const long ReserveMib = 5 * 1024;
    private const long BytesPerMib = 1024 * 1024;

    /// <summary>Looks at the file system that holds a directory, or the nearest one above it that is there.</summary>
    public static Probed<long> Read(string directory)
    {
        try
        {
            var folder = Path.GetFullPath(directory);
            while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            {
                folder = parent;
            }

            return Probed<long>.Found(Offered(new DriveInfo(folder).TotalSize / BytesPerMib));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Probed<long>.Missing($"cannot tell the size of the file system of '{directory}': {e.Message}");
        }
    }

    /// <summary>What is left for tasks: all but 5 GiB from 10 GiB on, else half.</summary>
    public static long Offered(long totalMib) => totalMib >= 2 * ReserveMib ? totalMib - ReserveMib : totalMib / 2;
}
