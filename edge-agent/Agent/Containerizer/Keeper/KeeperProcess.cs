using System.Net.Sockets;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>Finds the keeper of a data directory, or starts one that outlives this process.</summary>
public static class KeeperProcess
{
    /// <summary>Connects to the living keeper, or starts one and connects to that.</summary>
    /// <exception cref="IOException">No keeper could be reached or started; the message says why.</exception>
    internal static async Task<KeeperClient> EnsureRunningAsync(
        ContainerPaths paths, AgentCommand command, CancellationToken cancellationToken)
    {
        if (await TryConnectAsync(paths.KeeperSocket, cancellationToken) is { } living)
        {
            return living;
        }

        Start(paths, command);
        return await TryConnectAsync(paths.KeeperSocket, cancellationToken)
            ?? throw new IOException($"The keeper was started, but does not answer on '{paths.KeeperSocket}'; see '{paths.KeeperLog}'.");
    }

    private static async Task<KeeperClient?> TryConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new KeeperClient(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Nobody listens, there is no such file, or the path is too long: the keeper's own log names the last.
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Blocks for the few milliseconds until the keeper listens: nothing of the agent may go on before.</summary>
    private static void Start(ContainerPaths paths, AgentCommand command)
    {
        string[] arguments = [command.Executable, .. command.Arguments, "keeper", "--data", paths.Data, "--detach"];
        var errno = ProcessSpawn.Start(command.Executable, arguments, KeeperEnvironment.Variables(), -1, out var pid);
        if (errno != 0)
        {
            throw new IOException($"Cannot start '{command.Executable}': {Libc.Describe(errno)}.");
        }

        int status;
        int waited;
        do
        {
            waited = Libc.WaitPid(pid, out status, 0);
        }
        while (waited < 0 && Libc.LastError == Errno.Interrupted);
        if (waited == pid && status != 0)
        {
            throw new IOException($"The keeper could not be started; see '{paths.KeeperLog}'.");
        }
    }
}
