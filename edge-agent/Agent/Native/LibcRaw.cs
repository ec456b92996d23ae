using System.Runtime.InteropServices;

namespace Edge.Agent.Native;

/// <summary>open(2) over bytes that are already a C string: for loops that must not allocate.</summary>
internal static unsafe partial class LibcRaw
{
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags, uint mode);
}
