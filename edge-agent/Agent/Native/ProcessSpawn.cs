using System.Runtime.InteropServices;

namespace Edge.Agent.Native;

/// <summary>Starts a process in a session of its own, with default signals and no descriptor but the ones named.</summary>
/// <remarks>posix_spawn: no managed code runs between fork and exec. Every other descriptor of the runtime is close-on-exec.</remarks>
internal static unsafe class ProcessSpawn
{
    // glibc's posix_spawnattr_t is 336 bytes, posix_spawn_file_actions_t 80, sigset_t 128; musl's are smaller.
    private const int OpaqueSize = 512;

    /// <summary>Starts <paramref name="path"/> with standard streams on /dev/null.</summary>
    /// <param name="inheritedFd">A descriptor that the new process gets as number 3, or -1.</param>
    /// <param name="pid">The new process.</param>
    /// <returns>0, or the error number; then no process exists.</returns>
    public static int Start(string path, IReadOnlyList<string> argv, IReadOnlyList<string> environment, int inheritedFd, out int pid)
    {
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        var signals = stackalloc byte[OpaqueSize];
        using var arguments = new NativeStrings(argv);
        using var variables = new NativeStrings(environment);
        var file = NativeStrings.Allocate(path);
        var devNull = NativeStrings.Allocate("/dev/null");
        _ = Libc.SpawnActionsInit(actions);
        _ = Libc.SpawnAttributesInit(attributes);
        try
        {
            _ = Libc.SpawnActionsAddOpen(actions, 0, devNull, LibcFiles.ReadOnly, 0);
            _ = Libc.SpawnActionsAddOpen(actions, 1, devNull, LibcFiles.WriteOnly, 0);
            _ = Libc.SpawnActionsAddDup2(actions, 1, 2);
            if (inheritedFd >= 0)
            {
                _ = Libc.SpawnActionsAddDup2(actions, inheritedFd, 3);
            }

            _ = Libc.SigFillSet(signals);
            _ = Libc.SpawnAttributesSetSigDefault(attributes, signals);
            _ = Libc.SigEmptySet(signals);
            _ = Libc.SpawnAttributesSetSigMask(attributes, signals);
            const short flags = Libc.PosixSpawnSetSid | Libc.PosixSpawnSetSigDef | Libc.PosixSpawnSetSigMask;
            _ = Libc.SpawnAttributesSetFlags(attributes, flags);
            return Libc.PosixSpawn(out pid, file, actions, attributes, arguments.Pointer, variables.Pointer);
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
            NativeMemory.Free(file);
            NativeMemory.Free(devNull);
        }
    }
}
