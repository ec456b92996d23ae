using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Daemon.Api.Protocol;
using Edge.Tests.EndToEnd;
using Google.Protobuf;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>A scheduler that speaks messages over raw connections, in either form.</summary>
internal sealed class SchedulerClient(Uri address, WireForm form, string path)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RawMesosClient _raw = new(address, form.Name(), path);

    public WireForm Form => form;

    /// <summary>The id that the last subscription got.</summary>
    public FrameworkID Framework { get; set; } = new() { Value = string.Empty };

    public string? StreamId
    {
        get => _raw.StreamId;
        set => _raw.StreamId = value;
    }

    public static KeyValuePair<string, string> Header(string name, string value) => new(name, value);

    public static FrameworkInfo Info(params FrameworkInfo.Types.Capability.Types.Type[] capabilities)
    {
        var info = new FrameworkInfo { User = "root", Name = "test", FailoverTimeout = 60 };
        info.Capabilities.AddRange(capabilities.Select(type => new FrameworkInfo.Types.Capability { Type = type }));
        return info;
    }

    /// <summary>Subscribes and reads SUBSCRIBED and the first HEARTBEAT.</summary>
    public async Task<Subscription> SubscribeAsync(FrameworkInfo? info = null)
    {
        var subscription = await OpenAsync(info ?? Info());
        var first = await subscription.NextAsync();
        Assert.Equal(Event.Types.Type.Subscribed, first.Type);
        Framework = first.Subscribed.FrameworkId;
        Assert.Equal(Event.Types.Type.Heartbeat, (await subscription.NextAsync()).Type);
        return subscription;
    }

    /// <summary>Subscribes and reads nothing.</summary>
    public Task<Subscription> OpenAsync(FrameworkInfo info, params KeyValuePair<string, string>[] headers)
    {
        var call = new Call { Type = Call.Types.Type.Subscribe, Subscribe = new Call.Types.Subscribe { FrameworkInfo = info } };
        if (info.Id is not null)
        {
            call.FrameworkId = info.Id;
        }

        return OpenAsync(call, headers);
    }

    public async Task<Subscription> OpenAsync(Call call, params KeyValuePair<string, string>[] headers)
    {
        using var patience = new CancellationTokenSource(Patience);
        return new Subscription(await _raw.SubscribeAsync(Encode(call), patience.Token, headers), form);
    }

    /// <summary>Sends a call of this framework.</summary>
    public Task<RawMesosAnswer> CallAsync(Call call, params KeyValuePair<string, string>[] headers)
    {
        call.FrameworkId ??= Framework;
        return SendAsync(Encode(call), headers);
    }

    /// <summary>Sends a call that has to be accepted.</summary>
    public async Task DoAsync(Call call)
    {
        var answer = await CallAsync(call);
        Assert.True(answer.Status == 202, $"{answer.Status} {answer.Text}");
        Assert.Empty(answer.Body);
        Assert.Null(answer.Header("Content-Type"));
    }

    public async Task<RawMesosAnswer> SendAsync(byte[] body, params KeyValuePair<string, string>[] headers)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _raw.CallAsync(body, patience.Token, headers);
    }

    public async Task<RawMesosAnswer> GetAsync(string pathAndQuery, params KeyValuePair<string, string>[] headers)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _raw.GetAsync(pathAndQuery, patience.Token, headers);
    }

    private byte[] Encode(Call call) => form == WireForm.Json ? MesosJson.ToBytes(call) : call.ToByteArray();
}

/// <summary>An open stream, read event by event.</summary>
internal sealed class Subscription(RawMesosStream raw, WireForm form) : IAsyncDisposable
{
    public RawMesosAnswer Answer => raw.Answer;

    public RawMesosStream Raw => raw;

    public async Task<Event> NextAsync()
    {
        using var patience = new CancellationTokenSource(SchedulerClient.Patience);
        return Decode(await raw.NextAsync(patience.Token));
    }

    /// <summary>The next event that is no heartbeat; it has to be of this type.</summary>
    public async Task<Event> NextAsync(Event.Types.Type type)
    {
        var next = await NextAsync();
        while (next.Type == Event.Types.Type.Heartbeat)
        {
            next = await NextAsync();
        }

        Assert.True(next.Type == type, $"Expected {type}, got {MesosJson.ToText(next)}");
        return next;
    }

    public async Task<Offer> NextOfferAsync() => Assert.Single((await NextAsync(Event.Types.Type.Offers)).Offers.Offers_);

    /// <summary>The next status; offers on the way are let lie.</summary>
    public async Task<Edge.Contracts.Mesos.TaskStatus> NextStatusAsync()
    {
        var next = await NextAsync();
        while (next.Type is Event.Types.Type.Heartbeat or Event.Types.Type.Offers)
        {
            next = await NextAsync();
        }

        Assert.True(next.Type == Event.Types.Type.Update, $"Expected an update, got {MesosJson.ToText(next)}");
        return next.Update.Status;
    }

    /// <summary>Everything that comes until the server ends the stream.</summary>
    public async Task<List<Event>> RestAsync()
    {
        using var patience = new CancellationTokenSource(SchedulerClient.Patience);
        var rest = new List<Event>();
        await foreach (var record in raw.ReadRecordsAsync(patience.Token))
        {
            rest.Add(Decode(record));
        }

        return rest;
    }

    public ValueTask DisposeAsync() => raw.DisposeAsync();

    private Event Decode(byte[] record)
    {
        var read = form == WireForm.Json ? MesosJson.Parse<Event>(record.AsSpan()) : MesosProto.TryParse<Event>(record.AsSpan());
        Assert.True(read.Ok, read.Error);
        return read.Message;
    }
}
