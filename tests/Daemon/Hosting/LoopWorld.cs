using System.Collections.Concurrent;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Hosting;
using Edge.Tests.Core.Engine;
using Edge.Tests.Daemon.Api.Mesos;
using Edge.Tests.EndToEnd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Daemon.Hosting;

/// <summary>An engine loop over a scripted journal, on a clock that is stepped by hand; tells what happened in which order.</summary>
internal sealed class LoopWorld : IJournal, IEngineActs, IAsyncDisposable
{
    private readonly DateTimeOffset _start;
    private ulong _seed;

    public LoopWorld()
    {
        _start = Clock.GetUtcNow();
        var hub = EngineWorld.Hub();
        Loop = new EngineLoop(
            hub.State, this, this,
            new EngineLoopOptions(
                ClusterLimits.Default, Clock, () => hub.Time + (Clock.GetUtcNow() - _start), () => ++_seed, Fatal.Enqueue),
            NullLogger<EngineLoop>.Instance);
    }

    public SteppedClock Clock { get; } = new();

    public EngineLoop Loop { get; }

    /// <summary><c>commit</c>, <c>refuse</c> and the names of acts, in order.</summary>
    public ConcurrentQueue<string> Story { get; } = new();

    public ConcurrentQueue<Exception> Fatal { get; } = new();

    /// <summary>What the journal says to a commit; null commits.</summary>
    public Func<string?> Answer { get; set; } = () => null;

    /// <summary>A node says hello.</summary>
    public static NodeMessage Hello(string node) =>
        new(new NodeId(node), EngineWorld.Hello(identity: EngineWorld.Identity("machine-" + node, "db-" + node)));

    public Task<CommandReply> SubmitAsync(ClusterCommand command) => Loop.SubmitAsync(command, CancellationToken.None).AsTask();

    public string Metrics()
    {
        var text = new MetricsText();
        EngineMetrics.Write(text, Loop);
        return text.ToString();
    }

    /// <summary>Waits until something holds, while time stands still or goes on.</summary>
    public Task UntilAsync(Func<bool> holds, bool advance = false) => Cluster.UntilAsync(
        () =>
        {
            if (advance)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }

            return holds();
        },
        30, "the loop has done it");

    public JournalRows Load() => JournalRows.Empty;

    public string? Commit(IReadOnlyList<RowChange> rows)
    {
        var answer = Answer();
        Story.Enqueue(answer is null ? "commit" : "refuse");
        return answer;
    }

    public void Carry(Dispatch dispatch) => Story.Enqueue(dispatch.GetType().Name);

    public ValueTask DisposeAsync() => Loop.DisposeAsync();
}
