using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>What the keeper answered to one request.</summary>
/// <param name="States">The containers it named; for Start and Kill exactly one.</param>
/// <param name="Code">Why it refused, or null.</param>
internal sealed record KeeperReply(IReadOnlyList<KeptState> States, KeeperErrorCode? Code, string Error);

/// <summary>One connection to the keeper: requests with their replies, and the states that it pushes.</summary>
internal sealed class KeeperClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<uint, Pending> _pending = new();
    // At most a few per container, and those are bounded.
    private readonly Channel<KeptState> _pushed = Channel.CreateUnbounded<KeptState>();
    private readonly Task _reading;
    private uint _lastRequest;

    public KeeperClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reading = ReadAsync();
    }

    /// <summary>States in the order of their change; completed when the connection ends.</summary>
    public ChannelReader<KeptState> Pushed => _pushed.Reader;

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="IOException">The connection ended before the reply; the request may have been carried out.</exception>
    public async Task<KeeperReply> RequestAsync(KeeperVerb verb, byte[] payload, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastRequest);
        var pending = new Pending { IsMany = verb is KeeperVerb.List or KeeperVerb.Subscribe };
        _pending[id] = pending;
        if (_reading.IsCompleted)
        {
            pending.Reply.TrySetException(Gone());
        }

        var frame = new byte[KeeperProtocol.HeaderSize + payload.Length];
        _ = KeeperProtocol.Write(frame, verb, id, payload);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _stream.WriteAsync(frame, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Gone();
        }
        finally
        {
            _sending.Release();
        }

        try
        {
            return await pending.Reply.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _ = _pending.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
        await _reading;

        // The semaphore stays: who waits for it finds a closed stream behind it, which is said as any other end of the connection.
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[KeeperProtocol.MaxFrame + 4];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(buffer.AsMemory(0, KeeperProtocol.HeaderSize));
                var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(buffer) + 4 - KeeperProtocol.HeaderSize;
                if (length is < 0 or > KeeperProtocol.MaxFrame)
                {
                    break;
                }

                await _stream.ReadExactlyAsync(buffer.AsMemory(KeeperProtocol.HeaderSize, length));
                Handle(
                    (KeeperVerb)buffer[5], BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(6)),
                    buffer.AsSpan(KeeperProtocol.HeaderSize, length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // The keeper or this side is gone; whoever waits is told below.
        }

        _pushed.Writer.TryComplete();
        foreach (var pending in _pending.Values)
        {
            pending.Reply.TrySetException(Gone());
        }
    }

    private void Handle(KeeperVerb verb, uint requestId, ReadOnlySpan<byte> payload)
    {
        var state = verb == KeeperVerb.State ? KeeperProtocol.ReadState(payload) : null;
        if (requestId == 0)
        {
            _ = state is not null && _pushed.Writer.TryWrite(state);
            return;
        }

        if (!_pending.TryGetValue(requestId, out var pending))
        {
            return;
        }

        if (verb == KeeperVerb.State && state is not null)
        {
            pending.States.Add(state);
            if (!pending.IsMany)
            {
                pending.Reply.TrySetResult(new KeeperReply(pending.States, null, ""));
            }
        }
        else if (verb == KeeperVerb.Error)
        {
            var rest = payload[1..];
            _ = KeeperProtocol.TryReadText(ref rest, out var text);
            pending.Reply.TrySetResult(new KeeperReply([], (KeeperErrorCode)payload[0], text));
        }
        else
        {
            pending.Reply.TrySetResult(new KeeperReply(pending.States, null, ""));
        }
    }

    private static IOException Gone() => new("The connection to the keeper is gone.");

    private sealed class Pending
    {
        public bool IsMany { get; init; }

        public List<KeptState> States { get; } = [];

        public TaskCompletionSource<KeeperReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
