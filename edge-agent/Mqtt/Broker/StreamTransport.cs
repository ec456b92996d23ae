using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Mqtt.Broker;

/// <summary>A connection over a stream: TLS and WebSocket, and plain TCP where the Linux path is not there.</summary>
internal sealed class StreamTransport : Transport
{
    private const int ReadBytes = 4096;
    private readonly BrokerCore _core;
    private readonly Socket _socket;
    private readonly MqttEndpoint _endpoint;
    private readonly Connection _connection;
    private volatile Stream? _stream;
    private Task _sending = Task.CompletedTask;
    private X509Certificate2? _clientCertificate;
    private int _closing;

    private StreamTransport(BrokerCore core, Socket socket, MqttEndpoint endpoint)
    {
        _core = core;
        _socket = socket;
        _endpoint = endpoint;
        _connection = new Connection(core) { Transport = this };
    }

    public override X509Certificate2? ClientCertificate => _clientCertificate;

    public override EndPoint? RemoteEndPoint
    {
        get
        {
            try
            {
                return _socket.RemoteEndPoint;
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>Serves one accepted socket until it ends.</summary>
    public static Task ServeAsync(BrokerCore core, Socket socket, MqttEndpoint endpoint, CancellationToken cancellation)
    {
        var transport = new StreamTransport(core, socket, endpoint);
        return transport.RunAsync(cancellation);
    }

    public override void Flush()
    {
        if (_stream is not { } stream)
        {
            if (_connection.IsClosed)
            {
                Abort();
            }
        }
        else if (_connection.TakeOutput(out var array, out var length))
        {
            _sending = SendAsync(stream, array, length);
        }
        else if (_connection.IsClosed && _sending.IsCompleted)
        {
            _sending = CloseAsync(stream);
        }
    }

    public override void Abort() => _socket.Dispose();

    private async Task RunAsync(CancellationToken cancellation)
    {
        if (!_core.Admit(_connection))
        {
            _socket.Dispose();
            return;
        }

        try
        {
            _socket.NoDelay = true;
            _stream = await OpenAsync(cancellation);
            if (!_connection.IsClosed)
            {
                await ReadAsync(_stream, cancellation);
            }
        }
        catch (Exception fault) when (IsPeersFault(fault))
        {
            // The peer or the network ended it; the connection's end tells the rest.
        }
        catch (Exception fault)
        {
            _core.Report(fault);
        }

        _connection.OnTransportEnded();
        _socket.Dispose();
        await _sending;
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }
    }

    private static bool IsPeersFault(Exception fault) =>
        fault is IOException or SocketException or ObjectDisposedException or AuthenticationException or OperationCanceledException
            or System.Net.WebSockets.WebSocketException or InvalidOperationException;

    private async Task<Stream> OpenAsync(CancellationToken cancellation)
    {
        Stream stream = new NetworkStream(_socket, ownsSocket: false);
        if (_endpoint.IsSecure)
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: false);
            await tls.AuthenticateAsServerAsync(TlsServer.Options(_endpoint), cancellation);
            _clientCertificate = tls.RemoteCertificate as X509Certificate2;
            stream = tls;
        }

        return _endpoint.Transport is MqttTransport.WebSocket or MqttTransport.SecureWebSocket
            ? await WebSocketUpgrade.AcceptAsync(stream, _endpoint.Path, cancellation)
            : stream;
    }

    private async Task ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = Array.Empty<byte>();
        var have = 0;
        try
        {
            while (true)
            {
                if (have == 0)
                {
                    // Idle connections hold no buffer: wait for data first, then rent.
                    Return(ref buffer);
                    _ = await stream.ReadAsync(Memory<byte>.Empty, cancellation);
                }

                Grow(ref buffer, have);
                var read = await stream.ReadAsync(buffer.AsMemory(have), cancellation);
                if (read == 0)
                {
                    return;
                }

                have += read;
                have = await TakeAsync(buffer, have);
            }
        }
        finally
        {
            Return(ref buffer);
        }
    }

    /// <summary>Feeds the connection; what it did not use moves to the front.</summary>
    private async Task<int> TakeAsync(byte[] buffer, int have)
    {
        var used = _connection.Receive(buffer.AsMemory(0, have));
        _core.Settle();
        while (_connection.Pending is { } pending)
        {
            await pending;
            used += _connection.Receive(buffer.AsMemory(used, have - used));
            _core.Settle();
        }

        buffer.AsSpan(used, have - used).CopyTo(buffer);
        return have - used;
    }

    private static void Grow(ref byte[] buffer, int have)
    {
        if (have < buffer.Length)
        {
            return;
        }

        // Twice as much at most: a length that a peer only claims takes no memory.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(ReadBytes, have * 2));
        buffer.AsSpan(0, have).CopyTo(larger);
        Return(ref buffer);
        buffer = larger;
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    private async Task SendAsync(Stream stream, byte[] array, int length)
    {
        bool more;
        do
        {
            try
            {
                await stream.WriteAsync(array.AsMemory(0, length));
            }
            catch (Exception fault) when (IsPeersFault(fault))
            {
                Abort();
            }

            _connection.OutputSent(array);
            more = _connection.TakeOutput(out array, out length);
        }
        while (more);

        if (_connection.IsClosed)
        {
            await CloseAsync(stream);
        }
    }

    private async Task CloseAsync(Stream stream)
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
        {
            return;
        }

        try
        {
            switch (stream)
            {
                case SslStream tls: await tls.ShutdownAsync(); break;
                case WebSocketStream web: await web.ShutdownAsync(); break;
                default: break;
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (IsPeersFault(fault))
        {
            Abort();
        }
    }
}
