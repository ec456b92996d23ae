using System.Text;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Capability = Edge.Contracts.Mesos.FrameworkInfo.Types.Capability.Types.Type;
using Task = System.Threading.Tasks.Task;
using TaskState = Edge.Core.Model.TaskState;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>Subscriptions and streams; the numbers are those of the conformance checklist.</summary>
public sealed class SubscribeRowTests
{
    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row01To03_Subscribe_IsAChunkedStreamOfRecords_WithHeartbeats(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var subscription = await cluster.Client(form).OpenAsync(SchedulerClient.Info());
        Assert.Equal(200, subscription.Answer.Status);
        Assert.Equal("chunked", subscription.Answer.Header("Transfer-Encoding"));
        Assert.Equal(form.Name(), subscription.Answer.Header("Content-Type"));
        Assert.True(Guid.TryParseExact(subscription.Raw.StreamId, "D", out _));

        var first = await subscription.NextAsync();
        Assert.Equal(TestCluster.MasterId + "-0000", first.Subscribed.FrameworkId.Value);
        Assert.Equal(15.0, first.Subscribed.HeartbeatIntervalSeconds);
        var master = first.Subscribed.MasterInfo;
        Assert.Equal(TestCluster.MasterId, master.Id);
        Assert.Equal($"master@127.0.0.1:{cluster.Address.Port}", master.Pid);
        Assert.Equal("1.11.0", master.Version);
        Assert.Equal("127.0.0.1", master.Address.Ip);
        Assert.Equal(0x0100007Fu, master.Ip);
        Assert.Equal(Event.Types.Type.Heartbeat, (await subscription.NextAsync()).Type);
        for (var beats = 0; beats < 3; beats++)
        {
            cluster.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(Event.Types.Type.Heartbeat, (await subscription.NextAsync()).Type);
        }

        Assert.True(subscription.Raw.OneRecordPerChunk);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row04_ConnectionClose_StillStreams(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var close = SchedulerClient.Header("Connection", "close");
        await using var subscription = await cluster.Client(form).OpenAsync(SchedulerClient.Info(), close);
        Assert.Equal("chunked", subscription.Answer.Header("Transfer-Encoding"));
        await subscription.NextAsync();
        await subscription.NextAsync();
        cluster.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(Event.Types.Type.Heartbeat, (await subscription.NextAsync()).Type);
    }

    [Theory]
    [InlineData("/master/api/v1/scheduler", WireForm.Json)]
    [InlineData("/master/api/v1/scheduler", WireForm.Protobuf)]
    [InlineData("/api/v1/scheduler/", WireForm.Json)]
    public async Task Row05_OtherPaths_AreTheSame(string path, WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var subscription = await cluster.Client(form, path).SubscribeAsync();
        Assert.Equal(200, subscription.Answer.Status);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row06And08_Offers_SayWhereAndWhat_WithoutAllocationForSimpleFrameworks(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        Assert.StartsWith(TestCluster.MasterId + "-O", offer.Id.Value, StringComparison.Ordinal);
        Assert.Equal(client.Framework, offer.FrameworkId);
        Assert.Equal("node-1", offer.AgentId.Value);
        Assert.Equal("node-1.test", offer.Hostname);
        Assert.Equal("http", offer.Url.Scheme);
        Assert.Equal("10.1.2.3", offer.Url.Address.Ip);
        Assert.Equal(5051, offer.Url.Address.Port);
        Assert.Equal("/slave(1)", offer.Url.Path);
        Assert.Equal(["cpus", "disk", "mem", "ports"], offer.Resources.Select(r => r.Name).Order(StringComparer.Ordinal));
        var ports = offer.Resources.Single(r => r.Name == "ports").Ranges.Range.Single();
        Assert.Equal((31000UL, 31009UL), (ports.Begin, ports.End));
        Assert.Equal(["rack", "floor"], offer.Attributes.Select(a => a.Name));
        Assert.Equal("r1", offer.Attributes[0].Text.Value);
        Assert.Equal(2, offer.Attributes[1].Scalar.Value);
        Assert.Null(offer.AllocationInfo);
        Assert.All(offer.Resources, r => Assert.Null(r.AllocationInfo));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row07_MultiRole_EveryOfferNamesOneRole(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var info = SchedulerClient.Info(Capability.MultiRole, Capability.ReservationRefinement);
        info.Roles.AddRange(["web", "batch"]);
        await using var subscription = await cluster.Client(form).SubscribeAsync(info);
        var offer = await subscription.NextOfferAsync();
        Assert.Contains(offer.AllocationInfo.Role, info.Roles);
        Assert.All(offer.Resources, r => Assert.Equal(offer.AllocationInfo.Role, r.AllocationInfo.Role));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row27And28_ANewStreamOfTheSameFramework_ClosesTheOld(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var old = cluster.Client(form);
        await using var first = await old.SubscribeAsync();
        var info = SchedulerClient.Info();
        info.Id = old.Framework;
        var next = cluster.Client(form);
        await using var second = await next.SubscribeAsync(info);
        Assert.Equal(old.Framework, next.Framework);
        Assert.NotEqual(old.StreamId, next.StreamId);
        var last = Assert.Single(await first.RestAsync());
        Assert.Equal("Framework failed over", last.Error.Message);

        var answer = await old.CallAsync(Calls.Of(Call.Types.Type.Revive));
        Assert.Equal(400, answer.Status);
        Assert.Equal(
            $"The stream ID '{old.StreamId}' included in this request didn't match the stream ID currently associated with "
            + $"framework ID {old.Framework.Value}",
            answer.Text);
        await next.DoAsync(Calls.Of(Call.Types.Type.Revive));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row32And33_ABrokenStream_MayComeBackWithinItsTimeout(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using (var first = await client.SubscribeAsync())
        {
            var offer = await first.NextOfferAsync();
            await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
            node.Report("task-1", TaskState.Starting);
            Assert.Equal(Edge.Contracts.Mesos.TaskState.TaskStarting, (await first.NextStatusAsync()).State);
            first.Raw.Reset();
        }

        await Until(() => cluster.Snapshot.Frameworks.Values.Single().Phase == FrameworkPhase.Disconnected);
        var refused = await client.CallAsync(Calls.Of(Call.Types.Type.Revive));
        Assert.Equal((403, "Framework is not subscribed"), (refused.Status, refused.Text));

        cluster.Advance(TimeSpan.FromSeconds(50));
        var info = SchedulerClient.Info();
        info.Id = client.Framework;
        await using var second = await client.SubscribeAsync(info);
        Assert.Equal(info.Id, client.Framework);
        var again = await second.NextStatusAsync();
        Assert.Equal(Edge.Contracts.Mesos.TaskState.TaskStarting, again.State);
        Assert.Equal(16, again.Uuid.Length);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row34_WithoutATimeout_TheFrameworkIsGoneForGood(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client(form);
        var info = SchedulerClient.Info();
        info.ClearFailoverTimeout();
        await using (var first = await client.SubscribeAsync(info))
        {
            first.Raw.Reset();
        }

        await Until(() => cluster.Snapshot.CompletedFrameworks.Count == 1);
        info.Id = client.Framework;
        await using var second = await client.OpenAsync(info);
        Assert.Equal(200, second.Answer.Status);
        Assert.Equal("Framework has been removed", Assert.Single(await second.RestAsync()).Error.Message);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row35_Teardown_EndsTheStreamAndTheTasks(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.AddNode();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        await client.DoAsync(Calls.Launch(offer, Calls.Task(offer)));
        await client.DoAsync(Calls.Of(Call.Types.Type.Teardown));
        Assert.Empty(await subscription.RestAsync());
        Assert.Equal(DesiredState.Kill, node.Assigned("task-1").Desired);
        var task = cluster.Snapshot.Tasks.Values.Single();
        Assert.Equal(Edge.Core.Model.TaskState.Killed, task.Latest!.State);
        Assert.Equal(StatusReason.FrameworkRemoved, task.Latest.Reason);
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row37_WrongFrameworks_AreToldOnAStreamOfOneError(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var badRole = SchedulerClient.Info();
#pragma warning disable CS0612 // The old field is what is tested.
        badRole.Role = "/bad//role";
        var both = SchedulerClient.Info(Capability.MultiRole);
        both.Role = "web";
#pragma warning restore CS0612
        var rolesAlone = SchedulerClient.Info();
        rolesAlone.Roles.Add("web");
        var twice = SchedulerClient.Info(Capability.MultiRole);
        twice.Roles.AddRange(["web", "web"]);
        var negative = SchedulerClient.Info();
        negative.FailoverTimeout = -1;
        foreach (var (info, word) in new[]
        {
            (badRole, "/bad//role"), (both, "must not be set"), (rolesAlone, "must not be set"), (twice, "duplicate"),
            (negative, "failover"),
        })
        {
            await using var subscription = await cluster.Client(form).OpenAsync(info);
            Assert.Equal(200, subscription.Answer.Status);
            Assert.NotNull(subscription.Raw.StreamId);
            Assert.Contains(word, Assert.Single(await subscription.RestAsync()).Error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(cluster.Snapshot.Frameworks);
        Assert.Equal(0, cluster.Streams.Count);
    }

    [Fact]
    public async Task Row40_Accept_ChoosesTheFormOfTheStream()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var refused = await cluster.Client().OpenAsync(SchedulerClient.Info(), SchedulerClient.Header("Accept", "text/html"));
        Assert.Equal(406, refused.Answer.Status);
        await using var silent = await cluster.Client().OpenAsync(SchedulerClient.Info(), SchedulerClient.Header("Accept", string.Empty));
        Assert.Equal("application/json", silent.Answer.Header("Content-Type"));
        await using var gzip = await cluster.Client().OpenAsync(SchedulerClient.Info(), SchedulerClient.Header("Accept-Encoding", "gzip"));
        Assert.Null(gzip.Answer.Header("Content-Encoding"));
    }

    [Fact]
    public async Task EmptyIds_CountAsUnset()
    {
        await using var cluster = await TestCluster.StartAsync();
        var body = """
            {"type":"SUBSCRIBE","framework_id":{"value":""},"subscribe":{"framework_info":{"user":"u","name":"n","id":{"value":""}}}}
            """;
        var read = MesosJson.Parse<Call>(Encoding.UTF8.GetBytes(body).AsSpan());
        await using var subscription = await cluster.Client().OpenAsync(read.Message!);
        Assert.Equal(TestCluster.MasterId + "-0000", (await subscription.NextAsync()).Subscribed.FrameworkId.Value);
    }

    [Fact]
    public async Task UnknownId_IsAdopted()
    {
        await using var cluster = await TestCluster.StartAsync();
        var info = SchedulerClient.Info();
        info.Id = new FrameworkID { Value = "from-another-run-0007" };
        var client = cluster.Client();
        await using var subscription = await client.SubscribeAsync(info);
        Assert.Equal("from-another-run-0007", client.Framework.Value);
    }

    [Fact]
    public async Task SlowReader_IsCut_AndCounted()
    {
        await using var cluster = await TestCluster.StartAsync(new EventStreamLimits(RecordsMax: 8));
        var client = cluster.Client();
        await using var subscription = await client.SubscribeAsync();
        var stream = new StreamId(Guid.Parse(client.StreamId!));
        var long64 = new string('x', 64 * 1024);
        var sent = 0;
        while (cluster.Streams.Cut == 0 && sent++ < 100_000)
        {
            cluster.Streams.Send(stream, new FrameworkEvent.Error(long64));
        }

        await Until(() => cluster.Streams is { Cut: 1, Count: 0 });
        await Until(() => cluster.Snapshot.Frameworks.Values.Single().Phase == FrameworkPhase.Disconnected);
    }

    [Fact]
    public async Task StoppingDaemon_EndsStreams_ButItsFrameworksStay()
    {
        await using var cluster = await TestCluster.StartAsync();
        var info = SchedulerClient.Info();
        info.FailoverTimeout = 0;
        await using var subscription = await cluster.Client().SubscribeAsync(info);
        await cluster.StopAsync();
        Assert.Empty(await subscription.RestAsync());
        Assert.Equal(FrameworkPhase.Connected, cluster.Snapshot.Frameworks.Values.Single().Phase);
    }

    [Fact]
    public async Task EngineThatCannotDecide_IsA503()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Refusal = "The disk is full.";
        await using var subscription = await cluster.Client().OpenAsync(SchedulerClient.Info());
        Assert.Equal((503, "The disk is full."), (subscription.Answer.Status, subscription.Answer.Text));
        Assert.Equal(0, cluster.Streams.Count);
    }

    internal static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(SchedulerClient.Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
