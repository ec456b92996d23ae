using System.IO.Compression;
using System.Text;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Daemon.Api.Protocol;
using Edge.Tests.EndToEnd;
using Google.Protobuf;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Daemon.Api.Mesos;

/// <summary>The order of checks of the scheduler endpoint; the numbers are those of the conformance checklist.</summary>
public sealed class CheckRowTests
{
    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row29To31_StreamIdAndFramework_HaveToBeRight(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var right = client.StreamId;
        client.StreamId = null;
        Expect(
            await client.CallAsync(Calls.Of(Call.Types.Type.Revive)),
            400,
            "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
        client.StreamId = "not-a-uuid";
        var wrong = await client.CallAsync(Calls.Of(Call.Types.Type.Revive));
        Assert.Equal(400, wrong.Status);
        Assert.StartsWith("The stream ID 'not-a-uuid' included in this request didn't match", wrong.Text, StringComparison.Ordinal);

        await using var again = await client.OpenAsync(SchedulerClient.Info(), SchedulerClient.Header("Mesos-Stream-Id", right!));
        Expect(again.Answer, 400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");

        client.StreamId = right;
        var stranger = Calls.Of(Call.Types.Type.Revive);
        stranger.FrameworkId = new FrameworkID { Value = "nobody" };
        Expect(await client.CallAsync(stranger), 400, "Framework cannot be found");
        await client.DoAsync(Calls.Of(Call.Types.Type.Revive));
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row36_IdsThatDiffer_Are400(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var info = SchedulerClient.Info();
        info.Id = new FrameworkID { Value = "one" };
        await using var answer = await cluster.Client(form).OpenAsync(new Call
        {
            FrameworkId = new FrameworkID { Value = "another" },
            Type = Call.Types.Type.Subscribe,
            Subscribe = new Call.Types.Subscribe { FrameworkInfo = info },
        });
        Expect(
            answer.Answer, 400, "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'");
    }

    [Fact]
    public async Task Row38_OtherMethods_Are405()
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Client().GetAsync("/api/v1/scheduler");
        Assert.Equal((405, "POST"), (answer.Status, answer.Header("Allow")));
        answer = await cluster.Client().GetAsync("/master/api/v1/scheduler");
        Assert.Equal((405, "POST"), (answer.Status, answer.Header("Allow")));
    }

    [Theory]
    [InlineData("", "{}", 400, "Expecting 'Content-Type' to be present")]
    [InlineData("text/plain", "{}", 415, "Expecting 'Content-Type' of application/json or application/x-protobuf")]
    [InlineData("application/json", "{", 400, "Failed to parse body into JSON: *")]
    [InlineData("application/json", "", 400, "Failed to parse body into JSON: *")]
    [InlineData("application/json", "{\"string\":\"x\"}", 400, "Failed to validate scheduler::Call: Expecting 'type' to be present")]
    [InlineData("application/json", "{\"type\":\"NO_SUCH\"}", 400, "Failed to validate scheduler::Call: Expecting 'type' to be present")]
    [InlineData("application/json", "{\"type\":\"SUBSCRIBE\"}", 400,
        "Failed to validate scheduler::Call: Expecting 'subscribe' to be present")]
    [InlineData("application/json", "{\"type\":\"ACCEPT\"}", 400,
        "Failed to validate scheduler::Call: Expecting 'framework_id' to be present")]
    [InlineData(
        "application/json", "{\"type\":\"ACCEPT\",\"framework_id\":{\"value\":\"f\"}}", 400,
        "Failed to validate scheduler::Call: Expecting 'accept' to be present")]
    [InlineData(
        "application/json", "{\"type\":\"KILL\",\"framework_id\":{\"value\":\"f\"},\"kill\":{}}", 400,
        "Failed to convert JSON into Call protobuf: *")]
    [InlineData("application/json", "{\"type\":7}", 400, "Failed to convert JSON into Call protobuf: *")]
    [InlineData("application/x-protobuf", "{", 400, "Failed to parse body into Call protobuf")]
    [InlineData(
        "application/json", "{\"type\":\"TEARDOWN\",\"framework_id\":{\"value\":\"f\"}}", 400, "Framework cannot be found")]
    public async Task Row39_WrongBodies_AreRefusedInOrder(string contentType, string body, int status, string text)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Client().SendAsync(Encoding.UTF8.GetBytes(body), SchedulerClient.Header("Content-Type", contentType));
        Expect(answer, status, text);
    }

    [Fact]
    public async Task Row39_EverySubMessage_IsAskedFor()
    {
        await using var cluster = await TestCluster.StartAsync();
        foreach (var type in new[]
        {
            "accept", "decline", "accept_inverse_offers", "decline_inverse_offers", "kill", "shutdown", "acknowledge",
            "acknowledge_operation_status", "reconcile", "reconcile_operations", "message", "request", "update_framework",
        })
        {
            var body = $$$"""{"type":"{{{type.ToUpperInvariant()}}}","framework_id":{"value":"f"}}""";
            var answer = await cluster.Client().SendAsync(Encoding.UTF8.GetBytes(body));
            Expect(answer, 400, $"Failed to validate scheduler::Call: Expecting '{type}' to be present");
        }
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row39_ExplicitUnknown_Is501(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        Assert.Equal(501, (await client.CallAsync(Calls.Of(Call.Types.Type.Unknown))).Status);
    }

    [Fact]
    public async Task Row42_LooseJson_IsUnderstood()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddNode();
        var client = cluster.Client();
        await using var subscription = await client.SubscribeAsync();
        var offer = await subscription.NextOfferAsync();
        var id = client.Framework.Value;
        var body = $$$"""
            {"framework_id":{"value":"{{{id}}}"},"type":"ACCEPT","subscribe":null,"no_such_field":{"a":[1,2]},
             "accept":{"offer_ids":{"value":"{{{offer.Id.Value}}}"},"operations":[{"type":"LAUNCH","launch":{"task_infos":[{
               "name":"n","task_id":{"value":"t"},"agent_id":{"value":"node-1"},"data":"aGVsbG8=","executor":null,
               "kill_policy":{"grace_period":{"nanoseconds":"7000000000"} },
               "resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":"0.5"},"extra":1}],
               "command":{"value":"true","shell":"true"} }]} }],"filters":{"refuse_seconds":"3.5"} } }
            """;
        var answer = await client.SendAsync(Encoding.UTF8.GetBytes(body));
        Assert.True(answer.Status == 202, answer.Text);
        var task = cluster.Snapshot.Tasks.Values.Single();
        Assert.Equal(TimeSpan.FromSeconds(7), task.Spec.KillGrace);
        Assert.Equal(0.5, task.Spec.Resources.GetScalar("cpus").ToDouble());
        Assert.Equal("hello", Edge.Daemon.Mapping.TaskMapping.ToMessage(task.Spec)!.Data.ToStringUtf8());
    }

    [Theory]
    [InlineData(WireForm.Json)]
    [InlineData(WireForm.Protobuf)]
    public async Task Row92_PackedBodies_AreInflated(WireForm form)
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client(form);
        await using var subscription = await client.SubscribeAsync();
        var call = Calls.Of(Call.Types.Type.Revive);
        call.FrameworkId = client.Framework;
        var packed = Gzip(form == WireForm.Json ? MesosJson.ToBytes(call) : call.ToByteArray());
        var answer = await client.SendAsync(packed, SchedulerClient.Header("Content-Encoding", "gzip"));
        Assert.True(answer.Status == 202, answer.Text);
    }

    [Fact]
    public async Task OversizedBodies_Are413_PackedOnesToo()
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Client();
        var huge = new byte[(16 * 1024 * 1024) + 1];
        Assert.Equal(413, (await client.SendAsync(Gzip(huge), SchedulerClient.Header("Content-Encoding", "gzip"))).Status);
        await using var subscription = await client.SubscribeAsync();
    }

    [Fact]
    public async Task UnknownPath_Is404()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal(404, (await cluster.Client().GetAsync("/no/such/path")).Status);
    }

    private static void Expect(RawMesosAnswer answer, int status, string text)
    {
        Assert.Equal(status, answer.Status);
        if (text.EndsWith('*'))
        {
            Assert.StartsWith(text[..^1], answer.Text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(text, answer.Text);
        }
    }

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }
}
