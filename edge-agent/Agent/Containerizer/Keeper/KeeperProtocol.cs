using System.Buffers.Binary;
using System.Text;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>The kinds of frames between agent and keeper. The numbers are on the wire and never change.</summary>
internal enum KeeperVerb : byte
{
    /// <summary>Empty; answered by Pong.</summary>
    Ping = 1,

    /// <summary>Empty; answered by one State per container, then Done.</summary>
    List = 2,

    /// <summary>Container id; answered by State once it runs or has failed. The same id again starts nothing.</summary>
    Start = 3,

    /// <summary>Container id, i64 grace in milliseconds; answered by State at once.</summary>
    Kill = 4,

    /// <summary>Container id, i32 signal, sent to the main process; answered by Done.</summary>
    Signal = 5,

    /// <summary>Container id of an exited container; removes its records; answered by Done.</summary>
    Forget = 6,

    /// <summary>Empty; like List, and from then on every change comes as a State with request id 0.</summary>
    Subscribe = 7,

    /// <summary>Empty; the keeper ends and leaves the tasks alone; answered by Done.</summary>
    Stop = 8,

    Done = 128,

    /// <summary>u8 code, text.</summary>
    Error = 129,

    State = 130,

    /// <summary>i32 pid of the keeper, text version.</summary>
    Pong = 131,
}

/// <summary>Why a request was refused. The numbers are on the wire.</summary>
internal enum KeeperErrorCode : byte
{
    UnknownContainer = 1,
    StillRunning = 2,
    Full = 3,
    BadRequest = 4,
    Failed = 5,
}

/// <summary>Frames: u32 length of the rest, u8 protocol version, u8 verb, u32 request id, payload. All little-endian.</summary>
/// <remarks>An old keeper works with a newer agent and the reverse: verbs are only added, fields are only appended, a reader ignores
/// what follows the fields that it knows, and an unknown verb is answered by an error.</remarks>
internal static class KeeperProtocol
{
    public const byte Version = 1;
    public const int HeaderSize = 10;

    /// <summary>Bytes after the length; the longest frame is a State with a long id and a long sentence.</summary>
    public const int MaxFrame = 4096;

    private const int MaxSentence = 1024;

    /// <summary>Writes a frame; <paramref name="into"/> needs <see cref="MaxFrame"/> + 4 bytes.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> into, KeeperVerb verb, uint requestId, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(into[HeaderSize..]);
        return Finish(into, verb, requestId, HeaderSize + payload.Length);
    }

    public static int WriteState(Span<byte> into, uint requestId, KeptState state)
    {
        var at = WriteText(into, HeaderSize, state.ContainerId);
        into[at++] = (byte)state.Phase;
        into[at++] = (byte)((state.IsStatusKnown ? 1 : 0) | (state.IsLaunchFailure ? 2 : 0));
        BinaryPrimitives.WriteInt32LittleEndian(into[at..], state.Pid);
        BinaryPrimitives.WriteUInt64LittleEndian(into[(at + 4)..], state.StartTicks);
        BinaryPrimitives.WriteInt64LittleEndian(into[(at + 12)..], state.StartedAtUnixMs);
        BinaryPrimitives.WriteInt32LittleEndian(into[(at + 20)..], state.Status);
        BinaryPrimitives.WriteInt64LittleEndian(into[(at + 24)..], state.ExitedAtUnixMs);
        BinaryPrimitives.WriteInt64LittleEndian(into[(at + 32)..], state.ExitedMonotonicMs);
        at = WriteText(into, at + 40, state.Problem.Length <= MaxSentence ? state.Problem : state.Problem[..MaxSentence]);
        return Finish(into, KeeperVerb.State, requestId, at);
    }

    /// <summary>Reads the payload of a State; null when it is too short.</summary>
    public static KeptState? ReadState(ReadOnlySpan<byte> payload)
    {
        if (!TryReadText(ref payload, out var id) || payload.Length < 42)
        {
            return null;
        }

        var phase = (KeptPhase)payload[0];
        var flags = payload[1];
        var numbers = payload[2..];
        var rest = payload[42..];
        return !TryReadText(ref rest, out var problem)
            ? null
            : new KeptState(
                id, phase, BinaryPrimitives.ReadInt32LittleEndian(numbers), BinaryPrimitives.ReadUInt64LittleEndian(numbers[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(numbers[12..]), (flags & 1) != 0, (flags & 2) != 0,
                BinaryPrimitives.ReadInt32LittleEndian(numbers[20..]), BinaryPrimitives.ReadInt64LittleEndian(numbers[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(numbers[32..]), problem);
    }

    public static int WriteError(Span<byte> into, uint requestId, KeeperErrorCode code, string sentence)
    {
        into[HeaderSize] = (byte)code;
        return Finish(into, KeeperVerb.Error, requestId, WriteText(into, HeaderSize + 1, sentence));
    }

    /// <summary>A payload of a container id and, if given, one number.</summary>
    public static byte[] IdPayload(string containerId, long? number = null)
    {
        var bytes = new byte[2 + Encoding.UTF8.GetByteCount(containerId) + (number.HasValue ? 8 : 0)];
        var at = WriteText(bytes, 0, containerId);
        if (number is { } value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
        }

        return bytes;
    }

    /// <summary>Takes a text (u16 length, UTF-8) off the front.</summary>
    public static bool TryReadText(ref ReadOnlySpan<byte> payload, out string text)
    {
        text = "";
        if (payload.Length < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(payload);
        if (payload.Length < 2 + length)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(payload.Slice(2, length));
        payload = payload[(2 + length)..];
        return true;
    }

    public static int WriteText(Span<byte> into, int at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, into[(at + 2)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(into[at..], (ushort)length);
        return at + 2 + length;
    }

    private static int Finish(Span<byte> into, KeeperVerb verb, uint requestId, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(into, (uint)(length - 4));
        into[4] = Version;
        into[5] = (byte)verb;
        BinaryPrimitives.WriteUInt32LittleEndian(into[6..], requestId);
        return length;
    }
}
