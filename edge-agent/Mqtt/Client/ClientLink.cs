using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Client;

/// <summary>One connection of a client, from the first SYN to the end.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The socket is dropped where the link ends; the others hold nothing that needs it.")]
internal sealed partial class ClientLink
{
    private const int ReadBytes = 2048;
    private readonly MqttClient _client;
    private readonly MqttClientOptions _options;
    private readonly HashSet<ushort> _incoming;
    private readonly MqttProtocolVersion _version;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<Arrived> _arrived;
    private Socket? _socket;
    private Stream? _stream;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private MqttReasonCode _endReason = MqttReasonCode.UnspecifiedError;
    private Exception? _endFault;
    private bool _ended;
    private byte[] _buffer = [];
    private int _have;

    public ClientLink(MqttClient client, MqttClientOptions options, HashSet<ushort> incoming)
    {
        _client = client;
        _options = options;
        _incoming = incoming;
        _version = options.ProtocolVersion;
        _arrived = Channel.CreateBounded<Arrived>(new BoundedChannelOptions(options.ReceiveMaximum + options.MaximumPendingMessages)
        {
            SingleReader = true,
            SingleWriter = true,
        });
    }

    /// <summary>True in code that a handler of this library's user has called.</summary>
    public static bool IsInsideHandler => s_insideHandler.Value;

    public bool IsOpen => !_closing.IsCancellationRequested;

    private TimeProvider Time => _options.TimeProvider;

    /// <summary>Connects and waits for CONNACK; a refusal or a failure leaves nothing open.</summary>
    public async Task<MqttClientConnectResult> OpenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var opened = false;
        try
        {
            _stream = await DialAsync(both.Token);
            var buffer = new ByteBuffer();
            PacketEncoder.Connect(buffer, ConnectPacket());
            var bytes = buffer.Detach(out var length);
            await _stream.WriteAsync(bytes.AsMemory(0, length), both.Token);
            ByteBuffer.Return(bytes);
            var result = Accepted(await ReadConnAckAsync(_stream, both.Token));
            opened = result.IsSuccess;
            return result;
        }
        catch (Exception fault) when (IsNetworkFault(fault) && !cancellationToken.IsCancellationRequested)
        {
            var why = timeout.IsCancellationRequested ? $"no answer within {_options.ConnectTimeout}" : fault.Message;
            throw new MqttProtocolException(
                MqttReasonCode.ServerUnavailable, $"Could not connect to {_options.Host}:{_options.EffectivePort}: {why}", fault);
        }
        finally
        {
            if (!opened)
            {
                await DropAsync();
            }
        }
    }

    /// <summary>Starts to read; called once, after the client knows this link.</summary>
    public void Start()
    {
        StartKeepAlive();
        _running = RunAsync();
    }

    /// <summary>Says goodbye, closes, and waits until everything has ended, message handlers included.</summary>
    public async Task CloseAsync(MqttReasonCode reason)
    {
        if (IsOpen && _stream is not null)
        {
            Send(buffer => PacketEncoder.Disconnect(buffer, _version, reason, PacketProperties.None));
            try
            {
                await Flushed().WaitAsync(_options.PingTimeout, Time);
            }
            catch (Exception fault) when (IsNetworkFault(fault) || fault is TimeoutException)
            {
                // It ends anyway.
            }
        }

        End(MqttReasonCode.Success, null);
        if (!s_insideHandler.Value)
        {
            // A handler that disconnects cannot wait for itself.
            await _finished.Task;
        }
    }

    /// <summary>Notes why the connection ends, and ends it; only the first reason counts.</summary>
    private void End(MqttReasonCode reason, Exception? fault)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            _endReason = reason;
            _endFault = fault;
        }

        _closing.Cancel();
        _socket?.Dispose();
    }

    private async Task<Stream> DialAsync(CancellationToken cancellationToken)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(_options.Host, _options.EffectivePort, cancellationToken);
        var stream = new NetworkStream(_socket, ownsSocket: true);
        return _options.Tls is { } tls ? await SecureAsync(stream, tls, cancellationToken) : stream;
    }

    private async Task<Stream> SecureAsync(Stream stream, MqttClientTlsOptions tls, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions { TargetHost = tls.TargetHost ?? _options.Host };
        if (tls.ClientCertificate is not null)
        {
            options.ClientCertificateContext = tls.ClientCertificate;
        }

        if (tls.Authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(tls.Authorities);
        }

        await secure.AuthenticateAsClientAsync(options, cancellationToken);
        return secure;
    }

    private ConnectPacket ConnectPacket() => new()
    {
        Version = _version,
        CleanStart = _options.CleanStart,
        KeepAliveSeconds = (ushort)Math.Ceiling(_options.KeepAlive.TotalSeconds),
        ClientId = _options.ClientId,
        UserName = _options.UserName,
        Password = _options.Password,
        Will = _options.Will,
        WillDelaySeconds = (uint)Math.Ceiling(_options.WillDelay.TotalSeconds),
        Properties = new PacketProperties
        {
            SessionExpiryInterval = _options.SessionExpiry > TimeSpan.Zero ? (uint)Math.Ceiling(_options.SessionExpiry.TotalSeconds) : null,
            ReceiveMaximum = _options.ReceiveMaximum,
            MaximumPacketSize = (uint)_options.MaximumPacketBytes,
            TopicAliasMaximum = _options.TopicAliasMaximum > 0 ? _options.TopicAliasMaximum : null,
            UserProperties = _options.UserProperties.Count > 0 ? [.. _options.UserProperties] : null,
        },
    };

    private async Task<ConnAckPacket> ReadConnAckAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = Frame.TryRead(_buffer.AsSpan(0, _have), out var frame);
            if (status == FrameStatus.Bad
                || (status == FrameStatus.Ok && (frame.Type != PacketType.ConnAck || frame.TotalLength > _options.MaximumPacketBytes)))
            {
                throw new MqttProtocolException(MqttReasonCode.ProtocolError, "The server's first packet was not a CONNACK.");
            }

            if (status == FrameStatus.Ok && _have >= frame.TotalLength)
            {
                var fault = PacketDecoder.ConnAck(_buffer.AsSpan(frame.HeaderLength, frame.BodyLength), _version, out var packet);
                Consume(frame.TotalLength);
                return fault == MqttReasonCode.Success
                    ? packet
                    : throw new MqttProtocolException(fault, "The server's CONNACK was not understood.");
            }

            if (!await FillAsync(stream, cancellationToken))
            {
                throw new MqttProtocolException(MqttReasonCode.ServerUnavailable, "The server closed the connection before CONNACK.");
            }
        }
    }

    private MqttClientConnectResult Accepted(ConnAckPacket packet)
    {
        var properties = packet.Properties;
        var keepAlive = properties.ServerKeepAlive is { } told ? TimeSpan.FromSeconds(told) : _options.KeepAlive;
        var result = new MqttClientConnectResult
        {
            ReasonCode = packet.ReasonCode,
            ReasonString = properties.ReasonString,
            IsSessionPresent = packet.SessionPresent,
            ClientId = properties.AssignedClientIdentifier ?? _options.ClientId,
            KeepAlive = keepAlive,
            SessionExpiry = properties.SessionExpiryInterval is { } seconds ? TimeSpan.FromSeconds(seconds) : _options.SessionExpiry,
            ReceiveMaximum = properties.ReceiveMaximum ?? ushort.MaxValue,
            MaximumPacketBytes = properties.MaximumPacketSize ?? uint.MaxValue,
            MaximumQualityOfService = (MqttQualityOfServiceLevel)(properties.MaximumQoS ?? 2),
            TopicAliasMaximum = properties.TopicAliasMaximum ?? 0,
            IsRetainAvailable = properties.RetainAvailable ?? true,
            ServerReference = properties.ServerReference,
        };
        Adopt(result);
        return result;
    }

    /// <summary>Reads more; false at the end of the stream.</summary>
    private async ValueTask<bool> FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (_have == 0)
        {
            // Nothing is held while nothing comes.
            ByteBuffer.Return(_buffer);
            _buffer = [];
            _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
        }

        if (_have == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(ReadBytes, _have * 2));
            _buffer.AsSpan(0, _have).CopyTo(larger);
            ByteBuffer.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_have), cancellationToken);
        _have += read;
        return read > 0;
    }

    private void Consume(int count)
    {
        _have -= count;
        _buffer.AsSpan(count, _have).CopyTo(_buffer);
    }

    private async Task DropAsync()
    {
        _socket?.Dispose();
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }
    }

    private static bool IsNetworkFault(Exception fault) =>
        fault is IOException or SocketException or ObjectDisposedException or AuthenticationException or OperationCanceledException
            or InvalidOperationException;

    /// <summary>A message for the handler, and the identifier to acknowledge.</summary>
    private readonly record struct Arrived(MqttMessage Message, ushort PacketId);
}
