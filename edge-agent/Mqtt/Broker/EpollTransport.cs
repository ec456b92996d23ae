using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using Edge.Mqtt.Packets;

namespace Edge.Mqtt.Broker;

/// <summary>A plain TCP connection of an <see cref="EpollLoop"/>.</summary>
internal sealed class EpollTransport : Transport
{
    private const int Closing = 1 << 30;
    private const int SmallestPartial = 512;
    private readonly BrokerCore _core;
    private readonly EpollLoop _loop;
    private readonly int _descriptor;

    // The number of threads inside a system call on the descriptor, and Closing once it is to be closed behind the last of them.
    private int _users;
    private byte[] _partial = [];
    private int _partialLength;
    private byte[] _unsent = [];
    private int _unsentStart;
    private int _unsentLength;
    private bool _paused;
    private bool _ended;

    public EpollTransport(BrokerCore core, EpollLoop loop, int descriptor)
    {
        _core = core;
        _loop = loop;
        _descriptor = descriptor;
        Connection = new Connection(core) { Transport = this };
    }

    public Connection Connection { get; }

    public override EndPoint? RemoteEndPoint
    {
        get
        {
            if (!Enter())
            {
                return null;
            }

            var peer = LinuxSockets.Peer(_descriptor);
            Leave();
            return peer;
        }
    }

    /// <summary>Something can be read or written. On the loop's thread.</summary>
    public void OnEvents(uint events)
    {
        if ((events & LinuxSockets.Out) != 0 && _unsentLength > 0)
        {
            Continue();
        }

        if (_paused)
        {
            if ((events & ~(LinuxSockets.In | LinuxSockets.Out)) != 0 && LinuxSockets.IsEnded(_descriptor))
            {
                End();
            }
        }
        else if ((events & ~LinuxSockets.Out) != 0)
        {
            Read();
        }
    }

    public override void Flush()
    {
        if (!Enter())
        {
            return;
        }

        while (Connection.TakeOutput(out var array, out var length))
        {
            var sent = Send(array.AsSpan(0, length));
            if (sent < length)
            {
                // The event loop goes on when there is room; until then the connection hands out no more.
                (_unsent, _unsentStart, _unsentLength) = (array, sent, length - sent);
                Watch();
                break;
            }

            Connection.OutputSent(array);
        }

        if (Connection is { IsClosed: true, IsSending: false })
        {
            LinuxSockets.Shutdown(_descriptor, LinuxSockets.ShutdownWrite);
        }

        Leave();
    }

    public override void Abort()
    {
        if (Enter())
        {
            // The loop sees the end of the stream and closes.
            LinuxSockets.Shutdown(_descriptor, LinuxSockets.ShutdownBoth);
            Leave();
        }
    }

    /// <summary>Closes. On the loop's thread.</summary>
    public void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _loop.Forget(_descriptor);
        ByteBuffer.Return(_partial);
        _partial = [];
        Connection.OnTransportEnded();
        var users = Interlocked.Or(ref _users, Closing);
        if (users == 0)
        {
            LinuxSockets.Close(_descriptor);
        }
    }

    private void Read()
    {
        if (_partialLength == 0)
        {
            var count = LinuxSockets.Receive(_descriptor, _loop.Buffer);
            if (Check(count))
            {
                Keep(_loop.Buffer.AsMemory(0, count));
            }

            return;
        }

        if (_partialLength == _partial.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_partialLength * 2);
            _partial.AsSpan(0, _partialLength).CopyTo(larger);
            ByteBuffer.Return(_partial);
            _partial = larger;
        }

        var more = LinuxSockets.Receive(_descriptor, _partial.AsSpan(_partialLength));
        if (Check(more))
        {
            _partialLength += more;
            Keep(_partial.AsMemory(0, _partialLength));
        }
    }

    private bool Check(int count)
    {
        if (count > 0)
        {
            return true;
        }

        if (count == 0 || Marshal.GetLastPInvokeError() is not (LinuxSockets.TryAgain or LinuxSockets.Interrupted))
        {
            End();
        }

        return false;
    }

    /// <summary>Feeds the connection and keeps what it did not use.</summary>
    private void Keep(ReadOnlyMemory<byte> data)
    {
        var used = Connection.Receive(data);
        var rest = data[used..];
        if (rest.IsEmpty)
        {
            ByteBuffer.Return(_partial);
            _partial = [];
        }
        else if (_partialLength > 0)
        {
            rest.Span.CopyTo(_partial);
        }
        else
        {
            // By what came, never by the length that the peer claims: a claim must cost no memory.
            _partial = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestPartial, rest.Length + 1));
            rest.Span.CopyTo(_partial);
        }

        _partialLength = rest.Length;
        if (Connection.Pending is { } pending)
        {
            Pause(pending);
        }
    }

    private void Pause(Task pending)
    {
        _paused = true;
        Watch();
        pending.ContinueWith(_ => _loop.Post(Resume), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Resume()
    {
        if (_ended)
        {
            return;
        }

        _paused = false;
        Watch();
        if (_partialLength > 0)
        {
            Keep(_partial.AsMemory(0, _partialLength));
        }
    }

    private void Continue()
    {
        var sent = Send(_unsent.AsSpan(_unsentStart, _unsentLength));
        _unsentStart += sent;
        _unsentLength -= sent;
        if (_unsentLength > 0)
        {
            return;
        }

        var array = _unsent;
        _unsent = [];
        Watch();
        Connection.OutputSent(array);
        Flush();
    }

    /// <summary>Sends as much as the socket takes; a dead socket takes everything, and the loop hears of its end.</summary>
    private int Send(ReadOnlySpan<byte> data)
    {
        var sent = 0;
        while (sent < data.Length)
        {
            var count = LinuxSockets.Send(_descriptor, data[sent..]);
            if (count >= 0)
            {
                sent += count;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LinuxSockets.TryAgain)
            {
                return sent;
            }

            if (error != LinuxSockets.Interrupted)
            {
                LinuxSockets.Shutdown(_descriptor, LinuxSockets.ShutdownBoth);
                return data.Length;
            }
        }

        return sent;
    }

    private void Watch() =>
        _loop.Watch(_descriptor, (_paused ? 0 : LinuxSockets.In) | (_unsentLength > 0 ? LinuxSockets.Out : 0));

    private bool Enter()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            if ((users & Closing) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == Closing)
        {
            LinuxSockets.Close(_descriptor);
        }
    }
}
