using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Protocol;

/// <summary>Server-sent events with numbers: hands each to whoever listens, and remembers the newest for those who come back.</summary>
/// <remarks>A listener that does not keep up is cut; it comes back with Last-Event-ID and gets what is still remembered. Several APIs may
/// tell of one feed, each to its own kind of listener. Safe from any thread. Source: HTML Living Standard, 9.2 server-sent
/// events.</remarks>
public sealed class EventFeed(TimeProvider time)
{
    /// <summary>Listeners at once. Reason: each holds a connection and a queue.</summary>
    public const int ListenersMax = 500;

    /// <summary>Events that are remembered for those who come back. Reason: minutes of a busy cluster, a megabyte at most.</summary>
    private const int HistoryMax = 1_000;

    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);
    private static readonly byte[] s_blank = "\r\n"u8.ToArray();

    private readonly Lock _lock = new();
    private readonly List<Listener> _listeners = [];
    private readonly Queue<Record> _history = new();
    private long _number;

    /// <summary>Listeners now; a metric.</summary>
    public int Listeners
    {
        get
        {
            lock (_lock)
            {
                return _listeners.Count;
            }
        }
    }

    /// <summary>Tells an event; never blocks.</summary>
    /// <param name="type">The event's name; one word.</param>
    /// <param name="data">Its data, one line of text.</param>
    public void Publish(string type, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            var record = new Record(++_number, type, Frame(_number, type, data));
            _history.Enqueue(record);
            if (_history.Count > HistoryMax)
            {
                _history.Dequeue();
            }

            foreach (var listener in _listeners)
            {
                listener.Offer(record);
            }
        }
    }

    /// <summary>Streams events until the listener goes.</summary>
    /// <param name="wants">True for the types that this listener is sent.</param>
    /// <param name="attached">Called when it listens, before anything is sent.</param>
    /// <param name="detached">Called when it has gone.</param>
    /// <returns>False when there are as many listeners as allowed: nothing was answered then.</returns>
    public async Task<bool> StreamAsync(
        HttpContext context, Func<string, bool> wants, Action? attached, Action? detached, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(context);
        var listener = new Listener(new EventStream(new EventStreamLimits(RecordsMax: 1024), time), wants);
        if (!Attach(listener, context.Request.Headers["Last-Event-ID"].ToString()))
        {
            return false;
        }

        attached?.Invoke();
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await using var stop = stopping.Register(listener.Stream.Complete);
        try
        {
            await listener.Stream.RunAsync(context, "text/event-stream", new EventStreamHeartbeat(s_blank, s_heartbeat));
        }
        finally
        {
            lock (_lock)
            {
                _listeners.Remove(listener);
            }

            detached?.Invoke();
        }

        return true;
    }

    private bool Attach(Listener listener, string lastId)
    {
        lock (_lock)
        {
            if (_listeners.Count >= ListenersMax)
            {
                return false;
            }

            if (long.TryParse(lastId, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                foreach (var record in _history.Where(r => r.Number > last))
                {
                    listener.Offer(record);
                }
            }

            _listeners.Add(listener);
            return true;
        }
    }

    private static byte[] Frame(long number, string type, ReadOnlySpan<byte> data)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: {type}\r\nid: {number}\r\ndata: "));
        return [.. head, .. data, .. "\r\n\r\n"u8];
    }

    private sealed record Record(long Number, string Type, byte[] Frame);

    private sealed record Listener(EventStream Stream, Func<string, bool> Wants)
    {
        public void Offer(Record record)
        {
            if (Wants(record.Type))
            {
                Stream.TryWrite(record.Frame);
            }
        }
    }
}
