using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Protocol;

/// <summary>Bounds of one subscriber's stream.</summary>
/// <param name="RecordsMax">Records that may wait for a slow reader.</param>
/// <param name="BytesMax">Bytes that may wait for a slow reader.</param>
public sealed record EventStreamLimits(int RecordsMax = 4096, int BytesMax = 16 * 1024 * 1024)
{
    /// <summary>How long a completed stream may take to hand out what still waits; default 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What a stream says when nothing else happens.</summary>
/// <param name="Record">Framed; written again each time.</param>
/// <param name="Interval">Between two of them; Mesos sends one every 15 s to schedulers and operators.</param>
public sealed record EventStreamHeartbeat(byte[] Record, TimeSpan Interval);

/// <summary>Why a stream ended.</summary>
public enum EventStreamEnd
{
    /// <summary>This side completed it and everything was handed out.</summary>
    Completed,

    /// <summary>The reader closed the connection, or it broke.</summary>
    ReaderGone,

    /// <summary>The reader did not keep up and was cut off; what waited is lost.</summary>
    TooSlow,
}

/// <summary>One subscriber's stream of records: a bounded queue, and the loop that drains it into the answer.</summary>
/// <remarks>Records are framed by the caller; each is written at once and flushed, so that one record is one chunk. A reader that lets the
/// queue fill up is cut: an event left out would be worse than a stream that ends, since the client subscribes again and asks.
/// <see cref="TryWrite"/> and <see cref="Complete"/> are safe from any thread and never wait; <see cref="RunAsync"/> is called
/// once.</remarks>
[SuppressMessage("Design", "CA1001",
    Justification = "The source of cancellation has no timer and no wait handle: there is nothing to free.")]
public sealed class EventStream
{
    private readonly EventStreamLimits _limits;
    private readonly TimeProvider _time;
    private readonly Channel<byte[]> _queue;
    private readonly CancellationTokenSource _cut = new();
    private ITimer? _closing;
    private long _bytesWaiting;

    /// <param name="time">Drives heartbeats and the close timeout.</param>
    public EventStream(EventStreamLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _time = time;
        _queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(limits.RecordsMax) { SingleReader = true });
    }

    /// <summary>Records that wait for the reader; a metric.</summary>
    public int RecordsWaiting => _queue.Reader.Count;

    /// <summary>Bytes that wait for the reader, the record being written included; a metric.</summary>
    public long BytesWaiting => Interlocked.Read(ref _bytesWaiting);

    /// <summary>Puts a framed record in the queue. The array must not change afterwards.</summary>
    /// <returns>False when the stream has ended, or ends now because the reader is too slow; nothing more will be taken.</returns>
    public bool TryWrite(byte[] framed)
    {
        ArgumentNullException.ThrowIfNull(framed);
        if (Interlocked.Add(ref _bytesWaiting, framed.Length) <= _limits.BytesMax && _queue.Writer.TryWrite(framed))
        {
            return true;
        }

        Interlocked.Add(ref _bytesWaiting, -framed.Length);

        // Where somebody else completed the queue, it was not full: its reader did nothing wrong.
        if (_queue.Writer.TryComplete())
        {
            _cut.Cancel();
        }

        return false;
    }

    /// <summary>Ends the stream once everything that waits has been handed out, or after the close timeout. Repeating it does
    /// nothing.</summary>
    public void Complete()
    {
        if (_queue.Writer.TryComplete())
        {
            _closing = _time.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), _cut, _limits.CloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Sends the headers and then every record, until the stream is completed, cut, or left by its reader.</summary>
    /// <param name="context">Whatever headers the answer needs besides its type are set already. Aborted when the reader is cut.</param>
    /// <param name="contentType">Sent to the letter.</param>
    /// <param name="heartbeat">The first comes one interval after the start; null for a stream without any.</param>
    public async Task<EventStreamEnd> RunAsync(HttpContext context, string contentType, EventStreamHeartbeat? heartbeat)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _cut.Token);
        using var beat = heartbeat is null ? null
            : _time.CreateTimer(_ => TryWrite(heartbeat.Record), null, heartbeat.Interval, heartbeat.Interval);
        try
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = contentType;
            await context.Response.BodyWriter.FlushAsync(ended.Token);
            await foreach (var record in _queue.Reader.ReadAllAsync(ended.Token))
            {
                await context.Response.BodyWriter.WriteAsync(record, ended.Token);
                Interlocked.Add(ref _bytesWaiting, -record.Length);
            }

            return EventStreamEnd.Completed;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            if (!_cut.IsCancellationRequested)
            {
                return EventStreamEnd.ReaderGone;
            }

            context.Abort();
            return EventStreamEnd.TooSlow;
        }
        finally
        {
            _queue.Writer.TryComplete();
            _closing?.Dispose();
        }
    }
}
