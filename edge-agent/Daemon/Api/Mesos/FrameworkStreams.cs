using System.Collections.Concurrent;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;

namespace Edge.Daemon.Api.Mesos;

/// <summary>The open streams of all subscribed frameworks.</summary>
/// <remarks>Safe from any thread; nothing waits.</remarks>
/// <param name="limits">What may wait for one slow reader.</param>
/// <param name="time">Drives heartbeats.</param>
public sealed class FrameworkStreams(EventStreamLimits limits, TimeProvider time) : IFrameworkStreams
{
    private readonly ConcurrentDictionary<StreamId, FrameworkStream> _streams = [];
    private long _opened;
    private long _cut;

    /// <summary>Streams that are open now.</summary>
    public int Count => _streams.Count;

    /// <summary>Streams opened since the start.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>Streams cut since the start because their reader was too slow.</summary>
    public long Cut => Interlocked.Read(ref _cut);

    /// <summary>Records that wait for their readers, over all streams.</summary>
    public int Waiting => _streams.Values.Sum(stream => stream.Waiting);

    /// <inheritdoc/>
    public void Send(StreamId stream, FrameworkEvent happened) => Find(stream)?.Send(happened);

    /// <inheritdoc/>
    public void Close(StreamId stream) => Find(stream)?.Close();

    /// <summary>Ends all streams, as the daemon goes down.</summary>
    public void CloseAll()
    {
        foreach (var stream in _streams.Values)
        {
            stream.Close();
        }
    }

    internal FrameworkStream Open(StreamId id, WireForm form, MasterInfo master)
    {
        var stream = new FrameworkStream(id, form, master, limits, time);
        _streams[id] = stream;
        Interlocked.Increment(ref _opened);
        return stream;
    }

    internal FrameworkStream? Find(StreamId id) => _streams.GetValueOrDefault(id);

    internal void Remove(FrameworkStream stream, EventStreamEnd end)
    {
        _streams.TryRemove(stream.Id, out _);
        if (end == EventStreamEnd.TooSlow)
        {
            Interlocked.Increment(ref _cut);
        }
    }
}
