using System.Text;
using Edge.Contracts.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Tests.Faults;

/// <summary>What a hub answers to bodies, media and ids that no honest framework sends; and that it does its work before and
/// after.</summary>
public sealed class HttpFaultTests
{
    // The bound of a call is 16 MiB; one more is refused unread.
    private const int TooLarge = (16 * 1024 * 1024) + 1;

    private static readonly byte[] s_subscribe =
        """{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"x"}}}"""u8.ToArray();

    [RequiresNativeFact]
    public Task Hub_BadCalls_AreAnsweredWithTheDocumentedStatus() => OnOneAgentAsync(async cluster =>
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        var client = new RawMesosClient(cluster.Api);
        async Task ExpectAsync(int status, string says, byte[] body, params KeyValuePair<string, string>[] headers)
        {
            var answer = await client.CallAsync(body, limit.Token, headers);
            Assert.True(answer.Status == status, $"expected {status} '{says}', was {answer.Status} {answer.Text}");
            Assert.Contains(says, answer.Text, StringComparison.Ordinal);
        }

        await ExpectAsync(400, "JSON", "{"u8.ToArray());
        await ExpectAsync(400, "JSON", "not json"u8.ToArray());
        await ExpectAsync(400, "", []);
        await ExpectAsync(400, "", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"subscribe\":", 5000))));
        await ExpectAsync(400, "type", """{"type":"NO_SUCH_CALL"}"""u8.ToArray());
        await ExpectAsync(400, "", """{"type":"SUBSCRIBE"}"""u8.ToArray());
        await ExpectAsync(400, "", [0xff, 0xff, 0xff, 0x00], new KeyValuePair<string, string>("Content-Type", RawMesosClient.Protobuf));
        await ExpectAsync(400, "Content-Type", s_subscribe, new KeyValuePair<string, string>("Content-Type", ""));
        await ExpectAsync(415, "Content-Type", s_subscribe, new KeyValuePair<string, string>("Content-Type", "text/xml"));
        await ExpectAsync(406, "Accept", s_subscribe, new KeyValuePair<string, string>("Accept", "image/png"));
        await ExpectAsync(413, "more than", new byte[TooLarge]);
        await ExpectAsync(413, "more than", new byte[TooLarge], new KeyValuePair<string, string>("Transfer-Encoding", "chunked"));
        await ExpectAsync(400, "gzip", s_subscribe, new KeyValuePair<string, string>("Content-Encoding", "gzip"));
        await ExpectAsync(415, "", s_subscribe, new KeyValuePair<string, string>("Content-Encoding", "zstd"));
        await ExpectAsync(400, "Framework cannot be found", """{"type":"REVIVE","framework_id":{"value":"nobody"}}"""u8.ToArray());
        Assert.Equal(405, (await client.GetAsync("/api/v1/scheduler", limit.Token)).Status);
        Assert.Equal(404, (await client.GetAsync("/../../../../etc/passwd", limit.Token)).Status);
        await BreakOffAsync(cluster.Api, limit.Token);
        await AssertWorksAsync(cluster);

        // Ended first, so that its log is whole.
        Assert.Equal(0, await cluster.Hub.TerminateAsync(TimeSpan.FromSeconds(15)));
        Assert.DoesNotContain("crit:", cluster.Hub.Log(), StringComparison.Ordinal);
    });

    [RequiresNativeFact]
    public Task Tasks_HostileIds_AreErrors_AndTouchNothing() => OnOneAgentAsync(async cluster =>
    {
        string[] hostile =
        [
            "../x", "../../../../../../tmp/edge-hostile", "/etc/passwd", "a/b", "a\\b", "nul\0inside", "line\nbreak", ".", "..",
            new string('x', 300), string.Concat(Enumerable.Repeat("../", 40)) + "etc/cron.d/x",
        ];
        await using var framework = new TestFramework(cluster.Api, RawMesosClient.Protobuf);
        await framework.LaunchAsync([.. hostile.Select(id => TestFramework.Shell(id, "echo pwned > /tmp/edge-hostile"))]);
        framework.Start();
        await framework.UntilAsync(() => framework.Updates.Count >= hostile.Length, 30, "every hostile task is an error");
        foreach (var id in hostile)
        {
            var update = Assert.Single(framework.Updates, u => u.Task == id);
            Assert.Equal(TaskState.TaskError, update.State);
            Assert.Equal(TaskStatus.Types.Reason.TaskInvalid, update.Status.Reason);
            Assert.NotEmpty(update.Status.Message);
        }

        Assert.False(File.Exists("/tmp/edge-hostile"));
        Assert.False(Directory.Exists(Path.Combine(cluster["one"].Data, "slaves")), "A refused task has left a folder.");

        // What is odd but allowed runs, and stays in its own folder.
        string[] odd = ["a b", "%2e%2e%2f", "-rf", "..x", new string('y', 255), "\u00fc\u4e16", "*?$(id)`id`'\""];
        await framework.LaunchAsync([.. odd.Select(id => TestFramework.Shell(id, "pwd; echo \"$MESOS_EXECUTOR_ID\""))]);
        await framework.UntilAsync(() => odd.All(id => framework.Saw(id, TaskState.TaskFinished)), 60, "every odd task is finished");
        var root = Path.Combine(cluster["one"].Data, "slaves", "one", "frameworks", framework.Id!, "executors");
        Assert.Equal(odd.Length, Directory.GetDirectories(root).Length);
        var outputs = Directory.GetFiles(root, "stdout", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/latest/", StringComparison.Ordinal));
        Assert.Equal(odd.Order(StringComparer.Ordinal), outputs.Select(f => File.ReadAllLines(f)[1]).Order(StringComparer.Ordinal));
    });

    private static Task OnOneAgentAsync(Func<Cluster, Task> test) => Cluster.RunAsync(new HubSettings(), [new AgentSettings("one")], test);

    /// <summary>Connections that say too little, nothing, or something else than HTTP, and leave.</summary>
    private static async Task BreakOffAsync(Uri api, CancellationToken cancel)
    {
        string[] starts =
        [
            "POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"type\"",
            "POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\0\0", "", new string('A', 100_000),
        ];
        foreach (var start in starts)
        {
            using var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(api.Host, api.Port, cancel);
            await tcp.GetStream().WriteAsync(Encoding.Latin1.GetBytes(start), cancel);
            tcp.Client.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
        }
    }

    private static async Task AssertWorksAsync(Cluster cluster)
    {
        await using var framework = new TestFramework(cluster.Api, RawMesosClient.Json);
        await framework.LaunchAsync(TestFramework.Shell("after", "true"));
        framework.Start();
        await framework.WaitForAsync("after", TaskState.TaskFinished, 30);
        Assert.Empty(framework.Errors);
    }
}
