using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Edge.Tests.EndToEnd;

/// <summary>The answer to a SUBSCRIBE: a stream of RecordIO records, or an ordinary answer when it was refused.</summary>
/// <remarks>One reader at a time. Disposing closes the connection.</remarks>
internal sealed class RawMesosStream(RawHttpConnection connection, RawMesosAnswer answer) : IAsyncDisposable
{
    private const int MaxRecord = 64 * 1024 * 1024;
    private const int MaxLengthDigits = 20;

    private readonly List<byte> _pending = [];
    private readonly Queue<byte[]> _ready = new();

    /// <summary>Status and headers; the body only when the status is not 200.</summary>
    public RawMesosAnswer Answer { get; } = answer;

    /// <summary>The value of Mesos-Stream-Id, or null when the server sent none.</summary>
    public string? StreamId => Answer.Header("Mesos-Stream-Id");

    /// <summary>How many chunks have come.</summary>
    public int Chunks { get; private set; }

    /// <summary>True as long as every chunk held exactly one whole record, as the pickiest clients need it.</summary>
    public bool OneRecordPerChunk { get; private set; } = true;

    /// <summary>The records in their order; ends when the server closes the stream properly.</summary>
    /// <exception cref="IOException">The connection broke, or the stream ended within a record, or a length is no number.</exception>
    public async IAsyncEnumerable<byte[]> ReadRecordsAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        while (await TryNextAsync(cancel) is { } record)
        {
            yield return record;
        }
    }

    /// <summary>The next record.</summary>
    /// <exception cref="IOException">As <see cref="ReadRecordsAsync"/>, and when the stream has ended.</exception>
    public async Task<byte[]> NextAsync(CancellationToken cancel) =>
        await TryNextAsync(cancel) ?? throw new IOException("The stream has ended.");

    /// <summary>Cuts the connection hard, as a killed client does.</summary>
    public void Reset() => connection.Reset();

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // The next record, or null at the proper end of the stream.
    private async Task<byte[]?> TryNextAsync(CancellationToken cancel)
    {
        while (_ready.Count == 0)
        {
            var chunk = Answer.Status == 200 ? await connection.ReadChunkAsync(cancel) : null;
            if (chunk is null)
            {
                return _pending.Count == 0
                    ? null
                    : throw new IOException($"The stream ended within a record: '{Encoding.UTF8.GetString([.. _pending])}'.");
            }

            Take(chunk);
        }

        return _ready.Dequeue();
    }

    private void Take(byte[] chunk)
    {
        Chunks++;
        var whole = _pending.Count == 0;
        _pending.AddRange(chunk);
        while (TakeRecord() is { } record)
        {
            _ready.Enqueue(record);
        }

        OneRecordPerChunk = OneRecordPerChunk && whole && _ready.Count == 1 && _pending.Count == 0;
    }

    private byte[]? TakeRecord()
    {
        var newline = _pending.IndexOf((byte)'\n');
        if (newline < 0 && _pending.Count <= MaxLengthDigits)
        {
            return null;
        }

        var digits = Encoding.ASCII.GetString([.. _pending[..Math.Clamp(newline, 0, MaxLengthDigits)]]);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > MaxRecord)
        {
            throw new IOException($"'{digits}' is no record length; allowed is a decimal number up to {MaxRecord}.");
        }

        if (_pending.Count - newline - 1 < length)
        {
            return null;
        }

        var record = _pending.GetRange(newline + 1, length).ToArray();
        _pending.RemoveRange(0, newline + 1 + length);
        return record;
    }
}
