using System.Collections.Concurrent;
using System.Collections.Immutable;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Google.Protobuf;
using Task = System.Threading.Tasks.Task;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Tests.EndToEnd;

/// <summary>A framework of the tests over <see cref="RawMesosClient"/>: launches what it is asked for, acknowledges, remembers every
/// event.</summary>
/// <remarks>Subscribes again whenever its stream ends, with the id it has. It filters nothing: what the hub says twice is seen
/// twice.</remarks>
internal sealed class TestFramework : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, byte> _nodes = new(StringComparer.Ordinal);
    private readonly List<TaskInfo> _wanted = [];
    private readonly Lock _gate = new();
    private readonly RawMesosClient _client;
    private readonly FrameworkInfo _info;
    private readonly bool _json;
    private ImmutableList<SeenUpdate> _updates = [];
    private ImmutableList<string> _errors = [];
    private Task _running = Task.CompletedTask;

    /// <param name="master">The hub.</param>
    /// <param name="mediaType">Of both ways: <see cref="RawMesosClient.Json"/> or <see cref="RawMesosClient.Protobuf"/>.</param>
    public TestFramework(Uri master, string mediaType, params FrameworkInfo.Types.Capability.Types.Type[] capabilities)
    {
        _client = new RawMesosClient(master, mediaType);
        _json = mediaType == RawMesosClient.Json;
        _info = new FrameworkInfo { User = "root", Name = "edge-test", FailoverTimeout = 3600 };
        _info.Capabilities.AddRange(capabilities.Select(c => new FrameworkInfo.Types.Capability { Type = c }));
    }

    /// <summary>An update as it came.</summary>
    /// <param name="At">The monotonic timestamp of its arrival.</param>
    public sealed record SeenUpdate(TaskStatus Status, long At)
    {
        /// <summary>The task.</summary>
        public string Task => Status.TaskId.Value;

        /// <summary>Its state.</summary>
        public TaskState State => Status.State;
    }

    /// <summary>The framework's id, once it is subscribed.</summary>
    public string? Id { get; private set; }

    /// <summary>How often it was subscribed.</summary>
    public int Subscriptions { get; private set; }

    /// <summary>Every update, in its order.</summary>
    public IReadOnlyList<SeenUpdate> Updates => _updates;

    /// <summary>ERROR events and calls that were not accepted.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The nodes that were ever offered.</summary>
    public ICollection<string> Nodes => _nodes.Keys;

    /// <summary>When the ACCEPT of a task was sent.</summary>
    public ConcurrentDictionary<string, long> AcceptedAt { get; } = new(StringComparer.Ordinal);

    /// <summary>True when every record came in one chunk of its own.</summary>
    public bool OneRecordPerChunk { get; private set; } = true;

    /// <summary>False: updates are left unacknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>A shell task of a tenth of a CPU.</summary>
    /// <param name="node">Where it has to run; null for anywhere.</param>
    public static TaskInfo Shell(string id, string command, string? node = null) => new()
    {
        Name = id,
        TaskId = new TaskID { Value = id },
        AgentId = new AgentID { Value = node ?? string.Empty },
        Command = new CommandInfo { Value = command, Shell = true },
        Resources = { Scalar("cpus", 0.1), Scalar("mem", 32) },
    };

    /// <summary>An amount of a resource.</summary>
    public static Resource Scalar(string name, double amount) =>
        new() { Name = name, Type = Value.Types.Type.Scalar, Scalar = new Value.Types.Scalar { Value = amount } };

    /// <summary>Subscribes, and goes on until it is disposed.</summary>
    public void Start() => _running = RunAsync(_stopping.Token);

    /// <summary>Launches a task as soon as an offer fits.</summary>
    public Task LaunchAsync(params TaskInfo[] tasks)
    {
        lock (_gate)
        {
            _wanted.AddRange(tasks);
        }

        return Id is null ? Task.CompletedTask : CallAsync(new Call { Type = Call.Types.Type.Revive });
    }

    /// <summary>Asks for the end of a task.</summary>
    public Task KillAsync(string task, string? node = null)
    {
        var kill = new Call.Types.Kill { TaskId = new TaskID { Value = task } };
        if (node is not null)
        {
            kill.AgentId = new AgentID { Value = node };
        }

        return CallAsync(new Call { Type = Call.Types.Type.Kill, Kill = kill });
    }

    /// <summary>Asks for the states of all its tasks.</summary>
    public Task ReconcileAsync() => CallAsync(new Call { Type = Call.Types.Type.Reconcile, Reconcile = new Call.Types.Reconcile() });

    /// <summary>The states of a task in the order they were seen.</summary>
    public IReadOnlyList<TaskState> States(string task) => [.. _updates.Where(u => u.Task == task).Select(u => u.State)];

    /// <summary>True when a task was seen in a state.</summary>
    public bool Saw(string task, TaskState state) => States(task).Contains(state);

    /// <summary>Waits for a state of a task.</summary>
    /// <returns>The newest update with it.</returns>
    public async Task<SeenUpdate> WaitForAsync(string task, TaskState state, int seconds)
    {
        await UntilAsync(() => Saw(task, state), seconds, $"{task} {state}");
        return _updates.Last(u => u.Task == task && u.State == state);
    }

    /// <summary>Waits until something holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time; the message has all that was seen.</exception>
    public async Task UntilAsync(Func<bool> holds, int seconds, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > seconds)
            {
                throw new TimeoutException($"Not within {seconds} s: {what}.\n{Told()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>All that was seen, for the message of a failed test.</summary>
    public string Told() =>
        $"framework {Id}, {Subscriptions} subscriptions\n"
        + string.Join('\n', _updates.Select(u => $"{u.Task} {u.State} {u.Status.Source} {(u.Status.HasReason ? u.Status.Reason : null)} "
            + $"{u.Status.Message} {(u.Status.HasUuid ? Convert.ToHexStringLower(u.Status.Uuid.Span) : "no uuid")}").TakeLast(200))
        + "\n" + string.Join('\n', _errors);

    /// <summary>Sends a call with its ids filled in.</summary>
    public async Task<RawMesosAnswer?> CallAsync(Call call)
    {
        call.FrameworkId = new FrameworkID { Value = Id };
        try
        {
            var answer = await _client.CallAsync(Encode(call), _stopping.Token);
            if (answer.Status != 202)
            {
                Complain($"{call.Type}: {answer.Status} {answer.Text}");
            }

            return answer;
        }
        catch (Exception away) when (away is IOException or System.Net.Sockets.SocketException)
        {
            // The stream ends too; what the call was about comes again with the next subscription.
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private byte[] Encode(Call call) => _json ? MesosJson.ToBytes(call) : call.ToByteArray();

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await SubscribeAsync(stopping);
                await Task.Delay(s_pause, TimeProvider.System, stopping);
            }
            catch (Exception away) when (away is IOException or System.Net.Sockets.SocketException)
            {
                await Task.Delay(s_pause, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SubscribeAsync(CancellationToken stopping)
    {
        var call = new Call { Type = Call.Types.Type.Subscribe, Subscribe = new Call.Types.Subscribe { FrameworkInfo = _info } };
        if (Id is not null)
        {
            _info.Id = new FrameworkID { Value = Id };
            call.FrameworkId = _info.Id;
        }

        await using var stream = await _client.SubscribeAsync(Encode(call), stopping);
        if (stream.Answer.Status != 200)
        {
            Complain($"SUBSCRIBE: {stream.Answer.Status} {stream.Answer.Text}");
            return;
        }

        await foreach (var record in stream.ReadRecordsAsync(stopping))
        {
            var at = TimeProvider.System.GetTimestamp();
            OneRecordPerChunk &= stream.OneRecordPerChunk;
            await HearAsync(Decode(record), at);
        }
    }

    private Event Decode(byte[] record)
    {
        var parsed = _json ? MesosJson.Parse<Event>(record.AsSpan()) : MesosProto.TryParse<Event>(record.AsSpan());
        return parsed.Ok ? parsed.Message : throw new InvalidDataException($"An event cannot be read: {parsed.Error}");
    }

    private async Task HearAsync(Event happened, long at)
    {
        switch (happened.Type)
        {
            case Event.Types.Type.Subscribed:
                Id = happened.Subscribed.FrameworkId.Value;
                Subscriptions++;
                break;
            case Event.Types.Type.Offers:
                foreach (var offer in happened.Offers.Offers_)
                {
                    await AnswerAsync(offer);
                }

                break;
            case Event.Types.Type.Update:
                ImmutableInterlocked.Update(ref _updates, (all, one) => all.Add(one), new SeenUpdate(happened.Update.Status, at));
                await AcknowledgeAsync(happened.Update.Status);
                break;
            case Event.Types.Type.Error:
                Complain($"ERROR: {happened.Error.Message}");
                break;
        }
    }

    private async Task AcknowledgeAsync(TaskStatus status)
    {
        if (status.HasUuid && Acknowledges)
        {
            var acknowledge = new Call.Types.Acknowledge { AgentId = status.AgentId, TaskId = status.TaskId, Uuid = status.Uuid };
            await CallAsync(new Call { Type = Call.Types.Type.Acknowledge, Acknowledge = acknowledge });
        }
    }

    private async Task AnswerAsync(Offer offer)
    {
        var node = offer.AgentId.Value;
        _nodes.TryAdd(node, 0);
        var chosen = Choose(offer);
        var filters = new Filters { RefuseSeconds = 1 };
        if (chosen.Count == 0)
        {
            await CallAsync(new Call
            {
                Type = Call.Types.Type.Decline,
                Decline = new Call.Types.Decline { OfferIds = { offer.Id }, Filters = filters },
            });
            return;
        }

        var launch = new Offer.Types.Operation { Type = Offer.Types.Operation.Types.Type.Launch, Launch = new() };
        launch.Launch.TaskInfos.AddRange(chosen);
        var accept = new Call.Types.Accept { OfferIds = { offer.Id }, Operations = { launch }, Filters = filters };
        var now = TimeProvider.System.GetTimestamp();
        chosen.ForEach(t => AcceptedAt[t.TaskId.Value] = now);
        await CallAsync(new Call { Type = Call.Types.Type.Accept, Accept = accept });
    }

    /// <summary>Takes what fits into the offer's CPUs and memory.</summary>
    private List<TaskInfo> Choose(Offer offer)
    {
        var cpus = Amount(offer.Resources, "cpus");
        var mem = Amount(offer.Resources, "mem");
        var chosen = new List<TaskInfo>();
        lock (_gate)
        {
            foreach (var task in _wanted.Where(t => t.AgentId.Value is "" || t.AgentId.Value == offer.AgentId.Value))
            {
                cpus -= Amount(task.Resources, "cpus");
                mem -= Amount(task.Resources, "mem");
                if (cpus < -1e-9 || mem < -1e-9)
                {
                    break;
                }

                task.AgentId.Value = offer.AgentId.Value;
                chosen.Add(task);
            }

            _wanted.RemoveAll(chosen.Contains);
        }

        return chosen;
    }

    private static double Amount(IEnumerable<Resource> resources, string name) =>
        resources.Where(r => r.Name == name).Sum(r => r.Scalar.Value);

    private void Complain(string text) => ImmutableInterlocked.Update(ref _errors, (all, one) => all.Add(one), text);
}
