using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The keeper's own few lines, in a file that never grows beyond its bound.</summary>
internal sealed unsafe class KeeperLog(string path, TimeProvider time)
{
    /// <summary>A keeper says a line when it starts, and one per failure: this is months of them.</summary>
    public const long MaxBytes = 64 * 1024;

    private const int MaxLine = 1024;

    /// <summary>Appends a line; starts over when the file is full, keeping the full one as <c>.old</c>. Never fails.</summary>
    public void Write(string line)
    {
        var fd = LibcFiles.Open(path, LibcFiles.WriteOnly | LibcFiles.Create | LibcFiles.Append | LibcFiles.CloseOnExec, 0x1A0); // 0640
        if (fd < 0)
        {
            return;
        }

        LibcFiles.StatxBuffer info;
        const uint size = 0x200;
        if (LibcFiles.Statx(fd, "", LibcFiles.AtEmptyPath, size, &info) == 0 && info.Size >= MaxBytes - MaxLine)
        {
            _ = LibcFiles.Close(fd);
            _ = LibcFiles.Rename(path, path + ".old");
            fd = LibcFiles.Open(path, LibcFiles.WriteOnly | LibcFiles.Create | LibcFiles.Append | LibcFiles.CloseOnExec, 0x1A0);
        }

        var text = Encoding.UTF8.GetBytes($"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} {line.ReplaceLineEndings(" ")}");
        var length = Math.Min(text.Length, MaxLine - 1);
        Array.Resize(ref text, length + 1);
        text[length] = (byte)'\n';
        fixed (byte* bytes = text)
        {
            _ = LibcFiles.Write(fd, bytes, text.Length);
        }

        _ = LibcFiles.Close(fd);
    }
}
