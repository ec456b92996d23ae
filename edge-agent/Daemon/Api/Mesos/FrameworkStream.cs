using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Mapping;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Task = System.Threading.Tasks.Task;

namespace Edge.Daemon.Api.Mesos;

/// <summary>One open subscription: what the engine says goes in, framed records in the framework's form go out.</summary>
/// <remarks>Two bounded queues: events as the engine gave them, and bytes that wait for the reader. Between them stands a pump of its
/// own, so that the engine never waits for the encoding of an offer. Whichever queue overflows, the stream is cut.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "The source of cancellation has no timer and no wait handle.")]
internal sealed class FrameworkStream
{
    private readonly Channel<Entry> _events;
    private readonly EventStream _bytes;
    private readonly WireForm _form;
    private readonly MasterInfo _master;
    private readonly CancellationTokenSource _overflow = new();
    private volatile bool _refinement;
    private volatile bool _closing;

    public FrameworkStream(StreamId id, WireForm form, MasterInfo master, EventStreamLimits limits, TimeProvider time)
    {
        Id = id;
        _form = form;
        _master = master;
        _events = Channel.CreateBounded<Entry>(new BoundedChannelOptions(limits.RecordsMax) { SingleReader = true });
        _bytes = new EventStream(limits, time);
    }

    public StreamId Id { get; }

    /// <summary>True once the engine has ended the stream; what was queued before is still handed out.</summary>
    public bool IsClosing => _closing;

    /// <summary>Records that wait for the reader.</summary>
    public int Waiting => _events.Reader.Count + _bytes.RecordsWaiting;

    /// <summary>True when the framework reads stacked reservations; may change with UPDATE_FRAMEWORK.</summary>
    public bool Refinement
    {
        get => _refinement;
        set => _refinement = value;
    }

    public void Send(FrameworkEvent happened) => Put(new Entry(happened, null));

    public void Send(Event message) => Put(new Entry(null, message));

    /// <summary>Ends the stream behind everything that was queued.</summary>
    public void Close()
    {
        _closing = true;
        _events.Writer.TryComplete();
    }

    /// <summary>Hands records out until the stream is closed, cut, or left by its reader.</summary>
    public async Task<EventStreamEnd> RunAsync(HttpContext context)
    {
        using var overflow = _overflow.Token.Register(context.Abort);
        var pump = PumpAsync(context.RequestAborted);
        var heartbeat = new EventStreamHeartbeat(Frame(EventMapping.Heartbeat), TimeSpan.FromSeconds(EventMapping.HeartbeatSeconds));
        var end = await _bytes.RunAsync(context, _form.Name(), heartbeat);
        _events.Writer.TryComplete();
        await pump;
        return _overflow.IsCancellationRequested ? EventStreamEnd.TooSlow : end;
    }

    private void Put(Entry entry)
    {
        if (!_events.Writer.TryWrite(entry) && _events.Writer.TryComplete())
        {
            _overflow.Cancel();
        }
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in _events.Reader.ReadAllAsync(cancellationToken))
            {
                var taken = _bytes.TryWrite(Frame(entry.Message ?? EventMapping.ToWire(entry.Happened!, _master, Refinement)));

                // Clients learn from the second record that heartbeats are to be expected.
                taken = taken && (entry.Happened is not FrameworkEvent.Subscribed || _bytes.TryWrite(Frame(EventMapping.Heartbeat)));
                if (!taken)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has gone.
        }

        _bytes.Complete();
    }

    private byte[] Frame(Event message) => RecordIo.Frame(_form == WireForm.Json ? MesosJson.ToBytes(message) : message.ToByteArray());

    /// <summary>One of the two is set.</summary>
    private readonly record struct Entry(FrameworkEvent? Happened, Event? Message);
}
