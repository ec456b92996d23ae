using System.Buffers.Binary;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>One connection to the keeper, not blocking, with bounded buffers both ways.</summary>
internal sealed unsafe class KeeperConnection(int fd)
{
    /// <summary>What may wait for a slow reader; beyond it the connection is cut, the agent subscribes anew.</summary>
    private const int MaxPending = 512 * 1024;

    private readonly byte[] _input = new byte[KeeperProtocol.MaxFrame + 4];
    private int _filled;
    private byte[] _pending = [];
    private int _pendingCount;

    public int Fd => fd;

    public bool IsOpen { get; private set; } = true;

    public bool IsSubscribed { get; set; }

    public bool WantsToWrite => _pendingCount > 0;

    public void Send(ReadOnlySpan<byte> frame)
    {
        if (!IsOpen)
        {
            return;
        }

        var sent = _pendingCount == 0 ? SendNow(frame) : 0;
        if (!IsOpen || sent == frame.Length)
        {
            return;
        }

        var rest = frame[sent..];
        if (_pendingCount + rest.Length > MaxPending)
        {
            IsOpen = false;
            return;
        }

        if (_pending.Length < _pendingCount + rest.Length)
        {
            Array.Resize(ref _pending, Math.Max((_pendingCount + rest.Length) * 2, KeeperProtocol.MaxFrame));
        }

        rest.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += rest.Length;
    }

    /// <summary>Sends what waits.</summary>
    public void Flush()
    {
        if (_pendingCount == 0)
        {
            return;
        }

        var sent = SendNow(_pending.AsSpan(0, _pendingCount));
        _pending.AsSpan(sent, _pendingCount - sent).CopyTo(_pending);
        _pendingCount -= sent;
        if (_pendingCount == 0)
        {
            _pending = [];
        }
    }

    /// <summary>Reads what is there; afterwards <see cref="TryTake"/> gives the whole frames.</summary>
    public void Receive()
    {
        fixed (byte* into = _input)
        {
            var length = LibcFiles.Receive(fd, into + _filled, _input.Length - _filled, 0);
            if (length > 0)
            {
                _filled += (int)length;
            }
            else if (length == 0 || Libc.LastError is not (Errno.Again or Errno.Interrupted))
            {
                IsOpen = false;
            }
        }
    }

    /// <summary>Takes one whole frame off the input; a frame that is too long or too short ends the connection.</summary>
    public bool TryTake(out KeeperVerb verb, out uint requestId, out byte[] payload)
    {
        (verb, requestId, payload) = (default, 0, []);
        if (!IsOpen || _filled < KeeperProtocol.HeaderSize)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_input);
        if (length is < KeeperProtocol.HeaderSize - 4 or > KeeperProtocol.MaxFrame || _input[4] == 0)
        {
            IsOpen = false;
            return false;
        }

        var whole = (int)length + 4;
        if (_filled < whole)
        {
            return false;
        }

        verb = (KeeperVerb)_input[5];
        requestId = BinaryPrimitives.ReadUInt32LittleEndian(_input.AsSpan(6));
        payload = _input[KeeperProtocol.HeaderSize..whole];
        _input.AsSpan(whole, _filled - whole).CopyTo(_input);
        _filled -= whole;
        return true;
    }

    public void Close()
    {
        IsOpen = false;
        _ = LibcFiles.Close(fd);
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            var sent = LibcFiles.Send(fd, from, bytes.Length, LibcFiles.NoSignal);
            if (sent >= 0)
            {
                return (int)sent;
            }

            IsOpen = Libc.LastError is Errno.Again or Errno.Interrupted;
            return 0;
        }
    }
}
