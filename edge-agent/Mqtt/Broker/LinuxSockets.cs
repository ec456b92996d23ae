using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Edge.Mqtt.Broker;

/// <summary>The few system calls of the Linux path. Source: epoll(7), accept4(2), eventfd(2).</summary>
internal static partial class LinuxSockets
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const int Add = 1;
    public const int Delete = 2;
    public const int Modify = 3;
    public const int TryAgain = 11;
    public const int Interrupted = 4;
    public const int NoDescriptorsInSystem = 23;
    public const int NoDescriptors = 24;
    public const int ShutdownWrite = 1;
    public const int ShutdownBoth = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int NoSignal = 0x4000;
    private const int Peek = 0x2;
    private const int LongestAddress = 128;

    /// <summary>x64 packs the kernel's event to 12 bytes; every other architecture aligns it to 16.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    public static int CreateEpoll() => Check(EpollCreate1(CloseOnExec));

    public static int CreateEvent() => Check(EventFd(0, CloseOnExec | NonBlocking));

    public static unsafe int Control(int epoll, int operation, int descriptor, uint events)
    {
        var data = stackalloc byte[16];
        *(uint*)data = events;
        *(int*)(data + s_dataOffset) = descriptor;
        return EpollCtl(epoll, operation, descriptor, data);
    }

    /// <summary>Waits for events; 0 after the timeout, negative after a signal.</summary>
    public static unsafe int Wait(int epoll, Span<byte> events, int timeoutMilliseconds)
    {
        fixed (byte* first = events)
        {
            return EpollWait(epoll, first, events.Length / EventSize, timeoutMilliseconds);
        }
    }

    public static (uint Events, int Descriptor) Event(ReadOnlySpan<byte> events, int index)
    {
        var at = events[(index * EventSize)..];
        return (BitConverter.ToUInt32(at), BitConverter.ToInt32(at[s_dataOffset..]));
    }

    /// <summary>The next connection, not blocking; negative when there is none.</summary>
    public static unsafe int Accept(int listener) => Accept4(listener, null, null, CloseOnExec | NonBlocking);

    public static unsafe int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return (int)Recv(descriptor, first, (nuint)buffer.Length, 0);
        }
    }

    /// <summary>True when the peer has ended the connection.</summary>
    public static unsafe bool IsEnded(int descriptor)
    {
        byte probe;
        var count = (int)Recv(descriptor, &probe, 1, Peek);
        return count == 0 || (count < 0 && Marshal.GetLastPInvokeError() is not (TryAgain or Interrupted));
    }

    public static unsafe int Send(int descriptor, ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data)
        {
            return (int)SendNative(descriptor, first, (nuint)data.Length, NoSignal);
        }
    }

    /// <summary>Makes a waiting loop return.</summary>
    public static unsafe void Wake(int eventDescriptor)
    {
        var one = 1UL;
        _ = WriteNative(eventDescriptor, (byte*)&one, sizeof(ulong));
    }

    public static unsafe void DrainWake(int eventDescriptor)
    {
        ulong count;
        _ = ReadNative(eventDescriptor, (byte*)&count, sizeof(ulong));
    }

    public static void Shutdown(int descriptor, int how) => _ = ShutdownNative(descriptor, how);

    public static void Close(int descriptor) => _ = CloseNative(descriptor);

    /// <summary>The peer's address; null when the socket is not connected any more.</summary>
    public static unsafe EndPoint? Peer(int descriptor)
    {
        var raw = stackalloc byte[LongestAddress];
        var length = LongestAddress;
        if (GetPeerName(descriptor, raw, &length) != 0)
        {
            return null;
        }

        var family = *(ushort*)raw;
        var port = raw[2] << 8 | raw[3];
        return family switch
        {
            2 => new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(raw + 4, 4)), port),
            10 => new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(raw + 8, 16)), port),
            _ => null,
        };
    }

    private static int Check(int descriptor) => descriptor >= 0 ? descriptor : throw new SocketException(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate1(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int EpollCtl(int epoll, int operation, int descriptor, byte* data);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int EpollWait(int epoll, byte* events, int count, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static unsafe partial int Accept4(int listener, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Recv(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint SendNative(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint WriteNative(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint ReadNative(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutdownNative(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseNative(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpeername")]
    private static unsafe partial int GetPeerName(int descriptor, byte* address, int* length);
}
