using System.Net.Sockets;
using Edge.Agent.Containerizer.Keeper;

namespace Edge.Tests.Agent.Containerizer;

/// <summary>However a connection to the keeper ends, who asks on it hears of an outage, which is tried again.</summary>
public sealed class KeeperClientTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge-keeper-client-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task RequestOnAConnectionThatWasLetGo_IsAnOutage()
    {
        var (client, server) = await ConnectAsync();
        using (server)
        {
            await client.DisposeAsync();
            for (var i = 0; i < 3; i++)
            {
                await Assert.ThrowsAnyAsync<IOException>(() => client.RequestAsync(KeeperVerb.List, [], CancellationToken.None));
            }
        }
    }

    [Fact]
    public async Task RequestThatWaitsWhileTheKeeperEnds_IsAnOutage()
    {
        var (client, server) = await ConnectAsync();
        await using (client)
        {
            var asked = client.RequestAsync(KeeperVerb.List, [], CancellationToken.None);
            server.Dispose();
            await Assert.ThrowsAnyAsync<IOException>(() => asked.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    private async Task<(KeeperClient Client, Socket Server)> ConnectAsync()
    {
        var endpoint = new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "socket"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endpoint);
        listener.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endpoint);
        return (new KeeperClient(socket), await listener.AcceptAsync());
    }
}
