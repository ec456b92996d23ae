using System.Globalization;
using System.Text;
using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>The event stream: turns what happens into Marathon's events and hands them to whoever listens.</summary>
/// <remarks>A listener that does not keep up is cut; it comes back with Last-Event-ID and gets what is still remembered. Events of types
/// that Marathon does not have are sent only to those who ask for them by name: some clients fail on unknown types. Safe from any
/// thread. Source: Marathon, /v2/events; HTML Living Standard, 9.2 server-sent events.</remarks>
public sealed class MarathonEvents(Func<IClusterGateway> gateway, TimeProvider time)
{
    /// <summary>Events that are remembered for those who come back. Reason: minutes of a busy cluster, a megabyte at most.</summary>
    private const int HistoryMax = 1_000;

    /// <summary>Listeners at once. Reason: each holds a connection and a queue.</summary>
    private const int ListenersMax = 500;

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

    /// <summary>Tells what the engine did; called by its loop, after the commit; never blocks.</summary>
    public void Publish(ClusterEvent happened)
    {
        foreach (var told in MarathonEventMapping.Map(happened, gateway().Snapshot))
        {
            Publish(told);
        }
    }

    /// <summary>Tells an event.</summary>
    public void Publish(MarathonEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        lock (_lock)
        {
            var record = new Record(++_number, happened.EventType, Frame(_number, happened));
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
    public async Task StreamAsync(HttpContext context, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(context);
        var types = context.Request.Query["event_type"].Where(t => t is not null).Select(t => t!).ToHashSet(StringComparer.Ordinal);
        var listener = new Listener(new EventStream(new EventStreamLimits(RecordsMax: 1024), time), types);
        var address = context.Connection.RemoteIpAddress?.ToString() ?? string.Empty;
        if (!Attach(listener, context.Request.Headers["Last-Event-ID"].ToString()))
        {
            await Answer.MessageAsync(
                context, StatusCodes.Status503ServiceUnavailable, $"There are {ListenersMax} listeners, which is the limit.");
            return;
        }

        Publish(new MarathonEvent.StreamAttached(time.GetUtcNow(), address));
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

            Publish(new MarathonEvent.StreamDetached(time.GetUtcNow(), address));
        }
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

    private static byte[] Frame(long number, MarathonEvent happened)
    {
        var json = MarathonJson.ToUtf8(w => MarathonJson.WriteEvent(w, happened));
        var head = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"event: {happened.EventType}\r\nid: {number}\r\ndata: "));
        return [.. head, .. json, .. "\r\n\r\n"u8];
    }

    private sealed record Record(long Number, string Type, byte[] Frame);

    private sealed record Listener(EventStream Stream, HashSet<string> Types)
    {
        public void Offer(Record record)
        {
            if (Types.Count == 0 ? !record.Type.StartsWith("edge_", StringComparison.Ordinal) : Types.Contains(record.Type))
            {
                Stream.TryWrite(record.Frame);
            }
        }
    }
}
