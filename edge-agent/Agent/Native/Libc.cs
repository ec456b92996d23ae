using System.Runtime.InteropServices;

namespace Edge.Agent.Native;

/// <summary>The C library calls about processes, users and limits that the agent uses, one to one.</summary>
/// <remarks>64-bit Linux. Numbers above 423 are system calls whose number is the same on every architecture.</remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int PrSetNoNewPrivs = 38;
    public const int PrSetChildSubreaper = 36;
    public const int PrSetName = 15;
    public const short PosixSpawnSetSigDef = 0x04;
    public const short PosixSpawnSetSigMask = 0x08;
    public const short PosixSpawnSetSid = 0x80;
    public const int WNoHang = 1;

    private const long PidfdSendSignalNumber = 424;
    private const long PidfdOpenNumber = 434;
    private const long CloseRangeNumber = 436;
    private const long Openat2Number = 437;

    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int PosixSpawn(out int pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int SpawnActionsInit(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int SpawnActionsDestroy(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int SpawnActionsAddOpen(void* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int SpawnActionsAddDup2(void* actions, int fd, int newFd);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(void* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetSigDefault(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetSigMask(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    public static partial int SigFillSet(void* signals);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    public static partial int SigEmptySet(void* signals);

    [LibraryImport(Library, EntryPoint = "pthread_sigmask")]
    public static partial int SigMask(int how, void* signals, void* old);

    /// <summary>Sets a signal to its default (0) or to ignored (1).</summary>
    [LibraryImport(Library, EntryPoint = "signal")]
    public static partial nint Signal(int number, nint handler);

    [LibraryImport(Library, EntryPoint = "execve", SetLastError = true)]
    public static partial int Execve(byte* path, byte** argv, byte** envp);

    [LibraryImport(Library, EntryPoint = "setsid", SetLastError = true)]
    public static partial int SetSid();

    [LibraryImport(Library, EntryPoint = "getsid")]
    public static partial int GetSid(int pid);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetResourceLimit(int resource, ulong* softAndHard);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetResourceLimit(int resource, ulong* softAndHard);

    [LibraryImport(Library, EntryPoint = "setgroups", SetLastError = true)]
    public static partial int SetGroups(nint count, uint* groups);

    [LibraryImport(Library, EntryPoint = "setgid", SetLastError = true)]
    public static partial int SetGid(uint gid);

    [LibraryImport(Library, EntryPoint = "setuid", SetLastError = true)]
    public static partial int SetUid(uint uid);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUid();

    [LibraryImport(Library, EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetPasswordByName(string name, PasswordEntry* entry, byte* buffer, nint length, PasswordEntry** result);

    [LibraryImport(Library, EntryPoint = "getpwuid_r")]
    public static partial int GetPasswordById(uint uid, PasswordEntry* entry, byte* buffer, nint length, PasswordEntry** result);

    [LibraryImport(Library, EntryPoint = "getgrgid_r")]
    public static partial int GetGroupById(uint gid, GroupEntry* entry, byte* buffer, nint length, GroupEntry** result);

    [LibraryImport(Library, EntryPoint = "getgrouplist")]
    public static partial int GetGroupList(byte* user, uint gid, uint* groups, int* count);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d);

    /// <summary>A descriptor that stands for a process and never for its successor under the same number; -1 on error.</summary>
    public static int PidfdOpen(int pid) => (int)SystemCall((nint)PidfdOpenNumber, pid, 0, 0, 0);

    public static int PidfdSendSignal(int pidfd, int signal) => (int)SystemCall((nint)PidfdSendSignalNumber, pidfd, signal, 0, 0);

    /// <summary>Marks every descriptor from <paramref name="first"/> up as closed on exec; -1 where the kernel is older than
    /// 5.11.</summary>
    public static int CloseOnExecFrom(int first) => (int)SystemCall((nint)CloseRangeNumber, first, unchecked((nint)uint.MaxValue), 4, 0);

    /// <summary>openat2 with the given resolve flags; -1 on error (ENOSYS before Linux 5.6).</summary>
    public static int OpenAt2(int directory, byte* path, ulong flags, ulong resolve)
    {
        var how = stackalloc ulong[3] { flags, 0, resolve };
        return (int)SystemCall((nint)Openat2Number, directory, (nint)path, (nint)how, 3 * sizeof(ulong));
    }

    /// <summary>The sentence of the system for an error number: "No such file or directory".</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>The error number of the last failed call on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    [StructLayout(LayoutKind.Sequential)]
    internal struct PasswordEntry
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Gecos;
        public byte* Home;
        public byte* Shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct GroupEntry
    {
        public byte* Name;
        public byte* Password;
        public uint Gid;
        public byte** Members;
    }
}
