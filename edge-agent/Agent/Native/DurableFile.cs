namespace Edge.Agent.Native;

/// <summary>Writes small files so that a reader sees the old or the new content, never a half.</summary>
internal static unsafe class DurableFile
{
    /// <summary>Writes a temporary file beside the target and renames it over the target.</summary>
    /// <param name="mode">Permission bits, octal as in chmod.</param>
    /// <param name="isSynced">True: content and name survive a power cut once this returns.</param>
    /// <returns>Null, or the sentence that says what failed; the target is then as it was.</returns>
    public static string? Write(string path, ReadOnlySpan<byte> content, uint mode, bool isSynced)
    {
        var temporary = path + ".new";
        var fd = LibcFiles.Open(temporary, LibcFiles.WriteOnly | LibcFiles.Create | LibcFiles.NoFollow | LibcFiles.CloseOnExec, mode);
        if (fd < 0)
        {
            return Problem(temporary);
        }

        var isWritten = LibcFiles.Truncate(fd, 0) == 0 && WriteAll(fd, content) && (!isSynced || LibcFiles.Sync(fd) == 0);
        var problem = isWritten ? null : Problem(temporary);
        _ = LibcFiles.Close(fd);
        if (problem is null && LibcFiles.Rename(temporary, path) != 0)
        {
            problem = Problem(path);
        }

        if (problem is null && isSynced)
        {
            SyncFolder(Path.GetDirectoryName(path)!); // A file always lies in a folder.
        }

        return problem;
    }

    private static bool WriteAll(int fd, ReadOnlySpan<byte> content)
    {
        fixed (byte* bytes = content)
        {
            var done = 0;
            while (done < content.Length)
            {
                var written = LibcFiles.Write(fd, bytes + done, content.Length - done);
                if (written < 0 && Libc.LastError == Errno.Interrupted)
                {
                    continue;
                }

                if (written <= 0)
                {
                    return false;
                }

                done += (int)written;
            }
        }

        return true;
    }

    private static void SyncFolder(string folder)
    {
        var fd = LibcFiles.Open(folder, LibcFiles.ReadOnly | LibcFiles.Directory | LibcFiles.CloseOnExec, 0);
        if (fd >= 0)
        {
            _ = LibcFiles.Sync(fd);
            _ = LibcFiles.Close(fd);
        }
    }

    private static string Problem(string path) => $"cannot write '{path}': {Libc.Describe(Libc.LastError)}";
}
