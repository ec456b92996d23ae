using System.Runtime.InteropServices;
using System.Text;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer;

/// <summary>Reads files of sandboxes for the HTTP endpoints; never a file outside the sandbox that was named.</summary>
/// <remarks>A task may put any link into its sandbox. Paths are resolved by the kernel itself below an open sandbox
/// (openat2 with RESOLVE_BENEATH); before Linux 5.6 no link is followed at all. Only regular files are opened for reading.</remarks>
public sealed unsafe class SandboxFiles(ContainerPaths paths)
{
    /// <summary>The longest piece of one read: 16 pages, as Mesos gives.</summary>
    public const int MaxRead = 64 * 1024;

    private const int MaxEntries = 10_000;
    private const ulong BeneathNoMagic = 0x08 | 0x02;
    private const uint BasicFields = 0x7ff;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Lists a folder of a sandbox.</summary>
    /// <param name="path"><c>/frameworks/F/executors/E/runs/R[/...]</c> (R may be <c>latest</c>), or an absolute path below a
    /// sandbox.</param>
    public SandboxListing Browse(string path)
    {
        var fd = Open(path, LibcFiles.ReadOnly | LibcFiles.Directory, out var error, out var message);
        if (fd < 0)
        {
            return SandboxListing.Refused(error, message);
        }

        var entries = new List<SandboxEntry>();
        foreach (var name in Names(fd))
        {
            LibcFiles.StatxBuffer info;
            if (LibcFiles.Statx(fd, name, LibcFiles.AtSymlinkNoFollow, BasicFields, &info) == 0)
            {
                entries.Add(new SandboxEntry(
                    path.TrimEnd('/') + "/" + name, ModeText(info.Mode), info.Links, UserAccount.NameOf(info.Uid),
                    UserAccount.GroupNameOf(info.Gid), (long)info.Size, info.ModifiedSeconds));
            }
        }

        _ = LibcFiles.Close(fd);
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new SandboxListing(null, "", entries);
    }

    /// <summary>Reads a piece of a file.</summary>
    /// <param name="offset">From the start, in bytes; -1 asks for the size only.</param>
    /// <param name="length">Bytes, at most <see cref="MaxRead"/> are given; null asks for the most.</param>
    public SandboxPiece Read(string path, long offset, int? length)
    {
        if (offset < -1 || length is < 0)
        {
            return SandboxPiece.Refused(
                SandboxError.BadRequest, $"offset {offset} and length {length} are not allowed: offset is -1 or more, length 0 or more");
        }

        var named = Open(path, LibcFiles.PathOnly, out var error, out var message);
        if (named < 0)
        {
            return SandboxPiece.Refused(error, message);
        }

        // Opened by name only until it is known to be a file: opening a device or a pipe may do something.
        LibcFiles.StatxBuffer info;
        var isFile = LibcFiles.Statx(named, "", LibcFiles.AtEmptyPath, BasicFields, &info) == 0 && (info.Mode & TypeMask) == RegularFile;
        var fd = isFile ? LibcFiles.Open($"/proc/self/fd/{named}", LibcFiles.ReadOnly | LibcFiles.CloseOnExec, 0) : -1;
        var errno = Libc.LastError;
        _ = LibcFiles.Close(named);
        if (fd < 0)
        {
            return isFile
                ? SandboxPiece.Refused(SandboxError.Forbidden, $"cannot read '{path}': {Libc.Describe(errno)}")
                : SandboxPiece.Refused(SandboxError.BadRequest, $"cannot read '{path}': it is not a regular file");
        }

        try
        {
            return offset == -1
                ? new SandboxPiece(null, "", (long)info.Size, default)
                : new SandboxPiece(null, "", offset, ReadPiece(fd, offset, Math.Min(length ?? MaxRead, MaxRead)));
        }
        finally
        {
            _ = LibcFiles.Close(fd);
        }
    }

    private static byte[] ReadPiece(int fd, long offset, int length)
    {
        var data = new byte[length];
        fixed (byte* into = data)
        {
            var read = LibcFiles.ReadAt(fd, into, length, offset);
            return read == length ? data : data[..(int)Math.Max(read, 0)];
        }
    }

    private int Open(string path, int flags, out SandboxError error, out string message)
    {
        (error, message) = (SandboxError.NotFound, $"no such file or folder: '{path}'");
        if (path.Length == 0 || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal))
        {
            error = SandboxError.BadRequest;
            message = $"the path '{path.Replace('\0', '?')}' does not start with a slash or holds a NUL";
            return -1;
        }

        if (Locate(path) is not { } found)
        {
            return -1;
        }

        var root = LibcFiles.Open(found.Sandbox, LibcFiles.PathOnly | LibcFiles.Directory | LibcFiles.NoFollow | LibcFiles.CloseOnExec, 0);
        if (root < 0)
        {
            return -1;
        }

        var fd = OpenBeneath(root, found.Inside, flags | LibcFiles.CloseOnExec);
        if (fd < 0 && Libc.LastError is Errno.CrossDevice or Errno.Loop or Errno.Access or Errno.NotPermitted)
        {
            (error, message) = (SandboxError.Forbidden, $"'{path}' leads out of its sandbox or may not be read");
        }

        _ = LibcFiles.Close(root);
        return fd;
    }

    /// <summary>Splits a path into the sandbox on disk and what is inside; null when it names no sandbox.</summary>
    private (string Sandbox, string[] Inside)? Locate(string path)
    {
        var root = paths.AgentRoot;
        var inside = path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..] : path;
        var parts = inside.Split('/', StringSplitOptions.RemoveEmptyEntries);
        const int depth = 6;
        if (parts.Length < depth || parts[0] != "frameworks" || parts[2] != "executors" || parts[4] != "runs"
            || parts.Any(static p => p is "." or ".."))
        {
            return null;
        }

        var runs = Path.Combine(root, "frameworks", OnDisk(parts[1]), "executors", OnDisk(parts[3]), "runs");
        var run = parts[5] == "latest" ? Path.GetFileName(new FileInfo(Path.Combine(runs, "latest")).LinkTarget) : OnDisk(parts[5]);
        return string.IsNullOrEmpty(run) ? null : (Path.Combine(runs, run), parts[depth..]);
    }

    /// <summary>An id as its folder is called; a name that is taken from a listing is that already.</summary>
    private static string OnDisk(string part) => part.Contains('%', StringComparison.Ordinal) ? part : ContainerPaths.NameOf(part);

    private static int OpenBeneath(int root, string[] parts, int flags)
    {
        var path = NativeStrings.Allocate(parts.Length == 0 ? "." : string.Join('/', parts));
        var fd = Libc.OpenAt2(root, path, (ulong)flags, BeneathNoMagic);
        NativeMemory.Free(path);
        return fd >= 0 || Libc.LastError != Errno.NotImplemented ? fd : OpenStepwise(root, parts, flags);
    }

    /// <summary>The old way: each component by itself and never through a link.</summary>
    internal static int OpenStepwise(int root, string[] parts, int flags)
    {
        var current = LibcFiles.OpenAt(root, ".", (parts.Length == 0 ? flags : LibcFiles.PathOnly) | LibcFiles.CloseOnExec, 0);
        for (var i = 0; i < parts.Length && current >= 0; i++)
        {
            var isLast = i == parts.Length - 1;
            var step = isLast ? flags : LibcFiles.PathOnly | LibcFiles.Directory | LibcFiles.CloseOnExec;
            var next = LibcFiles.OpenAt(current, parts[i], step | LibcFiles.NoFollow, 0);
            var errno = Libc.LastError;
            _ = LibcFiles.Close(current);
            Marshal.SetLastPInvokeError(errno);
            current = next;
        }

        return current;
    }

    private static List<string> Names(int fd)
    {
        const int size = 32 * 1024;
        var names = new List<string>();
        var buffer = (byte*)NativeMemory.Alloc(size);
        nint length;
        while (names.Count < MaxEntries && (length = LibcFiles.ReadDirectory(fd, buffer, size)) > 0)
        {
            for (nint at = 0; at < length; at += *(ushort*)(buffer + at + 16))
            {
                var name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19));
                if (name is not ("." or ".."))
                {
                    names.Add(name);
                }
            }
        }

        NativeMemory.Free(buffer);
        return names;
    }

    /// <summary>The first column of <c>ls -l</c>.</summary>
    internal static string ModeText(int mode)
    {
        Span<char> text = stackalloc char[10];
        text[0] = (mode & TypeMask) switch
        {
            Folder => 'd',
            0xA000 => 'l',
            0x2000 => 'c',
            0x6000 => 'b',
            0x1000 => 'p',
            0xC000 => 's',
            _ => '-',
        };
        const string letters = "rwxrwxrwx";
        for (var i = 0; i < letters.Length; i++)
        {
            text[i + 1] = (mode & (0x100 >> i)) != 0 ? letters[i] : '-';
        }

        return text.ToString();
    }
}
